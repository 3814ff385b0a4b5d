"""Edits of the files that rows on record have, on the disk, and putting them back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from contracts.services import kept_files
from contracts.services.verifying.findings import Kind
from tests.support.tampering.edits import CannotBe, Edit


class Files:
    """The files of an installation. ``back`` puts them back as they were."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.rows = {
            (model._meta.db_table, row.pk): row
            for model in kept_files.kinds()
            for row in model._default_manager.exclude(file="").select_related("contract").order_by("pk")
        }
        self.touched: list[Any] = []
        self.used: set[tuple[str, int]] = set()
        self.was = {self._path(row): self._path(row).read_bytes() for row in self.rows.values()}

    def edits(self, used: set[tuple[str, int]], number: int) -> Iterator[Edit]:
        """About so many, of files to whose rows nothing was done; with every file in two, half stay whole."""
        self.used = used
        free = [place for place in self.rows if place not in used]
        ways = (self.altered, self.longer, self.cut, self.emptied, self.exchanged, self.deleted)
        for place in self.chance.sample(free, min(number, len(free) // 2)):
            row = self.rows[place]
            try:
                what, kind = self.chance.choice(ways)(row)
            except CannotBe:
                continue
            used.add(place)
            self.touched.append(row)
            yield Edit(what, (str(row._meta.verbose_name), row.pk), (kind,), table=place[0])

    def altered(self, row: Any) -> tuple[str, Kind]:
        def another(held: bytes) -> bytes:
            place = self.chance.randrange(len(held))
            return held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :]

        return self._becomes(row, another, "file altered by a byte", Kind.FILE_ALTERED)

    def longer(self, row: Any) -> tuple[str, Kind]:
        return self._becomes(row, lambda held: held + b"\0", "file made longer", Kind.FILE_ALTERED)

    def cut(self, row: Any) -> tuple[str, Kind]:
        return self._becomes(row, lambda held: held[: len(held) // 2], "file cut", Kind.FILE_CUT)

    def emptied(self, row: Any) -> tuple[str, Kind]:
        return self._becomes(row, lambda held: b"", "file emptied", Kind.FILE_CUT)

    def exchanged(self, row: Any) -> tuple[str, Kind]:
        """For one that another row has, to which nothing was done: it is known by what that row says."""
        others = [
            one for place, one in self.rows.items() if place not in self.used and one.sha256 != row.sha256
        ]
        if not others:
            raise CannotBe
        held = self.was[self._path(self.chance.choice(others))]
        return self._becomes(row, lambda _: held, "file exchanged", Kind.FILE_EXCHANGED)

    def deleted(self, row: Any) -> tuple[str, Kind]:
        self._path(row).unlink()
        return "file deleted", Kind.FILE_MISSING

    def given_out(self) -> list[str]:
        """Files that were touched and are given out all the same; there should be none."""
        wrong = []
        for row in self.touched:
            try:
                kept_files.opened(row).close()
            except kept_files.AtFault:
                continue
            wrong.append(f"the file of {row._meta.verbose_name} {row.pk} was touched, and is given out")
        return wrong

    def back(self) -> None:
        for path, held in self.was.items():
            if not path.exists() or path.read_bytes() != held:
                path.write_bytes(held)

    def _becomes(
        self, row: Any, another: Callable[[bytes], bytes], what: str, kind: Kind
    ) -> tuple[str, Kind]:
        path = self._path(row)
        before = self.was[path]
        after = another(before)
        if after == before:
            raise CannotBe
        path.write_bytes(after)
        return what, kind

    def _path(self, row: Any) -> Path:
        return Path(row.file.path)
