"""What hangs in the air once a paragraph is not used: found from the words, each hit with its words."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.outlines import load_outline
from contracts.reader import read
from contracts.terms.defined import How, creations
from contracts.terms.naming import likely_same, stems
from contracts.terms.numbered import references
from contracts.terms.references import dangling

ROOT = Path(__file__).resolve().parents[3]
SEEDS = ROOT.parent / "shared" / "seeds"
RIVERSIDE = ROOT / "contracts" / "outlines" / "riverside_schedule_7.txt"


@dataclass(frozen=True)
class P:
    path: str
    text: str
    heading: str = ""


def real(beginning):
    for file in sorted(SEEDS.glob("*.txt")) if SEEDS.exists() else []:
        text = file.read_text()
        if beginning in text[:600]:
            return read(text).paragraphs
    pytest.skip("the real documents are not on this machine")


def rests_on(paragraphs, *stopped):
    return {(hit.path, hit.words) for hit in dangling(paragraphs, stopped)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('keep a book of risks (the "Risk Register")', "Risk Register"),
        ('keep a book of risks (the Risk Register")', "Risk Register"),
        ("keep a book of risks (“Risk Register ”)", "Risk Register"),
        ('write a book for each risk (each a "Risk Register").', "Risk Register"),
        ("“Risk Register” means the book of risks", "Risk Register"),
        ("In this part:\n“Risk Register”\nthe book of risks", "Risk Register"),
    ],
)
def test_a_term_in_quotation_marks_is_defined_however_the_marks_are_broken(text, name):
    (found,) = [one for one in creations(P("main/1", text)) if one.how == How.DEFINED]
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "name", "how"),
    [
        ("The Supplier shall develop and maintain a Risk Register.", "Risk Register", How.MADE),
        ("an initial Risk Register which shall include:", "Risk Register", How.MADE),
        ("The Provider must send the Council a security plan.", "security plan", How.MADE),
        ("is subject to Site Clearance in accordance with this Paragraph 5", "Site Clearance", How.GOVERNED),
        ("any Site Test carried out pursuant to this Paragraph 7 shows", "Site Test", How.GOVERNED),
    ],
)
def test_what_a_paragraph_has_made_or_governs(text, name, how):
    assert [(one.name, one.how) for one in creations(P("main/1", text))] == [(name, how)]


@pytest.mark.parametrize(
    "text", ["following a Breach of Security", "at its own cost (see below)", "a Party shall act"]
)
def test_a_mention_brings_nothing_into_being(text):
    assert creations(P("main/1", text)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Information Risk Register", "Risk Register", True),
        ("Security Plan", "Security Management Plan", True),
        ("Risk Document", "Risk Documentation", True),
        ("Security Testing", "Security Tests", True),
        ("Risk Approval", "Risk Approval Statement", False),
        ("Security Assurance Plan", "Security Management Plan", False),
        ("Plan", "Security Management Plan", False),
    ],
)
def test_variant_names(one, other, expected):
    assert likely_same(stems(one), stems(other)) is expected


def test_paragraphs_named_by_number():
    known = ["main/6", "main/7.2.2", "main/8", "main/9.2", "main/8.1", "Annex 1/3", "main/3"]
    text = "Under Paragraph 7.2.2, Paragraphs 8 and 9.2, paragraph 3 of Annex 1, late under 8.1"
    text += ", paragraph 6 of Joint Schedule 2"
    found = [one.target for one in references(P("main/6", text), known)]
    assert [path for path in found if "/" in path] == [
        "main/7.2.2",
        "main/8",
        "main/9.2",
        "Annex 1/3",
        "main/8.1",
    ]


def test_a_number_belongs_to_its_own_scope_first():
    known = ["main/3", "Annex 1/3"]
    assert [one.target for one in references(P("Annex 1/4", "see paragraph 3"), known)] == ["Annex 1/3"]
    assert [one.target for one in references(P("Definitions/X", "see paragraph 3"), known)] == ["main/3"]


def test_riverside_clearance_leaves_the_assurance_file_behind():
    paragraphs = read(RIVERSIDE.read_text()).paragraphs
    assert {path for path, _ in rests_on(paragraphs, "main/5")} == {
        "Definitions/Assurance File", "Part B/2.1(c)", "Appendix 2/assurance/1"
    }  # fmt: skip


def test_riverside_a_term_defined_by_a_stopped_paragraph_loses_its_meaning():
    paragraphs = read(RIVERSIDE.read_text()).paragraphs
    assert ("Definitions/Security Event", "Certificate") in rests_on(paragraphs, "main/6")
    assert ("main/8.3", "Night Contact") in rests_on(paragraphs, "main/4.3")


def test_what_stands_under_a_stopped_paragraph_is_no_hit():
    paragraphs = [
        P("main/5", "a (“Risk Register”)"),
        P("main/5.1", "the Risk Register"),
        P("main/50", "Risk Register"),
    ]
    assert rests_on(paragraphs, "main/5") == {("main/50", "Risk Register")}
    assert rests_on(paragraphs, "main/5", "main/50") == set()


NAMES_THE_DOCUMENTATION = {
    "main/2.2", "main/3.1", "main/8.1", "main/8.2", "main/8.3", "main/9.1", "main/10.2", "main/10.3.3",
    "main/10.4", "main/10.5.5",
}  # fmt: skip
"""DMP Schedule 23 read by a person: every paragraph outside 5 and 7 that names the documentation of 5."""


def test_variation_001_on_the_real_schedule():
    hits = dangling(real("DMP SCHEDULE"), ["main/5", "main/7"])
    about = {}
    for hit in hits:
        assert hit.words in hit.excerpt or hit.path.endswith(hit.words)
        about.setdefault(hit.about, set()).add(hit.path)
    assert (
        about["Risk Management Documentation"] - {"Appendix 2/security risk acceptance/1"}
        == NAMES_THE_DOCUMENTATION
    )
    assert about["Security Management Plan"] == {"main/2.2", "Appendix 2/security governance/2"}
    assert about["Information Risk Management Approval"] >= {"main/1.2.1", "main/2.1.1", "main/4.3"}
    assert about["Security Test"] == {"main/1.2.2(c)"}
    assert not any(hit.path.startswith(("main/5", "main/7", "Annex 1")) for hit in hits)


def test_a_plain_count_of_the_words_finds_no_paragraph_that_was_missed():
    paragraphs = real("DMP SCHEDULE")
    named = {
        one.path for one in paragraphs
        if "risk management documentation" in " ".join(one.text.lower().split())
        and not one.path.startswith(("main/5", "main/7"))
    }  # fmt: skip
    hits = {hit.path for hit in dangling(paragraphs, ["main/5", "main/7"])}
    assert named == NAMES_THE_DOCUMENTATION and named <= hits


def test_the_second_real_schedule_its_plan():
    hits = {hit.path for hit in dangling(real("Order Schedule 9"), ["Part A/4"])}
    assert hits == {"Part A/1.1", "Part A/2.2", "Part A/5.1", "Part A/5.2.1(d)", "Part A/5.3"}


def test_the_path_of_annex_1_is_not_the_body():
    paragraphs = real("DMP SCHEDULE")
    assert not {path for path, _ in rests_on(paragraphs, "Annex 1/5")} & NAMES_THE_DOCUMENTATION


def test_the_outline_alone_leads_to_the_same_paragraphs():
    """Where no document is uploaded, our own summaries carry the names of what paragraphs rely on."""
    passages = [P(one.path, one.summary, one.heading) for one in load_outline("dmp_schedule_23").paragraphs]
    about = {}
    for hit in dangling(passages, ["main/5", "main/7"]):
        about.setdefault(hit.about, set()).add(hit.path)
    documentation = about["Risk Management Documentation"]
    assert documentation - {"Appendix 2/security risk acceptance/1"} == NAMES_THE_DOCUMENTATION
    assert about["Security Management Plan"] == {"main/2.2", "Appendix 2/security governance/2"}
    assert about["Information Risk Management Approval"] >= {"main/1.2.1", "main/2.1.1", "main/4.3"}
    assert {path for paths in about.values() for path in paths} >= {"main/1.2.2(c)"}
    assert "Information System" not in about
