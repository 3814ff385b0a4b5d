"""Two people act on one breach, or one plan, at the same moment: one comes first, and the other is told."""

from __future__ import annotations

from functools import partial

import pytest

from contracts.models import DistributionList, LedgerEntry
from contracts.services import ledger
from contracts.services.errors import Refused
from obligations.breaches.models import Breach, BreachStep
from obligations.breaches.services.readers import change_readers
from obligations.breaches.services.seen import fingerprint
from obligations.breaches.services.work import change_state, tick, withdraw, write
from obligations.models import Duty, FactRecord
from tests.cast import NOON, play
from tests.obligations.breaches.test_breaches import NINE, put_into, report
from tests.support.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return play()


def again(breach: Breach) -> Breach:
    """The breach as somebody else has it on their page."""
    return Breach.objects.select_related("contract").get(pk=breach.pk)


def one_refused(found: list, says: str) -> None:
    refused = [one for one in found if isinstance(one, Refused)]
    assert len(refused) == 1 and len(found) == 2, found
    assert not [one for one in found if isinstance(one, Exception) and one not in refused], found
    assert says in refused[0].message


def test_two_reviewers_close_it_and_the_second_is_told(cast):
    breach = put_into(cast, "details_given")
    ways = [
        partial(change_state, again(breach), cast.as_(who), NOON, event="close", reason=f"Says {who}.")
        for who in ("ada", "ben")
    ]
    one_refused(at_once(*ways), "close the breach")
    breach.refresh_from_db()
    assert breach.state == "closed" and breach.closing_note in ("Says ada.", "Says ben.")
    assert LedgerEntry.objects.filter(verb="breach_moved", payload__event="close").count() == 1
    ledger.verify(cast.contract)


def test_two_colleagues_tick_the_same_step_and_it_meets_its_duty_once(cast):
    breach = report(cast)
    ways = [
        partial(tick, again(breach), cast.as_(who), NOON, key="dmp-tell", done=NINE, done_by=who)
        for who in ("priya", "tom")
    ]
    one_refused(at_once(*ways), "This step is ticked off already.")
    assert BreachStep.objects.count() == 1
    assert FactRecord.objects.filter(kind="breach_notified").count() == 1
    assert Duty.objects.get(obligation__rule_key="8.1").phase == "met"
    ledger.verify(cast.contract)


def test_one_withdraws_it_while_the_other_contains_it(cast):
    breach = report(cast)
    contain = partial(change_state, again(breach), cast.as_("tom"), NOON, event="contain", when=NOON)
    found = at_once(contain, partial(withdraw, again(breach), cast.as_("priya"), NOON, reason="A drill"))
    assert not isinstance(found[1], Exception), found
    assert isinstance(found[0], Breach | Refused), found
    breach.refresh_from_db()
    assert breach.state == "withdrawn"
    assert not FactRecord.objects.filter(subject=breach.reference, withdrawn_at=None).exists()
    assert not Duty.objects.filter(subject=breach.reference).exclude(phase="withdrawn").exists()
    ledger.verify(cast.contract)


def test_two_reports_have_names_of_their_own(cast):
    found = at_once(*(partial(report, cast, by=who, what=f"Seen by {who}") for who in ("priya", "ada")))
    assert sorted(one.reference for one in found) == ["B-2026-001", "B-2026-002"]
    assert FactRecord.objects.filter(kind="breach_of_security_aware").count() == 2
    ledger.verify(cast.contract)


def test_each_takes_the_other_off_the_list_and_both_sides_can_still_act(cast):
    everybody = [cast.people[name].pk for name in ("priya", "tom", "ada", "ben")]
    breach = report(cast, readers=everybody)
    without_ada = [cast.priya.pk, cast.ben.pk]
    without_ben = [cast.priya.pk, cast.ada.pk]
    found = at_once(
        partial(change_readers, again(breach), cast.as_("ben"), NOON, people=without_ada),
        partial(change_readers, again(breach), cast.as_("ada"), NOON, people=without_ben),
    )
    stopped = [one for one in found if one is not None]
    assert len(stopped) == 1, "whoever came first took the other off, who may change nothing then"
    on_it = {one.person_id for one in DistributionList.objects.get().people.filter(removed_at=None)}
    assert on_it in (set(without_ada), set(without_ben))
    ledger.verify(cast.contract)


def test_two_write_the_account_of_one_page_and_the_second_is_told_of_the_first(cast):
    breach = report(cast)
    seen = {"account": fingerprint("")}
    ways = [
        partial(write, again(breach), cast.as_(who), NOON, seen=seen, account=f"Seen by {who}.")
        for who in ("priya", "tom")
    ]
    one_refused(at_once(*ways), "changed this at 12:00 on 17 March 2026")
    assert LedgerEntry.objects.filter(verb="breach_written").count() == 1
    ledger.verify(cast.contract)
