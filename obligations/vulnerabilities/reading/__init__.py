"""Files about vulnerabilities in, rows out, with a fault in words for each that is refused. No Django."""

from obligations.vulnerabilities.reading.files import read
from obligations.vulnerabilities.reading.rows import (
    Columns,
    Component,
    Fault,
    Field,
    Rating,
    Reading,
    Row,
    Status,
    Unreadable,
)

__all__ = [
    "Columns",
    "Component",
    "Fault",
    "Field",
    "Rating",
    "Reading",
    "Row",
    "Status",
    "Unreadable",
    "read",
]
