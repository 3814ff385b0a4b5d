"""What seals are of, as the database holds it just now: the ends of chains, and the digests of writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import connection

from contracts.models import ErasureCertificate, SignedWrite
from contracts.services.seals.payload import Head, chain_name, chain_of, ends_certified, ends_said

AT_ONCE = 500

ENDS = """
    SELECT DISTINCT ON (contract_id, kept_to) contract_id, kept_to, NULL::bigint, number, hash
    FROM contracts_ledgerentry ORDER BY contract_id, kept_to, number DESC
"""
ENDS_OF_ORGANISATIONS = """
    SELECT DISTINCT ON (organisation_id) NULL::bigint, '', organisation_id, number, hash
    FROM contracts_organisationentry ORDER BY organisation_id, number DESC
"""

LEAVES = """
    SELECT w.id, sha256(convert_to(
        ROW(w.id, (extract(epoch FROM w.moment) * 1000000)::bigint, w.who, w.heads, w.origin)::text || E'\\n'
        || coalesce((
            SELECT string_agg(ROW(p.id, p.table_name, p.row, p.contract_id, p.version,
                encode(p.digest, 'hex'), p.deleted)::text, E'\\n' ORDER BY p.id)
            FROM contracts_rowproof AS p WHERE p.write_id = w.id), ''), 'UTF8'))
    FROM contracts_signedwrite AS w WHERE w.id = ANY(%s) ORDER BY w.id
"""
"""A digest of everything about a write that means something, its proofs included, whatever the session's
settings are."""


def ends() -> dict[str, Head]:
    """The last number and hash of every chain there is. 2 queries that read every key of the ledgers."""
    found: dict[str, Head] = {}
    with connection.cursor() as cursor:
        for question in (ENDS, ENDS_OF_ORGANISATIONS):
            cursor.execute(question)
            for contract, kept_to, organisation, number, digest in cursor.fetchall():
                found[chain_name(contract, kept_to, organisation)] = number, digest
    return found


def ends_of_erased() -> dict[str, Head]:
    """The ends of chains of contracts that were erased, as their certificates say. 1 query."""
    return {
        name: end
        for one in ErasureCertificate.objects.all()
        for name, end in ends_certified(one.contract_number, one.heads)
    }


def leaves(writes: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The number and the digest of each of these writes that is there, in their order. A query for 500."""
    for place in range(0, len(writes), AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(LEAVES, [list(writes[place : place + AT_ONCE])])
            yield from ((number, bytes(leaf)) for number, leaf in cursor.fetchall())


def writes_after(number: int) -> Iterator[tuple[int, Mapping[str, Head]]]:
    """The signed writes after this number, each with the ends of the chains that it wrote. 1 query."""
    rows = SignedWrite.objects.filter(pk__gt=number).order_by("pk").values_list("pk", "heads")
    for pk, heads in rows.iterator(chunk_size=5000):
        yield pk, dict(ends_said(heads))


def entries_at(asked: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The hashes of those entries that are there, by the name of their chain and their number. 2 queries."""
    chains = [(*chain_of(name), number) for name, number in asked]
    found: dict[tuple[str, int], str] = {}
    with connection.cursor() as cursor:
        of_contracts = [one for one in chains if one[0] is not None]
        cursor.execute(
            "SELECT e.contract_id, e.kept_to, NULL::bigint, e.number, e.hash FROM contracts_ledgerentry AS e"
            " JOIN unnest(%s::bigint[], %s::text[], %s::integer[]) AS a(contract, kept_to, number)"
            " ON e.contract_id = a.contract AND e.kept_to = a.kept_to AND e.number = a.number",
            [[one[place] for one in of_contracts] for place in (0, 1, 3)],
        )
        rows = cursor.fetchall()
        others = [one for one in chains if one[0] is None]
        cursor.execute(
            "SELECT NULL::bigint, '', e.organisation_id, e.number, e.hash"
            " FROM contracts_organisationentry AS e"
            " JOIN unnest(%s::bigint[], %s::integer[]) AS a(organisation, number)"
            " ON e.organisation_id IS NOT DISTINCT FROM a.organisation AND e.number = a.number",
            [[one[place] for one in others] for place in (2, 3)],
        )
        rows += cursor.fetchall()
    for contract, kept_to, organisation, number, digest in rows:
        found[chain_name(contract, kept_to, organisation), number] = digest
    return found
