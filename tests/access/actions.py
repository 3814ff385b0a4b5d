"""The words that addresses and forms name acts by: every one is tried, not only the one of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.models.ending import Ending
from contracts.proposals.topics import TOPICS
from contracts.reader.corrections import CorrectionKind
from contracts.terms.questions import QUESTIONS
from obligations import subjects
from obligations.rules.register.facts import vocabulary
from obligations.web.making.forms import STEPS
from obligations.web.manage.forms import FORMS as TERMS
from obligations.web.once.ways import ways
from tests.access.addresses import every
from tests.support.addresses import of_subject

Words = Mapping[str, tuple[str, Iterable[str]]]

CORE: Words = {
    "record_kind": ("kind", vocabulary()),
    "manage_terms": ("what", TERMS),
    "correct_reading": ("act_name", [str(one) for one in CorrectionKind]),
    "question": ("question", QUESTIONS),
    "contract_step": ("step", [one.step for one in STEPS]),
    "standard": ("topic", TOPICS),
    "record_once": ("way", [way.name for way in ways()]),
    "ending_ask": ("end", Ending.values),
}
"""By the name of an address: its parameter, and all that it may say."""

NO_ACTS = {
    "key", "limit", "citation", "piece", "reference", "plan", "fact_kind", "visited", "setting", "uidb36",
    "pk", "entry_number",
}  # fmt: skip
"""Words that name a thing, not what is done with it."""


def words() -> dict[str, tuple[str, list[str]]]:
    """Those of the core and of every subject (``ACTIONS`` in ``tests/subjects/<its name>.py``)."""
    found = {name: (parameter, list(said)) for name, (parameter, said) in CORE.items()}
    for subject in subjects.installed():
        own: Words = getattr(of_subject(subject), "ACTIONS", {})
        found |= {name: (parameter, list(said)) for name, (parameter, said) in own.items()}
    return found


def without_words() -> set[str]:
    """Addresses that name something by a word of which nobody has said whether it is an act."""
    named = words()
    found = set()
    for address in every().values():
        said = {one for one in address.parameters if not one.endswith("_id")} - NO_ACTS
        if said - {named.get(address.name, ("", []))[0]} and not address.of_back_room:
            found.add(address.name)
    return found
