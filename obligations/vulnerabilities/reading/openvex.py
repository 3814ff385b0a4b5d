"""OpenVEX 0.0.1 to 0.2.0 (openvex/spec, OPENVEX-SPEC.md): statements about products and their parts.

Where a product's parts are named each of them is the component, and the product is the host.
"""

from __future__ import annotations

from collections.abc import Iterator

from obligations.vulnerabilities.reading.components import component, from_cpe
from obligations.vulnerabilities.reading.drafts import Draft
from obligations.vulnerabilities.reading.formats import Format, each
from obligations.vulnerabilities.reading.refusals import Refused
from obligations.vulnerabilities.reading.rows import Component, Fault, Reading, Row
from obligations.vulnerabilities.reading.streams import Document, Entry, Path


def rows(document: Document, _: Reading) -> Iterator[Row | Fault]:
    """A row for each component of each statement."""
    yield from each(document, (("statements", None),), _statement)


def _statement(_: Path, entry: Entry) -> Iterator[Draft]:
    names, title, reference = _vulnerability(entry.raw("vulnerability"))
    products = entry.raw("products")
    if not isinstance(products, list) or not products:
        raise Refused("the statement names no product", "name the product that it is about")
    if not entry.text("status"):
        raise Refused(
            "the statement has no status", "say affected, fixed, not_affected or under_investigation"
        )
    for product in products:
        for software, host in _components(product):
            yield Draft(
                names=list(names),
                software=software,
                host=host,
                status=entry.text("status"),
                justification=entry.text("justification"),
                statement=entry.text("impact_statement")
                or entry.text("action_statement")
                or entry.text("status_notes"),
                title=title,
                reference=reference,
            )


def _vulnerability(said: object) -> tuple[list[str], str, str]:
    """Its names, its description and its address. It was a text before 0.2."""
    if isinstance(said, str):
        return [said], "", ""
    one = Entry(said, "vulnerability")
    address = one.text("@id")
    return (
        [one.text("name") or address.rpartition("/")[2], *one.texts("aliases")],
        one.text("description"),
        address,
    )


def _components(product: object) -> Iterator[tuple[Component, str]]:
    software = _component(product)
    parts = product.get("subcomponents") if isinstance(product, dict) else None
    if not parts:
        yield software, ""
        return
    if not isinstance(parts, list):
        raise Refused("subcomponents is not a list", "export the file again")
    for part in parts:
        yield _component(part), software.purl or str(software)


def _component(said: object) -> Component:
    if isinstance(said, str):
        return component(said)
    one = Entry(said, "a product")
    known = one.entry("identifiers")
    purl = known.text("purl")
    if not purl and one.text("@id").lower().startswith("pkg:"):
        purl = one.text("@id")
    if purl:
        return component(purl=purl)
    name, version = from_cpe(known.text("cpe23") or known.text("cpe22") or known.text("@cpe23"))
    return component(name or one.text("@id"), version)


FORMAT = Format("openvex", "OpenVEX", rows)
