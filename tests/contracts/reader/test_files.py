"""Files that cannot be read, and the command that says so in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.reader import ReaderError, read_document

ROOT = Path(__file__).parents[3]
RIVERSIDE = ROOT / "contracts" / "outlines" / "riverside_schedule_7.txt"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x00\x01\x02\x03" * 50, "not text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "save it as .docx"),
        (b"{\\rtf1 1. Bells}", "save it as .docx"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xd0\xcf\x11\xe0" + bytes(99) + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"II*\x00 a scan", "picture"),
        (b"<html><script>1. Bells</script></html>", "no paragraphs"),
        (b"PK\x03\x04 not really a zip", "damaged"),
        (b"%PDF-1.7 not really a PDF", "damaged"),
        (b"A letter without numbers.", "no paragraphs"),
        (b"1. Bells\n" * 3_000_000, "split it"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data, words):
    with pytest.raises(ReaderError, match=words) as caught:
        read_document(data)
    assert "\n" not in str(caught.value)


def test_windows_text_is_read_with_a_warning():
    reading = read_document(
        "1. Bells\n1.1 The keeper’s bell – a “large” one – rings daily.\n".encode("cp1252")
    )

    assert reading.warnings[0].code == "encoding_guessed"
    assert "keeper’s bell – a “large” one" in reading.paragraphs[1].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_text_is_read_without_a_warning(encoding):
    assert read_document("1. Bells\n1.1 The keeper’s bell.\n".encode(encoding)).warnings == ()


def run(*arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "read_schedule", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
    )  # fmt: skip


@pytest.mark.processes
def test_the_command_prints_one_json_value_without_a_database():
    done = run(RIVERSIDE, "--json")

    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == [
        *("paragraphs", "time_limits", "warnings", "unclaimed", "changes", "held", "kind"),
        "proposals",
    ]
    assert list(answer["paragraphs"][0]) == ["scope", "number", "printed", "path", "heading", "text"]
    always = ["scope", "paragraph", "phrase", "amount", "unit", "qualifier", "kind"]
    assert {tuple(limit)[:7] for limit in answer["time_limits"]} == {tuple(always)}
    assert list(answer["warnings"][0]) == ["line", "code", "text"]
    assert list(answer["unclaimed"][0]) == ["scope", "paragraph", "phrase", "words", "reason"]


@pytest.mark.processes
def test_the_command_prints_text_for_people():
    done = run(RIVERSIDE)

    assert "Security Events" in done.stdout
    assert "within four (4) hours" in done.stdout


@pytest.mark.processes
def test_the_command_refuses_bad_input_in_one_line(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    for path in (empty, tmp_path / "missing.txt", tmp_path):
        done = run(path, "--json")
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1
