"""R20 in files: each source's words, scores and vectors, what the contract calls them, and which counts."""

from __future__ import annotations

import pytest

from obligations.rules.register.severity import category_of
from obligations.rules.register.vocabulary import shipped_vocabulary
from obligations.vulnerabilities.reading.ratings import Said, rate
from obligations.vulnerabilities.reading.refusals import Refused
from tests.obligations.vulnerabilities.reading.samples import V2, V4, V31, V31_MEDIUM


@pytest.mark.parametrize(
    ("said", "category"),
    [
        (Said("nvd", "HIGH"), "Critical"),
        (Said("nvd", "Medium"), "Important"),
        (Said("nvd", "low"), "Other"),
        (Said("nvd", "None"), "none"),
        (Said("Microsoft", "Critical"), "Critical"),
        (Said("msrc", "Important"), "Important"),  # not what the word means elsewhere
        (Said("microsoft", "Moderate"), "Other"),
        (Said("redhat", "Important"), "Critical"),
        (Said("redhat", "Moderate"), "Important"),
        (Said("debian", "negligible"), "Other"),
        (Said("x", score="7.0"), "Critical"),
        (Said("x", score="6.9"), "Important"),
        (Said("x", score="3.9"), "Other"),
        (Said("x", score="0"), "none"),
        (Said("x", "9.8"), "Critical"),
        (Said("x", vector=V2), "Critical"),
        (Said("x", vector=f"({V2})"), "Critical"),
        (Said("x", vector=f"CVSS2#{V2}"), "Critical"),
        (Said("x", vector=V31_MEDIUM), "Important"),
        (Said("microsoft", vector=V31), "Critical"),
        (Said("x", V4), "Critical"),
        (Said("x", "Unknown"), ""),
        (Said("x", ""), ""),
    ],
)
def test_what_the_contract_calls_it(said, category):
    ratings, strictest = rate([said])
    assert strictest == category
    for one in ratings:
        source = shipped_vocabulary().source(one.source)
        assert category_of(source, one.as_detail()["value"]) == one.category == category


def test_the_stricter_counts_and_every_rating_is_kept():
    ratings, category = rate(
        [Said("a", "low"), Said("b", vector=V31_MEDIUM), Said("a", "low"), Said("nvd", "none")]
    )
    assert [(one.by, one.category) for one in ratings] == [
        ("a", "Other"),
        ("b CVSS v3.1", "Important"),
        ("nvd", "none"),
    ]
    assert category == "Important"


def test_a_score_beside_its_vector_is_kept_only_where_it_says_something_else():
    assert len(rate([Said("x", vector=V31, score="9.8")])[0]) == 1
    ratings, category = rate([Said("x", vector=V31_MEDIUM, score="7.1")])
    assert [one.category for one in ratings] == ["Important", "Critical"] and category == "Critical"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (Said("x", "dreadful"), "“dreadful” is no severity"),
        (Said("x", score="11"), "“11” is no CVSS score"),
        (Said("x", score="-1"), "“-1” is no CVSS score"),
        (Said("x", score="nan"), "“nan” is no CVSS score"),
        (Said("x", vector="CVSS:3.1/AV:N"), "“CVSS:3.1/AV:N” is no CVSS vector"),
        (Said("x", vector="CVSS:9.9/AV:N/AC:L"), "“CVSS:9.9/AV:N/AC:L” is no CVSS vector"),
        (Said("x", vector="nonsense"), "“nonsense” is no CVSS vector"),
    ],
)
def test_what_can_not_be_read_is_refused_for_it_might_be_the_strictest(said, what):
    with pytest.raises(Refused) as no:
        rate([said])
    assert no.value.what == what and no.value.fix


def test_each_rater_is_there_once_by_each_method_and_the_stricter_of_two():
    said = [
        Said("x", vector=V31_MEDIUM),
        Said("x", vector=V31),
        Said("x", vector=V31_MEDIUM),
        Said("x", vector=V2),
    ]
    ratings, _ = rate([*said, Said("x", "low"), Said("x", vector=V4)])
    assert [(one.by, one.who, one.vector) for one in ratings] == [
        ("x CVSS v3.1", "x", V31),
        ("x CVSS v2", "x", V2),
        ("x", "x", ""),
        ("x CVSS v4.0", "x", V4),
    ]
