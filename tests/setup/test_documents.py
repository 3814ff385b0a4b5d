"""What the documents say of the tree: files, folders and links that they name are there; tables are drawn."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from obligations.management.commands import entity_diagram

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "README.md"]
NAMES = [path.name for path in DOCUMENTS]

TOP = {
    path.name
    for path in ROOT.iterdir()
    if path.is_dir() and not path.name.startswith(".") and path.name not in ("var", "node_modules")
}
"""The folders of the tree that are kept; what is below ``var`` is made by running."""

INVENTED = "certificates"
"""The subject that CONTRIBUTING makes up to say which files a new one has."""

FIGURE = re.compile(r"```(?:mermaid|text)\n.*?```", re.S)
PATH = re.compile(r"[\w.-]+(?:/[\w<>{}.*-]+)+/?|[\w-]+\.(?:py|toml|html|sql\.xz)\b")
FILE = re.compile(r"\.(?:py|toml|html|md|json|sql\.xz)$")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")


def named(text: str) -> set[str]:
    """The paths that a document names: in backquotes, in pictures, and indented as code."""
    text = text.replace("<br>", " ")
    quoted = re.findall(r"`([^`\n]+)`", FIGURE.sub("", text))
    shown = [*FIGURE.findall(text), *re.findall(r"^ {4,}.+$", text, re.M)]
    return {path for part in [*quoted, *shown] for path in PATH.findall(part)}


def known_part(path: str) -> str:
    """The path up to the first name that stands for another: <schedule>, DAY, N, the invented subject."""
    kept = []
    for name in path.rstrip("/").split("/"):
        if re.search(r"[<{*]", name) or re.fullmatch(r"[A-Z]+(\.\w+)?", name) or name.startswith(INVENTED):
            break
        kept.append(name)
    return "/".join(kept)


def wrong(text: str, files: set[str]) -> list[str]:
    """The paths that a document names and that are not there.

    What begins with a folder of the top is looked for from there. The end of a path that names a file may be
    anywhere; the end of one that names a folder cannot be told from other words with a stroke.
    """
    return sorted(path for path in named(text) if not _is_there(path, files))


def _is_there(path: str, files: set[str]) -> bool:
    if path.split("/")[0] in TOP:
        return (ROOT / known_part(path)).exists()
    if not FILE.search(path) or path == f"{INVENTED}.py":
        return True
    return any(f"/{one}".endswith(f"/{path}") for one in files)


@pytest.fixture(scope="module")
def files() -> set[str]:
    """Every file of the tree, from its top."""
    below = (path for top in TOP for path in (ROOT / top).rglob("*.*"))
    return {path.relative_to(ROOT).as_posix() for path in (*below, *ROOT.glob("*.*"))}


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_path_that_a_document_names_is_there(document, files):
    assert wrong(document.read_text(encoding="utf-8"), files) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_link_of_a_document_leads_to_a_file(document):
    links = LINK.findall(document.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize(
    "text",
    [
        "see `obligations/rules/nowhere.py`",
        "in `contracts/nowhere/`",
        "run `script/nothing`",
        "`nowhere.toml` says",
        "```mermaid\nflowchart TD\n  A[contracts/nowhere.py]\n```",
        "    obligations/services/nowhere.py",
        "`obligations/nowhere/<schedule>/`",
        "```text\nservices/asking/nowhere.py\n```",
        "```mermaid\nflowchart TD\n  A[services/nowhere.py<br>does it]\n```",
    ],
)
def test_a_path_that_is_not_there_is_found(text, files):
    assert wrong(text, files) != []


# The tables


def test_the_drawn_tables_are_current():
    call_command("entity_diagram", "--check", stdout=StringIO())


def test_every_table_is_drawn_once_and_said():
    text = entity_diagram.document()
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ("contracts", "obligations"):
            assert text.count(f"    {model.__name__} {{\n") == 1, model
            assert text.count(f"\n| {model.__name__} | ") == 1, model


def test_a_changed_model_makes_the_page_stale(monkeypatch):
    field = apps.get_model("obligations", "Duty")._meta.get_field("phase")
    monkeypatch.setattr(field, "name", "state")
    with pytest.raises(CommandError, match="run script/manage entity_diagram"):
        call_command("entity_diagram", "--check", stdout=StringIO())


@pytest.mark.parametrize("text", ["", "Duty(id, contract, subject)"])
def test_a_table_without_a_docstring_is_refused(text):
    """Where a model has none, Django makes one up from its columns."""
    with pytest.raises(CommandError, match="Duty has no docstring"):
        entity_diagram.first_sentence(text, "Duty")
