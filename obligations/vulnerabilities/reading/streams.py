"""JSON of any size in flat memory: the entries at given paths, one after the other, with their places.

A file is read as often as it takes: once for what must be known beforehand, once for the entries.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import ijson

from obligations.vulnerabilities.reading import limits
from obligations.vulnerabilities.reading.refusals import Refused, unreadable
from obligations.vulnerabilities.reading.rows import Unreadable

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands: keys, and numbers from 0."""

Pattern: TypeAlias = tuple[str | None, ...]
"""Of paths: ``None`` stands for every entry of a list."""

_CHUNK = 64 * 1024
_EVENTS = Iterator[tuple[str, Any]]


def place_of(path: Path) -> str:
    """A path in words: "Results, entry 2, Vulnerabilities, entry 7". Entries are counted from 1."""
    return ", ".join(f"entry {part + 1:,}" if isinstance(part, int) else part for part in path)


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON file that can be read again and again. ``encoding``: as Python calls it, "utf-8" for most."""

    file: BinaryIO
    encoding: str = "utf-8"

    def entries(self, *patterns: Pattern) -> Iterator[tuple[Path, Any]]:
        """Every value at the patterns, with its path, in the order of the file. One that is larger than any
        entry is given as ``Refused``. Raises Unreadable where the file is not JSON.
        """
        walk = _Walk(patterns)
        yield from self._guarded(walk.through, walk)

    def outline(self) -> Iterator[tuple[str, Any]]:
        """The keys of the file, each with its text, or with the kind of its value where that is no text
        ("start_map", "start_array"). Of a list: "[]", then the keys of its first entry with "[]" before them.
        """
        yield from self._guarded(_outline, _Walk(()))

    def _guarded(
        self, read: Callable[[_EVENTS], Iterator[tuple[Any, Any]]], walk: _Walk
    ) -> Iterator[tuple[Any, Any]]:
        """What is read from the events of the file, with every error in words."""
        source = _Source(self.file, self.encoding)
        try:
            yield from read(ijson.basic_parse(source, use_float=True, buf_size=_CHUNK))
        except ijson.JSONError as error:
            raise _not_json(error, walk.path, source) from error
        except UnicodeError as error:
            raise unreadable(
                f"the file is not {self.encoding.upper()} throughout", "save it as UTF-8"
            ) from error

    def collect(self, *patterns: Pattern) -> dict[Path, Any]:
        """All values at the patterns at once, by their paths. Raises Unreadable for more than fits."""
        found: dict[Path, Any] = {}
        held = 0
        for path, value in self.entries(*patterns):
            if isinstance(value, Refused):
                raise unreadable(value.what, value.fix, place_of(path))
            held += size_of(value)
            if held > limits.MOST_CONTEXT:
                raise unreadable(
                    f"the file describes more than {limits.MOST_CONTEXT:,} things beside its vulnerabilities",
                    "split it, or export its vulnerabilities alone",
                    place_of(path),
                )
            found[path] = value
        return found


def size_of(value: Any) -> int:
    """How many values a value is, counting those in it."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


class _Walk:
    """The way through the events of one file."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns
        self.path: Path = ()

    def through(self, events: _EVENTS) -> Iterator[tuple[Path, Any]]:
        """The values at the patterns."""
        for event, value in events:
            yield from self._value((), event, value, events)

    def _value(self, path: Path, event: str, value: Any, events: _EVENTS) -> Iterator[tuple[Path, Any]]:
        """What of the patterns is at this path or below it. As deep as the patterns, and no deeper."""
        self.path = path
        wanted, below = self._asked_for(path)
        if wanted:
            yield path, _build(event, value, events)
        elif event == "start_map" and below:
            for inner, key in events:
                if inner == "end_map":
                    break
                follows, what = next(events)
                yield from self._value((*path, key), follows, what, events)
        elif event == "start_array" and below:
            for number, (inner, what) in enumerate(events):
                if inner == "end_array":
                    break
                yield from self._value((*path, number), inner, what, events)
        else:
            _skip(event, events)

    def _asked_for(self, path: Path) -> tuple[bool, bool]:
        """Whether a value at this path is wanted, and whether something below it is."""
        wanted = below = False
        for pattern in self._patterns:
            if len(pattern) >= len(path) and all(
                part == here or (part is None and isinstance(here, int))
                for part, here in zip(pattern, path, strict=False)
            ):
                wanted = wanted or len(pattern) == len(path)
                below = below or len(pattern) > len(path)
        return wanted, below


def _outline(events: _EVENTS) -> Iterator[tuple[str, Any]]:
    first, _ = next(events, ("", None))
    if first == "start_array":
        yield "[]", ""
        first, _ = next(events)
        before = "[]"
    else:
        before = ""
    if first != "start_map":
        return
    for event, key in events:
        if event == "end_map":
            return
        follows, value = next(events)
        yield f"{before}{key}", value if follows == "string" else follows
        _skip(follows, events)


def _skip(event: str, events: _EVENTS) -> None:
    """Leave out a value whole."""
    if event not in ("start_map", "start_array"):
        return
    depth = 1
    for inner, _ in events:
        if inner in ("start_map", "start_array"):
            depth += 1
            if depth > limits.DEEPEST:
                raise _too_deep()
        elif inner in ("end_map", "end_array"):
            depth -= 1
            if not depth:
                return


def _build(event: str, value: Any, events: _EVENTS) -> Any:
    """The value that begins with this event; ``Refused`` for one that is larger than an entry may be."""
    if event not in ("start_map", "start_array"):
        return value
    built = _Built(event)
    for count, (inner, one) in enumerate(events, 1):
        built.add(inner, one)
        if not built.open:
            break
        if count > limits.LARGEST_ENTRY or built.length > limits.LONGEST_ENTRY:
            for _ in built.open:  # read over the rest of it, and keep none
                _skip("start_map", events)
            return Refused(
                "it is larger than what is said of one vulnerability", "look at this entry in the file"
            )
    return built.top


class _Built:
    """A value while it is being built. ``open``: what is not closed yet, the innermost last."""

    def __init__(self, event: str) -> None:
        self.top: Any = {} if event == "start_map" else []
        self.open: list[Any] = [self.top]
        self.length = 0
        self._keys = [""]

    def add(self, event: str, value: Any) -> None:
        """What comes next."""
        if event == "map_key":
            self._keys[-1] = value
            self.length += len(value)
        elif event in ("end_map", "end_array"):
            self.open.pop()
            self._keys.pop()
        elif event in ("start_map", "start_array"):
            new: Any = {} if event == "start_map" else []
            self._put(new)
            self.open.append(new)
            self._keys.append("")
            if len(self.open) > limits.DEEPEST:
                raise _too_deep()
        else:
            self._put(value)
            self.length += len(value) if event == "string" else 0

    def _put(self, value: Any) -> None:
        held = self.open[-1]
        if isinstance(held, dict):
            held[self._keys[-1]] = value
        else:
            held.append(value)


def _too_deep() -> Unreadable:
    return unreadable(
        f"the file is nested more than {limits.DEEPEST} levels deep",
        "it is none that a scanner writes: export it again",
    )


_BESIDE = re.compile(r"\n(?P<text>[^\n]*)\n(?P<arrow> *\(right here\) -*)\^")


def _not_json(error: Exception, path: Path, source: _Source) -> Unreadable:
    """Why the file is not JSON, with the line where that shows."""
    said = error.args[0] if error.args else ""
    said = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else str(said)
    place = ", ".join(part for part in (source.line_of(said), place_of(path)) if part)
    reason = said.split("\n")[0].partition(": ")[2].rstrip(".")
    if "premature EOF" in said:
        return unreadable("the file ends before it is complete", "export it again, and copy it whole", place)
    if "UTF8" in said:
        return unreadable("the file is not UTF-8 throughout", "save it as UTF-8", place)
    if "trailing garbage" in said:
        return unreadable(
            "after the end of the file's JSON something follows", "give one report in each file", place
        )
    return unreadable(f"the file is not whole JSON ({reason or 'damaged'})", "export it again", place)


class _Source:
    """The bytes of a file as UTF-8, watched while they are read."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        file.seek(0)
        self._file = file
        self._decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
        self._first = True
        self._run = 0
        self._lines = 1
        self._last = b""

    def read(self, size: int = _CHUNK) -> bytes:
        """At most about ``size`` bytes, b"" at the end. Raises Unreadable for a text that has no end."""
        if size == 0:
            return b""
        chunk = self._file.read(size)
        if self._decoder is not None:
            chunk = self._decoder.decode(chunk, final=not chunk).encode("utf-8", errors="replace")
            if not chunk and self._file.read(1):
                self._file.seek(-1, io.SEEK_CUR)
                return self.read(size)
        if self._first:
            chunk, self._first = chunk.removeprefix(codecs.BOM_UTF8), False
        self._watch(chunk)
        return chunk

    def _watch(self, chunk: bytes) -> None:
        last = chunk.rfind(b'"')
        self._run = self._run + len(chunk) if last < 0 else len(chunk) - last
        if self._run > limits.LONGEST_RUN:
            raise unreadable(
                f"the file has a piece of more than {limits.LONGEST_RUN // 2**20} MB without an end",
                "it is none that a scanner writes: export it again",
            )
        self._lines += self._last.count(b"\n")
        self._last = chunk

    def line_of(self, said: str) -> str:
        """The line in which the parser stopped, "" where the file is all one line."""
        found = _BESIDE.search(said)  # the text before the mistake, with a space for every new line
        before = found["text"][: len(found["arrow"])].strip() if found else ""
        pattern = rb"\s".join(re.escape(part.encode("utf-8")) for part in before.split(" "))
        at = next((one.end() for one in re.finditer(pattern, self._last)), len(self._last))
        lines = self._lines + self._last.count(b"\n", 0, at)
        return f"line {lines:,}" if lines > 1 else ""


class Entry:
    """An object of a JSON file, asked for what it holds. What is missing or null is empty; what is of another
    kind than the format says raises Refused.
    """

    __slots__ = ("_held", "_where")

    def __init__(self, held: Any, where: str = "") -> None:
        if not isinstance(held, dict):
            raise Refused(f"{where or 'it'} is {_kind(held)} and not an object", "export the file again")
        self._held: Mapping[str, Any] = held
        self._where = where

    def text(self, key: str) -> str:
        """A text; a number is one too."""
        value = self._held.get(key)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise self._odd(key, value, "a text")

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        found = self._held.get(key) or []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self._odd(key, found, "a list of texts")
        return found

    def entry(self, key: str) -> Entry:
        """The object below."""
        return Entry(self._held.get(key) or {}, key)

    def entries(self, key: str) -> list[Entry]:
        """The objects of a list below."""
        found = self._held.get(key) or []
        if not isinstance(found, list):
            raise self._odd(key, found, "a list")
        return [Entry(one, key) for one in found]

    def raw(self, key: str) -> Any:
        """Whatever is there."""
        return self._held.get(key)

    def names(self) -> list[str]:
        """The keys that there are."""
        return list(self._held)

    def _odd(self, key: str, value: Any, expected: str) -> Refused:
        return Refused(f"{key} is {_kind(value)} and not {expected}", "export the file again")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
