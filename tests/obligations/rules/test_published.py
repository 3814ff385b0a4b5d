"""A published list of holidays: read strictly, held against the lists in use, laid over them (R3, R4)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from obligations.rules.time.published import (
    PLACES,
    Change,
    Published,
    PublishedError,
    compare,
    laid_over,
    read_published,
)
from obligations.rules.time.working_days import Lists

ENGLAND, SCOTLAND, NORTH = PLACES
NEW_YEAR, EASTER, CHRISTMAS = date(2026, 1, 1), date(2026, 4, 6), date(2026, 12, 25)
NEXT = date(2027, 1, 1)


def event(day: object, title: object = "A holiday", **more: object) -> dict[str, object]:
    return {"date": day, "title": title, **more}


def file(*events: object) -> dict[str, object]:
    """A whole file: these events in every division, New Year's Day unless there are any."""
    return {place: {"events": list(events) or [event("2026-01-01")]} for place in PLACES}


def lists() -> Lists:
    days = {NEW_YEAR: "New Year’s Day", CHRISTMAS: "Christmas Day"}
    return Lists({place: dict(days) for place in PLACES}, date(2020, 1, 1), CHRISTMAS, "shipped")


def told(*, begins: date = NEW_YEAR, edge: date = CHRISTMAS, **england: str) -> Published:
    """What is published: New Year and Christmas everywhere; in England and Wales what is given besides."""
    usual = {NEW_YEAR: "New Year’s Day", CHRISTMAS: "Christmas Day"}
    more = {date.fromisoformat(day[1:].replace("_", "-")): name for day, name in england.items()}
    days = {place: dict(usual) for place in PLACES}
    days[ENGLAND] = {day: name for day, name in (usual | more).items() if name}
    return Published(days, begins, edge)


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ([], "", "the file must hold one object with a list for each division"),
        ({}, ENGLAND, "the list for England and Wales is missing; use the whole file"),
        (file() | {SCOTLAND: []}, SCOTLAND, "the list for Scotland is missing; use the whole file"),
        (file() | {NORTH: {}}, f"{NORTH}.events", "there must be at least one holiday; use the whole file"),
        (
            file() | {ENGLAND: {"events": []}},
            f"{ENGLAND}.events",
            "there must be at least one holiday; use the whole file",
        ),
        (file("lunch"), f"{ENGLAND}.events[0]", "a holiday must be an object with a title and a date"),
        (
            file(event("2026-01-01"), event("2026-1-2")),
            f"{ENGLAND}.events[1].date",
            "'2026-1-2' is not a day; write it like 2026-12-25",
        ),
        (
            file(event("2026-02-30")),
            f"{ENGLAND}.events[0].date",
            "'2026-02-30' is not a day; write it like 2026-12-25",
        ),
        (
            file(event(20260101)),
            f"{ENGLAND}.events[0].date",
            "20260101 is not a day; write it like 2026-12-25",
        ),
        (
            file(event("2011-12-31")),
            f"{ENGLAND}.events[0].date",
            "2011-12-31 is out of range; give a day from 2012 to 2099",
        ),
        (
            file(event("2026-01-01"), event("2026-01-01")),
            f"{ENGLAND}.events[1].date",
            "2026-01-01 is listed twice; take one of the two out",
        ),
        (
            file(event("2026-01-01", " ")),
            f"{ENGLAND}.events[0].title",
            "the holiday has no name; give it one",
        ),
        (file(event("2026-01-01", 7)), f"{ENGLAND}.events[0].title", "the holiday has no name; give it one"),
        (
            file(event("2026-01-01", "x" * 121)),
            f"{ENGLAND}.events[0].title",
            "the name is too long; shorten it to 120 characters",
        ),
    ],
)
def test_a_list_that_cannot_be_used_names_the_place_and_the_fix(data, field, message) -> None:
    with pytest.raises(PublishedError) as caught:
        read_published(data)
    assert (caught.value.field, str(caught.value)) == (field, f"{field}: {message}" if field else message)


def test_a_list_is_read_with_what_it_speaks_about() -> None:
    """From 1 January of its first year to the earliest of the last days of the divisions."""
    data = file(
        event("2026-04-06", " Easter Monday "), event("2026-12-28", "Boxing Day", notes="Substitute day")
    )
    data[SCOTLAND] = {"events": [event("2026-01-02", "x" * 120), event("2027-01-04", "New", notes="")]}
    read = read_published(data)
    assert (read.begins, read.edge) == (date(2026, 1, 1), date(2026, 12, 28))
    assert read.days[ENGLAND] == {
        date(2026, 4, 6): "Easter Monday",
        date(2026, 12, 28): "Boxing Day (substitute day)",
    }
    assert read.days[SCOTLAND] == {date(2026, 1, 2): "x" * 120, date(2027, 1, 4): "New"}


def test_the_first_day_that_can_be_listed_and_the_last() -> None:
    read = read_published(file(event("2012-01-01"), event("2099-12-31")))
    assert set(read.days[NORTH]) == {date(2012, 1, 1), date(2099, 12, 31)}
    with pytest.raises(PublishedError, match="2100-01-01 is out of range"):
        read_published(file(event("2100-01-01")))


def test_the_same_list_changes_nothing() -> None:
    assert not compare(lists(), told())
    assert Change(renamed={NORTH: {NEW_YEAR: "New Year"}}) and Change(edge=NEXT) and not Change()
    assert compare(lists(), told()) == Change()


@pytest.mark.parametrize(
    ("published", "change"),
    [
        (told(_2026_04_06="Easter Monday"), Change(added={ENGLAND: {EASTER: "Easter Monday"}})),
        (told(_2026_01_01="New Year"), Change(renamed={ENGLAND: {NEW_YEAR: "New Year"}})),
        (
            told(_2026_01_01="", _2026_04_06="Easter Monday", begins=NEW_YEAR),
            Change(
                removed={ENGLAND: {NEW_YEAR: "New Year’s Day"}}, added={ENGLAND: {EASTER: "Easter Monday"}}
            ),
        ),
        (told(_2026_01_01="", begins=date(2026, 1, 2)), Change()),
        (told(_2026_12_25=""), Change()),  # after the last day it names it says nothing
        (told(edge=NEXT), Change(edge=NEXT)),
    ],
)
def test_what_a_list_adds_removes_and_names_anew(published: Published, change: Change) -> None:
    assert compare(lists(), published) == change


def test_a_change_is_laid_over_and_taken_back() -> None:
    change = Change(
        added={ENGLAND: {EASTER: "Easter Monday"}},
        removed={SCOTLAND: {CHRISTMAS: "Christmas Day"}},
        renamed={NORTH: {NEW_YEAR: "New Year"}},
        edge=NEXT,
    )
    after = laid_over(lists(), change, "GOV.UK")
    assert (after.edge, after.source, after.first) == (NEXT, "GOV.UK", lists().first)
    assert after.days[ENGLAND] == lists().days[ENGLAND] | {EASTER: "Easter Monday"}
    assert after.days[SCOTLAND] == {NEW_YEAR: "New Year’s Day"}
    assert after.days[NORTH] == lists().days[NORTH] | {NEW_YEAR: "New Year"}
    back = laid_over(after, change.reversed())
    assert back.days[ENGLAND] == lists().days[ENGLAND] and back.days[SCOTLAND] == lists().days[SCOTLAND]
    assert (back.edge, back.source) == (NEXT, "GOV.UK")
    assert laid_over(lists(), Change(edge=EASTER)).edge == CHRISTMAS


def test_a_change_says_where_it_moves_dates_and_whether_it_only_goes_on() -> None:
    added = Change(added={SCOTLAND: {EASTER: "Easter"}, ENGLAND: {NEXT: "New Year"}})
    assert added.places == [ENGLAND, SCOTLAND]
    assert added.moving() == {ENGLAND: {NEXT}, SCOTLAND: {EASTER}, "all": {NEXT, EASTER}}
    assert Change(renamed={NORTH: {EASTER: "Easter"}}).moving() == {}
    assert added.only_extends(date(2026, 4, 5)) and not added.only_extends(EASTER)
    assert not Change(renamed={NORTH: {EASTER: "Easter"}}).only_extends(EASTER)
    assert not Change(removed={NORTH: {NEXT: "New Year"}}).only_extends(EASTER)


WRITTEN = ("added", "removed", "renamed", "edge", "published")


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change(edge=NEXT),
        Change({ENGLAND: {EASTER: "a"}}, {SCOTLAND: {NEXT: "b"}}, {NORTH: {NEW_YEAR: "c"}}, CHRISTMAS, NEXT),
    ],
)
def test_a_change_is_stored_without_loss(change: Change) -> None:
    form = json.loads(json.dumps(change.as_json()))
    assert Change.from_json(form) == change and set(form) == {*WRITTEN}
    assert Change.from_json({}) == Change()
