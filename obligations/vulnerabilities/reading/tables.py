"""Tables, from whatever file: rows of cells in, rows of vulnerabilities out.

A cell that holds a formula is refused and never worked out: what it shows may change, and where it is opened
again it would be run. Several CVEs or several hosts in one cell are a row each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from obligations.rules.register.names import folded
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.vulnerabilities.reading import columns, identifiers, limits, nessus
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.ratings import Said, is_word, may_be_stricter, own_word
from obligations.vulnerabilities.reading.records import Record
from obligations.vulnerabilities.reading.refusals import Refused, unreadable
from obligations.vulnerabilities.reading.rows import Columns, Fault, Field, Reading, Row
from obligations.vulnerabilities.reading.texts import quoted

_HEAD = 30
"""Rows looked at to tell the columns apart."""
_SAMPLES = 5
NOBODY = "list"
"""Who rates, where a table does not say it."""
CONTRACT = "the contract"
"""Who rates, where a table gives the contract's own category: it is no source's rating."""
_MOST_HOSTS = 1_000
_FORMULA = re.compile(r"\s*(?:=\s*[\w(\"'@+\-]|[+\-@=].*\|.*!)", re.S)
"""A formula of a spreadsheet, and one that would start a program there (DDE)."""
WOULD_BE_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet takes for a formula; in CSV an apostrophe before it prevents that."""

_BETWEEN = re.compile(r"[,;\s]+")
_BETWEEN_HOSTS = re.compile(r"[,;\n]")
_WORD_AND_SCORE = re.compile(r"(?P<word>[A-Za-z]+)\s*[(:/ -]+\s*(?P<score>\d{1,2}\.\d)\)?")


def is_formula(text: str) -> bool:
    """Whether a cell of text would be a formula in a spreadsheet."""
    return text[:1] in "=+-@ \t" and bool(_FORMULA.match(text[:1_000]))


def reading_of(
    key: str,
    label: str,
    records: Iterator[Record],
    mapping: Mapping[Field, int] | None,
    *,
    own: bool = False,
) -> Reading:
    """The reading of a table. What it is a table of, its headings say: Nessus', or anybody's.

    ``own``: severities of which nobody is named who rates are the contract's own words.
    """
    head = list(islice(records, _HEAD))
    at = columns.heading_row([one.cells for one in head])
    headings = tuple(head[at].cells) if at is not None else ()
    below = head[at + 1 :] if at is not None else head
    rest: Iterator[Record] = chain(below, records)
    if at is None and not mapping and _is_list(head):
        listed = Reading("list", "a list", iter(()))
        listed.items = _noting(listed, _listed(rest, own))
        return listed
    if key == "csv" and headings:
        rest = (_fitting(one, len(headings)) for one in rest)
    if nessus.is_nessus(headings):
        return nessus.reading_of(label, headings, rest)
    reading = Reading(key, label, iter(()))
    return _mapped(reading, headings, [one.cells for one in below], rest, mapping, own)


def _mapped(
    reading: Reading,
    headings: Sequence[str],
    below: Sequence[Sequence[str]],
    records: Iterator[Record],
    mapping: Mapping[Field, int] | None,
    own: bool,
) -> Reading:
    """A table of anybody's, with its columns told apart."""
    width = max([len(headings), *(len(cells) for cells in below)], default=0)
    if width > limits.MOST_COLUMNS:
        raise unreadable(
            f"the table has {width:,} columns, more than {limits.MOST_COLUMNS}", "leave those that count"
        )
    whole = (*headings, *[""] * (width - len(headings)))
    known = dict(mapping) if mapping else columns.guess(whole, below)
    reading.columns = Columns(whole, tuple(tuple(cells) for cells in below[:_SAMPLES]), known)
    reading.items = _noting(reading, _rows(records, known, whole, own))
    return reading


def _rows(
    records: Iterator[Record], mapping: Mapping[Field, int], headings: Sequence[str], own: bool
) -> Iterator[Row | Fault]:
    if Field.IDENTIFIER not in mapping:
        raise unreadable("no column says which vulnerability it is", "choose the column of the CVE")
    if Field.COMPONENT not in mapping and Field.PURL not in mapping:
        raise unreadable(
            "no column says which component it is in", "choose the column of the software, or add one"
        )
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            continue
        try:
            if record.wrong is not None:
                raise record.wrong
            for draft in _drafts(record, mapping, headings, own):
                yield draft.row(record.place)
        except Refused as no:
            yield no.at(record.place)


def _fitting(record: Record, width: int) -> Record:
    """The row, marked where it has more cells than there are headings: what stands where cannot be told."""
    if not any(cell.strip() for cell in record.cells[width:]):
        return record
    what = f"the row has {len(record.cells)} cells, and there are {width} headings"
    return record._replace(wrong=Refused(what, "put quotation marks around a text with the separator in it"))


def _drafts(
    record: Record, mapping: Mapping[Field, int], headings: Sequence[str], own: bool
) -> Iterator[Draft]:
    said = {field: _cell(record, number, headings) for field, number in mapping.items()}

    def text(field: Field) -> str:
        return said.get(field, "")

    hosts = [one.strip() for one in _BETWEEN_HOSTS.split(text(Field.HOST)) if one.strip()] or [""]
    if len(hosts) > _MOST_HOSTS:
        raise Refused(f"it names more than {_MOST_HOSTS:,} hosts", "give them in several rows")
    word, doubt = _own(text(Field.SEVERITY), text(Field.RATED_BY), headings, mapping, own)
    ratings = list(_ratings(said, mapping, headings, () if word else (Field.SEVERITY,)))
    for names in _names(text(Field.IDENTIFIER), text(Field.ALIASES)):
        for host in hosts:
            yield Draft(
                names=names,
                component=text(Field.COMPONENT),
                version=text(Field.VERSION),
                purl=text(Field.PURL),
                host=host,
                location=text(Field.LOCATION),
                ratings=ratings,
                own=word,
                doubt=doubt,
                fixed_version=text(Field.FIXED_VERSION),
                released=text(Field.RELEASED),
                status=text(Field.STATUS),
                justification=text(Field.JUSTIFICATION),
                statement=text(Field.STATEMENT),
                title=text(Field.TITLE),
                reference=text(Field.REFERENCE),
            )


def _cell(record: Record, number: int, headings: Sequence[str]) -> str:
    """The text of a cell. Raises Refused for a formula."""
    text = record.cells[number] if 0 <= number < len(record.cells) else ""
    if number in record.formulas or is_formula(text):
        named = headings[number] if number < len(headings) else ""
        called = f"“{named}”" if named else f"column {number + 1}"
        raise Refused(f"the cell under {called} holds a formula", "paste the value in its place")
    return text[1:] if text[:1] == "'" and text[1:].startswith(WOULD_BE_FORMULAS) else text


def _names(cell: str, aliases: str) -> Iterator[list[str]]:
    """The names of each vulnerability of a cell: several CVEs are several, a CVE and a GHSA are one."""
    parts = [one for one in _BETWEEN.split(cell.strip()) if one]
    beside = [one for one in _BETWEEN.split(aliases.strip()) if one]
    if not all(identifiers.is_one(one) for one in parts):
        parts = identifiers.known_in(cell) or [cell]
    cves = [one for one in parts if one.upper().startswith("CVE-")]
    if len(set(cves)) > 1:
        yield from ([one] for one in dict.fromkeys(cves))
    else:
        yield [*parts, *beside]


def _said(by: str, field: Field, cell: str) -> list[Said]:
    """What a cell says of how bad it is. A severity is "High", "7.5" or "High (7.5)"."""
    if field is Field.VECTOR:
        return [Said(by, vector=cell)]
    if field is Field.SCORE:
        return [Said(by, score=cell)]
    both = _WORD_AND_SCORE.fullmatch(cell.strip()[:60])
    return [Said(by, both["word"], both["score"])] if both else [Said(by, cell)]


def _ratings(
    said: Mapping[Field, str], mapping: Mapping[Field, int], headings: Sequence[str], words: Sequence[Field]
) -> Iterator[Said]:
    """What the cells say of how bad it is. ``words``: the column of words, where they are a source's."""
    for field in (*words, Field.SCORE, Field.VECTOR):
        if cell := said.get(field, ""):
            by = said.get(Field.RATED_BY, "")
            by = by if by and not _is_the_contract(by) else _who(headings[mapping[field]])
            yield from _said(by, field, cell)


def _own(
    severity: str, rated_by: str, headings: Sequence[str], mapping: Mapping[Field, int], own: bool
) -> tuple[str, str]:
    """The contract's word, where a severity is one that no source gave, and the word of which that cannot
    be known: then the stricter counts, which is the source's. "" for neither.
    """
    if not severity or (rated_by and not _is_the_contract(rated_by)):
        return "", ""
    word = own_word(severity)
    if rated_by:
        if not word:
            words = ", ".join(shipped_vocabulary().categories)
            raise Refused(f"{quoted(severity)} is no category of the contract", f"write one of {words}")
        return word, ""
    if _who(headings[mapping[Field.SEVERITY]]) != NOBODY:
        return "", ""
    return _whose(word, own)


def _whose(word: str, own: bool) -> tuple[str, str]:
    """A word that nobody in particular said: as the contract's, or in doubt."""
    return (word, "") if own or not may_be_stricter(word) else ("", word)


def _is_the_contract(rated_by: str) -> bool:
    return folded(rated_by) in (CONTRACT, CONTRACT.removeprefix("the "))


def _who(heading: str) -> str:
    """Who rates, where the heading says it."""
    words = columns.plain(heading).split()
    return next((one for one in ("nvd", "microsoft", "msrc", "cvss") if one in words), NOBODY)


def _noting(reading: Reading, rows: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
    """The same rows; that some say the contract's word, or may, is noted after the last."""
    taken, doubted = 0, 0
    for row in rows:
        taken += isinstance(row, Row) and bool(row.own)
        doubted += isinstance(row, Row) and bool(row.doubt)
        yield row
    if taken:
        reading.notes.append(f"in {_rows_of(taken)} the severity counts as the contract's own word")
    if doubted:
        words = " and ".join(one for one in shipped_vocabulary().categories if may_be_stricter(one))
        reading.notes.append(
            f"in {_rows_of(doubted)} the severity is {words}, and nobody is named who rates: it may be the"
            " contract's own word, or a scanner's, where it is High. The stricter counts, until you say which"
        )


def _rows_of(number: int) -> str:
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def _is_list(head: Sequence[Record]) -> bool:
    """Whether this is a list of lines such as "CVE-2026-1234 openssl 3.0.1 High"."""
    lines = [one.cells for one in head if any(cell.strip() for cell in one.cells)]
    return bool(lines) and all(len(cells) == 1 and identifiers.known_in(cells[0]) for cells in lines[:1])


def _listed(records: Iterator[Record], own: bool) -> Iterator[Row | Fault]:
    for record in records:
        line = " ".join(record.cells).strip()
        if not line:
            continue
        if is_formula(line):
            yield Refused("the line holds a formula", "paste the value in its place").at(record.place)
            continue
        yield _of_line(line, own).row(record.place)


def _of_line(line: str, own: bool) -> Draft:
    """A line: identifiers, then the component, with its version and the severity where they are said."""
    draft = Draft()
    rest: list[str] = []
    for word in line.replace(" - ", " ").replace(": ", " ").split():
        bare = word.strip(",;:()[]*•–-")
        if identifiers.is_one(bare):
            draft.names.append(bare)
        elif bare.lower().startswith("pkg:"):
            draft.purl = bare
        elif is_word(bare) and not (draft.ratings or draft.own):
            _rate(draft, bare, own)
        elif rest and not draft.version and re.fullmatch(r"v?\d[\w.:~+-]*", bare):
            draft.version = bare
        elif bare:
            rest.append(bare)
    draft.component = " ".join(_without_last_word(rest, draft))
    return draft


def _rate(draft: Draft, word: str, own: bool) -> None:
    draft.own, draft.doubt = _whose(own_word(word), own)
    if not draft.own:
        draft.ratings.append(Said(NOBODY, word))


def _without_last_word(rest: list[str], draft: Draft) -> list[str]:
    """The component of a line; at the end the contract's word may stand: "Other" is a word of names too."""
    if len(rest) > 1 and not (draft.ratings or draft.own) and (word := own_word(rest[-1])):
        draft.own = word
        return rest[:-1]
    return rest
