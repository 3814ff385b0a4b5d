"""What is due: its groups, filters, pages and cost, the start page, and the picture of the next weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from obligations.models import Phase
from tests.cast import NOON, Cast, happened, make_contract, patch_released
from tests.support.duties import make_duty
from tests.web.conftest import words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 17)


@pytest.fixture
def cast(db) -> Cast:
    """A contract without duties of its own."""
    return make_contract()


def board(cast, browse, who="priya", **query):
    return browse(cast.people[who]).get(reverse("board", args=[cast.contract.pk]), query)


def one_in_each_group(cast: Cast) -> None:
    make_duty(cast, "late", due=TODAY - timedelta(days=1))
    make_duty(cast, "word", due=None, word="promptly")
    make_duty(cast, "today", due=TODAY)
    make_duty(cast, "sunday", due=date(2026, 3, 22))
    make_duty(cast, "monday", due=date(2026, 3, 23))
    make_duty(cast, "asked", phase=Phase.AWAITING, approver="authority")
    make_duty(cast, "paused", due=None, phase=Phase.SUSPENDED)
    make_duty(cast, "finished", phase=Phase.MET, done_on=TODAY)


def sections(response) -> dict[str, str]:
    """The groups on the page by their headings."""
    page = response.content.decode()
    parts = page.split('<section aria-labelledby="group-')[1:]
    return {part.split('"', 1)[0]: part.split("</section>")[0] for part in parts}


def test_nothing_due_says_what_to_do(cast, browse):
    assert "Nothing is due. When something happens, record it" in words(board(cast, browse))
    assert "somebody records it" in words(board(cast, browse, "olu"))


def test_each_duty_is_in_its_group_once(cast, browse):
    one_in_each_group(cast)
    found = sections(board(cast, browse))
    assert list(found) == ["overdue", "owed_now", "this_week", "later", "waiting", "suspended"]
    for group, subjects in {
        "overdue": ["late"],
        "owed_now": ["word"],
        "this_week": ["today", "sunday"],
        "later": ["monday"],
        "waiting": ["asked"],
        "suspended": ["paused"],
    }.items():
        for subject in ("late", "word", "today", "sunday", "monday", "asked", "paused", "finished"):
            assert (f"({subject})" in found[group]) == (subject in subjects), (group, subject)


def test_the_side_that_decides_sees_it_as_its_own(cast, browse):
    one_in_each_group(cast)
    found = sections(board(cast, browse, "ada"))
    assert "(asked)" in found["to_decide"] and "waiting" not in found
    assert "1 for you to decide" in words(board(cast, browse, "ada"))
    assert "for you to decide" not in words(board(cast, browse, "olu"))


def test_a_row_says_what_who_where_by_when_and_how_it_stands(cast, browse):
    make_duty(cast, "late", due=TODAY - timedelta(days=3), flagged=True, provisional=True)
    page = words(board(cast, browse))
    assert "Apply Critical patches (late)" in page
    assert "Owed by the Supplier. Paragraph 10.3, DMP Schedule 23: Security Management" in page
    assert "Saturday 14 March 2026 3 days overdue" in page
    for tag in ("Overdue", "Provisional date", "Another reading"):
        assert tag in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"party": "authority"}, {"theirs"}),
        ({"party": "supplier"}, {"mine", "tested"}),
        ({"paragraph": "10"}, {"mine"}),
        ({"paragraph": "10.3"}, {"mine"}),
        ({"paragraph": "1"}, set()),
        ({"paragraph": "dmp_schedule_23/main/7"}, {"tested"}),
        ({"subject": "MIN"}, {"mine"}),
        ({"subject": "zebra"}, set()),
        ({"subject": "%"}, set()),
        ({"party": "nobody", "paragraph": "\x00"}, {"mine", "tested", "theirs"}),
        ({"standing": "later"}, {"mine", "tested", "theirs"}),
        ({"standing": "met"}, set()),
        ({"standing": "no such standing"}, {"mine", "tested", "theirs"}),
    ],
)
def test_filters_narrow_the_list_and_mistakes_do_not_break_it(cast, browse, query, shown):
    later = TODAY + timedelta(days=30)
    make_duty(cast, "mine", due=later)
    make_duty(cast, "tested", due=later, path="main/7.1.3")
    make_duty(cast, "theirs", due=later, path="main/5.1", party="authority")
    response = board(cast, browse, **query)
    assert response.status_code == 200
    page = response.content.decode()
    assert {subject for subject in ("mine", "tested", "theirs") if f"({subject})" in page} == shown


def test_many_duties_come_page_by_page_at_the_same_cost(cast, browse, django_assert_num_queries):
    client = browse(cast.priya)
    address = reverse("board", args=[cast.contract.pk])
    for number in range(2):
        make_duty(cast, f"few-{number}")
    with django_assert_num_queries(11):
        client.get(address)
    for number in range(40):
        make_duty(cast, f"many-{number:02}")
    with django_assert_num_queries(11):
        page = client.get(address)
    assert "See all 42 under “Today and this week”" in words(page)
    with django_assert_num_queries(8):
        first = client.get(address, {"standing": "this_week"})
    assert "Today and this week (42)" in words(first) and 'rel="next"' in first.content.decode()
    second = client.get(address, {"standing": "this_week", "page": 2})
    assert second.content.decode().count("duly-row__title") == 17
    assert "standing=this_week" in second.content.decode()


def test_the_counts_agree_with_the_groups(cast, browse):
    one_in_each_group(cast)
    page = words(board(cast, browse))
    assert "1 overdue 1 owed now 2 due this week 0 for you to decide" in page


def test_with_two_contracts_the_start_page_lists_both_with_their_counts(
    cast, browse, django_assert_num_queries
):
    one_in_each_group(cast)
    make_contract(reference="WF-2026-015", title="Second <portal>")
    client = browse(cast.priya)
    with django_assert_num_queries(10):
        page = client.get(reverse("home"))
    assert "Second &lt;portal&gt;" in page.content.decode()
    assert "1 overdue 1 owed now 2 due this week 0 for you to decide" in words(page)
    assert "You act for the Supplier" in words(page)
    assert "You act for neither side" in words(browse(cast.olu).get(reverse("home")))


def test_the_picture_and_its_table_say_the_same(cast, browse):
    make_duty(cast, "late", due=TODAY - timedelta(days=1))
    make_duty(cast, "soon", due=TODAY + timedelta(days=1))
    make_duty(cast, "later", due=TODAY + timedelta(days=40))
    make_duty(cast, "beyond", due=TODAY + timedelta(days=100))
    page = browse(cast.priya).get(reverse("weeks", args=[cast.contract.pk]))
    html, said = page.content.decode(), words(page)
    assert html.count("<title>Apply Critical patches, ") == 3
    assert "3 duties due from Mon 16 Mar 2026 to Sun 7 Jun 2026." in said
    for week in ("Week of Mon 16 Mar 2026", "Week of Mon 20 Apr 2026"):
        assert week in said
    assert "beyond" not in said
    assert "dot--late" in html and "dot--soon" in html and "dot--mine" in html


def test_a_day_with_more_than_fit_says_how_many_more(cast, browse):
    for number in range(15):
        make_duty(cast, f"d-{number}", due=TODAY + timedelta(days=30))
    page = browse(cast.priya).get(reverse("weeks", args=[cast.contract.pk])).content.decode()
    assert ">+3</text>" in page and page.count("<title>Apply") == 12


def test_an_empty_picture(cast, browse):
    assert "Nothing with a date is due in these weeks." in words(
        browse(cast.priya).get(reverse("weeks", args=[cast.contract.pk]))
    )


def test_standing_moves_with_time_alone(browse, at_noon):
    from tests.cast import play

    cast = play()
    patch_released(cast)
    client = browse(cast.priya)
    address = reverse("board", args=[cast.contract.pk])
    assert "this_week" in sections(client.get(address))
    at_noon.shift(timedelta(days=3))
    client = browse(cast.priya)
    assert "(CVE-2026-0001)" in sections(client.get(address))["overdue"]
    happened(cast, "patch_applied", date(2026, 3, 19), "CVE-2026-0001", now=NOON + timedelta(days=3))
    assert "(CVE-2026-0001)" not in "".join(sections(client.get(address)).values())
    assert "(CVE-2026-0001)" in client.get(address, {"standing": "met"}).content.decode()


def test_what_waits_for_a_decision_shows_its_due_date_and_the_day_it_was_done(cast, browse):
    duty = make_duty(cast, "D-1", phase="awaiting_decision", approver="authority", done_on=date(2026, 3, 16))
    undated = make_duty(
        cast, "D-2", phase="awaiting_decision", approver="authority", done_on=date(2026, 3, 13), due=None
    )
    page = words(browse(cast.ada).get(reverse("board", args=[duty.contract_id])))
    assert "Thursday 19 March 2026 Done on 16 March 2026, waiting for a decision" in page
    assert undated.due_at is None and "No time limit Done on 13 March 2026, waiting for a decision" in page
    assert "No date" not in page
