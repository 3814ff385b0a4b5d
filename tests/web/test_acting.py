"""Acting from a form: one press counts, a refusal stands where it belongs, and the way on is told."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import redirect
from django.test import RequestFactory

from contracts.services.errors import Refused
from contracts.web import once
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.forms import DulyForm
from contracts.web.once import TokenField

TOKEN = "abcdefghijklmnopqrstuv"
THERE, BEFORE = "/there", "/before"


class Asking(DulyForm):
    what = forms.CharField(error_messages={"required": "Say what."})

    def field_at_fault(self, refused):
        return "what" if refused.field == "title" else refused.field


class AskingOnce(Asking):
    token = TokenField()


class Service:
    """What a page calls: it counts what it did, and refuses or fails where it is told to."""

    def __init__(self, *failing: BaseException | None) -> None:
        self.failing, self.done = list(failing), []

    def __call__(self, data):
        if self.failing and (error := self.failing.pop(0)):
            raise error
        self.done.append(data["what"])
        return data["what"]


def asked(**data):
    request = RequestFactory().post("/", {"what": "a bell"} | data)
    request._messages = CookieStorage(request)
    return request


def press_button(service, form=AskingOnce, request=None, **more):
    """One press of the button of a form: the form, what was answered, and what was told."""
    request = request or asked(token=TOKEN)
    filled = form(*sent(request))
    if form is AskingOnce:
        more.setdefault("twice", noted("It was done once.", redirect(BEFORE)))
    answer = act(request, filled, service, lambda made: Done(f"Rung: {made}.", redirect(THERE)), **more)
    return filled, answer, told(request)


def told(request):
    return [(one.level_tag, one.message) for one in get_messages(request)]


def test_what_was_done_is_told_and_leads_on():
    _, answer, says = press_button(service := Service(), Asking, asked())
    assert (answer.status_code, answer.url) == (302, THERE)
    assert says == [("success", "Rung: a bell.")]
    assert service.done == ["a bell"]


def test_a_form_that_is_only_shown_does_nothing():
    request = RequestFactory().get("/", {"what": "a bell"})
    form, answer, _ = press_button(service := Service(), Asking, request)
    assert answer is None
    assert not form.is_bound
    assert service.done == []


def test_a_form_filled_in_wrongly_is_shown_again_and_keeps_its_token():
    form, answer, says = press_button(service := Service(), request=asked(token=TOKEN, what=""))
    assert (answer, says, service.done) == (None, [], [])
    assert form.errors["what"] == ["Say what."]
    assert press_button(service)[1].url == THERE


def test_a_second_press_does_nothing_and_says_so():
    service = Service()
    press_button(service)
    _, answer, says = press_button(service)
    assert answer.url == BEFORE
    assert says == [("info", "It was done once.")]
    assert service.done == ["a bell"]


class Slow(Service):
    """It is at work until it is let go."""

    def __init__(self, *failing: BaseException | None) -> None:
        super().__init__(*failing)
        self.began, self.let_go = threading.Event(), threading.Event()

    def __call__(self, data):
        self.began.set()
        assert self.let_go.wait(10)
        return super().__call__(data)


def pressed_twice(service):
    """The second press comes while the first is at work, which is then let go: both answers."""
    with ThreadPoolExecutor(2) as people:
        first = people.submit(press_button, service)
        assert service.began.wait(10)
        second = people.submit(press_button, service)
        assert not wait([second], 0.3).done, "it waits for the first"
        service.let_go.set()
        return first.result(10), second.result(10)


def test_a_second_press_waits_for_the_first_so_that_what_it_shows_is_there():
    (_, one, _), (_, two, says) = pressed_twice(service := Slow())
    assert (one.url, two.url, says) == (THERE, BEFORE, [("info", "It was done once.")])
    assert service.done == ["a bell"]


def test_a_second_press_counts_where_nothing_came_of_the_first():
    (_, one, _), (_, two, _) = pressed_twice(service := Slow(Refused("what", "There is no such bell.")))
    assert (one, two.url, service.done) == (None, THERE, ["a bell"])


def test_a_first_press_that_never_ends_holds_nobody_for_long(monkeypatch):
    monkeypatch.setattr(once, "WAITS", 0.1)
    assert once.take(TOKEN)  # its process was killed
    _, answer, _ = press_button(service := Service())
    assert (answer.url, service.done) == (BEFORE, [])


def test_two_forms_are_two_acts():
    service = Service()
    for token in (TOKEN, TOKEN[::-1], "", "not a token"):
        assert press_button(service, request=asked(token=token))[1].url == THERE
    assert len(service.done) == 4


def test_a_refusal_stands_beside_its_field_and_the_corrected_form_goes_through():
    service = Service(Refused("what", "There is no such bell."))
    form, answer, says = press_button(service)
    assert (answer, says) == (None, [])
    assert form.errors == {"what": ["There is no such bell."]}
    assert press_button(service)[1].url == THERE


def test_a_field_may_be_called_otherwise_by_the_service():
    form, _, _ = press_button(Service(Refused("title", "Shorten it.")))
    assert form.errors == {"what": ["Shorten it."]}


@pytest.mark.parametrize("field", ["", "rope"])
def test_a_refusal_of_the_whole_or_of_a_field_the_form_does_not_have_goes_to_the_top(field):
    form, answer, _ = press_button(Service(Refused(field, "Nobody may ring now.")))
    assert answer is None
    assert form.errors == {"__all__": ["Nobody may ring now."]}


@pytest.mark.parametrize("error", [KeyError("a fault of ours"), KeyboardInterrupt()])
def test_an_unexpected_error_is_raised_and_gives_the_token_back(error):
    service = Service(error)
    with pytest.raises(type(error)):
        press_button(service)
    assert press_button(service)[1].url == THERE
    assert service.done == ["a bell"]


def test_a_fault_in_telling_what_was_done_does_not_let_it_be_done_again():
    service, request = Service(), asked(token=TOKEN)
    with pytest.raises(ZeroDivisionError):
        act(request, AskingOnce(*sent(request)), service, lambda _: 1 / 0, twice=noted("", redirect(BEFORE)))
    assert press_button(service)[1].url == BEFORE
    assert service.done == ["a bell"]


def test_a_refusal_may_lead_to_another_page_and_gives_the_token_back():
    service = Service(Refused("what", "It rings already."))
    form, answer, says = press_button(
        service, instead=lambda refused: noted(refused.message, redirect("/ringing"))
    )
    assert answer.url == "/ringing"
    assert says == [("info", "It rings already.")]
    assert not form.errors
    assert press_button(service)[1].url == THERE


def test_where_it_leads_nowhere_else_a_refusal_stands_beside_its_field():
    form, answer, _ = press_button(Service(Refused("what", "No.")), instead=lambda _: None)
    assert answer is None
    assert form.errors == {"what": ["No."]}


@pytest.mark.parametrize(("form", "twice"), [(AskingOnce, None), (Asking, noted("", redirect(BEFORE)))])
def test_a_form_has_a_token_and_an_answer_to_its_second_press_or_neither(form, twice):
    service = Service()
    with pytest.raises(TypeError, match=form.__name__):
        press_button(service, form, asked(), twice=twice)
    assert service.done == []


def test_a_button_without_fields_tells_its_refusal_on_the_page_it_leads_back_to():
    def refuse():
        raise Refused("state", "It is shared already.")

    request = asked()
    answer = press(request, refuse, lambda _: Done("Shared.", redirect(THERE)), back=redirect(BEFORE))
    assert answer.url == BEFORE
    assert told(request) == [("warning", "It is shared already.")]


def test_a_button_without_fields_tells_what_was_done():
    request = asked()
    answer = press(
        request, lambda: 3, lambda made: Done(f"{made} rung.", redirect(THERE)), back=redirect(BEFORE)
    )
    assert answer.url == THERE
    assert told(request) == [("success", "3 rung.")]


def test_nothing_to_say_is_no_empty_message():
    request = asked()
    assert Done("", redirect(THERE)).answer(request).url == THERE
    assert told(request) == []


def test_what_was_sent_are_the_boxes_and_the_files():
    file = SimpleUploadedFile("bell.txt", b"ding")
    data, files = sent(asked(file=file))
    assert data["what"] == "a bell"
    assert files["file"].name == "bell.txt"
    assert sent(RequestFactory().get("/")) == (None, None)


HOUSE = Path(__file__).parents[2]
QUESTIONS = {
    "contracts/web/acting.py": 2,
    "contracts/web/providers/views.py": 1,  # no form: a provider's answer is refused on a page of its own
    "contracts/web/readings/views.py": 1,  # no such reading: the page is not there
    "obligations/web/book_templates/using.py": 1,  # a preview that cannot be made says why
    "obligations/web/book_templates/views.py": 1,  # a template that cannot be read says why
    "obligations/web/entries/in_force.py": 1,  # a preview that cannot be made says why
    "obligations/web/entries/trying.py": 1,  # the same
    "obligations/web/gates/views.py": 1,
    "obligations/web/manage/views.py": 1,  # the same
    "obligations/web/questions/views.py": 1,  # the same
    "obligations/breaches/web/forms.py": 1,  # the boxes of a form are compared before anything is asked for
    "obligations/web/documents/views.py": 1,  # no such figure: the page is not there
    "obligations/web/duties/readings.py": 1,  # a preview that cannot be made says why
    "obligations/web/settings/views.py": 1,  # the same
    "obligations/web/versions/views.py": 1,  # an offer whose book cannot be read says why
}


def test_no_page_has_a_way_of_its_own_to_act():
    """Whoever writes ``except Refused`` or takes a token in a page has written this helper again."""
    found: dict[str, int] = {}
    for path in [*HOUSE.glob("contracts/web/**/*.py"), *HOUSE.glob("obligations/**/web/**/*.py")]:
        text = path.read_text()
        if number := len(re.findall(r"except Refused", text)):
            found[path.relative_to(HOUSE).as_posix()] = number
        assert path.name in ("acting.py", "once.py") or not re.search(r"once\.(take|give)", text), path
    assert found == QUESTIONS
