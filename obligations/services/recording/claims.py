"""What is recorded as a claim, or as an agreement that the other side is to confirm (R46).

Whether a fact is one follows from the rules of the contract's books and from whose side records it. A claim
has its row in the transaction of its fact, so that no duty ever counts it before the other side accepts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator

from contracts.models import Contract
from contracts.services import files, ledger
from contracts.services.actors import Actor
from contracts.services.errors import Refused, required
from contracts.terms.moments import london_day, long_day
from contracts.terms.restricted import key_for
from obligations.models import Claim, ClaimState, Duty, FactRecord, Phase
from obligations.rules.engine.claims import claim_by, claimables, lengthens_nothing
from obligations.rules.register.claims import Claimable
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook
from obligations.services.asking.books import books_of
from obligations.services.asking.versions import adopted_by
from obligations.services.notices import planning
from obligations.services.recording.names import kept_under

BATCH = 1000
is_a_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Given:
    """What a claim is made with, beside the reason among the details of its fact: a file or a link.

    For an agreement of a side that does not keep the contract: its letter (R33).
    """

    file: UploadedFile[bytes] | None = None
    link: str = ""


@dataclass(slots=True)
class Prepared:
    """A claim whose fact is not recorded yet. ``used``: whether it was."""

    row: Claim
    checked: files.Checked | None
    used: bool = False


def claimed_with(contract: Contract, actor: Actor, fact: Fact) -> list[Claimable]:
    """What this fact would claim or propose, recorded by this side; nothing where it is established.

    What the system itself records is established, and so is what a side records of the other's acts.
    """
    if actor.person is None:
        return []
    return claim_by(_books(contract), fact, actor.side)


def may_be_claimed(contract: Contract, side: str) -> dict[str, Claimable]:
    """The kinds of fact that are a claim or a proposal where this side records them, with the paragraph."""
    found: dict[str, Claimable] = {}
    for book in _books(contract):
        for one in claimables(book):
            if one.by == side:
                found.setdefault(one.kind, one)
    return found


def by_letter(contract: Contract, one: Claimable, side: str) -> bool:
    """Whether an agreement is taken from the letter of a side that does not keep the contract (R33)."""
    return one.agreement and contract.kept_by == side


@contextmanager
def prepared(
    contract: Contract,
    actor: Actor,
    now: datetime,
    kind: str,
    details: Mapping[str, Any],
    given: Given | None,
) -> Iterator[Prepared | None]:
    """The claim that a fact would be, checked, with its file kept as long as the fact is recorded within.

    Raises Refused naming the field, with the paragraph: a claim on a duty that the words do not lengthen, one
    without a reason or without evidence, an agreement without the letter of the side that gives it.
    """
    fact = Fact(kind, london_day(now), now, details)
    able = claimed_with(contract, actor, fact)
    if not able:
        yield None
        return
    refuse_where_it_lengthens_nothing(contract, kind, kept_under(contract, str(details.get("subject") or "")))
    made = _prepared(contract, actor, now, able[0], details, given or Given())
    keeping: Any = nullcontext() if made.checked is None else files.stored(made.row.file, made.checked)
    with keeping:
        yield made
    if not made.used and made.checked is not None:
        made.row.file.storage.delete(made.row.file.name or "")


def prepared_by_link(
    contract: Contract, actor: Actor, now: datetime, kind: str, every: Sequence[Mapping[str, Any]], link: str
) -> list[Prepared]:
    """The claims that facts of one kind would be, each with these details, all shown by one link; none where
    what this side records is established.

    The number of queries does not depend on how many there are. Raises Refused as ``prepared``, with the name
    of what a paragraph does not lengthen.
    """
    fact = Fact(kind, london_day(now), now, every[0] if every else {})
    able = claimed_with(contract, actor, fact)
    if not able:
        return []
    refuse_where_they_lengthen_nothing(contract, kind, [str(one.get("subject") or "") for one in every])
    return [_prepared(contract, actor, now, able[0], one, Given(link=link)) for one in every]


def keep(made: Sequence[tuple[Prepared, FactRecord]], actor: Actor) -> None:
    """Put claims on the record, each with its fact, in the caller's transaction. 3 queries or so for all."""
    if not made:
        return
    for one, fact in made:
        row, one.used = one.row, True
        row.pk, row.fact, row.subject = key_for(fact.subject), fact, fact.subject
    rows = [one.row for one, _ in made]
    Claim.objects.bulk_create(rows, batch_size=BATCH)
    told = [("claim_made", payload_of(row)) for row in rows]
    ledger.record_many(rows[0].fact.contract, actor, told, rows[0].made_at)


def refuse_claims(
    contract: Contract, actor: Actor, what: Iterable[tuple[str, object, Mapping[str, Any]]]
) -> None:
    """Refuse to record as established what this side can only claim or propose (R46). Raises Refused."""
    able = may_be_claimed(contract, actor.side) if actor.person is not None else {}
    for kind, _, _ in what:
        if kind in able:
            paragraph = able[kind].paragraph
            raise Refused(
                "kind", f"Under {paragraph} this is a claim: record it with its reason and evidence."
            )


def refuse_if_claimed_before(there: FactRecord, actor: Actor) -> None:
    """Refuse what was refused as a claim, or what the other side claimed and waits for. Raises Refused."""
    claim: Claim | None = getattr(there, "claim", None)
    if claim is None:
        return
    if claim.state == ClaimState.REFUSED:
        day = long_day(london_day(claim.decided_at or claim.made_at))
        raise Refused(
            "happened",
            f"This was claimed and refused on {day}. Give the day, or the time of day, of what is new.",
        )
    if claim.state == ClaimState.OPEN and claim.waits_for == actor.side:
        word = there.contract.word_for(claim.made_side)
        raise Refused("", f"The {word} has put this down already and waits for your side: accept it there.")


def withdrawn_with(
    contract: Contract, facts: Sequence[FactRecord], actor: Actor, now: datetime, reason: str
) -> None:
    """Open claims go with their facts. The caller holds the contract's lock. 1 query, and 2 where any is."""
    open_ones = Claim.objects.filter(fact__in=[fact.pk for fact in facts], state=ClaimState.OPEN)
    claims = list(open_ones.select_related("fact").order_by("pk"))
    for claim in claims:
        claim.state, claim.decided_at, claim.decided_by = ClaimState.WITHDRAWN, now, actor.person
        claim.decided_reason = reason
    if claims:
        changed = ["state", "decided_at", "decided_by", "decided_reason"]
        Claim.objects.bulk_update(claims, changed, batch_size=BATCH)
        told = [("claim_withdrawn", payload_of(claim) | {"reason": reason}) for claim in claims]
        ledger.record_many(contract, actor, told, now)


def tell(contract: Contract, now: datetime, subjects: Iterable[str] | None) -> None:
    """Tell who decides of the open claims about these subjects (None: all), once for each.

    The number of queries does not depend on how many there are.
    """
    waiting = Claim.objects.filter(contract=contract, state=ClaimState.OPEN)
    if subjects is not None:
        waiting = waiting.filter(subject__among=list(subjects))
    planning.plan_claimed(_with_duties(contract, list(waiting.select_related("fact"))), now)


def duty_of(claim: Claim) -> Duty | None:
    """The duty that a claim is told about: one that it would move, else one about the same subject."""
    found = _with_duties(claim.contract, [claim])
    return found[0][1] if found else None


def _with_duties(contract: Contract, claims: Sequence[Claim]) -> list[tuple[Claim, Duty]]:
    """Each of these claims with the duty that it is told about, where there is one."""
    if not claims:
        return []
    books = _books(contract)
    duties = Duty.objects.filter(contract=contract, subject__among=[claim.subject for claim in claims])
    rows: defaultdict[str, list[Duty]] = defaultdict(list)
    for duty in duties.exclude(phase=Phase.WITHDRAWN).select_related("obligation").order_by("pk"):
        rows[duty.subject].append(duty)
    found = []
    for claim in claims:
        keys, about = rules_of(claim, books), rows[claim.subject]
        named = [duty for duty in about if duty.obligation.rule_key in keys]
        found += [(claim, duty) for duty in [*named, *about][:1]]
    return found


def payload_of(claim: Claim) -> dict[str, Any]:
    """What a ledger entry says of a claim."""
    return {
        "claim": claim.pk,
        "fact": claim.fact_id,
        "kind": claim.fact.kind,
        "subject": claim.subject,
        "citation": claim.citation,
        "agreement": claim.agreement,
        "made_side": claim.made_side,
        "waits_for": claim.waits_for,
        "from_letter": claim.from_letter,
        "file": claim.file_name,
        "sha256": claim.sha256,
        "link": claim.link,
        "reason": claim.reason,
    }


def rules_of(claim: Claim, books: Iterable[Rulebook]) -> set[str]:
    """The keys of the rules whose duties a claim may move or relieve."""
    return {one.rule.key for book in books for one in claimables(book, claim.fact.kind)}


def _books(contract: Contract) -> list[Rulebook]:
    return [ones[-1].book for ones in adopted_by(contract).values() if ones]


def refuse_where_it_lengthens_nothing(contract: Contract, kind: str, subject: str) -> None:
    """Refuse a claim about a thing whose duties the words do not lengthen (R46). Raises Refused."""
    for why_not in _lengthen_nothing(contract, kind, [subject]).values():
        raise Refused("subject", f"Paragraph {why_not}.")


def refuse_where_they_lengthen_nothing(contract: Contract, kind: str, subjects: Sequence[str]) -> None:
    """The same for many, by their names. Raises Refused naming the first."""
    for subject, why_not in _lengthen_nothing(contract, kind, subjects).items():
        raise Refused("subject", f"{subject}: paragraph {why_not}.")


def _lengthen_nothing(contract: Contract, kind: str, subjects: Sequence[str]) -> dict[str, str]:
    """Of these subjects those whose duties no such claim lengthens, with the words that say why."""
    books = books_of(contract)
    every = [one for book in books.values() for one in claimables(book.book, kind)]
    duties = Duty.objects.filter(contract=contract, subject__among=subjects).exclude(phase=Phase.WITHDRAWN)
    rules: defaultdict[str, list[Rule]] = defaultdict(list)
    found = duties.values_list("subject", "obligation__rulebook_key", "obligation__rule_key").distinct()
    for subject, key, name in found:
        if key in books and (rule := books[key].rule(name)) is not None:
            rules[subject].append(rule)
    said = {subject: lengthens_nothing(every, rules[subject]) for subject in subjects}
    return {subject: why_not for subject, why_not in said.items() if why_not}


def _prepared(
    contract: Contract,
    actor: Actor,
    now: datetime,
    able: Claimable,
    details: Mapping[str, Any],
    given: Given,
) -> Prepared:
    letter = by_letter(contract, able, actor.side)
    row = Claim(
        contract=contract,
        citation=able.citation,
        agreement=able.agreement,
        made_side=actor.side,
        waits_for=able.waits_for,
        reason=_reason(contract, able, details, letter),
        link=_link(given.link),
        made_at=now,
        made_by=actor.person,
    )
    checked = files.check(given.file, "file") if given.file is not None else None
    if checked is None and letter:
        word = contract.word_for(able.waits_for)
        raise Refused(
            "file", f"Attach the letter by which the {word} agreed: {able.paragraph} needs its word."
        )
    if checked is None and not row.link:
        raise Refused(
            "file", f"Attach what shows it, or give a link: under {able.paragraph} this is a claim."
        )
    if checked is not None:
        row.file_name, row.size, row.sha256 = checked.name, checked.size, checked.sha256
    if letter:
        row.state, row.from_letter = ClaimState.ACCEPTED, True
        row.decided_at, row.decided_by = now, actor.person
    return Prepared(row, checked)


def _reason(contract: Contract, able: Claimable, details: Mapping[str, Any], letter: bool) -> str:
    word = contract.word_for(able.waits_for)
    if letter:
        asked = f"Say which letter of the {word} it is: its date and reference."
    else:
        what = "a proposal" if able.agreement else "a claim"
        asked = f"Give the reason: under {able.paragraph} this is {what}, and the {word} decides on it."
    return required("reason", str(details.get("reason") or ""), asked, longest=5000)


def _link(link: str) -> str:
    link = link.strip()
    try:
        if link:
            is_a_web_address(link)
    except ValidationError as error:
        raise Refused("link", "Enter a full web address, beginning with https://.") from error
    return link
