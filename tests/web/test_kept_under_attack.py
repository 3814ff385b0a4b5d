"""What somebody might try, or what might go wrong, to tell on what is kept to a distribution list."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from contracts.models import LedgerEntry, ListedPerson, Person
from contracts.services import ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from obligations import selectors
from obligations.breaches.models import Breach
from obligations.breaches.services.readers import change_readers
from obligations.breaches.services.report import report_breach
from obligations.models import Duty
from obligations.rules.register.facts import vocabulary
from obligations.services.choosing.readings import choose_reading
from obligations.services.notices import planning
from obligations.services.notices.delivery import sweep
from obligations.services.recording.facts import record_fact
from obligations.tasks import look_at_distribution_lists
from obligations.web.due import views as board_views
from tests.cast import NOON, happened, organisation, play
from tests.web.conftest import words
from tests.web.test_breaches import sent
from tests.web.test_kept_from_others import LATER, keep

pytestmark = pytest.mark.django_db


def open_breach(cast, by="tom", **changes):
    given = {
        "what": "Other", "outcome": "actual", "limb": "loss", "noticed": NOON, "noticed_by": "Tom",
        "aware_party": "supplier", "happened": date(2026, 3, 16),
    }  # fmt: skip
    return report_breach(cast.contract, cast.as_(by), LATER, **given | changes)


# The contract's own series under the incident's name


def test_what_is_about_the_whole_contract_is_not_recorded_under_its_name(cast, browse, at_noon):
    """Else the next yearly duty would carry the name, and be there for nobody else."""
    at_noon.move_to(LATER)
    breach = keep(cast)
    wide = [kind for kind in vocabulary().values() if kind.contract_wide and not kind.page]
    assert len(wide) > 4
    for kind in wide:
        details = {"subject": breach.reference} | dict.fromkeys(kind.required, "2031-03-01")
        details |= {"paragraphs": ["7"]} if "paragraphs" in kind.required else {}
        who = "ada" if kind.side == "authority" else "priya"
        with pytest.raises(Refused) as refused:
            record_fact(cast.contract, cast.as_(who), LATER, kind=kind.name, happened=NOON, details=details)
        assert refused.value.field == "subject", kind.name
    address = reverse("record_kind", args=[cast.contract.pk, "check_test_completed"])
    form = {"happened_day": "16", "happened_month": "3", "happened_year": "2026", "subject": breach.reference}
    page = words(browse(cast.priya).post(address, form, follow=True))
    assert f"This is about the whole contract: choose another name than {breach.reference}." in page


# the moment between the gate and the query


def test_what_is_kept_after_the_gate_is_hidden_from_who_came_through_before(cast):
    """Tom's request is past the gate; Priya's report commits; his page's next query runs."""
    access = cast.access("tom")
    breach = keep(cast)
    assert not selectors.duties_of(access).filter(subject=breach.reference).exists()


def test_the_board_while_somebody_reports(cast, browse, monkeypatch, at_noon):
    """The same through the page: the report commits between the gate's query and the board's."""
    at_noon.move_to(LATER)
    gate, made = board_views.open_contract, []

    def then_it_happens(*args, **kwargs):
        found = gate(*args, **kwargs)
        made.append(keep(cast))
        return found

    monkeypatch.setattr(board_views, "open_contract", then_it_happens)
    page = words(browse(cast.tom).get(reverse("board", args=[cast.contract.pk])))
    assert made[0].reference not in page


def test_the_ledger_download_while_somebody_reports(cast, browse, at_noon):
    """A download is read after the gate: what is kept by then is kept from it too."""
    at_noon.move_to(LATER)
    answer = browse(cast.tom).get(reverse("ledger_json", args=[cast.contract.pk]))
    breach = keep(cast)
    assert breach.reference not in b"".join(answer.streaming_content).decode()


# numbers with gaps


def test_the_numbers_in_addresses_have_no_gap(cast, browse, at_noon):
    at_noon.move_to(LATER)
    first = open_breach(cast)
    keep(cast)
    second = open_breach(cast, what="Another")
    assert second.pk == first.pk + 1, (first.pk, second.pk)


def test_the_numbers_on_the_open_record_have_no_gap(cast, browse, at_noon):
    at_noon.move_to(LATER)

    def facts():
        answer = browse(cast.tom).get(reverse("ledger_json", args=[cast.contract.pk]))
        rows = json.loads(b"".join(answer.streaming_content))
        return [row["payload"]["fact"] for row in rows if row["verb"] == "fact_recorded"]

    happened(cast, "patch_publicly_released", NOON, "CVE-1", category="Critical")
    keep(cast)
    happened(cast, "patch_publicly_released", NOON, "CVE-2", category="Critical")
    numbers = facts()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), numbers


# A reading chosen on its page


def test_a_reading_is_not_chosen_on_its_page_where_everybody_would_read_of_it(cast, browse):
    breach = keep(cast)
    duty = Duty.objects.get(subject=breach.reference, obligation__rule_key="8.2.2")
    reading = duty.derivation["readings"][0]["reading"]
    with pytest.raises(Refused, match="Choose it on the page of a duty that is not kept"):
        choose_reading(duty, cast.as_("priya"), LATER, reading=reading, reason="Agreed.")
    address = reverse("choose_reading", args=[cast.contract.pk, duty.pk])
    assert "everybody reads on the record" in words(browse(cast.priya).get(f"{address}?reading={reading}"))
    other = Duty.objects.get(subject=open_breach(cast).reference, obligation__rule_key="8.2.2")
    choose_reading(other, cast.as_("priya"), LATER, reading=reading, reason="Agreed.")
    duty.refresh_from_db()
    assert duty.derivation["reading"] == reading


# names that only contain or look like its name


@pytest.mark.parametrize("wrap", ["Test after {}", "{} (laptop)", "{}/1", "Re {}"])
def test_its_name_inside_another_name_is_not_put_on_the_open_record(cast, browse, wrap, at_noon):
    """The form's own example is “Test after B-1”."""
    at_noon.move_to(LATER)
    breach = keep(cast)
    form = {"happened_day": "17", "happened_month": "3", "happened_year": "2026",
            "subject": wrap.format(breach.reference)}  # fmt: skip
    browse(cast.ada).post(
        reverse("record_kind", args=[cast.contract.pk, "authority_test_required"]), form, follow=True
    )
    for address in ("board", "facts", "ledger"):
        page = words(browse(cast.tom).get(reverse(address, args=[cast.contract.pk])))
        assert breach.reference not in page, address


@pytest.mark.parametrize("mark", ["\u2011", "\u2010", "\u2013", "\u2212", "\ufe63", "\uff0d", "\u00ad-"])
def test_its_name_as_a_word_processor_writes_it(cast, mark):
    breach = keep(cast)
    name = breach.reference.replace("-", mark)
    try:
        happened(cast, "patch_publicly_released", NOON, name, category="Critical", now=LATER)
    except Refused:
        return
    told = selectors.facts_of(cast.access("tom")).filter(subject=name)
    assert not told.exists(), [one.subject for one in told]


@pytest.mark.parametrize(
    "name",
    [
        "\u200bOFFSEN-2026-AAAAA",
        "\ufeffOFFSEN-2026-AAAAA",
        "\uff2f\uff26\uff26SEN-2026-AAAAA",
        "O\u200bFFSEN-2026-AAAAA",
    ],
)
def test_nobody_makes_a_name_that_looks_like_one(cast, name):
    with pytest.raises(Refused):
        happened(cast, "patch_publicly_released", NOON, name, by="tom", category="Critical", now=LATER)


def test_names_that_people_give_are_theirs(cast):
    """“OS-” is how people name what is about an operating system."""
    for name in ("OS-2026-04 kernel", "OFFSEN handling course", "offsen-handling"):
        recorded = happened(cast, "patch_publicly_released", NOON, name, by="tom", category="Critical")
        assert selectors.facts_of(cast.access("olu")).filter(pk=recorded.fact.pk).exists()


# Nobody left


def test_who_runs_duly_is_told_where_nobody_can_act_and_puts_somebody_on(cast, capsys, caplog):
    breach = keep(cast)
    call_command("distribution_lists")
    assert capsys.readouterr().out == "on every distribution list somebody can act for each side\n"
    Person.objects.filter(pk__in=[cast.priya.pk, cast.ada.pk]).update(is_active=False)
    with pytest.raises(SystemExit):
        call_command("distribution_lists")
    name = f"{cast.contract.reference} {breach.reference}"
    assert capsys.readouterr().out == f"{name}: nobody can act for the supplier and the authority\n"
    look_at_distribution_lists()
    assert breach.reference in caplog.text and "nobody on its list can act" in caplog.text
    put = ["distribution_lists", *name.split()]
    for arguments, says in (
        (["--add", cast.ben.email], "reason: Say why"),
        (["--add", "zed@duly.example", "--because", "Left"], "zed@duly.example is not on"),
        (["--because", "Left"], "nobody is not on"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command(*put, *arguments)
    with pytest.raises(CommandError, match="there is no such list"):
        call_command("distribution_lists", "WF-0", breach.reference, "--add", cast.ben.email)
    call_command(*put, "--add", cast.ben.email, "--because", "Ada left")
    assert cast.access("ben").sees(breach.reference) and not cast.access("tom").sees(breach.reference)
    entry = LedgerEntry.objects.filter(verb="distribution_list_changed").get()
    assert (entry.kept_to, entry.actor_name) == (breach.reference, "Duly (operator)")
    assert entry.payload["reason"] == "Ada left"
    with pytest.raises(SystemExit):
        call_command("distribution_lists")
    assert "for the supplier\n" in capsys.readouterr().out
    Person.objects.filter(pk=cast.priya.pk).update(is_active=True)
    with pytest.raises(CommandError, match="they change it"):
        call_command(*put, "--add", cast.tom.email, "--because", "Too")
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_who_is_left_on_the_list_is_told_on_its_page(cast, browse):
    breach = keep(cast)
    page = reverse("breach", args=[cast.contract.pk, breach.pk])
    assert "Nobody of them can act" not in words(browse(cast.ada).get(page))
    cast.contract.memberships.filter(person=cast.priya).update(to_day=date(2026, 3, 16))
    assert "Nobody of them can act for the Supplier. Put somebody on" in words(browse(cast.ada).get(page))


def test_who_leaves_tonight_is_not_the_one_who_can_act(cast):
    cast.contract.memberships.filter(person=cast.ada).update(to_day=date(2026, 3, 17))
    with pytest.raises(Refused, match="somebody of the Authority who can act"):
        keep(cast)
    cast.contract.memberships.filter(person=cast.ada).update(to_day=date(2026, 3, 18))
    assert keep(cast).reference


# somebody who left is ticked


def test_the_list_is_changed_when_somebody_on_it_has_left(cast, browse, at_noon):
    at_noon.move_to(LATER)
    breach = keep(cast, readers=("ada", "ben"))
    Person.objects.filter(pk=cast.ben.pk).update(is_active=False)
    client = browse(cast.priya)
    address = reverse("breach_readers", args=[cast.contract.pk, breach.pk])
    shown = client.get(address).content.decode()
    ticked = re.findall(r'value="(\d+)"[^>]*checked', shown)
    ticked = ticked or [str(cast.priya.pk), str(cast.ada.pk), str(cast.ben.pk)]
    page = words(client.post(address, {"people": [*ticked, str(cast.grace.pk)]}, follow=True))
    assert "Choose among the people" not in page and "Grace" in page, page[:900]


def test_the_report_goes_through_when_somebody_of_the_last_list_has_left(cast, browse, at_noon):
    at_noon.move_to(LATER)
    keep(cast, readers=("ada", "ben"))
    Person.objects.filter(pk=cast.ben.pk).update(is_active=False)
    client = browse(cast.priya)
    address = reverse("report_breach", args=[cast.contract.pk])
    shown = words(client.get(address))
    assert "The last list you were on had Ada Fairweather." in shown and "Ben" not in shown
    page = words(client.post(address, sent(kept="yes", readers=[str(cast.ada.pk)]), follow=True))
    assert "Reported as OFFSEN-" in page, page[:600]


# an empty list


def test_an_empty_list_tells_nobody(cast):
    """Pages hide it from all; mail must too."""
    breach = keep(cast)
    ListedPerson.objects.all().update(removed_at=LATER, removed_by=cast.priya)
    duties = list(selectors.all_duties(cast.contract).filter(subject=breach.reference))
    mail.outbox.clear()
    planning.plan(duties, LATER)
    for hours in range(0, 72, 6):
        sweep(LATER + timedelta(hours=hours))
    assert not [one for one in mail.outbox if breach.reference in one.body]


# what a reading says to the reviewer who is not on the list


def test_choosing_a_reading_answers_the_same_with_and_without(browse, at_noon):
    at_noon.move_to(LATER)
    said = {}
    for reference, with_it in (("WF-1", True), ("WF-2", False)):
        cast = play(
            reference=reference, **({} if with_it else {"supplier": organisation("Harbourlight Two")})
        )
        open_breach(cast)
        if with_it:
            keep(cast, readers=("ben",), time_known="unknown", happened=None)
        duty = Duty.objects.get(contract=cast.contract, subject="B-2026-001", obligation__rule_key="8.2.2")
        names = ["from awareness", "from the breach itself, once its time is known"]
        names.append("the paper lapsed, compliance did not")
        for one in names:
            address = reverse("choose_reading", args=[cast.contract.pk, duty.pk])
            client = browse(cast.ada)
            shown = words(client.get(f"{address}?reading={one}"))
            answer = words(client.post(address, {"reading": one, "reason": "So"}, follow=True))
            told = f"{shown} {answer}".replace(reference, "")
            told = re.sub(r"Messages\s\(\d+ new\)", "Messages", told)  # of both contracts, the second time
            said.setdefault(one, []).append(told)
            client.post(address, {"reading": "", "reason": "Back"})
    for one, (first, second) in said.items():
        assert first == second, one


# forged chains


@pytest.mark.parametrize(
    "subject",
    ["offsen-2026-aaaaa", "OFFSEN-" + "A" * 193, "OFFSEN-", "Offsen-2026-AAAAA", " OFFSEN-2026-AAAAA"],
)
def test_reserved_names_are_refused_alike(cast, subject):
    with pytest.raises(Refused) as refused:
        happened(cast, "patch_publicly_released", NOON, subject, by="tom", category="Critical", now=LATER)
    assert refused.value.field == "subject"


def test_a_chain_of_a_name_that_begins_like_another_is_its_own(cast):
    keep(cast)
    keep(cast, what="Zebra files taken again")
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_taken_off_and_put_on_again(cast):
    breach = keep(cast, readers=("ada", "ben"))
    for people in (("ada", "priya"), ("ada", "priya", "ben"), ("ada", "priya"), ("ada", "priya", "ben")):
        change_readers(breach, cast.as_("priya"), LATER, people=[cast.people[one].pk for one in people])
    assert cast.access("ben").sees(breach.reference)
    assert ledger.verify(cast.contract) == cast.contract.ledger.count()


def test_the_system_itself_does_not_forge_a_name(cast):
    assert Breach.objects.count() == 0
    kind = {"kind": "patch_publicly_released", "happened": NOON}
    details = {"subject": "OFFSEN-2026-ZZZZZ", "category": "Critical"}
    recorded = record_fact(cast.contract, Actor.system("import"), LATER, **kind, details=details)
    assert recorded.created
