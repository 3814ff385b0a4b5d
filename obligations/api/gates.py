"""May it be operated, and why not: the gates of a contract on a day, for other programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.terms.moments import Day, london_day
from obligations.api.views import OfContract
from obligations.rules.engine.gates import Answer, Gate
from obligations.services.absences import not_there
from obligations.services.asking.calendars import within
from obligations.services.gates import gates_on

ANSWERS = f"One of {', '.join(Answer)}."


class OnSerializer(serializers.Serializer[Any]):
    """Which day."""

    on = serializers.DateField(required=False, help_text="A London day; today unless given.")


class ShutBySerializer(serializers.Serializer[Any]):
    """What keeps a gate shut."""

    subject = serializers.CharField(allow_null=True, help_text="What it is about.")
    fact = serializers.CharField(source="on", help_text="The kind of fact that shut it.")
    since = serializers.DateTimeField(help_text="From this moment, whenever it was recorded.")


class GateSerializer(serializers.Serializer[Gate]):
    """One gate. ``not_shown``: nothing on record says that it may, or may not."""

    citation = serializers.CharField(source="rule.citation", help_text="The paragraph.")
    title = serializers.CharField(source="rule.title", help_text="What it forbids.")
    answer = serializers.CharField(help_text=ANSWERS)
    operation = serializers.BooleanField(help_text="Whether it stands before the operation of the system.")
    missing = serializers.BooleanField(help_text="Nothing of what must be in place is.")
    opened_by = serializers.ListField(
        source="rule.met_by", child=serializers.CharField(), help_text="The kinds of fact that open it."
    )
    shut_by = ShutBySerializer(many=True)


class AbsentSerializer(serializers.Serializer[Any]):
    """Something that comes round, and of which the record shows nothing in a period that has ended."""

    duty = serializers.IntegerField(source="duty.pk", help_text="The duty that is overdue.")
    paragraph = serializers.CharField(source="duty.obligation.paragraph.path", help_text="The paragraph.")
    title = serializers.CharField(source="duty.title")
    subject = serializers.CharField(source="duty.subject", help_text="What it is about, empty for nothing.")
    first = serializers.DateField(source="absence.first", help_text="The first London day of the period.")
    last = serializers.DateField(source="absence.last", help_text="The last London day of the period.")
    since = serializers.DateTimeField(source="absence.since", help_text="The midnight that ended it.")
    missed = serializers.IntegerField(source="absence.missed", help_text="Whole periods gone by since.")


class GatesSerializer(serializers.Serializer[Any]):
    """May it be operated on a day? ``not_in_force``: no gate stands before its operation."""

    day = serializers.DateField(help_text="The London day that was asked about.")
    moment = serializers.DateTimeField(help_text="As at which it is answered: now, or the end of the day.")
    may_be_operated = serializers.CharField(source="answer", help_text=ANSWERS)
    gates = GateSerializer(many=True)
    absent = AbsentSerializer(
        many=True,
        help_text="What comes round and is not on record by now; it stops nothing. Empty for another day.",
    )


class GatesDetail(OfContract, GenericAPIView[Any]):
    """May it be operated on a day, and why not? Each gate of the contract: ``open``, ``shut`` with why,
    ``not_shown`` where nothing on record says either, or ``not_in_force``. A day that lies ahead is
    answered as though nothing more were recorded until then."""

    serializer_class = GatesSerializer
    filter_backends = ()

    @extend_schema(parameters=[OnSerializer])
    def get(self, request: Request, contract_id: int) -> Response:
        asked = OnSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day: Day = asked.validated_data.get("on") or london_day(self.now)
        within(day, "on")
        found = gates_on(self.access, day, self.now)
        absent = not_there(self.access, self.now) if day == london_day(self.now) else []
        shown = {"day": found.day, "moment": found.moment, "answer": found.answer, "gates": found.gates}
        return Response(GatesSerializer({**shown, "absent": absent}).data)
