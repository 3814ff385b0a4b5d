"""Documents in, paragraphs and time limits out, with a warning for everything broken. Imports no Django."""

from contracts.reader.files import read_document
from contracts.reader.match import Matched, match
from contracts.reader.results import ParsedDocument, ReaderError, ReaderWarning
from contracts.reader.text import read

__all__ = [
    "Matched",
    "ParsedDocument",
    "ReaderError",
    "ReaderWarning",
    "match",
    "read",
    "read_document",
]
