"""Conditions of a rule: on any setting of the contract (R30), or on any detail of the fact that causes it.

``setting NAME``, ``setting NAME = VALUE``, ``setting NAME in A, B``; ``DETAIL = A``, ``DETAIL in A, B``; of a
setting that is a number ``setting NAME >= 5000000``, or with ``>``, ``<=`` or ``<``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence

from contracts.terms.answers import FALSE, TRUE, as_text
from contracts.terms.setting import Setting, SettingType
from contracts.terms.settings import ContractSettings
from obligations.rules.register.facts import Fact
from obligations.rules.register.kinds import DetailField, FactKind
from obligations.rules.register.rule import About, Condition

_GRAMMAR = re.compile(
    r"(?P<setting>setting )?(?P<name>[a-z][a-z0-9_]*)"
    r"(?: (?:= (?P<one>\S.*)|in (?P<several>\S.*)|(?P<compare>>=|<=|>|<) (?P<bound>-?\d+)))?"
)
_COMPARED = ("choice", "text", "flag", "list")
"""The types of detail that can be held against a list of values."""


def read_condition(text: object, starts: Sequence[FactKind], settings: Mapping[str, Setting]) -> Condition:
    """A condition from its text, for a rule that these kinds of fact start. Raises ValueError saying why."""
    found = _GRAMMAR.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(
            f"condition {text!r} is not “setting NAME”, “NAME = VALUE”, “NAME in A, B” or “setting NAME >= 5”"
        )
    if found["compare"]:
        return _bound(str(text), found, settings)
    values = (found["one"],) if found["one"] else tuple((found["several"] or "").split(", "))
    values = () if values == ("",) else values
    if len(set(values)) < len(values) or not all(value.strip() == value != "" for value in values):
        raise ValueError(f"condition {text!r}: give each value once, with a comma and a space between them")
    name = found["name"]
    try:
        if found["setting"]:
            _check_setting(name, values, settings)
            return Condition(About.SETTING, name, values)
        return _about_detail(name, values, starts)
    except ValueError as error:
        raise ValueError(f"condition {text!r}: {error}") from error


_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _bound(text: str, found: re.Match[str], settings: Mapping[str, Setting]) -> Condition:
    """A condition that holds a number of the contract against a bound. Raises ValueError."""
    name, bound = found["name"], found["bound"]
    if not found["setting"]:
        raise ValueError(f"condition {text!r}: only a setting that is a number is held against a bound")
    known = settings.get(name)
    if known is None:
        there = ", ".join(sorted(settings))
        raise ValueError(f"condition {text!r}: {name!r} is no setting of a contract; there are {there}")
    if known.type is not SettingType.NUMBER:
        raise ValueError(f"condition {text!r}: {name!r} is no number, so it has no {found['compare']}")
    return Condition(About.SETTING, name, (bound,), found["compare"])


def _check_setting(name: str, values: Sequence[str], settings: Mapping[str, Setting]) -> None:
    known = settings.get(name)
    if known is None:
        raise ValueError(f"{name!r} is no setting of a contract; there are {', '.join(sorted(settings))}")
    if not values and known.type is not SettingType.FLAG:
        raise ValueError(f"{name!r} is not true or false: say which value it needs")
    if wrong := [value for value in values if not known.allows(value)]:
        raise ValueError(f"{wrong[0]!r} is no value of the setting {name!r}")


def _detail(name: str, starts: Sequence[FactKind]) -> DetailField:
    """The detail of this name that a fact which starts the rule may have. Raises ValueError."""
    for kind in starts:
        if (found := kind.detail(name)) is not None:
            return found
    kinds = ", ".join(kind.name for kind in starts) or "any fact, since no fact starts the rule"
    raise ValueError(f"{name!r} is no detail of {kinds}")


def _about_detail(name: str, values: tuple[str, ...], starts: Sequence[FactKind]) -> Condition:
    detail = _detail(name, starts)
    if not values:
        raise ValueError(f"say which value of {name!r} it needs")
    if detail.type not in _COMPARED:
        raise ValueError(f"{name!r} is a {detail.type} and cannot be held against a list")
    known = {"choice": detail.choices, "flag": (TRUE, FALSE)}.get(detail.type)
    if known and (wrong := [value for value in values if value not in known]):
        raise ValueError(f"{wrong[0]!r} is not one of {', '.join(known)}")
    if detail.rated and len(values) > 1:
        raise ValueError(f"a rule is for one {name} alone")
    return Condition(About.RATED if detail.rated else About.DETAIL, name, values)


def setting_holds(condition: Condition, settings: ContractSettings) -> bool:
    """Whether a condition on a setting holds; one on anything else does.

    While nobody said how it is, it does: rather a duty that is not there than none that is (R12).
    """
    if condition.about is not About.SETTING:
        return True
    value = settings.value(condition.name)
    if value is None and settings.setting(condition.name).unknown:
        return True
    if condition.compare is not None:
        return isinstance(value, int) and _COMPARE[condition.compare](value, int(condition.values[0]))
    return as_text(value) in (condition.values or (TRUE,))


def detail_holds(condition: Condition, detail: DetailField | None, facts: Sequence[Fact]) -> bool:
    """Whether a condition on a detail holds for one thing; one on anything else does.

    ``facts``: all about that thing, the one that its clock runs from first. Of a detail with grades of
    gravity the gravest said counts, and the gravest there is where nobody said (R12, R25). Of any other the
    first fact that says it counts, and where nobody said, the condition does not hold.
    """
    if condition.about is not About.DETAIL:
        return True
    said = [value for fact in facts if (value := fact.details.get(condition.name)) not in (None, "")]
    if detail is not None and detail.gravest_first:
        order = detail.gravest_first
        gravest = min(
            map(str, said), key=lambda one: order.index(one) if one in order else len(order), default=order[0]
        )
        return gravest in condition.values
    return bool(said) and any(value in condition.values for value in _spoken(said[0]))


def _spoken(value: object) -> list[str]:
    """The value of a detail as conditions write it; each of a list's."""
    if isinstance(value, bool):
        return [as_text(value)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(item) for item in value]
    return [str(value)]
