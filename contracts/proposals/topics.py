"""The closed list of what a proposal is about. An organisation may state a standard term for each."""

from __future__ import annotations

TOPICS: dict[str, str] = {
    "tell_of_breach": "Tell of a breach",
    "patch": "Patches and vulnerabilities",
    "certificates": "Certificates",
    "plan": "Plans",
    "testing": "Testing",
    "audit": "Audit",
    "records": "Records and retention",
    "return_erase": "Return and erase",
    "people": "People and training",
    "access": "Access",
    "sub_contractors": "Sub-contractors",
    "personal_data": "Personal data",
    "continuity": "Continuity",
    "change": "Change",
    "reporting": "Reporting",
    "other": "Other",
}
"""Key to the words a person sees, in the order in which they are offered."""
