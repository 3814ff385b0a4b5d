"""What a vulnerability of a component is called on the record: the subject of its facts and duties."""

from __future__ import annotations

import hashlib

from obligations.rules.register.names import folded, tidy

IN = " in "
LONGEST, KEPT = 200, 191


def subject_of(identifier: str, component: str = "") -> str:
    """CVE-2026-0001 in openssl; the identifier alone where no component is named.

    A name that would be too long is cut and ends with a few letters that follow from the whole of it.
    """
    name = tidy(f"{identifier}{IN}{component}" if tidy(component) else identifier)
    if len(name) <= LONGEST:
        return name
    return f"{name[:KEPT]}~{hashlib.sha256(folded(name).encode()).hexdigest()[:8]}"


def parts_of(subject: str) -> tuple[str, str]:
    """The identifier and the component in such a name; all of a name of another form is the identifier."""
    identifier, _, component = subject.partition(IN)
    return identifier, component
