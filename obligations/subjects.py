"""The subjects that are installed: what the house knows of a folder such as ``obligations/plans``.

A subject turns its own records into facts, and has pages, sentences in the ledger and a part in the demo of
its own. Nothing else in this application imports one. It is named once, in ``SUBJECTS`` of the settings; its
``subject.py`` says with one ``Subject`` what it has, and the core asks here. CONTRIBUTING lists the files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from contracts.acts import Act
from contracts.proving.registry import Line
from contracts.row_security.tables import Line as Seeing
from contracts.row_security.tables import of_contract
from contracts.web.bar import BarEntry
from obligations.rules.notices.stages import STAGES, Rule

ROOMS = ("models", "pages", "api", "admin", "tasks", "ledger", "demo", "following", "once", "ways", "telling")
"""The fields of a Subject that name a module of its folder."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How often the clock starts a task, in seconds; ``at_start``: also when a worker starts."""

    every: float
    at_start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactPage:
    """The page on which a subject's facts are recorded with what belongs to them: a plan's version, a breach.

    ``title`` and ``note`` are its words; ``note`` says in a sentence why the facts are recorded there.
    ``address`` is the name of its address. ``called`` is the address that leads to the one thing, ``by`` the
    ``kind`` or the ``subject`` of the fact; ``whole`` is what that thing is called.
    """

    title: str
    note: str
    address: str
    called: str
    by: Literal["kind", "subject"]
    whole: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """Where what a fact says is renewed before it ends by itself, and what the reminder says of it.

    ``address`` is the name of an address of a contract; with ``among`` that is a table, narrowed to what the
    fact is about by these parameters, "{}" for its name. ``holds`` follows what ends, ``then`` says what
    comes of it.
    """

    address: str
    among: Mapping[str, str] = field(default_factory=dict)
    holds: str = "is in force"
    then: str = "it lapses by itself, and what the contract asks for then is owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one subject has. Modules are named, not imported, for it is read before the models are.

    package    its folder, as SUBJECTS names it
    models     the module with its tables, which belong to the application ``obligations``
    pages      the module with ``urlpatterns`` of its pages
    api        the module with ``urlpatterns`` below ``/api/``
    admin      the module with its part of the back room
    tasks      the module with its tasks, and ``clock``: how often each is started
    ledger     the module with ``SENTENCES`` by verb
    links      the address that an entry of the ledger leads to, by the key of its payload
    demo       the module with ``Part``, which plays its acts in the demo
    telling    the module with ``WORDS``: what a notice of one of its stages says, by the stage
    stages     of what on its record somebody is told (``rules/notices/stages.py``)
    following  the module with ``follow``: told what became of duties, in the transaction in which it did
    once       the module with ``WAYS``: what of it an organisation can record once for several contracts
               (``obligations/web/once/ways.py``)
    ways       the module with ``ways``: where kinds of fact about one of its things are recorded with more
    menu       its entry in the bar of a contract
    facts      the page on which the kinds of fact with ``page = "<its name>"`` are recorded
    renewed    where what a fact of a kind says is renewed before it ends by itself
    tables     its tables; every one belongs to a contract
    protected  those of them whose rows the database lets nobody delete
    proved     what of their rows each last write proves, or why nothing (contracts/proving/registry.py)
    acts       what a role must allow, by the name of each address: its row of the access matrix
    seen       which rows of a table who asks may see, where that is not all of their contract's
               (``contracts/row_security/tables.py``)
    """

    package: str
    models: str = ""
    pages: str = ""
    api: str = ""
    admin: str = ""
    tasks: str = ""
    ledger: str = ""
    demo: str = ""
    telling: str = ""
    following: str = ""
    ways: str = ""
    once: str = ""
    clock: Mapping[str, Tick] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[Rule, ...] = ()
    menu: BarEntry | None = None
    facts: FactPage | None = None
    renewed: Mapping[str, Renewed] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    proved: tuple[Line, ...] = ()
    acts: Mapping[str, Act] = field(default_factory=dict)
    seen: Mapping[str, Seeing] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.package.rpartition(".")[2]

    def load(self, room: str) -> ModuleType | None:
        """The module of one of ROOMS; None where the subject has none. Raises ImportError."""
        module = getattr(self, room)
        return import_module(f"{self.package}.{module}") if module else None


def installed() -> tuple[Subject, ...]:
    """The subjects that the settings name, in that order. Raises ImproperlyConfigured."""
    return _read(_packages())


def load(room: str) -> list[ModuleType]:
    """That module of every subject which has one. ``room`` is one of ROOMS."""
    return [module for subject in installed() if (module := subject.load(room)) is not None]


def addresses(room: str) -> list[Any]:
    """The ``urlpatterns`` of every subject: of their ``pages`` or of their ``api``."""
    return [pattern for module in load(room) for pattern in module.urlpatterns]


def sentences() -> dict[str, Any]:
    """How the subjects' entries in the ledger are told, by verb."""
    return _sentences(_packages())


def stages() -> Mapping[str, Rule]:
    """Every stage of a notice by its name, what is most pressing first."""
    return _stages(_packages())


def stages_of(verb: str) -> Sequence[Rule]:
    """The stages that an entry with this verb may raise or settle, what is most pressing first."""
    return _stages_by_verb(_packages()).get(verb, ())


def telling() -> Mapping[str, Any]:
    """What notices about the subjects' entries say, by stage."""
    return _telling(_packages())


def links() -> Mapping[str, str]:
    """The address that an entry of the ledger leads to, by the key of its payload."""
    return _links(_packages())


def renewed_at(kind: str) -> Renewed | None:
    """Where what a fact of this kind says is renewed; None where no subject says it."""
    return next((one.renewed[kind] for one in installed() if kind in one.renewed), None)


def fact_page(name: str) -> FactPage | None:
    """The page of the subject of this name, as kinds of fact give it; None where there is none."""
    return next((subject.facts for subject in installed() if subject.name == name), None)


def row_security() -> dict[str, Seeing]:
    """Which rows of the subjects' tables who asks may see."""
    return {
        table: subject.seen.get(table, of_contract())
        for subject in installed()
        for table in (*subject.tables, *subject.seen)
    }


def menu() -> list[BarEntry]:
    """The subjects' entries in the bar of a contract."""
    return [subject.menu for subject in installed() if subject.menu is not None]


def clock() -> dict[str, Tick]:
    """How often the subjects' tasks are started, by their full names."""
    return {
        f"{subject.package}.{subject.tasks}.{name}": tick
        for subject in installed()
        for name, tick in subject.clock.items()
    }


def _packages() -> tuple[str, ...]:
    return tuple(settings.SUBJECTS)


@cache  # what follows is asked for every page, and changes only with the setting
def _read(packages: tuple[str, ...]) -> tuple[Subject, ...]:
    found = tuple(_subject(package) for package in packages)
    _merged((subject.package, {subject.name: subject}) for subject in found)
    return found


@cache
def _sentences(packages: tuple[str, ...]) -> dict[str, Any]:
    told = ((subject.package, subject.load("ledger")) for subject in _read(packages))
    return _merged((package, module.SENTENCES) for package, module in told if module is not None)


@cache
def _stages(packages: tuple[str, ...]) -> Mapping[str, Rule]:
    parts = [("obligations", {one.name: one for one in STAGES})]
    parts += [(subject.package, {one.name: one for one in subject.stages}) for subject in _read(packages)]
    found = _merged(parts)
    return {one.name: one for one in sorted(found.values(), key=lambda one: one.rank)}


@cache
def _stages_by_verb(packages: tuple[str, ...]) -> Mapping[str, Sequence[Rule]]:
    found: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in _stages(packages).values():
        for verb in {on.verb for on in (*rule.raised_by, *rule.settled_by)}:
            found[verb].append(rule)
    return dict(found)


@cache
def _telling(packages: tuple[str, ...]) -> Mapping[str, Any]:
    told = ((subject.package, subject.load("telling")) for subject in _read(packages))
    return _merged((package, module.WORDS) for package, module in told if module is not None)


@cache
def _links(packages: tuple[str, ...]) -> Mapping[str, str]:
    return _merged((subject.package, subject.links) for subject in _read(packages))


def _subject(package: str) -> Subject:
    try:
        subject = import_module(f"{package}.subject").SUBJECT
    except (ModuleNotFoundError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"SUBJECTS names {package!r}, whose subject.py must have a SUBJECT: {error}"
        ) from error
    if not isinstance(subject, Subject) or subject.package != package:
        raise ImproperlyConfigured(f"SUBJECT in {package}.subject must be a Subject with package={package!r}")
    return subject


def _merged(parts: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The parts of all subjects in one. Raises ImproperlyConfigured where two say the same name."""
    found: dict[str, Any] = {}
    said: dict[str, str] = {}
    for package, part in parts:
        for key, value in part.items():
            if key in said:
                raise ImproperlyConfigured(f"{said[key]} and {package} both have {key!r}: rename one")
            said[key], found[key] = package, value
    return found
