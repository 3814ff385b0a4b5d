"""Software and its names: package URLs, the ecosystems' own names, and what a scanner prints."""

from __future__ import annotations

from functools import lru_cache

from packageurl import PackageURL

from obligations.rules.register.names import tidy
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component
from obligations.vulnerabilities.reading.texts import name as checked
from obligations.vulnerabilities.reading.texts import quoted

_JOINED_BY = {"maven": ":", "gradle": ":"}
_WITHOUT_NAMESPACE = frozenset(
    {"deb", "rpm", "apk", "alpm", "nuget", "pypi", "gem", "cargo", "bitnami", "oci"}
)
"""Kinds of package whose name stands alone: the namespace is the distribution, or there is none."""

_ECOSYSTEMS = {
    "pypi": "pypi", "npm": "npm", "maven": "maven", "go": "golang", "crates.io": "cargo", "nuget": "nuget",
    "rubygems": "gem", "packagist": "composer", "hex": "hex", "pub": "pub", "hackage": "hackage",
    "cran": "cran", "conancenter": "conan", "swifturl": "swift",
}  # fmt: skip
"""The kinds of package URL by the names that OSV has for ecosystems (which may end in ":" and a release)."""


def component(name: str = "", version: str = "", purl: str = "") -> Component:
    """The component of a name, a version or a package URL. Where there is a URL the name is the one in it, so
    that scanners which print names otherwise (``log4j-core``, ``Django``) name one component.

    A name that is a package URL itself is taken for one. Raises Refused where none is said, or the URL is
    none.
    """
    name, version, purl = tidy(name), tidy(version), purl.strip()
    if name.lower().startswith("pkg:") and not purl:
        name, purl = "", name
    if not purl and not name:
        raise Refused("no component is named", "say which software it is in, by name or package URL")
    if purl:
        parsed = _parsed(purl)
        name = called(parsed)
        version = version or (parsed.version or "")
        if version and not parsed.version:
            parsed = parsed._replace(version=version)
        purl = "" if _says_no_more(parsed) else _written(parsed)
    return Component(
        checked(name, "the component"), checked(version, "the version"), checked(purl, "the package URL")
    )


def _says_no_more(purl: PackageURL) -> bool:
    """Whether a package URL is nothing but a name: such as who writes VEX gives what has none of its own."""
    return purl.type == "generic" and not (purl.namespace or purl.qualifiers or purl.subpath)


def in_ecosystem(name: str, ecosystem: str, version: str = "") -> Component:
    """The component of a name in one of OSV's ecosystems; a package URL where one can be told from it."""
    kind = _ECOSYSTEMS.get(ecosystem.partition(":")[0].strip().lower())
    if kind is None or not name.strip():
        return component(name, version)
    namespace, _, last = name.rpartition(_JOINED_BY.get(kind, "/"))
    return component(name, version, _written(PackageURL(kind, namespace or None, last, version or None)))


def called(purl: PackageURL) -> str:
    """The name of a package as its ecosystem writes it."""
    if not purl.namespace or purl.type in _WITHOUT_NAMESPACE:
        return purl.name
    return f"{purl.namespace}{_JOINED_BY.get(purl.type, '/')}{purl.name}"


def from_cpe(cpe: str) -> tuple[str, str]:
    """(vendor and product, version) of a CPE 2.2 or 2.3; ("", "") for what is none."""
    parts = cpe.replace("\\:", "\0").split(":")
    if cpe.startswith("cpe:2.3:") and len(parts) >= 6:
        vendor, product, version = parts[3:6]
    elif cpe.startswith("cpe:/") and len(parts) >= 4:
        vendor, product, version = parts[2], parts[3], parts[4] if len(parts) > 4 else ""
    else:
        return "", ""
    plain = [part.replace("\0", ":").replace("\\", "") for part in (vendor, product, version)]
    known = ["" if part in ("*", "-") else part for part in plain]
    return " ".join(part for part in known[:2] if part).replace("_", " "), known[2]


@lru_cache(maxsize=16_384)
def _parsed(purl: str) -> PackageURL:
    try:
        return PackageURL.from_string(purl)
    except (ValueError, TypeError) as error:
        raise Refused(
            f"{quoted(purl)} is not a package URL", "write it as pkg:pypi/django@5.2.1, or leave it out"
        ) from error


@lru_cache(maxsize=16_384)
def _written(purl: PackageURL) -> str:
    return str(purl.to_string())
