"""Distribution lists: who must be on one, changing it, letting everybody know, and the pages of it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from contracts.absence import NotThere
from contracts.models import DistributionList
from contracts.services import ledger
from contracts.services.errors import Refused
from obligations.breaches.models import Breach
from obligations.breaches.selectors import steps_of
from obligations.breaches.services.readers import change_readers, open_up
from obligations.breaches.services.report import report_breach
from obligations.breaches.services.work import tick
from obligations.models import Notice
from obligations.services.notices.delivery import sweep
from obligations.services.recording.facts import record_fact
from tests.cast import NOON, happened, person, play
from tests.web.conftest import words
from tests.web.test_breaches import sent
from tests.web.test_kept_from_others import LATER, WHAT, happened_openly, keep

pytestmark = pytest.mark.django_db


# The list


def test_its_name_has_no_number_that_leaves_a_gap(cast):
    first, kept = keep(cast, readers=("ada",)), None
    kept = keep(cast, what=f"{WHAT} again")
    assert re.fullmatch(r"OFFSEN-2026-[A-Z2-9]{5}", kept.reference) and kept.reference != first.reference
    open_one = happened_openly(cast)
    assert open_one.reference == "B-2026-001"


@pytest.mark.parametrize(
    ("readers", "says"),
    [
        ((), "Choose somebody of the Authority who can act on it, for example a reviewer."),
        (("grace", "olu"), "Choose somebody of the Authority who can act on it, for example a reviewer."),
        (("zed", "ada"), "Choose among the people who are on this contract today."),
    ],
)
def test_a_list_that_would_not_do_is_refused_and_nothing_is_kept(cast, readers, says):
    with pytest.raises(Refused) as refused:
        keep(cast, readers=readers)
    assert (refused.value.field, refused.value.message) == ("readers", says)
    assert not DistributionList.objects.exists() and not Breach.objects.exists()


def test_a_reporter_who_cannot_act_puts_somebody_who_can_on_the_list(cast):
    given = {"what": WHAT, "outcome": "actual", "limb": "loss", "noticed": NOON, "noticed_by": "Tom",
             "aware_party": "supplier", "happened": date(2026, 3, 16)}  # fmt: skip
    tom, ada = cast.as_("tom"), cast.ada.pk
    with pytest.raises(Refused, match="somebody of the Supplier who can act on it"):
        report_breach(cast.contract, tom, LATER, readers=[ada], **given)
    breach = report_breach(cast.contract, tom, LATER, readers=[ada, cast.priya.pk], **given)
    row = DistributionList.objects.get(subject=breach.reference)
    assert {one.person for one in row.people.all()} == {cast.tom, cast.ada, cast.priya}


def test_where_one_side_keeps_the_contract_alone_the_list_needs_only_that_side():
    cast = play(kept_by="supplier")
    assert keep(cast, readers=()).reference.startswith("OFFSEN-")


def test_who_is_taken_off_finds_nothing_more_and_gets_no_more_mail(cast, browse):
    breach = keep(cast, readers=("ada", "ben", "tom"))
    page = reverse("breach", args=[cast.contract.pk, breach.pk])
    assert browse(cast.ben).get(page).status_code == 200
    waiting = Notice.objects.filter(duty__subject=breach.reference, recipient=cast.ben)
    assert waiting.filter(cancelled_at=None).exists()
    change_readers(breach, cast.as_("ada"), LATER, people=[cast.ada.pk, cast.priya.pk, cast.tom.pk])
    assert browse(cast.ben).get(page).status_code == 404
    assert browse(cast.tom).get(page).status_code == 200
    mail.outbox.clear()
    for hours in range(0, 72, 6):
        sweep(LATER + timedelta(hours=hours))
    assert not [one for one in mail.outbox if one.to == [cast.ben.email] and breach.reference in one.body]
    assert set(waiting.filter(sent_at=None).values_list("cancelled_why", flat=True)) >= {
        "the recipient is not on the distribution list"
    }


def test_who_is_put_on_later_sees_all_of_it_and_is_told_what_is_still_due(cast, browse):
    breach = keep(cast)
    assert not Notice.objects.filter(duty__subject=breach.reference, recipient=cast.ben).exists()
    change_readers(breach, cast.as_("ada"), LATER, people=[cast.ada.pk, cast.priya.pk, cast.ben.pk])
    assert Notice.objects.filter(duty__subject=breach.reference, recipient=cast.ben).exists()
    page = words(browse(cast.ben).get(reverse("ledger", args=[cast.contract.pk])))
    assert f"Reported breach {breach.reference} (“{WHAT}”)" in page
    assert "Ben Castellan was put on" in page


def test_only_people_of_the_list_change_it_and_each_side_stays_able_to_act(cast):
    breach = keep(cast)
    with pytest.raises(NotThere):
        change_readers(breach, cast.as_("ben"), LATER, people=[cast.ben.pk])
    for people in ([cast.priya.pk], [cast.ada.pk, cast.grace.pk], []):
        with pytest.raises(Refused) as refused:
            change_readers(breach, cast.as_("priya"), LATER, people=people)
        assert refused.value.field == "people"
    with pytest.raises(Refused, match="among the people who are on this contract"):
        change_readers(breach, cast.as_("priya"), LATER, people=[cast.ada.pk, cast.priya.pk, cast.zed.pk])
    assert DistributionList.objects.get().people.filter(removed_at=None).count() == 2


def test_opened_up_everybody_sees_it_and_what_was_recorded_before(cast, browse):
    breach = keep(cast)
    with pytest.raises(Refused):
        open_up(breach, cast.as_("priya"), LATER, reason=" ")
    open_up(breach, cast.as_("priya"), LATER, reason="The marking was taken off.")
    client = browse(cast.olu)
    page = words(client.get(reverse("breach", args=[cast.contract.pk, breach.pk])))
    assert WHAT in page and "may know of this breach" not in page
    record = words(client.get(reverse("ledger", args=[cast.contract.pk])))
    assert "is no longer kept to a distribution list: The marking was taken off." in record
    assert f"Reported breach {breach.reference}" in record
    assert Notice.objects.filter(duty__subject=breach.reference, recipient=cast.ben).exists()
    with pytest.raises(Refused, match="Everybody on this contract may know"):
        open_up(breach, cast.as_("priya"), LATER, reason="Again")
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_names_of_incidents_are_not_guessed_by_recording_against_them(cast):
    breach = keep(cast)
    answers = set()
    for subject in (breach.reference, breach.reference.lower(), "OFFSEN-2026-AAAAA"):
        with pytest.raises(Refused) as refused:
            happened(cast, "patch_publicly_released", NOON, subject, by="tom", category="Critical")
        answers.add((refused.value.field, refused.value.message))
    assert len(answers) == 1
    patch = {"subject": breach.reference, "category": "Critical"}
    kind = {"kind": "patch_publicly_released", "happened": NOON, "details": patch}
    assert record_fact(cast.contract, cast.as_("priya"), LATER, **kind).created


def test_what_the_incident_process_asks_for_such_information_is_a_step_of_its_own(cast):
    """Appendix 1, 1.2, row 3: the process includes reports to the data controller and the ICO."""
    kept, other = keep(cast), happened_openly(cast)
    names = {one.reference: [step.key for step in steps_of(one)] for one in (kept, other)}
    assert "dmp-sensitive" in names[kept.reference] and "dmp-sensitive" not in names[other.reference]
    with pytest.raises(Refused, match="This step is the Supplier’s"):
        tick(kept, cast.as_("ada"), LATER, key="dmp-sensitive", done=LATER, done_by="Ada")
    tick(kept, cast.as_("priya"), LATER, key="dmp-sensitive", done=LATER, done_by="Priya")


# The pages of the list


def test_reported_on_the_page_and_the_list_changed_there(cast, browse):
    client, number = browse(cast.priya), cast.contract.pk
    form = sent(what=WHAT, kept="yes", readers=[str(cast.grace.pk)])
    page = client.post(reverse("report_breach", args=[number]), form)
    assert "Choose somebody of the Authority who can act on it" in words(page)
    page = client.post(
        reverse("report_breach", args=[number]), form | {"readers": [str(cast.ada.pk)]}, follow=True
    )
    said = words(page)
    assert "Only Ada Fairweather and Priya Nair may know of this breach." in said
    breach = Breach.objects.get()
    assert "OFFICIAL-SENSITIVE" in words(client.get(reverse("breaches", args=[number])))
    assert "OFFICIAL-SENSITIVE. For Ada Fairweather, Priya Nair only." in words(
        client.get(reverse("breach_closing", args=[number, breach.pk]))
    )
    again = client.get(reverse("report_breach", args=[number]))
    assert again.content.decode().count(" checked") == 1, "the party, and nobody's name"
    assert "The last list you were on had Ada Fairweather." in words(again)
    hers = words(browse(cast.ada).get(reverse("report_breach", args=[number])))
    assert "The last list you were on had Priya Nair." in hers
    readers = reverse("breach_readers", args=[number, breach.pk])
    shown = client.get(readers).content.decode()
    assert shown.count("checked") == 2
    everybody = {"people": [str(cast.people[name].pk) for name in ("priya", "ada", "grace")]}
    assert "Grace Mbeki" in words(client.post(readers, everybody, follow=True))
    assert "who can act on it" in words(client.post(readers, {"people": [str(cast.priya.pk)]}))
    assert "Choose who may know of it." in words(client.post(readers, {}))
    grace = words(browse(cast.grace).get(readers))
    assert "Your role" in grace or "board member" in grace
    without_me = {"people": [str(cast.ada.pk), str(cast.priya.pk)]}
    browse(cast.ada).post(readers, without_me)
    assert browse(cast.grace).get(readers).status_code == 404


def test_who_takes_herself_off_the_list_is_led_away(cast, browse):
    breach = keep(cast, readers=("ada", "ben"))
    readers = reverse("breach_readers", args=[cast.contract.pk, breach.pk])
    people = {"people": [str(cast.priya.pk), str(cast.ben.pk)]}
    answer = browse(cast.ada).post(readers, people, follow=True)
    assert answer.status_code == 200 and answer.request["PATH_INFO"].endswith("/breaches")
    assert breach.reference not in words(answer)


def test_the_choice_is_asked_for_and_no_means_everybody(cast, browse):
    client, number = browse(cast.priya), cast.contract.pk
    address = reverse("report_breach", args=[number])
    assert "Choose whether it concerns OFFICIAL-SENSITIVE information." in words(
        client.post(address, sent(kept=""))
    )
    client.post(address, sent(kept="no"))
    assert Breach.objects.get().reference == "B-2026-001"
    assert not DistributionList.objects.exists()
    readers = reverse("breach_readers", args=[number, Breach.objects.get().pk])
    opened = reverse("breach_event", args=[number, Breach.objects.get().pk, "open_up"])
    assert client.get(readers).status_code == client.get(opened).status_code == 404


def test_another_contracts_list_keeps_nothing_here(cast, browse):
    """The same name on another contract: what is kept there is kept there alone."""
    other = play(reference="WF-2026-015")
    breach = keep(other, readers=("ada",))
    assert browse(person("tom")).get(reverse("board", args=[cast.contract.pk])).status_code == 200
    assert other.access("ada").sees(breach.reference)
    assert not cast.access("ada").sees(breach.reference) and not other.access("tom").sees(breach.reference)
