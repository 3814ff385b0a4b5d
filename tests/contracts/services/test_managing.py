"""Who manages a contract: an administrator by role, and whoever is said to beside theirs."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from contracts.access import Act, open_contract
from contracts.models import LedgerEntry, Role
from contracts.services.contracts import add_member
from contracts.services.errors import Refused
from tests.cast import NOON, SYSTEM, make_contract, person

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 5)


def test_managing_stands_beside_the_role():
    cast = make_contract()
    nell, moss = person("nell"), person("moss")
    add_member(cast.contract, SYSTEM, NOON, person=nell, role=Role.LEAD, from_day=DAY, manages=True)
    add_member(cast.contract, SYSTEM, NOON, person=moss, role=Role.LEAD, from_day=DAY)
    access = open_contract(nell, cast.contract.pk, NOON, Act.MANAGE)
    assert access.may(Act.RECORD_FACT) and access.may(Act.MANAGE)
    with pytest.raises(PermissionDenied, match="security lead"):
        open_contract(moss, cast.contract.pk, NOON, Act.MANAGE)
    entries = LedgerEntry.objects.filter(verb="member_added").order_by("-pk")[:2]
    assert [one.payload.get("manages") for one in entries] == [None, True]


def test_an_auditor_reads_only():
    cast, nell = make_contract(), person("nell")
    with pytest.raises(Refused) as refused:
        add_member(cast.contract, SYSTEM, NOON, person=nell, role=Role.AUDITOR, from_day=DAY, manages=True)
    assert refused.value.field == "manages"
    olu = cast.contract.memberships.get(person=cast.olu)
    with pytest.raises(IntegrityError, match="membership_auditor_manages_nothing"), transaction.atomic():
        olu.manages = True
        olu.save()
