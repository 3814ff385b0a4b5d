"""An incident kept to a distribution list: for everybody else every page, count, search, mail, answer of the
API and line of the record is the same as if it had never been (DMP 23 Appendix 1, 1.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracts.models import DistributionList, LedgerEntry, Person
from contracts.services import ledger
from contracts.services.variations import draft_variation, share_variation
from obligations.breaches.models import Breach
from obligations.breaches.services.closing import ask_for_report, make_reports
from obligations.breaches.services.readers import change_readers
from obligations.breaches.services.report import report_breach
from obligations.breaches.services.work import change_state, tick, write
from obligations.models import CalendarMove, Duty, Notice
from obligations.services.holidays import previewing, proposing
from obligations.services.notices import joining
from obligations.services.notices.delivery import sweep
from obligations.services.recording.evidence import decide, log_evidence
from tests.cast import NOON, Cast, happened, organisation, play
from tests.support.addresses import Things, of_a_contract, only_post, things
from tests.support.whole import WHOLE
from tests.web.conftest import words
from tests.web.test_addresses import read

pytestmark = pytest.mark.django_db

WHAT = "Zebra files taken"
LATER = NOON + timedelta(minutes=30)
UNLISTED = ("tom", "grace", "ben", "olu", "mina")
LISTED = ("priya", "ada")
SHARE = 1 if WHOLE else 3
"""Every address is asked by one in so many of those who are on no list, each time by others of them."""
QUERIES = {
    "board": (
        "?subject=OFFSEN-", "?subject=Give the", "?paragraph=8", "?paragraph=10.5.2", "?party=supplier",
        *(f"?standing={one}" for one in (
            "overdue", "owed_now", "this_week", "later", "to_decide", "waiting", "met", "ended", "withdrawn"
        )),
    ),
    "facts": ("?q=OFFSEN-", "?q=aware", "?q=breach"),
    "as_at": ("?on_day=17&on_month=3&on_year=2026&known_day=17&known_month=3&known_year=2026",
              "?on_day=1&on_month=3&on_year=2026&beside_day=1&beside_month=6&beside_year=2026"),
    "record": ("?q=breach",),
    "setting": ("?asked=1&answer=9am",),
    "paragraph": ("?day_day=20&day_month=3&day_year=2026",),
}  # fmt: skip
MOVING = re.compile(
    r'name="(?:csrfmiddlewaretoken|(?:\w+-)?token)" value="[^"]+"|nonce[-=]"?[\w-]+|"[\w+/=-]{40,}"', re.ASCII
)


@pytest.fixture
def root(settings) -> Person:
    """An administrator of the whole system, who is on the contract too."""
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return Person.objects.create_superuser("root@duly.example", "Root", "a long enough password")


@pytest.fixture
def here(cast, uploads) -> Things:
    """The usual contract with one of everything, and a variation that would end the duties of breaches."""
    found = things(cast, kept=False)
    play(reference="WF-2026-088")  # so that the first page is a list of contracts with counts
    happened(cast, "breach_of_security_aware", NOON, "B-0", aware_party="supplier")
    priya = cast.as_("priya")
    effects = [("main/8", "not_used", ""), ("main/10", "not_used", "")]
    variation = draft_variation(cast.contract, priya, NOON, number="002", title="No 8", effects=effects)
    share_variation(variation, priya, NOON)
    day = proposing.propose_day(
        priya, NOON, division="all", day=date(2026, 3, 19), name="Jubilee", source="A proclamation"
    )
    previewing.preview(day, NOON)
    found.ids["variation_id"], found.ids["change"] = variation.pk, day.pk
    sweep(NOON)
    return found


def keep(cast: Cast, readers: tuple[str, ...] = ("ada",), **changes) -> Breach:
    """Priya reports a breach that only she and these people may know of."""
    given = {
        "what": WHAT,
        "outcome": "actual",
        "limb": "access",
        "noticed": NOON,
        "noticed_by": "Zebra desk",
        "aware_party": "supplier",
        "happened": date(2026, 3, 16),
        "readers": [cast.people[name].pk for name in readers],
    }
    return report_breach(cast.contract, cast.as_("priya"), LATER, **given | changes)


def happened_openly(cast: Cast) -> Breach:
    """Tom reports a breach that everybody may know of."""
    return report_breach(
        cast.contract, cast.as_("tom"), LATER, what="Other", outcome="actual", limb="loss", noticed=NOON,
        noticed_by="Tom", aware_party="supplier", happened=date(2026, 3, 16),
    )  # fmt: skip


def live_through(cast: Cast, breach: Breach) -> None:
    """Everything that can happen to a breach, by the people who may know of it."""
    priya, ada = cast.as_("priya"), cast.as_("ada")
    tick(breach, priya, LATER, key="dmp-tell", done=LATER, done_by="Zebra desk", note="By telephone")
    duty = Duty.objects.get(subject=breach.reference, obligation__rule_key="8.2.1")
    proof = SimpleUploadedFile("zebra.txt", b"zebra")
    evidence = log_evidence(duty, priya, LATER, kind="file", done=LATER, done_by="Priya", file=proof)
    decide(evidence, ada, LATER, outcome="rejected", reason="Not all of it")
    change_state(breach, ada, LATER, event="require_cause", when=LATER)
    write(breach, priya, LATER, account="The zebra file was open.", root_cause="A zebra.")
    for event, actor in (("contain", priya), ("give_details", priya), ("close", ada), ("reopen", ada)):
        change_state(breach, actor, LATER, event=event, when=LATER, reason="Looked at.")
    change_readers(breach, ada, LATER, people=[cast.people[one].pk for one in ("priya", "ada", "ben")])
    change_readers(breach, priya, LATER, people=[cast.people[one].pk for one in LISTED])
    change_state(breach, priya, LATER, event="contain", when=LATER)
    change_state(breach, priya, LATER, event="give_details", when=LATER)
    change_state(breach, ada, LATER, event="close", reason="Done.")
    ask_for_report(breach, ada, LATER)
    make_reports(LATER)


def all_addresses(here: Things) -> list[str]:
    """Every page, answer and download that somebody can ask for."""
    number = here.cast.contract.pk
    addresses = ["/", "/account", "/api/v1/contracts/", f"/holidays/{here.ids['change']}", "/holidays"]
    for name in of_a_contract():
        if name not in only_post() | {"variation_form_pdf", "breach_closing_pdf"}:
            address = here.address(name)
            addresses += [address, *(address + query for query in QUERIES.get(name, ()))]
    duties = f"/api/v1/contracts/{number}/duties/"
    addresses += [duties, duties + "?group=owed_now", duties + "?subject=OFFSEN-", duties + "?paragraph=8"]
    addresses += [f"{duties}{here.ids['duty_id']}/", f"{duties}{here.ids['duty_id']}/proof/"]
    for model in admin.site._registry:
        if model._meta.app_label in ("contracts", "obligations"):
            addresses.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
    return addresses


def everything(who: Person, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """What somebody is answered at these addresses, as it is but for what is new every time."""
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    for address in addresses:
        answer = read(client.get(address))
        text = MOVING.sub("", answer.content_read.decode("utf-8", "replace"))
        yield address, f"{answer.status_code} {text}"


def days_go_by() -> None:
    """The mail of the next three days goes out."""
    for hours in range(0, 72, 6):
        joining.plan_ahead(LATER + timedelta(hours=hours))
        sweep(LATER + timedelta(hours=hours))


def test_for_everybody_else_it_is_as_if_it_had_never_been(here, root, at_noon):
    at_noon.move_to(LATER)
    unlisted = [*(here.cast.people[name] for name in UNLISTED), root]
    days_go_by()
    every = all_addresses(here)
    asked = {
        who: [each for at, each in enumerate(every) if (at + place) % SHARE == 0 or each.startswith("/admin")]
        for place, who in enumerate(unlisted)
    }
    before = {who: dict(everything(who, addresses)) for who, addresses in asked.items()}
    assert {address for answers in before.values() for address in answers} == set(every)
    for who, least in ((unlisted[0], 45), (root, 15)):
        assert sum(text.startswith("200") for text in before[who].values()) > least / SHARE, who
    board, number = reverse("board", args=[here.cast.contract.pk]), here.cast.contract.pk
    told = [
        "/", board, f"{board}?subject=OFFSEN-", reverse("facts", args=[number]),
        reverse("ledger", args=[number]), reverse("ledger_csv", args=[number]),
        f"/api/v1/contracts/{number}/duties/?paragraph=8", reverse("breaches", args=[number]),
        here.address("variation_impact"),
    ]  # fmt: skip
    assert set(told) <= set(every)
    listed_before = {name: dict(everything(here.cast.people[name], told)) for name in LISTED}
    mail.outbox.clear()
    breach = keep(here.cast)
    days_go_by()
    assert mail.outbox
    nothing_is_different(before)
    # The same pages say something else to those who may know: so the comparison can fail.
    for name in LISTED:
        for address, text in everything(here.cast.people[name], told):
            assert text != listed_before[name][address], (name, address)
    live_through(here.cast, breach)
    days_go_by()
    nothing_is_different(before)


def nothing_is_different(before: dict[Person, dict[str, str]]) -> None:
    for who, answers in before.items():
        for address, text in everything(who, list(answers)):
            assert text == answers[address], (who, address)


def test_mail_about_it_goes_to_nobody_else(cast):
    breach = keep(cast)
    ordinary = happened(cast, "breach_of_security_aware", NOON, "B-9", aware_party="supplier", now=LATER)
    assert ordinary.created
    mail.outbox.clear()
    for hours in range(0, 120, 4):
        sweep(LATER + timedelta(hours=hours))
    told = {one.to[0] for one in mail.outbox if breach.reference in one.body}
    assert told == {cast.priya.email, cast.ada.email}
    others = {one.to[0] for one in mail.outbox if "B-9" in one.body}
    assert others == {cast.people[name].email for name in ("priya", "tom", "ada", "ben", "grace")}
    about = Notice.objects.filter(duty__subject=breach.reference)
    assert set(about.values_list("recipient__name", flat=True)) == {cast.priya.name, cast.ada.name}


def test_what_an_act_tells_an_unlisted_person_counts_nothing_of_it(browse, uploads, at_noon):
    """The same acts of the same unlisted person on two contracts, one of which keeps an incident from her."""
    at_noon.move_to(LATER)
    with_it = play(reference="WF-1")
    kept = keep(with_it)
    without = play(reference="WF-2", title="Another", supplier=organisation("Harbourlight Systems"))
    said = {}
    for cast in (with_it, without):
        happened(cast, "breach_of_security_aware", NOON, "B-0", aware_party="supplier")
        said[cast.contract.reference] = list(acts(cast, browse))
    for one, two in zip(said["WF-1"], said["WF-2"], strict=True):
        assert one == two
    assert len(said["WF-1"]) == 4
    gone = Duty.objects.filter(subject=kept.reference, phase="withdrawn").values_list(
        "obligation__rule_key", flat=True
    )
    assert set(gone) == {"8.1", "8.2.1"}, "what was hidden from her was done all the same"


def acts(cast: Cast, browse) -> Iterator[str]:
    """What Ben, who is on no list, is told when things happen to the whole contract."""
    ada, number = cast.as_("ada"), cast.contract.pk
    variation = draft_variation(
        cast.contract, ada, NOON, number="001", title="Less", effects=[("main/8", "not_used", "")]
    )
    share_variation(variation, ada, NOON)
    client = browse(cast.grace)
    address = reverse("sign_variation", args=[number, variation.pk])
    boxes = {"signed_on_day": "17", "signed_on_month": "3", "signed_on_year": "2026"}
    form = {"side": "supplier", "name": "Grace", "job_title": "Director", "text_hash": variation.text_hash,
            "read": "on"}  # fmt: skip
    yield told(cast, client.post(address, form | boxes, follow=True))
    yield told(cast, client.get(reverse("variation_impact", args=[number, variation.pk])))
    browse(cast.ada).post(address, form | boxes | {"side": "authority", "name": "Ada"})
    yield told(cast, client.get(reverse("variation", args=[number, variation.pk])))
    when = {"happened_day": "17", "happened_month": "3", "happened_year": "2026"}
    record = reverse("record_kind", args=[number, "agreement_terminated"])
    yield told(cast, browse(cast.tom).post(record, when, follow=True))


def told(cast: Cast, answer) -> str:
    """What a page says, without what names the contract, and how many messages both acts made so far."""
    assert answer.status_code == 200
    page = words(answer).replace(cast.contract.reference, "").replace(cast.contract.title, "")
    return re.sub(r"[0-9a-f]{64}|(?<=Messages) \(\d+ new\)", "", page)


def test_the_holidays_move_it_and_tell_nobody_else(here, root, browse, at_noon):
    at_noon.move_to(LATER)
    breach = keep(here.cast, happened=date(2026, 3, 17))
    change = here.ids["change"]
    client = browse(root)
    page = words(client.post(f"/holidays/{change}/preview", follow=True))
    moves = CalendarMove.objects.filter(calendar_change=change, moves=True)
    own = moves.exclude(duty__subject=breach.reference).count()
    assert (moves.count(), own) == (2, 1)
    assert "1 date would move" in page and breach.reference not in page
    page = words(client.post(f"/holidays/{change}/apply", follow=True))
    assert "Applied. 1 duty redated." in page and "2 duties" not in page
    entries = LedgerEntry.objects.filter(verb="duty_redated")
    assert set(entries.filter(payload__subject=breach.reference).values_list("kept_to", flat=True)) == {
        breach.reference
    }
    assert set(entries.exclude(payload__subject=breach.reference).values_list("kept_to", flat=True)) == {""}
    assert ledger.verify(here.cast.contract) == here.cast.contract.ledger.count()


def test_the_chain_that_everybody_reads_has_no_gaps(here):
    live_through(here.cast, keep(here.cast))
    contract = here.cast.contract
    for subject in ("", DistributionList.objects.get().subject):
        numbers = list(
            contract.ledger.filter(kept_to=subject).order_by("pk").values_list("number", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 20
    kept = contract.ledger.exclude(kept_to="")
    assert WHAT in str(list(kept.values_list("payload", flat=True)))
    open_to_all = str(list(contract.ledger.filter(kept_to="").values_list("payload", flat=True)))
    assert "ebra" not in open_to_all and "OFFSEN-" not in open_to_all
    assert ledger.verify(contract) == contract.ledger.count()
