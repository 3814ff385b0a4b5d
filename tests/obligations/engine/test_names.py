"""One name for one thing: case, hyphens, spaces and what nobody sees make no difference."""

from __future__ import annotations

import pytest

from obligations.rules.register.names import folded, same_name, tidy
from tests.support.what_if import DMP, done, duties, fact, of, only

NAME = "CVE-2026-7001"
SPELT = [
    "cve-2026-7001",
    "CVE\u20102026\u20117001",
    "CVE\u20122026\u20137001",
    "CVE\u20142026\u20157001",
    "CVE\u22122026-7001",
    "CVE-\u200b2026-7001\ufeff",
    "CVE\u00ad-2026-7001",
    "  CVE-2026-7001\u00a0",
]


@pytest.mark.parametrize("spelt", SPELT)
def test_a_name_is_the_same_however_it_is_spelt(spelt):
    assert same_name(NAME, spelt)
    facts = fact("patch_publicly_released", "2026-03-10", NAME), fact("patch_applied", "2026-03-12", spelt)
    duty = only(duties(DMP, *facts, as_at="2026-03-20"), "10.3-critical")
    assert (duty.subject, duty.state) == (NAME, "met")


def test_one_thing_has_one_duty_under_the_name_written_first():
    first = fact("patch_publicly_released", "2026-03-10", "cve-2026-7001", recorded="2026-03-12")
    second = fact("patch_publicly_released", "2026-03-09", NAME, recorded="2026-03-13")
    (duty,) = of(duties(DMP, second, first, as_at="2026-03-20"), "10.3-critical")
    assert duty.subject == "cve-2026-7001"


def test_evidence_for_a_duty_finds_it_under_its_other_name():
    release = fact("patch_publicly_released", "2026-03-10", NAME)
    proof = done("dmp_schedule_23/main/10.3", "2026-03-12", "cve-2026-7001", occurrence="once")
    found = duties(DMP, release, completions=(proof,), as_at="2026-03-20")
    assert only(found, "10.3-critical").state == "met"


@pytest.mark.parametrize(
    ("one", "other"),
    [("CVE-2026-7001", "CVE-2026-7002"), ("B-1", "B 1"), ("Portal", "Portals"), ("P-1", "P-10"), ("", "-")],
)
def test_other_names_stay_other_names(one, other):
    assert not same_name(one, other)


def test_a_name_is_kept_as_it_was_written_without_what_nobody_sees():
    assert tidy("  Learner\t Portal\u200b ") == "Learner Portal"
    assert tidy("CVE\u20112026") == "CVE\u20112026"
    assert folded("Straße A") == folded("STRASSE  a")
    assert folded("") == ""
