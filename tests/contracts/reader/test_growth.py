"""Work grows with the document and no faster: its steps are counted at a size, twice and four times it."""

import sys

import pytest

from contracts.reader import ReaderError, read_document
from tests.support import large_files

SENTENCE = "The Keeper shall check the lamp within two (2) Working Days of the storm. "

SHAPES = {
    "paragraphs": lambda n: large_files.text(n),
    "a paragraph of sentences": lambda n: b"1. Lights\n1.1 " + SENTENCE.encode() * n,
    "a paragraph of lengths": lambda n: b"1. Lights\n1.1 " + b"within 30 days or 60 days " * n,
    "lines with a limit each": lambda n: (
        b"1. Lights\n1.1 The Keeper shall:\n" + b"- tell within 2 days\n" * n
    ),
    "text after a signature": lambda n: b"1. Lights\nSigned by A\n" + b"within 2 days\n" * n,
    "one number again and again": lambda n: b"1. Lights\n" + b"1.1 x\n" * (n * 4),
    "numbers that start again": lambda n: b"1. x\n1.1 y\n" * (n * 2),
    "a number of many parts": lambda n: b"1. Lights\n" + (b"1." * 60 + b" x\n") * n,
    "definitions": lambda n: b"1. Lights\n" + b"".join(b'"Lamp %d" means a lamp;\n' % i for i in range(n)),
    "short lines": lambda n: b"1. a\n" * (n * 4),
    "letters": lambda n: b"1. Lights\n" + b"(a) x\n(b) y\n" * (n * 2),
    "numbers that jump": lambda n: b"1. Lights\n" + b"1.3 x\n1.2 y\n" * (n * 2),
    "cells": lambda n: b"1. Lights\n" + b"\tx\nwords\n" * (n * 4),
    "rows with serials": lambda n: (
        b"1. Lights\n\tNo\n\tWhat\n\n" + b"".join(b"\t%d\n\tx\n\n" % (i % 999) for i in range(n * 4))
    ),
    "annexes": lambda n: b"".join(b"Annex %d%c\n1. x\n" % (i % 99, 65 + i // 99 % 26) for i in range(n * 4)),
    "schedules": lambda n: b"".join(b"Schedule %d (Lights %d)\n1. x\n" % (i % 999, i) for i in range(n * 2)),
    "tops with letters": lambda n: b"".join(
        b"%c%d x y\n%c%d.1 z\n" % (65 + i // 90, i % 90 + 1, 65 + i // 90, i % 90 + 1) for i in range(n * 2)
    ),
    "empty lines": lambda n: b"1. Lights\n" + b"\n" * (n * 20),
    "a line of dots": lambda n: b"1. Lights\n1.1 x" + b"." * (n * 20) + b" y",
    "a line of spaces": lambda n: b"1. Lights\n1.1 x" + b" " * (n * 20) + b"y",
    "lists in lists of a page": lambda n: b"<html><p>1. Lights</p>" + b"<ol><li>x" * min(n, 450),
    "elements of a page": lambda n: b"<html><p>1. Lights</p>" + b"<p>1.1 <ins>x</ins>" * n,
    "lists of Markdown": lambda n: b"# A\n# B\n" + b"".join(b"%d. x\n    1. y\n" % i for i in range(1, n)),
}


def steps(data):
    """Calls and returns while a file is read: of Python's functions and of the libraries'."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        read_document(data)
    except ReaderError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_document_takes_about_twice_the_steps(shape):
    small, twice, four = (steps(SHAPES[shape](n)) for n in (50, 100, 200))

    assert twice <= small * 2.3
    assert four <= twice * 2.3


def test_rows_of_a_word_table_whose_serials_stop_are_looked_at_once():
    small, twice, four = (steps(large_files.word_table(n)) for n in (20, 40, 80))

    assert four - twice <= (twice - small) * 2.3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("500,000 lines", "500,000 lines, more than 100,000"),
        ("word file of entities", "Word file is damaged"),
        ("word file, deeper", "nested"),
        ("web page of 20,000 levels", "nested too deeply"),
        ("pdf in circles", "the PDF"),
    ],
)
def test_what_is_meant_to_do_harm_is_refused_for_the_true_reason(name, why):
    with pytest.raises(ReaderError, match=why) as caught:
        read_document(large_files.FILES[name]())
    assert "picture" not in str(caught.value)


def test_more_words_of_time_than_a_document_has_are_refused_before_they_are_read():
    with pytest.raises(ReaderError, match="more than 30,000 words of time"):
        read_document(b"1. Lights\n1.1 " + b"1 1 days " * 30_001)


@pytest.mark.parametrize("made", [lambda: large_files.pdf_bomb(100), large_files.pdf_of_shared_drawing])
def test_a_pdf_that_unpacks_to_more_than_a_document_is_refused(made):
    with pytest.raises(ReaderError, match="unpacks to more than can be read"):
        read_document(made())


def test_a_word_file_that_unpacks_to_more_than_a_document_is_refused():
    data = large_files.zip_of(word__document_xml=b"<a>" + b" " * 45_000_000)
    with pytest.raises(ReaderError, match="unpacks to more than 40 MB"):
        read_document(data)


def test_a_pdf_without_words_or_pictures_is_not_called_pictures():
    with pytest.raises(ReaderError, match="holds no text"):
        read_document(large_files.pdf_bomb(0))
