"""What a contract is asked by its rulebooks together, and which answers it may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from contracts.terms.setting import Setting, SettingsError
from contracts.terms.settings import CONTRACT_WIDE, ContractSettings
from obligations.rules.register.rule import Rule
from obligations.rules.register.rulebook import Rulebook, known_rulebooks, load_rulebook


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting, the book that asks for it (None for every contract's), and the rules that rest on it."""

    setting: Setting
    book: Rulebook | None
    rules: tuple[Rule, ...]


def asked_of(books: Iterable[Rulebook]) -> list[Asked]:
    """What books ask, book by book, then what every contract is asked.

    Raises SettingsError where two books ask for different things under one name.
    """
    books = list(books)
    found: dict[str, tuple[Setting, Rulebook | None]] = {}
    for book in books:
        for setting in book.settings.values():
            first = found.setdefault(setting.name, (setting, book))
            if not setting.same_as(first[0]):
                raise SettingsError(
                    f"{book.key}: setting {setting.name}: {getattr(first[1], 'key', '')} asks for"
                    " something else under this name"
                )
    found |= {name: (setting, None) for name, setting in CONTRACT_WIDE.items()}
    return [
        Asked(setting, book, tuple(rule for one in books for rule in one.resting_on(name)))
        for name, (setting, book) in found.items()
    ]


def answered(settings: ContractSettings, books: Iterable[Rulebook]) -> ContractSettings:
    """The settings with all that these books ask read in its types. Raises SettingsError."""
    for book in books:
        settings = settings.asked_by(book.key, book.settings)
    return settings


def check_answers(settings: ContractSettings, books: Iterable[Rulebook]) -> ContractSettings:
    """As ``answered``, and strict about names: one that no book of Duly asks under is a mistake.

    An answer to another book of Duly is none, for contracts have carried such answers from the beginning.
    Raises SettingsError.
    """
    books = list(books)
    asked_of(books)
    found = answered(settings, books)
    if found.others:
        replace(
            answered(found, map(load_rulebook, known_rulebooks())), declared=found.declared
        ).only_declared()
    return found
