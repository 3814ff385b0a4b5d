"""How a number is written in a list: in figures, letters or Roman numerals."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 2_000
"""Numbers above are written in figures, whatever the form: nobody counts so far in letters."""


def roman(value: int) -> str:
    """iv for 4."""
    written = ""
    for size, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        written += letters * (value // size)
        value %= size
    return written


def letters(value: int) -> str:
    """a to z, then aa to zz, as Word counts."""
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if value > 0 else ""


def two_letters(value: int) -> str:
    """a to z, then aa, ab, as web pages and OpenDocument count."""
    written = ""
    while value > 0:
        value, rest = divmod(value - 1, 26)
        written = chr(ord("a") + rest) + written
    return written


def place_of_letters(written: str) -> int:
    """1 for a, 27 for aa: the number that ``two_letters`` writes so."""
    place = 0
    for letter in written:
        place = place * 26 + ord(letter) - ord("a") + 1
    return place


def small(value: int, form: Callable[[int], str]) -> str:
    """A number in a form that grows with it, or in figures where it is too large or none."""
    return form(value) if 0 < value <= LONGEST else str(value)
