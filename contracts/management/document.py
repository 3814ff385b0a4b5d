"""A command that writes a page of the documents from the data, or says whether it is current."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class DocumentCommand(BaseCommand, ABC):
    """``page`` is its file below ``docs``, ``text`` makes it. With ``--check`` nothing is written.

    Raises CommandError where the page is not current, with the command that makes it so.
    """

    requires_system_checks: list[str] = []
    page: str

    @abstractmethod
    def text(self) -> str:
        """The page as the data have it now."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path, text = settings.BASE_DIR / "docs" / self.page, self.text()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            name = type(self).__module__.rpartition(".")[2]
            raise CommandError(f"docs/{self.page} is not current: run script/manage {name}.")
