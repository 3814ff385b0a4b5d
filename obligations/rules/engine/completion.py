"""What was done, and whether it meets a duty (R15): completions, and facts that say so themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from contracts.terms.moments import Moment, When, first_moment, last_moment
from obligations.rules.engine.evaluation import Case
from obligations.rules.engine.lifecycle import Outcome, State, state_of, what_counts
from obligations.rules.register.duty import Completion
from obligations.rules.register.facts import Fact
from obligations.rules.register.rule import Rule
from obligations.rules.register.vocabulary import DONE
from obligations.rules.time.derivation import Deadline
from obligations.rules.time.notices_given import given_in_time


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands: its state, and what was done about it."""

    state: State
    done: When | None = None
    outcome: str | None = None


def proofs_of(case: Case, rule: Rule, subject: str | None, *, whole: bool = False) -> list[Completion]:
    """Everything that was done about one rule and subject, in order of the day done.

    ``whole``: it is one series for the whole contract, so every subject counts. Where the rules of a
    paragraph differ by category only, what was done stays done when the category changes.
    """
    found = [
        settled(rule, proof)
        for proof in case.proofs_under(rule.citation)
        if (proof.rule_key in (None, rule.key) or rule.category is not None)
        and (whole or proof.subject == subject)
    ]
    said = case.of_kinds([DONE]) if whole else case.said_done(subject)
    facts = case.of_kinds(rule.met_by) if whole else case.about(subject, rule.met_by)
    facts += [fact for fact in said if names(fact, rule)]
    found += [settled(rule, _proof(rule, fact)) for fact in facts]
    return sorted(found, key=lambda proof: (last_moment(proof.done), proof.outcome, proof.key))


def counted_once(proofs: Iterable[Completion]) -> list[Completion]:
    """Without the facts that evidence stands for: the evidence, and the decision on it, is what counts."""
    found = list(proofs)
    spoken_for = {proof.fact for proof in found if proof.fact is not None}
    return [proof for proof in found if proof.fact is not None or proof.key not in spoken_for]


def names(fact: Fact, rule: Rule) -> bool:
    """Whether what says that a duty was done names this rule: by its key, citation, path or number."""
    if (key := fact.details.get("duty")) is not None:
        return bool(key == rule.key)
    return fact.details.get("citation") in (rule.citation, rule.path, rule.paragraph)


def _proof(rule: Rule, fact: Fact) -> Completion:
    occurrence = fact.details.get("occurrence")
    return Completion(
        rule.citation, fact.subject, str(occurrence) if occurrence else None, fact.at, key=fact.source
    )


def settled(rule: Rule, proof: Completion) -> Completion:
    """Where the register names no approver, what is undecided counts as it stands (R15)."""
    if proof.outcome != Outcome.UNDECIDED or rule.approver is not None:
        return proof
    return replace(proof, outcome=str(Outcome.ACCEPTED))


def proof_for(
    case: Case, rule: Rule, subject: str | None, occurrence: str, cause: When, *, whole: bool = False
) -> Completion | None:
    """What counts for one duty: done no earlier than its cause, or named for this occurrence."""
    return what_counts(
        counted_once(
            proof
            for proof in proofs_of(case, rule, subject, whole=whole)
            if proof.occurrence == occurrence
            or (proof.occurrence is None and last_moment(proof.done) >= first_moment(cause))
        )
    )


def stand(
    case: Case, rule: Rule, deadline: Deadline, proof: Completion | None, *, ended: bool = False
) -> Standing:
    """The state of a duty from its deadline and what counts of what was done (R14, R15)."""
    done, outcome = (proof.done, proof.outcome) if proof else (None, None)
    state = state_of(deadline, as_at=case.as_at, done=done, outcome=outcome, ended=ended)
    if done is not None and rule.notice and state in (State.MET, State.MET_LATE):
        timely = given_in_time(done, deadline, case.terms.settings.notice_cutoff, case.calendar)
        state = State.MET if timely else State.MET_LATE
    return Standing(state, done, outcome)


def closed_by(proof: Completion | None, moment: Moment) -> bool:
    """Whether the thing had been done before a moment."""
    return proof is not None and first_moment(proof.done) < moment
