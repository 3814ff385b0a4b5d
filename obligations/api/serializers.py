"""How a duty looks from outside: its date, how that was worked out, and where it stands when asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.terms.moments import london
from obligations.models import ACTIVE_PHASES, Duty
from obligations.rules.engine.standing import Standing
from obligations.rules.time.derivation import iso
from obligations.services.asking.explanation import dates_json, rulebook_of

CAREFUL = (
    "The day by which it goes while what its limit runs from is to be found; nobody is late by it (R48)."
)
STANDINGS = [str(standing) for standing in Standing]


class ReadingSerializer(serializers.Serializer[Any]):
    """Another way to read the words, and the day it gives."""

    reading = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    due_at = serializers.DateTimeField(required=False)


class ClaimedSerializer(serializers.Serializer[Any]):
    """What an open claim would make of a duty's date (R46)."""

    fact = serializers.CharField()
    kind = serializers.CharField()
    paragraph = serializers.CharField()
    made_at = serializers.CharField(help_text="A day, or a moment with its offset.")
    waits_for = serializers.CharField(help_text="The side that decides.")
    due_date = serializers.DateField(allow_null=True, help_text="Nothing where it would be suspended or met.")
    due_at = serializers.DateTimeField(allow_null=True)
    state = serializers.CharField()
    agreement = serializers.BooleanField()


class SkippedSerializer(serializers.Serializer[Any]):
    """A day left out of a count of Working Days, and why."""

    date = serializers.DateField()
    why = serializers.CharField()


class StepSerializer(serializers.Serializer[Any]):
    """One step of the way to the date, with the rule it follows."""

    rule = serializers.CharField()
    text = serializers.CharField()
    citation = serializers.CharField(required=False)
    decision = serializers.CharField(required=False)
    skipped = SkippedSerializer(many=True, required=False)


class FactSerializer(serializers.Serializer[Any]):
    """Something that happened, who recorded it and when."""

    fact = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    happened = serializers.CharField(help_text="A day, or a moment with its offset.")
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    recorded_side = serializers.CharField()


class DecidedStepSerializer(StepSerializer):
    """A step, with the record that decided it where there is one."""

    decided = FactSerializer(required=False)


class WordsSerializer(serializers.Serializer[Any]):
    """The words of the paragraph as they stood when the duty began, and what brought them."""

    text = serializers.CharField()
    document = serializers.CharField(allow_null=True)
    variation = serializers.CharField(allow_null=True)


class CalendarSerializer(serializers.Serializer[Any]):
    """The calendar that a date was counted by."""

    division = serializers.CharField()
    version = serializers.IntegerField()
    edge = serializers.DateField(help_text="The last day for which public holidays were published.")
    fingerprint = serializers.CharField()


class RulebookSerializer(serializers.Serializer[Any]):
    """The rulebook that a date was worked out by."""

    key = serializers.CharField()
    version = serializers.IntegerField(
        required=False, help_text="Missing where the date was stored before versions had numbers."
    )
    dated = serializers.CharField(required=False)
    digest = serializers.CharField(help_text="SHA-256 of all it says.")


class MissSerializer(serializers.Serializer[Any]):
    """A limit that passed, whatever came later; ``until`` and ``because`` where it counts no more (R49)."""

    limit = serializers.DateTimeField()
    despite = serializers.CharField(allow_null=True, help_text="What would have moved or ended the duty.")
    instead = serializers.DateTimeField(allow_null=True, help_text="When it would be due by that.")
    until = serializers.DateTimeField(allow_null=True)
    because = serializers.CharField(allow_null=True, help_text="What shows that it was none.")


class ProofSerializer(serializers.Serializer[Any]):
    """How the date of a duty was worked out, whole."""

    duty = serializers.IntegerField()
    citation = serializers.CharField()
    rule = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    careful_date = serializers.DateField(allow_null=True, help_text=CAREFUL)
    careful_at = serializers.DateTimeField(allow_null=True)
    literal_limit = serializers.CharField(allow_null=True)
    cure_date = serializers.DateField(allow_null=True)
    word = serializers.CharField(allow_null=True)
    provisional = serializers.BooleanField()
    flagged = serializers.BooleanField()
    deadline_version = serializers.IntegerField()
    cause = FactSerializer(allow_null=True, help_text="The fact it began with.")
    words = WordsSerializer(allow_null=True)
    steps = DecidedStepSerializer(many=True)
    readings = ReadingSerializer(many=True)
    calendar = CalendarSerializer(allow_null=True)
    rulebook = RulebookSerializer()
    edition = serializers.IntegerField(
        allow_null=True, help_text="The edition of the engine that worked it out."
    )
    date_stands = serializers.CharField(
        allow_null=True, help_text="What came after the duty was judged by this date, which therefore stays."
    )
    misses = MissSerializer(many=True, help_text="Limits missed that its date does not show alone.")


class CoverageSerializer(serializers.Serializer[Any]):
    """How much of a contract is read, in paragraphs of the schedules that people read."""

    schedules = serializers.IntegerField(help_text="All its schedules, those that ship with Duly among them.")
    paragraphs = serializers.IntegerField(help_text="Those that people read.")
    decided = serializers.IntegerField(help_text="Of which somebody has said what they ask.")
    in_force = serializers.IntegerField(help_text="Whose last decision is in force.")
    undecided = serializers.IntegerField(help_text="Of which nobody has said anything yet.")
    unread = serializers.IntegerField(help_text="Documents that are being read or wait for a decision.")
    complete = serializers.BooleanField(help_text="Whether every duty and date there is can be known.")


class DutySerializer(serializers.ModelSerializer[Duty]):
    """One thing owed. Days are London days; moments carry their offset."""

    citation = serializers.SerializerMethodField(help_text="The paragraph: RULEBOOK/SCOPE/NUMBER.")
    party_name = serializers.SerializerMethodField(
        help_text="What the contract calls the party that owes it."
    )
    due_date = serializers.SerializerMethodField(help_text="The last London day in time.")
    due_at = serializers.SerializerMethodField(help_text="The last moment in time.")
    careful_date = serializers.SerializerMethodField(help_text=CAREFUL)
    literal_limit = serializers.SerializerMethodField(
        help_text="The limit that was already gone when the duty first bit (R10)."
    )
    standing = serializers.SerializerMethodField(help_text="Where it stands at the moment of asking.")
    missed_at = serializers.SerializerMethodField(help_text="The limit by which it was missed (R49).")
    ended_by = serializers.SerializerMethodField(help_text="The number of the variation that ended it.")
    word = serializers.SerializerMethodField(help_text="The contract's own word where it gives one (R9).")
    approver = serializers.SerializerMethodField(help_text="The side whose decision it needs, if any (R15).")
    readings = serializers.SerializerMethodField(help_text="Other ways to read the words (R12).")
    claimed = serializers.SerializerMethodField(help_text="What each open claim would make of it (R46).")
    steps = serializers.SerializerMethodField(help_text="How the date was worked out.")
    calendar = serializers.SerializerMethodField(help_text="The calendar the date was counted by.")
    rulebook = serializers.SerializerMethodField(help_text="The rulebook the date was worked out by.")
    proof = serializers.SerializerMethodField(
        help_text="Where its whole proof is, with the fact that began it and the words."
    )
    page = serializers.SerializerMethodField(help_text="The address of its page.")

    class Meta:
        model = Duty
        fields = [
            "id",
            "citation",
            "title",
            "subject",
            "party",
            "party_name",
            "word",
            "owed_from",
            "due_date",
            "due_at",
            "careful_date",
            "literal_limit",
            "provisional",
            "flagged",
            "standing",
            "missed_at",
            "phase",
            "done_on",
            "done_at",
            "ended_by",
            "approver",
            "deadline_version",
            "readings",
            "claimed",
            "steps",
            "calendar",
            "rulebook",
            "proof",
            "page",
        ]

    def get_citation(self, duty: Duty) -> str:
        return duty.obligation.paragraph.citation

    def get_party_name(self, duty: Duty) -> str:
        return str(self.context["contract"].word_for(duty.party))

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_due_date(self, duty: Duty) -> str | None:
        return dates_json(duty)["due_date"]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_due_at(self, duty: Duty) -> str | None:
        return serializers.DateTimeField().to_representation(duty.limit_at) if duty.limit_at else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_careful_date(self, duty: Duty) -> str | None:
        return dates_json(duty)["careful_date"]

    def get_literal_limit(self, duty: Duty) -> str | None:
        return duty.literal_limit or None

    @extend_schema_field(serializers.ChoiceField(choices=STANDINGS))
    def get_standing(self, duty: Duty) -> str:
        return str(duty.standing_at(self.context["now"]))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_missed_at(self, duty: Duty) -> str | None:
        late = duty.standing_at(self.context["now"]) in (Standing.OVERDUE, Standing.MET_LATE)
        missed = duty.due_at if late else getattr(duty, "missed_by", None)
        return iso(london(missed)) if missed else None

    def get_ended_by(self, duty: Duty) -> str | None:
        return duty.ended_by.number if duty.ended_by else None

    def get_word(self, duty: Duty) -> str | None:
        return duty.word or None

    def get_approver(self, duty: Duty) -> str | None:
        return duty.approver or None

    @extend_schema_field(ReadingSerializer(many=True))
    def get_readings(self, duty: Duty) -> list[Any]:
        return list(duty.derivation.get("readings", ()))

    @extend_schema_field(ClaimedSerializer(many=True))
    def get_claimed(self, duty: Duty) -> list[Any]:
        return list(duty.derivation.get("claimed", ()) if duty.phase in ACTIVE_PHASES else ())

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, duty: Duty) -> list[Any]:
        return list(duty.derivation.get("steps", ()))

    @extend_schema_field(CalendarSerializer(allow_null=True))
    def get_calendar(self, duty: Duty) -> Any:
        return duty.derivation.get("calendar")

    @extend_schema_field(RulebookSerializer)
    def get_rulebook(self, duty: Duty) -> dict[str, str]:
        return rulebook_of(duty)

    def get_proof(self, duty: Duty) -> str:
        return settings.SITE_URL + reverse("api_duty_proof", args=[duty.contract_id, duty.pk])

    def get_page(self, duty: Duty) -> str:
        return settings.SITE_URL + reverse("duty", args=[duty.contract_id, duty.pk])
