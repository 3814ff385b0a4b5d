"""The two real schedules, held to lists made by hand; left out where they are not beside the project."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.reader import read

ROOT = Path(__file__).parents[3]
SEEDS = ROOT.parent / "shared" / "seeds"
DATA = Path(__file__).parent / "data"
DOCUMENTS = {
    "dmp_schedule_23": SEEDS / "000_d8af919e8a1c3a23.txt",
    "order_schedule_9": SEEDS / "001_e8103b875bcfce86.txt",
    "riverside_schedule_7": ROOT / "contracts" / "outlines" / "riverside_schedule_7.txt",
}

WD, D, H, M, Y = "working_days", "days", "hours", "months", "years"
# path of the paragraph, amount, unit, qualifier, kind: read off the page by hand
LIMITS = {
    "dmp_schedule_23": [
        ("main/5.1", 1, Y, None, "interval"),
        ("main/5.6", 20, D, None, "deadline"),
        ("main/5.7", 1, Y, "at_least", "interval"),
        ("main/6.2", 2, WD, None, "deadline"),
        ("main/7.1.2", 12, M, None, "interval"),
        ("main/7.1.3", 1, M, None, "interval"),
        ("main/7.11", 1, Y, None, "interval"),
        ("main/8.2.2", 2, WD, None, "deadline"),
        ("main/10.3", 7, D, None, "deadline"),
        ("main/10.3", 30, D, None, "deadline"),
        ("main/10.3", 60, WD, None, "deadline"),
        ("main/10.3.2", 5, D, None, "extension"),
        ("main/12.1", 5, D, None, "deadline"),
        ("Annex 1/5/protective monitoring/3", 24, H, None, "deadline"),
        ("Annex 1/5/incident management/4", 5, H, None, "deadline"),
        ("Annex 1/13/1", 2, Y, "at_least", "retention"),
        ("Annex 1/13/1", 6, M, "at_least", "retention"),
    ],
    "order_schedule_9": [
        ("Part A/4.3.1", 20, WD, None, "deadline"),
        ("Part A/4.3.2", 10, WD, None, "deadline"),
        ("Part A/4.3.2", 15, WD, "at_most", "deadline"),
        ("Part A/4.4.1", 1, Y, "at_least", "interval"),
        ("Part B/6.4", 1, Y, None, "interval"),
        ("Part B/6.5", 1, WD, None, "deadline"),
        ("Part B/8.3", 6, M, "at_least", "retention"),
    ],
    "riverside_schedule_7": [
        ("main/2.1.4", 10, "business_days", None, "notice"),
        ("main/2.2", 3, M, None, "interval"),
        ("main/2.2", 7, "clear_days", "at_least", "notice"),
        ("main/3.2", 2, "weeks", None, "deadline"),
        ("main/4.1", 15, WD, "at_most", "deadline"),
        ("main/4.2", 5, WD, None, "deadline"),
        ("main/4.2", 5, WD, None, "deadline"),
        ("main/4.4", 1, Y, "at_least", "interval"),
        ("main/4.5", None, None, None, "deadline"),
        ("main/5.2", 20, D, None, "deadline"),
        ("main/6.1", 14, D, None, "deadline"),
        ("main/6.2", 1, WD, None, "deadline"),
        ("main/7.1.1", 12, M, None, "interval"),
        ("main/7.1.2", 1, M, None, "interval"),
        ("main/7.2.1", 72, H, None, "deadline"),
        ("main/7.4", 1, Y, None, "interval"),
        ("main/8.1", 4, H, None, "deadline"),
        ("main/8.2.2", 3, WD, "at_most", "deadline"),
        ("main/8.3", 30, "minutes", None, "deadline"),
        ("main/9.2", 5, D, None, "deadline"),
        ("main/9.2", None, D, None, "deadline"),
        ("main/9.2", 45, WD, None, "deadline"),
        ("main/9.2.2", 3, D, None, "extension"),
        ("main/10.1.2", 1, M, None, "deadline"),
        ("main/11.1", 10, D, None, "deadline"),
        ("main/11.2", None, WD, None, "deadline"),
        ("Part B/1.2", 12, M, None, "interval"),
        ("Part B/1.3", 1, WD, None, "deadline"),
        ("Part B/2.1(a)", 10, "minutes", None, "deadline"),
        ("Part B/2.1(b)", 24, H, None, "deadline"),
        ("Part B/3.2", 6, M, "at_least", "retention"),
        ("Appendix 1/1.2/row 2", 6, M, None, "interval"),
        ("Annex 1/3/watching/1", 12, H, None, "deadline"),
        ("Annex 1/3/incidents/2", 2, H, None, "deadline"),
        ("Annex 1/3/incidents/3", 3, Y, "at_least", "retention"),
        ("Annex 1/4/1", 90, D, "at_least", "retention"),
    ],
}
MISPRINTS = {
    "dmp_schedule_23": Counter(
        number_out_of_order=2, list_missing=2, unlettered_limb=2, scope_inferred=1, broken_line=1,
        not_used_printed=2, number_spaced=1, sentence_incomplete=1, sentence_truncated=1, serials_repeated=1,
    ),
    "order_schedule_9": Counter(scope_inferred=1),
    "riverside_schedule_7": Counter(
        unlettered_limb=2, scope_inferred=2, broken_line=1, not_used_printed=1, number_spaced=1,
        list_missing=1,
        sentence_incomplete=1, sentence_truncated=1, serials_repeated=1, amount_conflict=1, amount_blank=1,
    ),
}  # fmt: skip


def text_of(key):
    if not DOCUMENTS[key].exists():
        pytest.skip("../shared/seeds is not beside the project")
    return DOCUMENTS[key].read_text(encoding="utf-8")


@pytest.fixture(params=list(DOCUMENTS))
def key(request):
    return request.param


def by_hand(key):
    lines = (DATA / f"{key}.tsv").read_text(encoding="utf-8").splitlines()
    return ["/".join(line.split("\t")) for line in lines if line and not line.startswith("#")]


def test_every_paragraph_of_the_list_is_read_and_no_other(key):
    paths = [paragraph.path for paragraph in read(text_of(key)).paragraphs]

    assert set(by_hand(key)) - set(paths) == set()
    assert set(paths) - set(by_hand(key)) == set()
    assert paths == by_hand(key)


def test_every_time_limit_is_found_and_no_other(key):
    found = [
        (
            f"{placed.scope}/{placed.paragraph}",
            placed.limit.amount,
            None if placed.limit.unit is None else str(placed.limit.unit),
            placed.limit.qualifier,
            str(placed.limit.kind),
        )
        for placed in read(text_of(key)).time_limits
    ]

    assert found == LIMITS[key]


def test_every_misprint_is_reported_and_no_other(key):
    assert Counter(warning.code for warning in read(text_of(key)).warnings) == MISPRINTS[key]


def test_the_second_half_of_order_schedule_9_is_part_b_from_line_72():
    warning = read(text_of("order_schedule_9")).warnings[0]

    assert warning.as_json() == {
        "line": 72,
        "code": "scope_inferred",
        "text": "numbers restart at 1 without a heading: read as Part B",
    }


def test_a_third_limb_without_a_letter_stays_in_its_definition():
    paragraphs = {p.path: p.text for p in read(text_of("dmp_schedule_23")).paragraphs}

    assert "ceasing to be compliant" in paragraphs["Definitions/Breach of Security"]
    assert "ceasing to be compliant" not in paragraphs["Definitions/Breach of Security(b)"]
    assert "Customer Base" in paragraphs["Definitions/COTS Products"]


def test_the_words_after_the_limbs_belong_to_the_definition():
    paragraphs = {p.path: p.text for p in read(text_of("order_schedule_9")).paragraphs}

    assert "in either case" in paragraphs["Part A/1.1"]
    assert "in either case" not in paragraphs["Part A/1.1(b)"]


def test_what_is_printed_is_kept_beside_what_is_cited():
    printed = {p.path: (p.printed, p.heading) for p in read(text_of("dmp_schedule_23")).paragraphs}

    assert printed["main/7.1.3"] == ("7.1. 3", None)
    assert printed["main/2"] == ("2.", "Principles of Security")
    assert printed["main/1.2.2(a)"] == ("(a)", None)
    assert printed["Annex 1/5"] == ("5", "Operational security")
    assert printed["Annex 1/5/incident management"] == ("", "Incident management")
    assert printed["Appendix 1/1.2/row 3"] == ("1.", "Operational security")


def test_the_paragraphs_that_a_variation_names_are_text_of_its_clause():
    texts = {p.path: p.text for p in read(text_of("dmp_schedule_23")).paragraphs}

    assert "Security Testing" in texts["Variation Form/3"]


def test_signatures_and_titles_belong_to_no_paragraph():
    other = " ".join(text.text for text in read(text_of("dmp_schedule_23")).other)

    assert "Print Name" in other
    assert "WHEREAS" in other
