"""The ledger told in sentences: what was written about a contract, its people, words and variations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.models import Contract, EffectKind, LedgerEntry, Role, TokenScope
from contracts.services.kept_files import FOUND, SAYS, How
from contracts.terms.moments import WhenError, parse_when
from contracts.web.text.presenters import place
from contracts.web.words import count, listed, moment_words, on_or_at

Payload = Mapping[str, Any]
Sentence = Callable[[Contract, Payload], str]


@dataclass(frozen=True)
class LedgerRow:
    """One entry: when, who, and what, in a sentence. ``kept_to``: the subject of its distribution list."""

    number: int
    kept_to: str
    moment: str
    who: str
    says: str
    because: str
    href: str
    hash: str


def when(payload: Payload, name: str) -> str:
    """A day or moment of a payload as it follows a verb; the text itself where it is neither."""
    text = str(payload.get(name) or "")
    try:
        return on_or_at(parse_when(text)) if text else ""
    except WhenError:
        return text


def cited(citation: str) -> str:
    """A citation as people say it: "paragraph 10.3" or "paragraph Part A, 4.3.1"."""
    _, _, path = citation.partition("/")
    scope, _, number = path.partition("/")
    return f"paragraph {place(scope, number)}" if number else citation


def effects(payload: Payload) -> str:
    """What a variation changes, in short."""
    found = [
        f"{cited(one['citation'])} {EffectKind(one['kind']).label.lower()}"
        for one in payload.get("effects", [])
    ]
    return listed(found[:4] + ([f"{len(found) - 4} more"] if len(found) > 4 else []))


def name(payload: Payload) -> str:
    return f"Variation {payload.get('number', '')}".strip()


def _contract_created(contract: Contract, payload: Payload) -> str:
    schedules = count(len(payload.get("schedules", [])), "schedule")
    return f"Contract {payload.get('reference')} was set up, with {schedules}"


def _member_added(contract: Contract, payload: Payload) -> str:
    first = when(payload, "from").removeprefix("on ")
    manages = " who manages the contract" if payload.get("manages") else ""
    return f"{payload.get('name')} was added as {_role(payload)}{manages}, from {first}"


def _role(payload: Payload, key: str = "role") -> str:
    role = payload.get(key)
    return str(Role(role).label if role in Role.values else role).lower()


def _member_role_changed(contract: Contract, payload: Payload) -> str:
    before, after = _role(payload, "before"), _role(payload, "after")
    said = f"{payload.get('name')} became {after}" if before != after else f"{payload.get('name')}, {after},"
    if before != after:
        said += f" instead of {before}"
    if "manages" not in payload:
        return said
    return f"{said}{' and' if before != after else ''} {_manages(bool(payload['manages']))}"


def _manages(now: bool) -> str:
    return "manages the contract from now on" if now else "no longer manages the contract"


def _member_ended(contract: Contract, payload: Payload) -> str:
    if payload.get("never_began"):
        return f"{payload.get('name')} will not join this contract"
    if not payload.get("to"):
        return f"Took away the last day of {payload.get('name')} on this contract"
    return (
        f"The last day of {payload.get('name')} on this contract is {when(payload, 'to').removeprefix('on ')}"
    )


def _invited(payload: Payload) -> str:
    manages = " who manages the contract" if payload.get("manages") else ""
    return f"{payload.get('email')} as {_role(payload)}{manages}"


def _address_changed(contract: Contract, payload: Payload) -> str:
    before, after = payload.get("before"), payload.get("after")
    return f"The mail of {payload.get('name')} goes to {after} from now on, and no longer to {before}"


def _person_invited(contract: Contract, payload: Payload) -> str:
    return f"Invited {_invited(payload)}"


def _invitation_sent_again(contract: Contract, payload: Payload) -> str:
    return f"Sent the invitation of {_invited(payload)} again"


def _invitation_revoked(contract: Contract, payload: Payload) -> str:
    return f"Took back the invitation of {_invited(payload)}"


def _invitation_accepted(contract: Contract, payload: Payload) -> str:
    return f"{payload.get('name')} accepted the invitation of {payload.get('invited_by')}"


def token_words(payload: Payload) -> str:
    """Which token of a program, what it does and until when."""
    scope = str(payload.get("scope"))
    does = TokenScope(scope).label.lower() if scope in TokenScope.values else scope
    until = when(payload, "last_day").removeprefix("on ")
    return f"the API token “{payload.get('token_name')}” ({does}; until {until})"


def _token_made(contract: Contract, payload: Payload) -> str:
    return f"{payload.get('name')} made {token_words(payload)}"


def _token_ended(contract: Contract, payload: Payload) -> str:
    return f"Ended {token_words(payload)} of {payload.get('name')}: {payload.get('why')}"


def _document_uploaded(contract: Contract, payload: Payload) -> str:
    says = f"The document “{payload.get('name')}” was uploaded"
    decided = []
    if taken := payload.get("taken"):
        decided.append(f"its words were taken for {listed_places(taken)}, where they differ")
    if left := payload.get("left"):
        decided.append(f"{listed_places(left)} {'was' if len(left) == 1 else 'were'} left as before")
    return f"{says}: {listed(decided)}" if decided else says


def listed_places(paths: list[str]) -> str:
    """Paragraphs by their paths, the first few by name."""
    named = [place(*path.partition("/")[::2]) for path in paths[:5]]
    return listed(named + ([f"{len(paths) - 5} more"] if len(paths) > 5 else []))


def _edition_taken(contract: Contract, payload: Payload) -> str:
    counts = [
        f"{payload.get(how)} {word}"
        for how, word in (
            ("same", "unchanged"), ("moved", "at another number"), ("changed", "with other words"),
            ("added", "new"), ("gone", "left out"),
        )
        if payload.get(how)
    ]  # fmt: skip
    day = when(payload, "from_day").removeprefix("on ")
    since = f"from {day}" if day else "from the beginning"
    return (
        f"The document “{payload.get('name')}” was taken as a later edition of “{payload.get('title')}”,"
        f" {since}: {listed(counts) or 'nothing differs'}"
    )


def _schedule_made(contract: Contract, payload: Payload) -> str:
    paragraphs = count(int(payload.get("paragraphs") or 0), "paragraph")
    return (
        f"The document “{payload.get('name')}” was made a schedule of this contract,"
        f" “{payload.get('title')}”, with {paragraphs}"
    )


def _variation_drafted(contract: Contract, payload: Payload) -> str:
    if "number" not in payload:
        return f"The {contract.word_for(str(payload.get('side')))} drafted a variation, not shared yet"
    return f"{name(payload)}, “{payload.get('title')}”, was drafted: {effects(payload)}"


def _variation_shared(contract: Contract, payload: Payload) -> str:
    return f"{name(payload)} was shared, ready to sign"


def _variation_withdrawn(contract: Contract, payload: Payload) -> str:
    if "number" not in payload:
        word = contract.word_for(str(payload.get("side")))
        return f"The {word} withdrew a variation that it never shared: {payload.get('reason')}"
    return f"{name(payload)} was withdrawn: {payload.get('reason')}"


def _interpretation_recorded(contract: Contract, payload: Payload) -> str:
    about = f"{name(payload)}: “{payload.get('words')}” in {cited(payload.get('citation', ''))} is read"
    return f"{about} as follows: {payload.get('reading')}"


def _list_made(contract: Contract, payload: Payload) -> str:
    people = listed([str(one) for one in payload.get("people", [])])
    return f"Kept {payload.get('subject')} to a distribution list: {people}"


def _list_changed(contract: Contract, payload: Payload) -> str:
    added = [f"{one} was put on" for one in payload.get("added", [])]
    removed = [f"{one} was taken off" for one in payload.get("removed", [])]
    why = f". {payload['reason']}" if payload.get("reason") else ""
    return f"Changed the distribution list of {payload.get('subject')}: {listed(added + removed)}{why}"


def _list_lifted(contract: Contract, payload: Payload) -> str:
    return f"{payload.get('subject')} is no longer kept to a distribution list: {payload.get('reason')}"


CORRECTED = {
    "renumber": "gave {cited} another number, {number}",
    "rescope": "moved {cited} into the part {scope}",
    "split": "split {cited}; what follows is {number}",
    "join": "joined {cited} with the paragraph before it",
    "move": "gave {cited} another place",
    "heading": "changed where the heading of {cited} ends",
    "drop": "said that {cited} is no paragraph",
    "add": "made other text of it paragraph {number}",
}
"""What a correction of a reading did, by its kind."""


def _reading_corrected(contract: Contract, payload: Payload) -> str:
    where = f"of the reading of “{payload.get('title')}”"
    why = f": {payload['reason']}" if payload.get("reason") else ""
    if payload.get("kind") == "undo":
        return f"Took back correction {payload.get('undoes')} {where}{why}"
    what = payload.get("what") or {}
    told = CORRECTED.get(str(payload.get("kind")), "corrected {cited}").format(
        cited=cited(f"x/{payload.get('path')}"), number=what.get("number"), scope=what.get("scope")
    )
    return f"Correction {payload.get('correction')} {where} {told}{why}"


def _file_at_fault(contract: Contract, payload: Payload) -> str:
    how = payload.get("how")
    what = SAYS[How(how)] if how in list(How) else str(how)
    return (
        f"Found that the file “{payload.get('file')}” of {payload.get('kind')} {payload.get('row')} {what}."
        f" It was not given out. Its SHA-256 should be {payload.get('should')}"
    )


def _heads_wanted(contract: Contract, payload: Payload) -> str:
    return f"{payload.get('name')} asked to be mailed daily where this ledger ends"


def _heads_not_wanted(contract: Contract, payload: Payload) -> str:
    return f"{payload.get('name')} asked for no more daily mails of where this ledger ends"


SENTENCES: dict[str, Sentence] = {
    "heads_wanted": _heads_wanted,
    "heads_not_wanted": _heads_not_wanted,
    FOUND: _file_at_fault,
    "contract_created": _contract_created,
    "member_added": _member_added,
    "member_role_changed": _member_role_changed,
    "member_ended": _member_ended,
    "address_changed": _address_changed,
    "person_invited": _person_invited,
    "invitation_sent_again": _invitation_sent_again,
    "invitation_revoked": _invitation_revoked,
    "invitation_accepted": _invitation_accepted,
    "api_token_made": _token_made,
    "api_token_ended": _token_ended,
    "document_uploaded": _document_uploaded,
    "schedule_made": _schedule_made,
    "edition_taken": _edition_taken,
    "reading_corrected": _reading_corrected,
    "variation_drafted": _variation_drafted,
    "variation_shared": _variation_shared,
    "variation_withdrawn": _variation_withdrawn,
    "interpretation_recorded": _interpretation_recorded,
    "distribution_list_made": _list_made,
    "distribution_list_changed": _list_changed,
    "distribution_list_lifted": _list_lifted,
}


def row(
    contract: Contract,
    entry: LedgerEntry,
    sentences: Mapping[str, Sentence],
    address: Callable[[Contract, Payload], str],
) -> LedgerRow:
    """One entry. A verb without a sentence of its own is told by its name."""
    tell = sentences.get(entry.verb)
    says = tell(contract, entry.payload) if tell else entry.verb.replace("_", " ")
    return LedgerRow(
        number=entry.number,
        kept_to=entry.kept_to,
        moment=moment_words(entry.moment),
        who=entry.actor_name,
        says=says[:1].upper() + says[1:],
        because=str(entry.payload.get("because") or ""),
        href=address(contract, entry.payload),
        hash=entry.hash,
    )
