"""CSAF 2.0 and 2.1 (OASIS), advisories and VEX: a row for each product that each vulnerability speaks of.

A remediation of the kind "vendor_fix" has a ``date``: "the date from which the remediation is available"
(CSAF 2.0, 3.2.3.12.2), which is the release day of the patch (R20); the earliest counts, for a later one is a
re-release.
``release_date`` of a vulnerability is its own publication and never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from obligations.vulnerabilities.reading.components import component, from_cpe
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.ratings import Said, is_word
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component, Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path
from obligations.vulnerabilities.reading.texts import day, quoted

_STATUSES = {
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "known_not_affected": "not_affected",
    "under_investigation": "under_investigation",
    "fixed": "fixed",
    "first_fixed": "fixed",
}
_SCORES = ("cvss_v2", "cvss_v3", "cvss_v4")


@dataclass(slots=True)
class _Product:
    """A product of the tree. ``host``: what it is a part of, where a relationship says so."""

    software: Component
    host: str = ""


@dataclass(slots=True)
class _Tree:
    """What the vulnerabilities of a document speak of: its products, groups of them, and who speaks."""

    products: dict[str, _Product] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    by: str = "csaf"
    reference: str = ""
    overall: str = ""
    """The word for the document as a whole, where it counts for each of its vulnerabilities."""


def rows(document: Document, _: Reading) -> Iterator[Row | Fault]:
    """A row for each product with a status, of each vulnerability."""
    known = document.collect(("document",), ("product_tree",), ("vulnerabilities", None, "cve"))
    try:
        tree = _tree(known)
    except Refused as no:
        raise no.whole("product_tree") from no

    def make(_: Path, entry: Entry) -> Iterator[Draft | Refused]:
        yield from _vulnerability(entry, tree)

    yield from each(document, (("vulnerabilities", None),), make)


def _tree(known: Mapping[Path, Any]) -> _Tree:
    head = Entry(known.get(("document",)) or {}, "document")
    publisher = head.entry("publisher")
    microsoft = "microsoft.com" in publisher.text("namespace").lower()
    tree = _Tree(by="microsoft" if microsoft else publisher.text("name") or "csaf")
    tree.reference = next(
        (one.text("url") for one in head.entries("references") if one.text("category") == "self"), ""
    )
    if sum(path[-1] == "cve" for path in known) <= 1:
        tree.overall = head.entry("aggregate_severity").text("text")
    held = Entry(known.get(("product_tree",)) or {}, "product_tree")
    for one in held.entries("full_product_names"):
        tree.products[one.text("product_id")] = _Product(_software(one, "", ""))
    for branch in held.entries("branches"):
        _branch(branch, "", "", tree)
    for one in held.entries("product_groups"):
        tree.groups[one.text("group_id")] = one.texts("product_ids")
    _relate(held.entries("relationships"), tree)
    return tree


def _branch(branch: Entry, name: str, version: str, tree: _Tree) -> None:
    """The products of a branch and those below it. A document is nested as deep as JSON may be at most."""
    kind = branch.text("category")
    if kind == "product_name":
        name = branch.text("name")
    elif kind == "product_version":
        version = branch.text("name")
    product = branch.entry("product")
    if product.names():
        tree.products[product.text("product_id")] = _Product(_software(product, name, version))
    for below in branch.entries("branches"):
        _branch(below, name, version, tree)


def _software(product: Entry, name: str, version: str) -> Component:
    """What a product is: by its package URL, by the branches that it stands in, or by its whole name."""
    helper = product.entry("product_identification_helper")
    purls = helper.raw("purls")  # CSAF 2.1
    purl = helper.text("purl") or (purls[0] if isinstance(purls, list) and purls else "")
    if purl:
        return component(purl=str(purl))
    if not name:
        name, of_cpe = from_cpe(helper.text("cpe"))
        version = version or of_cpe
    return component(name or product.text("name") or product.text("product_id"), version)


def _relate(relationships: Iterable[Entry], tree: _Tree) -> None:
    """Products that are a part of another: the part is the component, the other the host."""
    for one in relationships:
        part, whole = (
            tree.products.get(one.text(key)) for key in ("product_reference", "relates_to_product_reference")
        )
        full = one.entry("full_product_name")
        if part is not None and whole is not None:
            tree.products[full.text("product_id")] = _Product(part.software, str(whole.software))
        else:
            tree.products[full.text("product_id")] = _Product(_software(full, "", ""))


def _vulnerability(entry: Entry, tree: _Tree) -> Iterator[Draft | Refused]:
    names = [
        name for name in (entry.text("cve"), *(one.text("text") for one in entry.entries("ids"))) if name
    ]
    standing = _standing(entry)
    title = entry.text("title") or next((one.text("text") for one in entry.entries("notes")), "")
    reference = next((one.text("url") for one in entry.entries("references")), "") or tree.reference
    fixes = _fixed_versions(standing, tree)
    about = _About(entry, tree)
    for product, status in standing.items():
        known = tree.products.get(product)
        if known is None:
            yield Refused(
                f"it speaks of the product {quoted(product)}, which the file does not describe",
                "export it whole",
            )
            continue
        yield Draft(
            names=list(names),
            software=known.software,
            host=known.host,
            ratings=about.ratings(product),
            fixed_version=fixes.get((known.software.name, known.host), "") if status == "affected" else "",
            released=about.released(product),
            status=status,
            justification=about.flag(product),
            statement=about.impact(product) if status == "not_affected" else "",
            title=title,
            reference=reference,
        )


def _standing(entry: Entry) -> dict[str, str]:
    """The status of each product that the vulnerability speaks of."""
    statuses = entry.entry("product_status")
    found = {product: status for key, status in _STATUSES.items() for product in statuses.texts(key)}
    if not found:
        called = entry.text("cve") or "it"
        raise Refused(f"{called} has no product_status", "say which products it affects")
    return found


def _fixed_versions(standing: Mapping[str, str], tree: _Tree) -> dict[tuple[str, str], str]:
    """Of components that have one fixed version in the document: that version, by name and host."""
    found: dict[tuple[str, str], set[str]] = {}
    for product, status in standing.items():
        known = tree.products.get(product)
        if status == "fixed" and known is not None and known.software.version:
            found.setdefault((known.software.name, known.host), set()).add(known.software.version)
    return {key: next(iter(versions)) for key, versions in found.items() if len(versions) == 1}


class _About:
    """What a vulnerability says of single products, by the product."""

    def __init__(self, entry: Entry, tree: _Tree) -> None:
        self._tree = tree
        self._scores: dict[str, list[Said]] = {}
        self._words: dict[str, list[Said]] = {}
        self._released: dict[str, date] = {}
        self._flags: dict[str, str] = {}
        self._impacts: dict[str, str] = {}
        for one in entry.entries("scores"):
            self._score(one, one.texts("products"))
        for one in entry.entries("metrics"):  # CSAF 2.1
            self._score(one.entry("content"), one.texts("products"))
        for one in entry.entries("remediations"):
            if one.text("category") == "vendor_fix":
                self._fix(one)
        for one in entry.entries("flags"):
            for product in self._products(one):
                self._flags.setdefault(product, one.text("label"))
        for one in entry.entries("threats"):
            if one.text("category") == "impact":
                self._impact(one)

    def _products(self, one: Entry) -> list[str]:
        """The products of an item; "" stands for every product, where it names none."""
        grouped = [
            product for group in one.texts("group_ids") for product in self._tree.groups.get(group, ())
        ]
        return [*one.texts("product_ids"), *grouped] or [""]

    def _score(self, one: Entry, products: list[str]) -> None:
        said = [
            Said(self._tree.by, score=held.text("baseScore"), vector=held.text("vectorString"))
            for held in (one.entry(key) for key in _SCORES)
            if held.names()
        ]
        for product in products:
            self._scores.setdefault(product, []).extend(said)

    def _fix(self, one: Entry) -> None:
        on = day(one.text("date"), "the date of the fix")
        if on is None:
            return
        for product in self._products(one):
            self._released[product] = min(on, self._released.get(product, on))

    def _impact(self, one: Entry) -> None:
        """An impact is a word for how bad it is (Red Hat), or says why a product is not affected."""
        for product in self._products(one):
            if is_word(one.text("details")):
                self._words.setdefault(product, []).append(Said(self._tree.by, one.text("details")))
            else:
                self._impacts.setdefault(product, one.text("details"))

    def ratings(self, product: str) -> list[Said]:
        """What is said of how bad it is in this product."""
        held = [*self._scores.get(product, ()), *self._words.get(product, ()), *self._words.get("", ())]
        return [*held, Said(self._tree.by, self._tree.overall)] if is_word(self._tree.overall) else held

    def released(self, product: str) -> date | None:
        """The day on which the fix for this product was released first."""
        days = [on for key in (product, "") if (on := self._released.get(key)) is not None]
        return min(days, default=None)

    def flag(self, product: str) -> str:
        """The justification for this product."""
        return self._flags.get(product, "") or self._flags.get("", "")

    def impact(self, product: str) -> str:
        """Why this product is not affected, in words."""
        return self._impacts.get(product, "") or self._impacts.get("", "")


FORMAT = Format("csaf", "CSAF", rows)
