"""What a person may do to how a document was read. The table of corrections needs it, and no reader."""

from __future__ import annotations

from enum import StrEnum


class CorrectionKind(StrEnum):
    """What a person may do to a reading."""

    RENUMBER = "renumber"
    """Another number, with all that stands under it."""
    RESCOPE = "rescope"
    """Another part of the document."""
    SPLIT = "split"
    JOIN = "join"
    """With the paragraph before it."""
    MOVE = "move"
    """Another place in the order, with all that stands under it."""
    HEADING = "heading"
    """Where its heading ends and its text begins."""
    DROP = "drop"
    """It is no paragraph: it stays as other text."""
    ADD = "add"
    """Other text is a paragraph."""
