"""Questions about a contract's words, people and record. Each takes a constant number of queries.

The caller has come through ``contracts.access``. What may be kept to a distribution list takes the
``Access`` and leaves out what is kept from its person; the rest does not ask who is asking. What is not there
raises NotThere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Func, Max, Prefetch, Q, QuerySet, TextField

from contracts.absence import NotThere
from contracts.access import Access, OrganisationAccess, on_contract
from contracts.models import (
    ApiToken,
    Contract,
    DistributionList,
    Document,
    ErasureCertificate,
    Invitation,
    LedgerEntry,
    ListedPerson,
    Membership,
    Organisation,
    OrganisationEntry,
    Paragraph,
    ParagraphVersion,
    Person,
    Schedule,
    Side,
    Signature,
    Upload,
    Variation,
    VariationState,
)
from contracts.terms.moments import Day, end_of_day, start_of_day


@dataclass(frozen=True, slots=True)
class WordsAsAt:
    """What a paragraph says on one day. ``version`` is None where it is not in the contract on that day."""

    paragraph: Paragraph
    version: ParagraphVersion | None

    @property
    def text(self) -> str:
        """The words, "" where no document has brought them."""
        return self.version.text if self.version else ""

    @property
    def used(self) -> bool:
        """Whether it binds on that day."""
        return bool(self.version and self.version.used)

    @property
    def begun_by(self) -> Variation | None:
        """The variation that made it what it is on that day, if one did."""
        return self.version.begun_by if self.version else None


@dataclass(frozen=True, slots=True)
class ParagraphPage:
    """One paragraph as at a day, what it said at other times, and its neighbours under it."""

    now: WordsAsAt
    history: list[ParagraphVersion]
    below: list[WordsAsAt]


def schedules_of(contract: Contract) -> QuerySet[Schedule]:
    """The contract's schedules in the order they were added. 1 query."""
    return contract.schedules.order_by("pk")


def text_as_at(contract: Contract, day: Day, schedule: Schedule | None = None) -> list[WordsAsAt]:
    """Every paragraph in the contract on a London day, also those not used, in document order. 3 queries.

    Schedules and variations are few and fetched apart: joined, they are made anew for every paragraph, and
    the planner reads those of all contracts.
    """
    versions = (
        ParagraphVersion.objects.filter(contract=contract, in_force__contains=day)
        .select_related("paragraph")
        .order_by("paragraph__schedule_id", "paragraph__order")
    )
    if schedule is not None:
        versions = versions.filter(paragraph__schedule=schedule)
    schedules = {one.pk: one for one in contract.schedules.all()}
    variations = {one.pk: one for one in contract.variations.defer("text", "recital")}
    for version in versions:
        version.paragraph.schedule = schedules[version.paragraph.schedule_id]
        if version.begun_by_id is not None:
            version.begun_by = variations[version.begun_by_id]
    return [WordsAsAt(version.paragraph, version) for version in versions]


def paragraph_as_at(contract: Contract, path: str, day: Day, outline_key: str = "") -> ParagraphPage:
    """One paragraph on a London day with its history. ``path``: ``main/5`` or a whole citation. 3 queries.

    Raises NotThere where the contract has no such paragraph, or has it in two schedules and none is named.
    """
    paragraph = _find(contract, path, outline_key)
    history = list(paragraph.versions.select_related("begun_by", "document").order_by("in_force"))
    version = next((row for row in history if _holds(row, day)), None)
    return ParagraphPage(WordsAsAt(paragraph, version), history, _text_under(contract, paragraph, day))


@dataclass(frozen=True, slots=True)
class Entries:
    """Which entries of a ledger are wanted; what is empty narrows nothing.

    ``person`` is one's number, ``job`` the name of a system job, ``verb`` what was done; from and to London
    days, both included. ``words``: each is in the entry's own words, in the name of who acted or in the verb.
    """

    person: int | None = None
    job: str = ""
    verb: str = ""
    first: Day | None = None
    last: Day | None = None
    words: str = ""


def ledger_entries(access: Access, wanted: Entries | None = None) -> QuerySet[LedgerEntry]:
    """The record as this person may read it, newest first. 1 query a page."""
    rows = LedgerEntry.objects.filter(contract=access.contract).select_related("actor").order_by("-pk")
    rows = access.only_seen(rows, "kept_to")
    return rows if wanted is None else _narrowed(rows, wanted)


def ledger_actors(access: Access) -> list[tuple[int | None, str]]:
    """Who acted, as far as this person may read: people with their last name, then jobs (None). 1 query."""
    rows = ledger_entries(access).order_by().values_list("actor", "actor_name")
    newest_last = rows.annotate(last=Max("pk")).order_by("last")
    found = {(pk, "" if pk else name): name for pk, name, _ in newest_last}
    return sorted(((pk, name) for (pk, _), name in found.items()), key=lambda one: (one[0] is None, one[1]))


def ledger_verbs(access: Access) -> list[str]:
    """What was done, as far as this person may read. 1 query."""
    return sorted(ledger_entries(access).order_by().values_list("verb", flat=True).distinct())


def _narrowed(rows: QuerySet[LedgerEntry], wanted: Entries) -> QuerySet[LedgerEntry]:
    if wanted.person is not None:
        rows = rows.filter(actor=wanted.person)
    if wanted.job:
        rows = rows.filter(actor=None, actor_name=wanted.job)
    if wanted.verb:
        rows = rows.filter(verb=wanted.verb)
    if wanted.first is not None:
        rows = rows.filter(moment__gte=start_of_day(wanted.first))
    if wanted.last is not None:
        rows = rows.filter(moment__lte=end_of_day(wanted.last).replace(microsecond=999999))
    if wanted.words:
        rows = rows.alias(told=PayloadWords("payload"))
    for word in wanted.words.split():
        as_json = json.dumps(word, ensure_ascii=False)[1:-1]
        named = Q(actor_name__icontains=word) | Q(verb__icontains=word)
        rows = rows.filter(named | Q(told__icontains=as_json))
    return rows


class PayloadWords(Func):
    """The texts and numbers in a payload, as JSON, without the names of its keys."""

    template = (
        "jsonb_path_query_array(%(expressions)s,"
        """ 'strict $.** ? (@.type() == "string" || @.type() == "number")')::text"""
    )
    output_field = TextField()


def certificates_of(access: OrganisationAccess) -> QuerySet[ErasureCertificate]:
    """The certificates of contracts that were erased, of which the organisation was a party. 1 query.

    None for who only administers the system: they are not told which contracts an organisation had.
    """
    if not access.names_contracts:
        return ErasureCertificate.objects.none()
    theirs = Q(authority=access.organisation) | Q(supplier=access.organisation)
    return ErasureCertificate.objects.filter(theirs).select_related("authority", "supplier")


def distribution_list(contract: Contract, subject: str) -> DistributionList | None:
    """The list to which a subject is kept, with its people; None where everybody may know. 2 queries.

    For whoever has come to what the subject names, and so is on the list.
    """
    people = ListedPerson.objects.filter(removed_at=None).select_related("person").order_by("person__name")
    lists = DistributionList.objects.filter(contract=contract, subject=subject, lifted_at=None)
    return lists.select_related("contract").prefetch_related(Prefetch("people", people)).first()


def last_readers(access: Access) -> list[int]:
    """The other people of the newest distribution list that this person is on, by their numbers. 1 query."""
    lists = access.only_seen(DistributionList.objects.filter(contract=access.contract, lifted_at=None))
    newest = ListedPerson.objects.filter(
        distribution_list__in=lists.order_by("-made_at", "-pk")[:1], removed_at=None
    )
    return [one for one in newest.values_list("person_id", flat=True) if one != access.person.pk]


def members_of(contract: Contract, now: datetime) -> QuerySet[Membership]:
    """Who is on the contract today, by side and role. 1 query."""
    return (
        Membership.objects.filter(on_contract(now), contract=contract)
        .select_related("person")
        .order_by("side", "role", "person__name")
    )


def memberships_of(person: Person, now: datetime) -> QuerySet[Membership]:
    """What somebody is on which contract today. 1 query."""
    rows = Membership.objects.filter(on_contract(now), person=person)
    return rows.select_related("contract").order_by("contract__reference")


def membership(contract: Contract, membership_id: int, now: datetime) -> Membership:
    """One who is on the contract today. Raises NotThere. 1 query."""
    found = members_of(contract, now).filter(pk=membership_id).first()
    if found is None:
        raise NotThere("no such member")
    found.contract = contract
    return found


def open_invitations(
    *, contract: Contract | None = None, organisation: Organisation | None = None
) -> QuerySet[Invitation]:
    """The invitations to a contract, or to an organisation, that still wait; newest first. 2 queries."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    rows = rows.filter(contract=contract) if contract else rows.filter(organisation=organisation)
    return rows.select_related("organisation", "contract").prefetch_related("links")


def invitation(
    invitation_id: int, *, contract: Contract | None = None, organisation: Organisation | None = None
) -> Invitation:
    """One invitation to a contract; of an organisation one that is to no contract. Raises NotThere. 1 query.

    Those to a contract are its managers' to send again and to revoke.
    """
    found = Invitation.objects.filter(pk=invitation_id, contract=contract)
    if contract is None:
        found = found.filter(organisation=organisation)
    one = found.select_related("organisation", "contract").first()
    if one is None:
        raise NotThere("no such invitation")
    return one


def organisations_counted(day: Day) -> QuerySet[Organisation]:
    """Every organisation by name, with how many people and administrators it has. 1 query a page."""
    held = Q(administrators__from_day__lte=day) & (
        Q(administrators__to_day__isnull=True) | Q(administrators__to_day__gte=day)
    )
    return Organisation.objects.annotate(
        people_count=Count("people", distinct=True),
        administrator_count=Count("administrators", filter=held, distinct=True),
    ).order_by("name")


def organisation_entries(organisation: Organisation) -> QuerySet[OrganisationEntry]:
    """What was done about an organisation and its people, newest first. 1 query a page."""
    return OrganisationEntry.objects.filter(organisation=organisation).order_by("-pk")


def person_of(organisation: Organisation, person_id: int) -> Person:
    """Somebody of an organisation. Raises NotThere. 1 query."""
    found = organisation.people.select_related("organisation").filter(pk=person_id).first()
    if found is None:
        raise NotThere("no such person")
    return found


def variations_of(contract: Contract, side: str) -> QuerySet[Variation]:
    """The variations a side may see: the other side's drafts are not among them. 5 queries."""
    return (
        Variation.objects.filter(contract=contract)
        .exclude(Q(state=VariationState.DRAFT) & Q(drafted_side=Side(side).other))
        .select_related("drafted_by")
        .prefetch_related("effects__paragraph__schedule", _signatures())
        .order_by("number", "pk")
    )


def variation_page(contract: Contract, variation_id: int, side: str) -> Variation:
    """One variation with its effects and signatures. Raises NotThere. 5 queries."""
    variation = variations_of(contract, side).filter(pk=variation_id).first()
    if variation is None:
        raise NotThere("no such variation")
    variation.contract = contract
    return variation


def documents_of(contract: Contract) -> QuerySet[Document]:
    """Uploaded documents, newest first. 1 query."""
    return contract.documents.select_related("schedule", "uploaded_by")


def uploads_of(contract: Contract) -> QuerySet[Upload]:
    """Uploads that are being read or wait for somebody to say what they are, newest first. 1 query."""
    return contract.uploads.filter(document=None).select_related("uploaded_by").defer("reading")


def _signatures() -> Prefetch[str]:
    return Prefetch("signatures", Signature.objects.select_related("recorded_by"))


def _find(contract: Contract, path: str, outline_key: str) -> Paragraph:
    key, _, inner = path.partition("/")
    rows = Paragraph.objects.filter(contract=contract).select_related("schedule")
    wanted = Q(schedule__outline_key=key, path=inner) | Q(path=path)
    if outline_key:
        wanted = Q(schedule__outline_key=outline_key, path=path)
    found = list(rows.filter(wanted)[:2])
    if len(found) != 1:
        raise NotThere("no such paragraph")
    return found[0]


def _holds(version: ParagraphVersion, day: Day) -> bool:
    span = version.in_force
    return span.lower <= day and (span.upper is None or day < span.upper)


def _text_under(contract: Contract, paragraph: Paragraph, day: Day) -> list[WordsAsAt]:
    under = Q()
    for mark in ".(/":
        under |= Q(paragraph__path__startswith=paragraph.path + mark)
    versions = (
        ParagraphVersion.objects.filter(
            under, contract=contract, paragraph__schedule_id=paragraph.schedule_id, in_force__contains=day
        )
        .select_related("paragraph__schedule", "begun_by")
        .order_by("paragraph__order")
    )
    return [WordsAsAt(version.paragraph, version) for version in versions]


MOST_TOKENS_SHOWN = 50


def api_tokens_of(person: Person) -> list[ApiToken]:
    """The tokens that somebody made last, those that work no more among them; the newest first. 1 query."""
    return list(ApiToken.objects.filter(person=person)[:MOST_TOKENS_SHOWN])


def api_token(person: Person, token_id: int) -> ApiToken:
    """A token of somebody. Raises NotThere."""
    found = ApiToken.objects.select_related("person").filter(person=person, pk=token_id).first()
    if found is None:
        raise NotThere("no such token")
    return found
