"""What it takes for a contract to go by another version of a rulebook, wherever the version came from."""

from __future__ import annotations

from datetime import datetime

from contracts.models import Contract
from contracts.services.actors import Actor
from contracts.services.errors import Refused
from contracts.terms.moments import Day, long_day
from contracts.terms.restricted import is_reserved
from obligations.models import Adoption, RulebookVersion
from obligations.rules.engine.edition import this_edition
from obligations.services.asking.versions import BookRefused, edition_of, read_for
from obligations.services.reconciling.adopt import fit_to_the_words
from obligations.services.reconciling.changes import Changes
from obligations.services.reconciling.reconcile import reconcile


def from_day_of(contract: Contract, day: Day | None) -> Day | None:
    """The day as it counts: one on or before the contract's first is the beginning. Raises Refused."""
    if day is None or day <= min(contract.agreement_date, contract.start_date):
        return None
    if contract.end_date is not None and day > contract.end_date:
        raise Refused("from_day", f"Enter a day up to the contract’s last, {long_day(contract.end_date)}.")
    return day


def follow(contract: Contract, actor: Actor, now: datetime, because: str, taking_over: str) -> Changes:
    """Obligations and duties brought in line with a version that was just adopted.

    What was met, missed or closed keeps the date it was judged by. Raises Refused where a later edition of
    the engine is offered and changes the same duties.
    """
    fit_to_the_words(contract)
    changes = reconcile(contract, now, actor, because=because, taking_over=taking_over)
    if changes.by_both and edition_of(contract) < this_edition():
        # What is kept to a list is not told: a refusal is everybody's to read.
        open_to_all = {duty.title for duty in changes.by_both if not is_reserved(duty.subject)}
        titles = ", ".join(sorted(open_to_all)[:5]) or "some duties"
        raise Refused(
            "", f"Take over edition {this_edition()} of the engine first: it and this version both change"
            f" what is asked here: {titles}."
        )  # fmt: skip
    return changes


def check_paragraphs(contract: Contract, after: RulebookVersion) -> None:
    """Refuse a version in which a rule stands at another paragraph than in one the contract has gone by: its
    duties could not be told apart. Both are read at the numbers of now.
    """
    rules = read_for(contract, after).duties
    for one in Adoption.objects.filter(contract=contract, version__key=after.key).select_related("version"):
        there = read_for(contract, one.version).by_key
        for rule in rules:
            was = there.get(rule.key)
            if was is not None and was.path != rule.path:
                raise BookRefused(
                    contract,
                    f"version {after.number} of the rulebook {after.key} has the rule {rule.key} at"
                    f" {rule.path}, and version {one.version.number} has it at {was.path}. It needs a key of"
                    " its own.",
                )
