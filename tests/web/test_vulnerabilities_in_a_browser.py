"""The pages of vulnerabilities in a real Chromium: no axe violation, nothing that spills over."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from obligations.models import Duty
from obligations.services.choosing.settings import change_setting
from obligations.services.exploits.loading import load
from obligations.vulnerabilities.models import Vulnerability
from obligations.vulnerabilities.services.together import together
from tests.cast import NOON, claimed, play
from tests.subjects.vulnerabilities import vulnerability
from tests.web import test_accessibility
from tests.web.test_accessibility import at_noon, faults, faults_shown, open_page  # noqa: F401

pytestmark = test_accessibility.pytestmark


def test_the_pages_of_vulnerabilities(open_page, uploads):  # noqa: F811
    cast = play()
    row = vulnerability(cast, title="A long title of a flaw in how names are read", ratings={"nvd": "High"})
    vulnerability(cast, "CVE-2026-0902", component="nginx", category="Other", hosts=[])
    vulnerability(cast, "CVE-2026-0903", released=None, draft=True)
    no_fix = vulnerability(cast, "CVE-2026-0904", released=None, fixed_version="")
    vulnerability(cast, "CVE-2026-0905", released=date(2026, 3, 2))
    claimed(cast, "vulnerability_not_exploitable_demonstrated", date(2026, 3, 16), row.subject)
    contract = cast.contract.pk
    found = vulnerability(cast, "CVE-2026-0906", released=None)
    done = together(cast.contract, cast.as_("priya"), NOON, "released", {found.pk: date(2026, 3, 12)})
    assert done.entry is not None
    said = vulnerability(cast, "CVE-2026-0907", component="curl")
    Vulnerability.objects.filter(pk=said.pk).update(justification="vulnerable_code_not_present")
    load(
        b'{"dateReleased":"2026-03-16","vulnerabilities":[{"cveID":"CVE-2026-0901","dateAdded":"2026-03-15"}]}',
        "k",
        NOON,
    )
    change_setting(
        cast.contract, cast.as_("priya"), NOON, name="cyber_essentials", answer="3.3", reason="IASME."
    )
    page = open_page(cast.priya)
    addresses = (
        reverse("vulnerabilities", args=[contract]),
        reverse("vulnerability", args=[contract, row.pk]),
        reverse("vulnerability", args=[contract, said.pk]),
        reverse("record_vulnerability", args=[contract]),
        reverse("vulnerabilities_performance", args=[contract]),
        reverse("vulnerability_patched", args=[contract, row.pk]),
        reverse("vulnerability_not_exploitable", args=[contract, row.pk]),
        reverse("vulnerability_at_risk", args=[contract, row.pk]),
        reverse("vulnerability_mitigation", args=[contract, no_fix.pk]),
        reverse("vulnerability_learnt", args=[contract, row.pk]),
        reverse("submit_vulnerabilities", args=[contract]),
        reverse("vulnerability_releases", args=[contract]),
        reverse("vulnerabilities_together", args=[contract]),
        reverse("vulnerabilities_not_exploitable", args=[contract]),
        reverse("done_together", args=[contract, done.entry.number]),
        reverse("duty", args=[contract, Duty.objects.get(subject=row.subject).pk]),
    )
    assert [fault for address in addresses for fault in faults(page, address)] == []
    page.goto(reverse("vulnerabilities_together", args=[contract]))
    page.check("text=They are patched")
    assert _looked_at(page) == []
    page.goto(reverse("vulnerabilities_not_exploitable", args=[contract]))
    page.check("text=The component is not in the service")
    page.fill("[name=reason]", "It is not installed.")
    page.fill("[name=link]", "https://evidence.example/1")
    assert _looked_at(page) == []
    cast.mina.is_staff = True
    cast.mina.save(update_fields=["is_staff"])
    assert faults(open_page(cast.mina), reverse("exploit_lists")) == []


def _looked_at(page) -> list[str]:
    """What is wrong with the page of what it would do."""
    page.click("main form[method=post] button")
    assert page.inner_text("h1") == "What it would do"
    return faults_shown(page, "what it would do")
