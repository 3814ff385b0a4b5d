"""Messages in Duly: what somebody was told, what of it is new, and nothing of what they may not see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Membership
from contracts.row_security import asking
from obligations import selectors
from obligations.breaches.services.readers import change_readers
from obligations.models import Duty, Notice
from obligations.models.notice import GAVE_UP
from obligations.services.inbox import read_all
from obligations.services.notices.delivery import sweep
from tests.cast import NOON, done, patch_released, play
from tests.support.duties import make_duty
from tests.web.conftest import words
from tests.web.test_kept_from_others import keep

pytestmark = pytest.mark.django_db

INBOX = reverse("inbox")


@pytest.fixture
def cast(cast):
    """The usual contract, of which nobody was told anything yet."""
    Notice.objects.all().delete()
    return cast


def header(page) -> str:
    return page.content.decode().partition('id="main-content"')[0]


def notices(cast, name: str, many: int, **changes) -> list[Notice]:
    """So many messages to somebody, a minute apart, the last one at noon."""
    duty = cast.contract.duties.filter(subject="CVE-2026-0009").first() or make_duty(cast, "CVE-2026-0009")
    rows = [
        Notice(
            contract=cast.contract, duty=duty, deadline_version=duty.deadline_version, stage="due_soon",
            recipient=cast.people[name], about=f"{number} of {many}", created_at=NOON, answer="250 taken",
            not_before=NOON - timedelta(minutes=number), sent_at=NOON - timedelta(minutes=number), **changes
        )
        for number in range(many)
    ]  # fmt: skip
    return Notice.objects.bulk_create(rows)


def test_what_was_mailed_is_a_message_and_read_by_who_got_it(cast, browse, mail_server, at_noon):
    patch = patch_released(cast)
    Notice.objects.filter(duty=patch, stage="due_soon").update(not_before=NOON)
    sweep(NOON)
    at_noon.move_to(later := NOON + timedelta(minutes=1))
    priya = browse(cast.priya)
    page = priya.get(INBOX)
    said = words(page)
    new = selectors.new_messages(cast.priya, later)
    assert new > 0 and f"Messages ({new} new)" in header(page)
    assert (
        "CVE-2026-0001" in said and "Mailed at midday on 17 March 2026. The mail server answered: 250" in said
    )
    assert reverse("duty", args=[cast.contract.pk, patch.pk]) in page.content.decode()
    one = Notice.objects.filter(recipient=cast.priya, duty=patch).exclude(sent_at=None).get()
    back = priya.post(reverse("read_message", args=[one.pk]), {"back": "stage=due_soon&x=//evil.example"})
    assert back.url.startswith(f"{INBOX}?stage=due_soon")
    assert f"Messages ({new - 1} new)" in header(priya.get(INBOX)) if new > 1 else True
    assert "marked as read" in words(
        priya.post(reverse("read_messages"), {"until": later.isoformat()}, follow=True)
    )
    assert "new)" not in header(priya.get(INBOX)) and "Mark as read" not in words(priya.get(INBOX))
    assert selectors.new_messages(cast.tom, later) > 0
    assert "250" in words(priya.get(reverse("duty", args=[cast.contract.pk, patch.pk])))


def test_what_no_mail_could_be_sent_about_is_a_message_too(cast, browse):
    failing, waiting, given_up, to_come, taken_back = notices(cast, "tom", 5, attempts=0)
    rows = Notice.objects.filter
    rows(pk=failing.pk).update(sent_at=None, attempts=3, waits_until=NOON + timedelta(minutes=59))
    rows(pk=waiting.pk).update(sent_at=None, answer="")
    rows(pk=given_up.pk).update(sent_at=None, cancelled_at=NOON, cancelled_why=f"{GAVE_UP}550 no such box")
    rows(pk=to_come.pk).update(sent_at=None, not_before=NOON + timedelta(seconds=1))
    rows(pk=taken_back.pk).update(sent_at=None, cancelled_at=NOON, cancelled_why="the duty is met")
    said = words(browse(cast.tom).get(INBOX))
    found = {one.pk for one in selectors.messages(cast.tom, NOON, selectors.Messages(), 9)}
    assert found == {failing.pk, waiting.pk, given_up.pk}
    assert "Not mailed yet. The mail server answered: 250 taken" in said and "No mail could be sent." in said


def test_what_is_so_no_more_says_why(cast, browse):
    patch = patch_released(cast)
    Notice.objects.filter(duty=patch, stage="due_soon").update(not_before=NOON)
    assert "must do this by the end of Thursday 19 March 2026" in words(browse(cast.priya).get(INBOX))
    Notice.objects.filter(duty=patch, stage="due_soon").update(sent_at=NOON)
    done(patch, cast)
    said = words(browse(cast.priya).get(INBOX))
    assert "Not so any more: the duty is met." in said or "waiting for a decision." in said
    assert "must do this by" not in said.split("Mailed")[0].split("CVE-2026-0001")[-1]


def test_page_by_page_none_is_missed_and_none_comes_twice(cast, browse):
    made = notices(cast, "tom", 60)
    Notice.objects.filter(pk__in=[one.pk for one in made[20:30]]).update(sent_at=NOON)  # at one moment
    tom, seen, query = browse(cast.tom), [], ""
    while True:
        page = tom.get(INBOX + query)
        seen += [row.pk for row in page.context["rows"]]
        if not (query := page.context["older"]):
            break
    assert len(seen) == 60 == len(set(seen))
    for wrong in (
        "x",
        "2026-03-17_1",
        "2026-03-17T12:00:00+00:00_-1",
        "_",
        "2026-03-17T12:00:00+00:00_" + "9" * 30,
    ):
        assert tom.get(INBOX, {"before": wrong}).context["rows"][0].pk == seen[0]


def test_narrowed_by_contract_and_kind(cast, browse):
    other = play(reference="WF-2026-099")
    Notice.objects.all().delete()
    notices(cast, "tom", 2)
    notices(other, "tom", 3)
    tom = browse(cast.tom)
    assert len(tom.get(INBOX, {"contract": other.contract.pk}).context["rows"]) == 3
    assert len(tom.get(INBOX, {"stage": "due_soon"}).context["rows"]) == 5
    assert not tom.get(INBOX, {"stage": "overdue"}).context["rows"]
    page = tom.get(INBOX, {"contract": "999999", "stage": "nonsense"})
    assert page.status_code == 200 and "Choose one of the answers" in words(page)


def test_what_one_may_no_longer_see_is_not_there(cast, browse):
    breach = keep(cast, ("ada", "tom"))
    kept = Duty.objects.filter(subject=breach.reference).first()
    rows = notices(cast, "tom", 1)
    Notice.objects.filter(pk=rows[0].pk).update(duty=kept)
    before = selectors.new_messages(cast.tom, NOON)
    assert breach.reference in words(browse(cast.tom).get(INBOX))
    change_readers(breach, cast.as_("ada"), NOON + timedelta(hours=1), people=[cast.priya.pk, cast.ada.pk])
    assert breach.reference not in words(browse(cast.tom).get(INBOX))
    assert selectors.new_messages(cast.tom, NOON) < before
    assert browse(cast.tom).post(reverse("read_message", args=[rows[0].pk])).status_code == 404
    notices(cast, "ben", 2)
    Membership.objects.filter(person=cast.ben).update(to_day=date(2026, 3, 16))
    assert not browse(cast.ben).get(INBOX).context["rows"]


def test_nobody_reads_for_another(cast, browse):
    (one,) = notices(cast, "tom", 1)
    assert browse(cast.priya).post(reverse("read_message", args=[one.pk])).status_code == 404
    assert read_all(cast.priya, NOON, NOON) == 0
    with (
        asking.person(cast.priya.pk),
        pytest.raises(DatabaseError, match="only .* writes"),
        transaction.atomic(),
    ):
        Notice.objects.filter(pk=one.pk).update(read_at=NOON)
    with asking.person(cast.tom.pk):
        assert Notice.objects.filter(pk=one.pk).update(read_at=NOON) == 1
    assert browse().get(INBOX).status_code == 302


def test_what_came_while_the_page_was_read_stays_new(cast, browse):
    made = notices(cast, "tom", 3)
    sent = {"until": (NOON - timedelta(minutes=1)).isoformat()}
    assert "2 messages marked as read" in words(
        browse(cast.tom).post(reverse("read_messages"), sent, follow=True)
    )
    assert Notice.objects.filter(recipient=cast.tom, read_at=None).get().pk == made[0].pk
    for wrong in ("", "yesterday", "2026-03-17T12:00:00"):
        page = browse(cast.tom).post(reverse("read_messages"), {"until": wrong}, follow=True)
        assert "Open this page again" in words(page)


def test_the_count_is_one_query_by_its_index_and_ends_at_a_hundred(cast, browse, at_noon):
    notices(cast, "tom", 120)
    with asking.person(cast.tom.pk), CaptureQueriesContext(connection) as asked:
        assert selectors.new_messages(cast.tom, NOON) == 100
    assert len(asked) == 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor)
    assert "notice_unread" in plan, plan
    assert "Messages (99+ new)" in header(browse(cast.tom).get(INBOX))
    assert "Messages" not in header(browse().get(reverse("reading_rules")))
    at_noon.move_to(NOON + timedelta(days=31))
    assert selectors.new_messages(cast.tom, NOON + timedelta(days=31)) == 0


def test_queries_do_not_grow_with_the_messages(cast, browse):
    notices(cast, "tom", 2)
    tom = browse(cast.tom)
    tom.get(INBOX)
    with CaptureQueriesContext(connection) as few:
        tom.get(INBOX)
    other = play(reference="WF-2026-099")
    Notice.objects.all().delete()
    patch_released(other)
    notices(cast, "tom", 4)
    Notice.objects.filter(recipient=cast.tom, sent_at=None).update(not_before=NOON)
    with CaptureQueriesContext(connection) as many:
        assert len(tom.get(INBOX).context["rows"]) > 5
    assert len(many) <= len(few) + 3
