"""Recording by a program: what happened, and that a duty was done. Through the same services as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.access import Act
from contracts.models import ApiToken
from contracts.services.actors import Actor
from contracts.terms.moments import When, WhenError, parse_when
from obligations.api.views import OfContract
from obligations.models import EvidenceKind
from obligations.selectors import duty_page
from obligations.services.recording.evidence import log_evidence
from obligations.services.recording.facts import record_fact

LONGEST_NAME = 200


@extend_schema_field({"type": "string"})
class WhenField(serializers.Field[When, Any, str, Any]):
    """A London day (2026-03-12), or a moment (2026-03-12T10:00:00Z; without an offset it is London time)."""

    def to_internal_value(self, data: Any) -> When:
        try:
            return parse_when(str(data))
        except WhenError as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: When) -> str:
        return value.isoformat()


class NewFactSerializer(serializers.Serializer[Any]):
    """What happened. What the kinds are called and which details they have is on the page of recording."""

    kind = serializers.CharField(max_length=100, help_text="As in the vocabulary: patch_publicly_released.")
    happened = WhenField(help_text="A London day, or a moment.")
    details = serializers.DictField(required=False, help_text="By name: subject, category and so on.")


class RecordedSerializer(serializers.Serializer[Any]):
    """What is on the record now."""

    fact = serializers.IntegerField()
    created = serializers.BooleanField(help_text="False where the same fact was there already.")
    ignored = serializers.ListField(child=serializers.CharField(), help_text="Details that nothing uses.")


class NewEvidenceSerializer(serializers.Serializer[Any]):
    """That a duty was done, with the proof: a note, a link or a file (then as multipart/form-data)."""

    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    done = WhenField(help_text="When it was done: a London day, or a moment, which a limit in hours needs.")
    done_by = serializers.CharField(max_length=LONGEST_NAME)
    note = serializers.CharField(required=False, default="", allow_blank=True)
    link = serializers.CharField(required=False, default="", allow_blank=True)
    file = serializers.FileField(required=False, default=None)
    done_before_owed = serializers.BooleanField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Whether what was done before the duty began counts for it (R36).",
    )


class LoggedSerializer(serializers.Serializer[Any]):
    """The evidence that is on the record now."""

    evidence = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True, help_text="Of the file, where it is one.")


class Recording(OfContract):
    """A view that records something, in the name of the person and of the token that was sent."""

    def acting(self) -> Actor:
        person, token = self.access.person, self.request.auth
        by = f" (token {token.name})" if isinstance(token, ApiToken) else ""
        return Actor(f"{person.name[: LONGEST_NAME - len(by)]}{by}", self.access.side, person)


class Facts(Recording):
    """Record that something happened. The duties that follow are there when this answers.

    The same fact sent again is the same fact. What is refused answers 400 and names the field.
    """

    act = Act.RECORD_FACT

    @extend_schema(request=NewFactSerializer, responses={200: RecordedSerializer, 201: RecordedSerializer})
    def post(self, request: Request, contract_id: int) -> Response:
        asked = NewFactSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = record_fact(
            self.access.contract,
            self.acting(),
            self.now,
            kind=asked.validated_data["kind"],
            happened=asked.validated_data["happened"],
            details=asked.validated_data.get("details"),
        )
        said = {"fact": made.fact.pk, "created": made.created, "ignored": list(made.ignored)}
        return Response(RecordedSerializer(said).data, status=201 if made.created else 200)


class DutyEvidence(Recording):
    """Put on the record that a duty was done. What is refused answers 400 and names the field."""

    act = Act.LOG_EVIDENCE

    @extend_schema(request=NewEvidenceSerializer, responses={201: LoggedSerializer})
    def post(self, request: Request, contract_id: int, duty_id: int) -> Response:
        duty = duty_page(self.access, duty_id, self.now).duty
        asked = NewEvidenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = log_evidence(duty, self.acting(), self.now, **asked.validated_data)
        return Response(LoggedSerializer({"evidence": row.pk, "sha256": row.sha256 or None}).data, status=201)
