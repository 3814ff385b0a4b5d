"""The outlines: they name every paragraph of their schedule and no other, in words of our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.outlines import FOLDER, OutlineError, load_outline, outline_keys
from contracts.terms.citations import parent_number

ROOT = Path(__file__).parents[3]
LISTS = ROOT / "tests" / "contracts" / "reader" / "data"
REAL_DOCUMENTS = ROOT.parent / "shared" / "seeds"
COPIED = 8


def listed(key: str) -> list[tuple[str, str]]:
    """(scope, number) of every paragraph, from the list made by hand."""
    lines = (LISTS / f"{key}.tsv").read_text(encoding="utf-8").splitlines()
    return [(scope, number) for scope, number in (line.split("\t") for line in lines if line[:1] != "#")]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(words: list[str]) -> set[tuple[str, ...]]:
    """Every run of so many consecutive words that it counts as copied."""
    return {tuple(words[start : start + COPIED]) for start in range(len(words) - COPIED + 1)}


@pytest.fixture(scope="module")
def real_runs() -> set[tuple[str, ...]]:
    documents = sorted(REAL_DOCUMENTS.glob("*.txt"))
    if not documents:
        pytest.skip("the real documents are not on this machine (../shared/seeds)")
    return {run for document in documents for run in runs(words(document.read_text(encoding="utf-8")))}


def test_the_three_known_schedules() -> None:
    assert outline_keys() == ("dmp_schedule_23", "order_schedule_9", "riverside_schedule_7")


@pytest.mark.parametrize("key", outline_keys())
def test_paths_are_those_of_the_hand_made_list(key: str) -> None:
    outlined = [(paragraph.scope, paragraph.number) for paragraph in load_outline(key).paragraphs]
    by_hand = listed(key)
    assert set(outlined) - set(by_hand) == set()
    assert set(by_hand) - set(outlined) == set()
    assert outlined == by_hand


@pytest.mark.parametrize("key", outline_keys())
def test_summaries_are_short_and_whole(key: str) -> None:
    for paragraph in load_outline(key).paragraphs:
        sentences = re.split(r"\. (?=[A-Z])", paragraph.summary)
        assert paragraph.summary.endswith("."), paragraph.path
        assert len(sentences) <= 2, paragraph.path
        assert len(paragraph.summary) < 200, paragraph.path
        assert len(words(paragraph.summary)) <= 30, paragraph.path
        assert paragraph.summary[0].isupper(), paragraph.path
        assert paragraph.note == "" or paragraph.note.endswith("."), paragraph.path


@pytest.mark.parametrize("key", outline_keys())
def test_nothing_is_copied_from_the_real_documents(key: str, real_runs: set[tuple[str, ...]]) -> None:
    for paragraph in load_outline(key).paragraphs:
        for text in (paragraph.heading, paragraph.summary, paragraph.note):
            assert not runs(words(text)) & real_runs, f"{paragraph.path}: {text}"


def test_the_invented_schedule_is_invented(real_runs: set[tuple[str, ...]]) -> None:
    lines = (FOLDER / "riverside_schedule_7.txt").read_text(encoding="utf-8").splitlines()
    unnumbered = [re.sub(r"^\s*[\d.]+\s+", "", line) for line in lines]
    copied = runs(words(" ".join(unnumbered))) & real_runs
    assert sorted(copied) == []


def test_paths_fit_where_they_are_kept() -> None:
    for key in outline_keys():
        for paragraph in load_outline(key).paragraphs:
            assert paragraph.path == f"{paragraph.scope}/{paragraph.number}"
            assert len(paragraph.path) <= 160
            assert len(paragraph.number) <= 100


def test_order_is_the_place_in_the_document() -> None:
    paragraphs = load_outline("order_schedule_9").paragraphs
    assert [paragraph.order for paragraph in paragraphs] == list(range(1, len(paragraphs) + 1))
    assert (paragraphs[0].path, paragraphs[-1].path) == ("Part A/1", "Part B/8.3")


def test_each_side_has_the_name_its_schedule_gives_it() -> None:
    order, dmp = load_outline("order_schedule_9"), load_outline("dmp_schedule_23")
    assert (order.party_words.authority, order.party_words.supplier) == ("Client", "Agency")
    assert (dmp.party_words.authority, dmp.party_words.supplier) == ("Authority", "Supplier")


def test_old_names_stand_beside_the_names_of_today() -> None:
    """GovCertUK, CESG and the others (R31)."""
    now = {name.old: name.now for name in load_outline("dmp_schedule_23").old_names}
    assert now["GovCertUK"] == "National Cyber Security Centre (NCSC)"
    assert now["Data Protection Act 1998"] == "Data Protection Act 2018 and UK GDPR"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("main/2.1.3", "R18"),
        ("main/5", "R28"),
        ("main/7.1.3", "R18"),
        ("main/7.2.2", "missing"),
        ("main/7.8", "R18"),
        ("main/12.3", "breaks off"),
        ("Appendix 1/1.2/row 3", "serial"),
        ("Definitions/Breach of Security", "no letter"),
    ],
)
def test_broken_text_is_reported(path: str, says: str) -> None:
    """R18: what is broken in the printed text is said beside the summary."""
    assert says in load_outline("dmp_schedule_23").by_path[path].note


@pytest.mark.parametrize(
    ("number", "above"),
    [
        ("10", None),
        ("10.3", "10"),
        ("10.3.1", "10.3"),
        ("1.2.2(a)", "1.2.2"),
        ("(1)", None),
        ("Breach of Security", None),
        ("Breach of Security(b)", "Breach of Security"),
        ("5/incident management/4", "5/incident management"),
        ("5/incident management", "5"),
        ("1.2/row 3", "1.2"),
        ("security governance/1", "security governance"),
    ],
)
def test_the_number_above(number: str, above: str | None) -> None:
    assert parent_number(number) == above


def test_a_parent_stays_in_its_scope() -> None:
    """R29: row 5 of Annex 1 is not part of paragraph 5, and Appendix 1 has no paragraph 1."""
    dmp = load_outline("dmp_schedule_23")
    assert dmp.parent("Annex 1/5/incident management").path == "Annex 1/5"
    assert dmp.parent("main/5.4.1(a)").path == "main/5.4.1"
    assert dmp.parent("Appendix 1/1.1") is None


def test_an_outline_is_read_once() -> None:
    assert load_outline("order_schedule_9") is load_outline("order_schedule_9")


def test_an_unknown_key_is_answered_with_the_known_ones() -> None:
    with pytest.raises(OutlineError, match="no outline 'schedule_99'; the known ones are dmp_schedule_23"):
        load_outline("schedule_99")


def test_a_key_is_not_a_way_out_of_the_folder() -> None:
    with pytest.raises(OutlineError, match="no outline"):
        load_outline("../outlines/dmp_schedule_23")
