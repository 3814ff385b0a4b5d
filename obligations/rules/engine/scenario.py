"""A what-if: a contract, variations and facts as JSON, read with the same vocabulary as everything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.terms.moments import (
    LONDON,
    Day,
    Moment,
    When,
    WhenError,
    first_moment,
    is_moment,
    last_moment,
    parse_when,
    place_in_london,
)
from contracts.terms.settings import ContractSettings
from contracts.terms.variations import covers
from obligations.rules.engine.awareness import PARTIES
from obligations.rules.engine.claims import claimables, lengthens_nothing, with_claims
from obligations.rules.engine.derive import derive
from obligations.rules.engine.evaluation import Evaluation
from obligations.rules.engine.patches import not_released
from obligations.rules.engine.stages import Waiting, waiting
from obligations.rules.register.asked import check_answers
from obligations.rules.register.claims import Claim, Claimable, ClaimStatus
from obligations.rules.register.duty import ClaimedDate, Duty
from obligations.rules.register.facts import BEFORE_OWED, Fact, FactError, check
from obligations.rules.register.names import tidy
from obligations.rules.register.rulebook import Rulebook, load_rulebook
from obligations.rules.register.terms import ContractTerms, SignedVariation
from obligations.rules.register.vocabulary import Vocabulary, shipped_vocabulary
from obligations.rules.time.working_days import DEFAULT_DIVISION, DIVISIONS, Lists, shipped_lists

_KNOWN = {
    "scenario": {"contract", "variations", "facts", "as_at"},
    "contract": {
        "start_date",
        "end_date",
        "division",
        "commencement_date",
        "tracked_from",
        "settings",
        "reference",
        "title",
    },
    "variation": {"number", "not_used", "supplier_signed", "authority_signed"},
    "fact": {
        "kind",
        "at",
        "recorded_at",
        "recorded_by",
        "recorded_side",
        "done_before_owed",
        "details",
        "claim",
        "claim_decided_at",
    },
}


_CLAIMS = (ClaimStatus.OPEN, ClaimStatus.ACCEPTED, ClaimStatus.REFUSED)


class ScenarioError(ValueError):
    """A scenario that cannot be worked out: one line that names the place and the fix."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A what-if, read. ``messages``: what was ignored, in plain English."""

    rulebook: Rulebook
    terms: ContractTerms
    facts: tuple[Fact, ...]
    as_at: Moment
    messages: tuple[str, ...]

    def duties(self, *, continuous: bool = False, lists: Lists | None = None) -> list[Duty]:
        """The duties of the scenario. Raises LimitError and CalendarError, which are ValueErrors.

        ``lists``: the bank holidays; without them the newest that are shipped.
        """
        calendar = (lists or shipped_lists()).calendar(self.terms.division)

        def ask(facts: Sequence[Fact]) -> list[Duty]:
            return derive(self.rulebook, self.terms, facts, (), calendar, self.as_at, continuous=continuous)

        duties = with_claims(ask, self.facts, self.as_at)
        for number, fact in enumerate(self.facts, 1):
            self._check_claim(f"fact {number} ({fact.kind})", fact, duties)
        return duties

    def waiting(self) -> list[Waiting]:
        """The limits that have not begun because something is missing (R44); among them those of what has no
        patch that anybody knows of (R48).
        """
        calendar = shipped_lists().calendar(self.terms.division)  # no date is worked out
        asked = Evaluation.of(self.rulebook, self.terms, self.facts, (), calendar, self.as_at)
        unfixed: dict[tuple[str, str], Waiting] = {}
        for rule in self.rulebook.duties:
            for subject in not_released(asked, rule):
                unfixed.setdefault((rule.path, subject), Waiting(rule.key, subject, rule.on))
        return [*waiting(asked), *unfixed.values()]

    def _check_claim(self, where: str, fact: Fact, duties: Iterable[Duty]) -> None:
        """Refuse a claim on duties that the words do not lengthen (R46). Raises ScenarioError."""
        if fact.claim is None:
            return
        every = claimables(self.rulebook, fact.kind)
        about = [self.rulebook.by_key[duty.rule_key] for duty in duties if duty.subject == fact.subject]
        if why_not := lengthens_nothing(every, about):
            raise ScenarioError(f"{where}: claim: {why_not}")


def read_scenario(rulebook_key: str, data: object) -> Scenario:
    """Read a scenario. Raises ScenarioError, or the ValueErrors of what it is made of, each one line."""
    rulebook = load_rulebook(rulebook_key)
    whole, messages = _table(data, "scenario", "the scenario")
    terms, more = _terms(whole.get("contract"), whole.get("variations"), rulebook)
    messages += more
    facts, known = [], shipped_vocabulary().joined(rulebook.vocabulary)
    for number, entry in enumerate(_rows(whole.get("facts"), "facts"), 1):
        fact, more = _fact(entry, f"fact {number}", known)
        fact = _claimed(fact, entry, f"fact {number} ({fact.kind})", rulebook)
        facts.append(fact)
        messages += [*more, *_changes_nothing(fact, f"fact {number} ({fact.kind})", known, rulebook)]
    as_at = _when(whole.get("as_at"), "as_at")
    if as_at is None:
        raise ScenarioError("as_at is missing: give a day or a moment")
    return Scenario(rulebook, terms, tuple(facts), last_moment(as_at), tuple(messages))


def _terms(contract: object, variations: object, rulebook: Rulebook) -> tuple[ContractTerms, list[str]]:
    table, messages = _table(contract, "contract", "contract")
    settings = dict(_table(table.get("settings") or {}, None, "settings")[0])
    start, end = _span(table)
    commencement = settings.pop("commencement_date", None) or table.get("commencement_date")
    tracked = settings.pop("tracked_from", None) or table.get("tracked_from")
    division = table.get("division") or DEFAULT_DIVISION
    if division not in DIVISIONS:
        raise ScenarioError(f"contract: division {division!r} is not one of {', '.join(DIVISIONS)}")
    signed = []
    for number, entry in enumerate(_rows(variations, "variations"), 1):
        variation, more = _variation(entry, f"variation {number}", rulebook)
        signed.append(variation)
        messages += more
    terms = ContractTerms(
        start_date=start,
        end_date=end,
        division=str(division),
        commencement_date=_day(commencement, "commencement_date"),
        settings=check_answers(ContractSettings.from_json(settings), [rulebook]),
        variations=tuple(signed),
        tracked_from=_day(tracked, "tracked_from"),
    )
    return terms, messages


def _span(table: Mapping[str, Any]) -> tuple[Day, Day | None]:
    """The first and the last day of the contract. Raises ScenarioError."""
    start, end = (_day(table.get(name), name) for name in ("start_date", "end_date"))
    if start is None:
        raise ScenarioError("contract: start_date is missing")
    if end is not None and end < start:
        raise ScenarioError(f"contract: end_date, {end}, lies before start_date, {start}; check both days")
    return start, end


def _variation(entry: object, where: str, rulebook: Rulebook) -> tuple[SignedVariation, list[str]]:
    table, messages = _table(entry, "variation", where)
    number = table.get("number")
    if number in (None, ""):
        raise ScenarioError(f"{where}: number is missing")
    stopped = table.get("not_used") or []
    if not isinstance(stopped, list) or not all(isinstance(item, str) for item in stopped):
        raise ScenarioError(f'{where}: not_used must be a list of paragraphs such as ["5", "7"]')
    paths = tuple(rulebook.full_path(item.removeprefix(f"{rulebook.key}/")) for item in stopped)
    known = {rule.path for rule in rulebook.rules}
    messages += [
        f"{where}: the rulebook has no entry for paragraph {path}" for path in paths if path not in known
    ]
    supplier = _when(table.get("supplier_signed"), f"{where}: supplier_signed")
    authority = _when(table.get("authority_signed"), f"{where}: authority_signed")
    return SignedVariation(str(number), paths, supplier, authority), messages


def _fact(entry: object, where: str, known: Vocabulary) -> tuple[Fact, list[str]]:
    table, messages = _table(entry, "fact", where)
    kind = table.get("kind")
    if not isinstance(kind, str):
        raise ScenarioError(f"{where}: kind is missing")
    details = dict(_table(table.get("details") or {}, None, f"{where}: details")[0])
    _check_seen(details.get("subject"), f"{where} ({kind})")
    if BEFORE_OWED in table:
        details[BEFORE_OWED] = table[BEFORE_OWED]
    at, repeated = _moment_or_day(table.get("at"), f"{where} ({kind}): at")
    recorded = _when(table.get("recorded_at"), f"{where} ({kind}): recorded_at")
    recorded_by = str(table.get("recorded_by") or "")
    side = table.get("recorded_side") or (recorded_by.lower() if recorded_by.lower() in PARTIES else "")
    if side not in ("", *PARTIES):
        raise ScenarioError(f"{where}: recorded_side must be supplier or authority, not {side!r}")
    known_at = at if recorded is None else recorded
    fact = Fact(kind, at, known_at, details, "", recorded_by, repeated, recorded_side=side)
    try:
        return fact, messages + check(fact, known=known)
    except FactError as error:
        raise ScenarioError(f"{where}: {error}") from error


def _check_seen(subject: object, where: str) -> None:
    """Refuse a name of which nobody sees anything. Raises ScenarioError."""
    if isinstance(subject, str) and subject and not tidy(subject):
        raise ScenarioError(f"{where}: subject has no character that can be seen: name what it is about")


def _changes_nothing(fact: Fact, where: str, known: Vocabulary, book: Rulebook) -> list[str]:
    """What a fact lacks, or names in vain, so that it changes nothing."""
    kind, details = known.kind(fact.kind), fact.details
    lacks = [name for name in kind.required if details.get(name) in (None, "", [], ())]
    messages = [f"{where}: without {name} it changes nothing: give it in details" for name in lacks]
    for named in details.get("paragraphs") or () if kind.detail("paragraphs") else ():
        path = book.full_path(str(named).removeprefix(f"{book.key}/"))
        if not any(covers(path, rule.path) for rule in book.rules):
            messages.append(f"{where}: the rulebook has no entry for paragraph {path}")
    return messages


def _claimed(fact: Fact, entry: object, where: str, book: Rulebook) -> Fact:
    """The fact with the claim that it is, where the scenario says so (R46). Raises ScenarioError."""
    table = _table(entry, None, where)[0]
    said, decided = table.get("claim"), _when(table.get("claim_decided_at"), f"{where}: claim_decided_at")
    if said is None:
        if decided is not None:
            raise ScenarioError(f"{where}: claim_decided_at goes with claim: say accepted or refused there")
        return fact
    if said not in _CLAIMS:
        raise ScenarioError(f"{where}: claim must be one of {', '.join(_CLAIMS)}, not {said!r}")
    able = _claimable(fact, where, book)
    if able.requires and fact.details.get(able.requires) is not True:
        raise ScenarioError(
            f"{where}: {able.requires} must be true: without it {able.paragraph} gives nothing to claim"
        )
    if said == ClaimStatus.OPEN and decided is not None:
        raise ScenarioError(f"{where}: claim_decided_at goes with a claim that is accepted or refused")
    if decided is not None and last_moment(decided) < first_moment(fact.recorded_at):
        raise ScenarioError(f"{where}: claim_decided_at lies before the claim was made (recorded_at)")
    claim = Claim(
        ClaimStatus(str(said)), fact.recorded_at, decided, able.waits_for, able.agreement, able.citation
    )
    return replace(fact, claim=claim)


def _claimable(fact: Fact, where: str, book: Rulebook) -> Claimable:
    """What the words make of a fact as a claim or a proposal of the side that recorded it (R46).

    Raises ScenarioError where they make it none: what the side itself records whose word it waits for counts.
    """
    every = claimables(book, fact.kind)
    if not every:
        raise ScenarioError(f"{where}: claim: nothing in {book.key} makes this a claim; leave it out")
    able = next((one for one in every if fact.recorded_side in ("", one.by)), None)
    if able is None:
        side = fact.recorded_side
        raise ScenarioError(
            f"{where}: claim: it waits for the {side}, and recorded_side says that the {side} recorded it:"
            f" leave claim out, for what the {side} says itself counts, or give the other side"
        )
    return able


def _moment_or_day(value: object, where: str) -> tuple[When, bool]:
    """When something happened, and whether it lies in October's repeated hour without an offset (R13)."""
    when = _when(value, where)
    if when is None:
        raise ScenarioError(f"{where} is missing: give a day or a moment")
    if not is_moment(when) or when.tzinfo is not LONDON:
        return when, False
    return place_in_london(when.replace(tzinfo=None))


def _when(value: object, where: str) -> When | None:
    if value in (None, ""):
        return None
    try:
        return parse_when(str(value))
    except WhenError as error:
        raise ScenarioError(f"{where}: {error}") from error


def _day(value: object, where: str) -> Day | None:
    when = _when(value, where)
    if when is not None and is_moment(when):
        raise ScenarioError(f"{where} must be a day such as 2026-03-12, not a moment")
    return when


def _rows(value: object, where: str) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ScenarioError(f"{where} must be a list")
    return value


def _table(value: object, kind: str | None, where: str) -> tuple[Mapping[str, Any], list[str]]:
    """A JSON object, with messages about fields of it that are not known."""
    if not isinstance(value, Mapping):
        raise ScenarioError(f"{where} must be an object")
    unknown = sorted(set(value) - _KNOWN[kind]) if kind else []
    return value, [f"{where}: {name!r} is not used and was ignored" for name in unknown]


def as_text(scenario: Scenario, duties: Sequence[Duty]) -> str:
    """The answer for people: each duty with its date, its state and how it was worked out."""
    lines = [f"{scenario.rulebook.title}, as at {scenario.as_at:%d %B %Y %H:%M}", ""]
    for duty in duties:
        due = duty.deadline.due_date
        when = f"due {due.isoformat()}" if due else (duty.word or "no date")
        about = f" [{duty.subject}]" if duty.subject else ""
        lines.append(f"{duty.citation}{about}: {duty.title}")
        lines.append(f"  {duty.party}: {when}, {duty.state.replace('_', ' ')}")
        lines += [f"  {_claimed_in_words(one)}" for one in duty.claimed]
        lines += [f"    {step.rule}: {step.text}" for step in duty.deadline.steps]
        for reading in duty.deadline.readings:
            other = reading.due_date.isoformat() if reading.due_date else reading.without_date
            lines.append(f"    another reading ({reading.reading}, {reading.rule}): {other}")
    return "\n".join([*lines, "", "This is not legal advice."])


def _claimed_in_words(one: ClaimedDate) -> str:
    then = one.due_date.isoformat() if one.due_date else "suspended"
    return f"{'proposed' if one.agreement else 'claimed'}: {then}, waits for the {one.waits_for}"
