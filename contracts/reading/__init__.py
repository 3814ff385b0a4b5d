"""Documents in, paragraphs and time limits out, with a warning for everything broken. Imports no Django."""

from contracts.reading.files import read_document
from contracts.reading.match import Matched, match, recognise
from contracts.reading.results import Reading, ReadingError, ReadingWarning
from contracts.reading.text import read

__all__ = [
    "Matched",
    "Reading",
    "ReadingError",
    "ReadingWarning",
    "match",
    "read",
    "read_document",
    "recognise",
]
