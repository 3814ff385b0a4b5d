"""Draws docs/entities.md, the tables and what refers to what, from the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db.models import Field, Model

from contracts.management.document import DocumentCommand
from contracts.models import Contract, Person
from obligations import subjects

INTRODUCTION = """# The tables

Drawn from the models by `script/manage entity_diagram`; a test checks that it is current. A line carries the
name of the column that refers: `||` to exactly one row, `|o` to one or none. Of the columns are drawn: the
key, days, what says a state or a kind, what rows are told apart or looked up by, and, outside their own room,
references to a contract or a person. A box without columns stands in another room.
"""
EVERYWHERE = (Contract, Person)
"""What nearly every table refers to: a column outside its own room, and no line."""

CONTRACTS = ("contracts.models",)
CORE = ("obligations.models",)
VERSIONS = "obligations.models.version"
OURS = ("contracts", "obligations")

TYPES = {
    "BigAutoField": "number",
    "BigIntegerField": "number",
    "PositiveBigIntegerField": "number",
    "PositiveIntegerField": "number",
    "PositiveSmallIntegerField": "number",
    "SmallIntegerField": "number",
    "IntegerField": "number",
    "CharField": "text",
    "EmailField": "text",
    "TextField": "text",
    "SlugField": "text",
    "URLField": "text",
    "DateField": "day",
    "DateRangeField": "days",
    "DateTimeField": "moment",
    "TimeField": "time",
    "BooleanField": "flag",
    "UUIDField": "uuid",
    "FileField": "file",
    "JSONField": "json",
}
"""What the types of columns are called here; others by their own names."""

DAYS = ("DateField", "DateRangeField")
"""Types of columns that are drawn whatever they say."""


@dataclass(frozen=True, slots=True)
class Room:
    """One part of the house with tables: the modules that its models are in."""

    title: str
    says: str
    modules: tuple[str, ...]

    @property
    def models(self) -> list[type[Model]]:
        """Its models, by name."""
        found = (one for one in apps.get_models() if _is_in(one.__module__, self.modules))
        return sorted(found, key=lambda one: one.__name__)


def rooms() -> list[Room]:
    """The rooms with tables, from the ground up."""
    core = sorted({one.__module__ for one in apps.get_models() if _is_in(one.__module__, CORE)} - {VERSIONS})
    found = [
        Room("Contracts", "Contracts, their words, people and record: `contracts/models/`.", CONTRACTS),
        Room("Obligations", "What is owed and why, the core: `obligations/models/`.", tuple(core)),
        Room(
            "Versions and editions", "What a contract goes by: `obligations/models/version.py`.", (VERSIONS,)
        ),
    ]
    for subject in subjects.installed():
        if subject.models:
            says = first_sentence(import_module(subject.package).__doc__ or "", subject.package)
            path = subject.package.replace(".", "/")
            title = subject.name.replace("_", " ").capitalize()
            found.append(Room(title, f"{says} `{path}/`.", (f"{subject.package}.{subject.models}",)))
    return found


def document() -> str:
    """The whole document, from the models as they are now."""
    return "\n".join([INTRODUCTION, *(part for room in rooms() for part in _drawn(room))])


def _is_in(module: str, modules: Iterable[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in modules)


def _drawn(room: Room) -> Iterator[str]:
    models = room.models
    yield f"## {room.title}\n\n{room.says}\n\n```mermaid\nerDiagram"
    for model in models:
        yield f"    {model.__name__} {{"
        yield from (f"        {line}" for line in _columns(model, models))
        yield "    }"
    for model in models:
        yield from (f"    {line}" for line in _lines(model, models))
    yield "```\n\n| Table | What it is | Only one row for each |\n| --- | --- | --- |"
    for model in models:
        says = first_sentence(model.__doc__ or "", model.__name__)
        once = [", ".join(f"`{name}`" for name in names) for names in _unique(model)]
        yield f"| {model.__name__} | {says} | {'; '.join(once)} |"
    yield ""


def _columns(model: type[Model], room: list[type[Model]]) -> Iterator[str]:
    """The columns that matter of one table."""
    looked_up = {name for names in (*_unique(model), *_indexed(model)) for name in names}
    for column in model._meta.concrete_fields:
        keys = _keys(column, room)
        if keys or _is_drawn(column, looked_up):
            yield " ".join([_type(column), column.name, ", ".join(keys)]).rstrip()


def _keys(column: Field[Any, Any], room: list[type[Model]]) -> list[str]:
    """What kind of key a column is; a reference that is drawn as a line is none."""
    if column.primary_key:
        return ["PK"]
    refers = column.related_model in EVERYWHERE and column.related_model not in room
    return ["FK"] * refers + ["UK"] * column.unique


def _is_drawn(column: Field[Any, Any], looked_up: set[str]) -> bool:
    """Whether a column that is no key matters."""
    if column.is_relation:
        return False
    return bool(column.choices) or column.name in looked_up or column.get_internal_type() in DAYS


def _unique(model: type[Model]) -> Iterator[tuple[str, ...]]:
    """The columns by which rows are told apart, beside the key."""
    for column in model._meta.concrete_fields:
        if column.unique and not column.primary_key:
            yield (column.name,)
    for constraint in model._meta.total_unique_constraints:
        yield tuple(constraint.fields)


def _indexed(model: type[Model]) -> Iterator[tuple[str, ...]]:
    """The columns that rows are looked up by."""
    for index in model._meta.indexes:
        yield tuple(name.removeprefix("-") for name in index.fields)


def _type(column: Field[Any, Any]) -> str:
    """What a column holds, in a word; a reference holds the number of a row."""
    return (
        "number" if column.is_relation else TYPES.get(column.get_internal_type(), column.get_internal_type())
    )


def _lines(model: type[Model], room: list[type[Model]]) -> Iterator[str]:
    """What one table refers to; many-to-many relations with a table of their own are that table's lines."""
    for column in model._meta.concrete_fields:
        target = column.related_model
        if target is None or (target in EVERYWHERE and target not in room):
            continue
        one = "|o" if column.null else "||"
        many = "o|" if column.unique else "o{"
        yield f"{target.__name__} {one}--{many} {model.__name__} : {column.name}"
    for relation in model._meta.local_many_to_many:
        target, through = relation.related_model, relation.remote_field.through
        if through is not None and through._meta.auto_created and _is_in(target.__module__, OURS):
            yield f"{target.__name__} }}o--o{{ {model.__name__} : {relation.name}"


def first_sentence(text: str, name: str) -> str:
    """The first sentence of a docstring. Raises CommandError where there is none."""
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    if not paragraph or paragraph.startswith(f"{name}("):  # Django makes one up from the columns
        raise CommandError(f"{name} has no docstring: say in a sentence what it is")
    sentence = paragraph.partition(". ")[0].removesuffix(".")
    return sentence.replace("``", "`").replace("|", "\\|") + "."


class Command(DocumentCommand):
    help = "Draws docs/entities.md from the models; --check only says whether it is current."
    page = "entities.md"

    def text(self) -> str:
        return document()
