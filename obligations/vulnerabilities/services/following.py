"""The table of vulnerabilities brought in line with the record, whenever duties are (``Subject.following``).

What was recorded elsewhere, by the general form or a program, comes into the table by this too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from contracts.terms.moments import Day, first_moment, london_day
from contracts.terms.restricted import key_for
from obligations.models import Duty, Phase
from obligations.rules.register.claims import ClaimStatus
from obligations.rules.register.facts import Fact, detail_when
from obligations.rules.register.names import folded
from obligations.rules.register.vocabulary import Vocabulary
from obligations.services.asking.vocabulary import vocabulary_in
from obligations.services.reconciling.followed import Followed
from obligations.vulnerabilities.models import FAR, State, Vulnerability
from obligations.vulnerabilities.naming import parts_of
from obligations.vulnerabilities.rules import (
    ABOUT,
    APPLIED,
    EXPLOITABLE,
    IDENTIFIED,
    NOT_EXPLOITABLE,
    RELEASED,
    Rules,
    category_of,
    patch_rules,
)
from obligations.vulnerabilities.services.dating import Dating, facts_of
from obligations.vulnerabilities.services.ending import remind

BATCH = 1000
SHOWN = (
    "category", "released_on", "found_on", "state", "phase", "due_at", "done_on", "until", "order_at",
    "draft", "changed_at", "fixed_version", "earliest_on",
)  # fmt: skip
"""The columns that say again what is on the record, in the order of ``_SAVE``."""

_SAVE = """
    UPDATE obligations_vulnerability AS row
    SET category = said.category, released_on = said.released_on, found_on = said.found_on,
        state = said.state, phase = said.phase, due_at = said.due_at, done_on = said.done_on,
        until = said.until, order_at = said.order_at, draft = said.draft, changed_at = said.changed_at,
        fixed_version = said.fixed_version, earliest_on = said.earliest_on
    FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::text[], %s::timestamptz[],
        %s::date[], %s::date[], %s::timestamptz[], %s::boolean[], %s::timestamptz[], %s::text[], %s::date[])
        AS said(id, category, released_on, found_on, state, phase, due_at, done_on, until, order_at, draft,
            changed_at, fixed_version, earliest_on)
    WHERE row.id = said.id
"""
STATES = {
    Phase.OPEN: State.OPEN,
    Phase.AWAITING: State.OPEN,
    Phase.SUSPENDED: State.SUSPENDED,
    Phase.MET: State.DONE,
    Phase.MET_LATE: State.DONE,
}


def follow(followed: Followed) -> None:
    """Bring the rows of what was looked at in line. 3 queries at most, none where it is about no patch; and
    what dating takes where a release day is not known, and reminding where something holds until a day.
    """
    rules = patch_rules(followed.books)
    facts, duties = _by_name(followed, rules)
    keys = {key for key, ones in facts.items() if any(one.kind in ABOUT for one in ones)} | duties.keys()
    if not keys:
        return
    new, changed, until = _settled(followed, rules, sorted(keys), facts, duties)
    dating = Dating(followed.contract, followed.books, _whole(followed), followed.now)
    dated_with_care([*new, *changed], dating)
    for row in changed:
        row.changed_at = followed.now
    Vulnerability.objects.bulk_create(new, batch_size=BATCH)
    save_shown(changed)
    if ending := [row for before, row in until if before is not None or row.until is not None]:
        remind(followed, ending)


def save_shown(rows: Sequence[Vulnerability]) -> None:
    """Save the columns of ``SHOWN``. 1 statement: Django's own way takes longer than everything else."""
    if rows:
        columns = [[getattr(row, name) for row in rows] for name in SHOWN]
        with connection.cursor() as cursor:
            cursor.execute(_SAVE, [[row.pk for row in rows], *columns])


def _settled(
    followed: Followed,
    rules: Rules,
    keys: Sequence[str],
    facts: Mapping[str, list[Fact]],
    duties: Mapping[str, list[Duty]],
) -> tuple[list[Vulnerability], list[Vulnerability], list[tuple[Day | None, Vulnerability]]]:
    """The rows that are new, those that say something else now, and all with the day until which they held.

    1 query; saves nothing.
    """
    there: dict[str, list[Vulnerability]] = defaultdict(list)
    for one in Vulnerability.objects.filter(contract=followed.contract, folded__among=keys):
        there[one.folded].append(one)
    known = vocabulary_in(one.book for book in followed.books.values() for one in book.adopted)
    new: list[Vulnerability] = []
    changed: list[Vulnerability] = []
    until: list[tuple[Day | None, Vulnerability]] = []
    for key in keys:
        kept = _on_record(there[key], facts[key])
        changed += _over(one for one in there[key] if one is not kept)
        row = kept or _from_record(followed, facts[key])
        if row is None:
            continue
        before, held = _shown(row), row.until
        _bring_in_line(row, facts[key], duties[key], rules, known)
        until.append((held, row))
        if kept is None:
            new.append(row)
        elif _shown(row) != before:
            changed.append(row)
    return new, changed, until


def _by_name(followed: Followed, rules: Rules) -> tuple[dict[str, list[Fact]], dict[str, list[Duty]]]:
    """The facts and the duties to patch by what they are about, as names are compared."""
    duties: dict[str, list[Duty]] = defaultdict(list)
    for duty in followed.duties:
        if duty.subject and (duty.obligation.rulebook_key, duty.obligation.rule_key) in rules:
            duties[folded(duty.subject)].append(duty)
    facts: dict[str, list[Fact]] = defaultdict(list)
    for fact in followed.facts:
        if fact.subject is not None:
            facts[folded(fact.subject)].append(fact)
    return facts, duties


def _over(rows: Iterable[Vulnerability]) -> list[Vulnerability]:
    """Drafts of what came onto the record by another way, which are over; those that were not yet."""
    drafts = [row for row in rows if row.state != State.OVER]
    for row in drafts:
        row.state = State.OVER
    return drafts


def dated_with_care(rows: Iterable[Vulnerability], dating: Dating) -> None:
    """Give those whose patch is there, released on a day nobody knows, the date of the careful day (R48).

    Of those that have a duty the engine has said it: these go by a version of the rulebook before that.
    """
    if waiting := without_duty(rows):
        date_rows(waiting, dating)


def without_duty(rows: Iterable[Vulnerability]) -> list[Vulnerability]:
    """Those on the record whose patch is there, released on a day nobody knows, and no duty says by when."""
    return [
        row
        for row in rows
        if row.state == State.OPEN
        and row.released_on is None
        and row.fixed_version
        and not (row.draft or row.phase)
    ]


def date_rows(rows: Sequence[Vulnerability], dating: Dating) -> None:
    """The date and the category of rows as if each were on the record, by the careful day where its release
    is not known (R48). Saves nothing.
    """
    facts = {
        row.folded: facts_of(row, row.released_on or (row.careful_on if row.fixed_version else None))
        for row in rows
    }
    duties = dating.duties(one for ones in facts.values() for one in ones)
    known = vocabulary_in(one.book for book in dating.books.values() for one in book.adopted)
    for row in rows:
        duty = duties.get(row.folded)
        row.category = row.category if not row.draft else category_of(facts[row.folded], known)
        place(row, duty.deadline.due_at if duty is not None else None)


def place(row: Vulnerability, due_at: datetime | None) -> None:
    """Its date, and with it its place in the order."""
    row.due_at, row.order_at = due_at, due_at or FAR


def _whole(followed: Followed) -> list[Fact]:
    """What is on the record of the contract as a whole."""
    wide = frozenset().union(
        *(one.book.vocabulary.wide for b in followed.books.values() for one in b.adopted)
    )
    return [fact for fact in followed.facts if fact.subject is None or fact.kind in wide]


def _shown(row: Vulnerability) -> list[Any]:
    return [getattr(row, name) for name in SHOWN]


def _on_record(rows: Sequence[Vulnerability], facts: Sequence[Fact]) -> Vulnerability | None:
    """The row that the facts are about: the one on the record, else the draft of the side that recorded them.

    Another side's draft stays its own.
    """
    recorded = next((row for row in rows if not row.draft), None)
    sides = {fact.recorded_side for fact in facts if fact.kind in ABOUT}
    own = next((row for row in rows if row.draft and row.recorded_side in sides), None)
    return recorded or own


def _from_record(followed: Followed, facts: Sequence[Fact]) -> Vulnerability | None:
    """A row for what was recorded without one; None where its facts are gone."""
    first = next((fact for fact in facts if fact.kind in ABOUT), None)
    if first is None or first.subject is None:
        return None
    identifier, component = parts_of(first.subject)
    return Vulnerability(
        pk=key_for(first.subject),
        contract=followed.contract,
        subject=first.subject,
        folded=folded(first.subject),
        identifier=identifier[:100],
        component=component,
        software=str(first.details.get("software") or ""),
        found_on=london_day(first.at),
        recorded_at=first.recorded_at,
        recorded_side=first.recorded_side or "neither",
        changed_at=followed.now,
    )


def _bring_in_line(
    row: Vulnerability,
    facts: Sequence[Fact],
    duties: Sequence[Duty],
    rules: Rules,
    known: Vocabulary,
) -> None:
    """The columns that say again what is on the record."""
    kinds = _counting(facts)
    standing = [one for one in duties if one.phase != Phase.WITHDRAWN]
    duty = max(standing, key=lambda one: (one.phase in STATES, one.pk or 0), default=None)
    row.draft = False
    row.released_on = min((london_day(one.at) for one in kinds[RELEASED]), default=None)
    row.found_on = min((london_day(one.at) for one in kinds[IDENTIFIED]), default=row.found_on)
    row.until = _holds_until(row, kinds[NOT_EXPLOITABLE])
    row.category = category_of(facts, known)
    _fix_known(row, facts)
    if duty is not None:
        rated = rules[duty.obligation.rulebook_key, duty.obligation.rule_key]
        row.category = rated if row.category else ""
        row.state, row.phase = STATES.get(Phase(duty.phase), State.OVER), duty.phase
        row.done_on = duty.done_on
    else:
        row.state, row.phase = _state_without(kinds), ""
        applied = (london_day(one.at) for one in kinds[APPLIED])
        row.done_on = min(applied, default=None) if row.state == State.DONE else None
    place(row, duty.due_at if duty is not None else None)


def _fix_known(row: Vulnerability, facts: Iterable[Fact]) -> None:
    """The fixed version that was recorded elsewhere, where the row names none."""
    told = next((one for one in facts if one.details.get("fixed_version")), None)
    if told is None or row.fixed_version:
        return
    row.fixed_version = str(told.details["fixed_version"])[:100]
    since = detail_when(told.details.get("fixed_version_since"))
    row.earliest_on = row.earliest_on or london_day(told.at if since is None else since)


def _holds_until(row: Vulnerability, shown: Sequence[Fact]) -> Day | None:
    """The last day on which it is said not to be exploitable, by what was shown last; None for no end."""
    last = max(shown, key=lambda one: first_moment(one.recorded_at), default=None)
    until = row.grounds.get(last.key, {}).get("until") if last is not None else None
    return date.fromisoformat(until) if until else None


def _counting(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """The facts that count, by their kinds: none that was claimed and is not accepted (R46)."""
    kinds: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.claim is None or fact.claim.status is ClaimStatus.ACCEPTED:
            kinds[fact.kind].append(fact)
    return kinds


def _state_without(kinds: dict[str, list[Fact]]) -> State:
    """How something stands for which no duty is on the record."""
    if not any(kind in kinds for kind in ABOUT):
        return State.OVER
    if kinds[APPLIED]:
        return State.DONE
    shown, ended = kinds[NOT_EXPLOITABLE], kinds[EXPLOITABLE]
    if shown and (not ended or london_day(shown[-1].at) > london_day(ended[-1].at)):
        return State.SUSPENDED
    return State.OPEN
