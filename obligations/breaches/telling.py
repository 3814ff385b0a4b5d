"""The words of notices about a breach. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from obligations.models import Notice
from obligations.services.notices.entry_mail import Payload, Says, Words, contract_facts, who

LEADS = {
    "breach_reported": "{who} has reported this breach of security. What the contract asks for now, and by"
    " when, is on its page.",
    "breach_contained": "{who} has recorded that all reasonable steps have been taken against this breach.",
    "breach_details": "{who} has recorded that the full details of this breach were given.",
    "breach_closed": "{who} has closed this breach. What is still owed because of it stays owed.",
    "breach_reopened": "{who} has opened this breach again: {reason}",
    "breach_withdrawn": "{who} has withdrawn the report of this breach: {reason}",
}


def _breach(notice: Notice, payload: Payload) -> Words:
    reason = str(payload.get("reason") or "no reason is given")
    return Words(
        starts=notice.rule.label,
        what=f"{payload['subject']}, {payload.get('what', '')}",
        lead=LEADS[notice.stage].format(who=who(notice), reason=reason),
        path=reverse("breach", args=[notice.contract_id, payload["breach"]]),
        facts=[("Breach", str(payload["subject"])), contract_facts(notice.contract)],
    )


WORDS: Mapping[str, Says] = dict.fromkeys(LEADS, _breach)
