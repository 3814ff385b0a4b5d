"""What vulnerabilities are called: which of several names is the one that counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from obligations.rules.register.names import folded, tidy
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.texts import quoted

_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.I)
_MEANT_AS_CVE = re.compile(r"(?:CAN|CVE)\b|CVE\d", re.I)
_OTHER = re.compile(r"(?=[^\s]*\d)[A-Za-z][\w.:/+#-]{2,99}")
_KNOWN = re.compile(
    r"(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+|GO-\d{4}-\d+|RUSTSEC-\d{4}-\d+"
    r"|SNYK-[A-Z]+-[A-Z0-9]+-\d+|(?:RHSA|RHBA|ELSA|ALSA|DSA|DLA|USN|GLSA|ALAS2?|SUSE-SU|openSUSE-SU)-[\d:-]*\d)",
    re.I,
)
_UPPER = ("CVE-", "PYSEC-", "GO-", "RUSTSEC-", "SNYK-")
MOST = 50
"""Names of one vulnerability."""


def choose(names: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The identifier and the aliases. The CVE where there is exactly one, else the first name.

    Raises Refused where there is none, or one of them is no identifier.
    """
    found: dict[str, str] = {}
    for one in names:
        if tidied := tidy(one):
            found.setdefault(folded(tidied), _checked(tidied))
            if len(found) > MOST:
                raise Refused(f"it has more than {MOST} names", "leave those of one vulnerability")
    if not found:
        raise Refused("no vulnerability is named", "give its CVE, or the number that the source has for it")
    cves = [one for one in found.values() if _CVE.fullmatch(one)]
    first = cves[0] if len(cves) == 1 else next(iter(found.values()))
    return first, tuple(one for one in found.values() if one != first)


def known_in(text: str) -> list[str]:
    """Every identifier of a well-known kind in a text, in its order, each once."""
    return list(dict.fromkeys(_written(found.group()) for found in _KNOWN.finditer(text)))


def is_one(text: str) -> bool:
    """Whether a text is an identifier of a well-known kind and nothing else."""
    return bool(_KNOWN.fullmatch(text.strip()))


def _checked(text: str) -> str:
    if _MEANT_AS_CVE.match(text):
        if not _CVE.fullmatch(text):
            raise Refused(f"{quoted(text)} is not the number of a CVE", "write it as CVE-2026-12345")
        return text.upper()
    if not _KNOWN.fullmatch(text) and not _OTHER.fullmatch(text):
        raise Refused(
            f"{quoted(text)} is not the name of a vulnerability", "give its CVE, or a number without spaces"
        )
    return _written(text)


def _written(text: str) -> str:
    """As those who give the names write them: GHSA with small letters, CVE with capitals."""
    if text[:5].upper() == "GHSA-":
        return f"GHSA-{text[5:].lower()}"
    return text.upper() if text.upper().startswith(_UPPER) else text
