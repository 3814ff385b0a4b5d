"""What is read out of a file about vulnerabilities, whatever its format: rows, and faults in their place.

    def read(file: BinaryIO, name: str = "", mapping: Mapping[Field, int] | None = None) -> Reading

    with path.open("rb") as file:
        reading = read(file, "scan.json")   # raises Unreadable where the file is of no kind that is read
        for one in reading:                 # may still raise Unreadable: take nothing of the file then
            ...                             # one is a Row or a Fault, in the order of the file

``read`` stands in ``obligations.vulnerabilities.reading``. ``file`` can be sought in and stays open while it
is iterated; ``name`` is only for people; ``mapping`` is ``Columns.mapping`` as a person corrected it.
Nothing here knows of contracts, tables or today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a component stands. What a source is still looking into counts as affected (``Row.said``)."""

    AFFECTED = "affected"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"


class Field(StrEnum):
    """What a column of a table may hold. ``IDENTIFIER`` is needed, the others are not."""

    IDENTIFIER = "identifier"
    ALIASES = "aliases"
    COMPONENT = "component"
    VERSION = "version"
    PURL = "purl"
    HOST = "host"
    LOCATION = "location"
    SEVERITY = "severity"
    SCORE = "score"
    VECTOR = "vector"
    RATED_BY = "rated_by"
    FIXED_VERSION = "fixed_version"
    RELEASED = "released"
    STATUS = "status"
    JUSTIFICATION = "justification"
    STATEMENT = "statement"
    TITLE = "title"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Component:
    """The software that is vulnerable. ``name`` is never empty; the others are "" where not said.

    ``name`` is as its ecosystem writes it (``org.apache.logging.log4j:log4j-core``, ``@babel/core``);
    ``purl`` is the package URL in its canonical form, with the version where that is known.
    """

    name: str
    version: str = ""
    purl: str = ""

    @property
    def key(self) -> str:
        """What makes it the same component from file to file: the package URL without its version and
        qualifiers, else the name. The version is left out: an upgrade that does not help changes nothing.
        """
        return self.purl.split("#")[0].split("?")[0].split("@")[0] or self.name

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class Rating:
    """What one source says of how bad it is, in its own words, and what that is in the words of R20.

    ``who``: who rates, as the file says it ("nvd", "redhat", "ghsa"). ``by``: the same with what they rate by
    where that is CVSS ("nvd CVSS v3.1", "nvd CVSS score"), so that each ``by`` is there once in a row.
    ``word``, ``score`` (0.0 to 10.0) and ``vector`` (CVSS v2, v3.x or v4): what they gave, "" or None where
    they did not.
    ``source`` and ``value``: the same as an entry of the detail ``ratings`` of a fact; ``source`` is a key of
    the vocabulary ("nvd", "microsoft", "cvss"), ``value`` one of its words, a score or a vector.
    ``category``: the contract's word for it ("Critical", "Important", "Other"; "none" for 0.0) in the
    vocabulary that comes with Duly.
    """

    by: str
    source: str
    value: str
    category: str
    who: str = ""
    word: str = ""
    score: float | None = None
    vector: str = ""

    def as_detail(self) -> dict[str, str]:
        """An entry of the detail ``ratings`` of a fact."""
        return {"source": self.source, "value": self.value}


@dataclass(frozen=True, slots=True)
class Row:
    """One vulnerability of one component in one place.

    ``place``: where in the file it stands, for people ("line 12", "Results, entry 2, vulnerability 7").
    ``identifier``: the CVE where the file names exactly one for it, else the source's own; ``aliases``:
    every other name of it, none of them the identifier.
    ``host``: the machine, image or product it was found on; ``location``: where on it (a path, a port). Both
    are "" where not said.
    ``ratings``: one for each that the file gives; none where nobody rated it.
    ``category``: the strictest of theirs (R20), "" where nobody rated it.
    ``own``: the contract's own word for it, where a table gives one and names nobody who rates; "" elsewhere.
    ``doubt``: such a word that is also a stricter one of a source's scale (Important is High there): it
    counts as that, a rating of nobody in particular, until a person says that it is the contract's (R20).
    ``fixed_version``: the first version without it, "" where there is none yet or it is not said.
    ``released``: the day on which the source says that the fix itself was released to the public (R20), else
    None. Never the day of a CVE or of an advisory.
    ``earliest``: a day the source gives for the fixed version that is no release, such as that on which
    somebody first saw it (R48), else None.
    ``said``: the source's own word for ``status``, "" where the status follows from being listed.
    ``justification``: of what is not affected, one of the five of VEX, "" where none is given; ``statement``:
    why, in the source's words. One of the two is always there for what is not affected.
    ``title`` and ``reference`` (an http or https address) are "" where not said.
    Texts are without control characters and no longer than ``MOST_CHARACTERS``.
    """

    place: str
    identifier: str
    component: Component
    aliases: tuple[str, ...] = ()
    host: str = ""
    location: str = ""
    ratings: tuple[Rating, ...] = ()
    category: str = ""
    own: str = ""
    doubt: str = ""
    fixed_version: str = ""
    released: date | None = None
    earliest: date | None = None
    status: Status = Status.AFFECTED
    said: str = ""
    justification: str = ""
    statement: str = ""
    title: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something of the file was not taken. ``place``: where it stands, "" for the whole file; ``what``:
    what is wrong, without a full stop; ``fix``: what to do about it.
    """

    place: str
    what: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what}: {self.fix}"


class Unreadable(Exception):
    """The file cannot be taken at all. It may come after some rows: none of them counts then."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table. ``headings``: as the file has them ("" where it has none); ``samples``: the
    first rows below them; ``mapping``: what is taken for what, by the number of the column from 0. A person
    may correct it and read the file again with theirs.
    """

    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    mapping: Mapping[Field, int]


@dataclass(slots=True)
class Reading:
    """A file being read: iterated once, rows and faults come in the order of the file, in flat memory.

    ``format``: its key ("trivy", "csv"); ``label``: what people call it ("Trivy JSON").
    ``findings``: it lists all that a scanner found on ``targets``, so that what an earlier file of the same
    targets had and this one has not was not found again. False for what is said of single vulnerabilities
    (OpenVEX, OSV records, CSAF) and for tables, where missing says nothing. A scan that was told to look for
    some only (of a severity, with a fix) does not say so, and an entry that is a fault was found too: whoever
    closes what is missing asks first, and leaves it where there are faults.
    ``targets``: what was looked at (values of ``Row.host``), clean ones too. Whole only after the last row.
    ``notes``: what to know of the file without anything being refused (a guessed encoding). Whole only after
    the last row.
    ``columns``: of a table, else None.
    """

    format: str
    label: str
    items: Iterator[Row | Fault]
    findings: bool = False
    columns: Columns | None = None
    targets: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row | Fault]:
        return self.items


MOST_CHARACTERS = 2_000
"""Characters of a text of a row; longer ones are cut, with an ellipsis. Names and versions: 300."""
