"""A decided schedule becomes a template, travels as a file, and decides the next contract's paragraphs."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, transaction

from contracts.absence import NotThere
from contracts.access import decides_for, open_practice
from contracts.models import Contract, LedgerEntry, OrganisationEntry
from contracts.services.errors import Refused
from contracts.services.organisations import appoint_administrator
from obligations.models import BookTemplate, Duty, OwnKind, TemplateUse
from obligations.services.book_templates.keeping import (
    TemplateRefused,
    import_template,
    keep_template,
    retire_template,
    template_at,
    templates_of,
)
from obligations.services.book_templates.planning import plan
from obligations.services.book_templates.using import take_over
from obligations.services.coverage.paragraphs import covered
from obligations.services.entries.in_force import put_in_force
from obligations.services.entries.kinds import add_kind
from tests.cast import NOON, SYSTEM, Cast, organisation
from tests.support.own_book import (
    ENTRIES,
    HARBOUR,
    decided,
    own_cast,
    own_contract,
    own_schedule,
    paragraph,
)

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DEFINITION = "It says what words mean."


@pytest.fixture
def cast(db) -> Cast:
    """The harbour's schedule, all of it decided but its annex."""
    cast = own_cast()
    for path, entry in ENTRIES.items():
        decided(cast, path, entry)
    decided(cast, "main/1", outcome="none", why=DEFINITION)
    return cast


def kept(cast: Cast, title: str = "Harbour") -> BookTemplate:
    ours = organisation("Harbourlight Systems")
    return keep_template(cast.contract, cast.schedule, ours, cast.as_("priya"), NOON, title=title)


def the_next(words=HARBOUR, **terms) -> Cast:
    """Another contract, whose schedule nobody has decided on."""
    other = own_contract(reference="NEXT", **terms)
    own_schedule(other, words=words)
    return other


def planned(cast: Cast, template: BookTemplate):
    return plan(cast.contract, cast.schedule, template, NOON)


def taken(cast: Cast, template: BookTemplate, seen: str = ""):
    seen = seen or planned(cast, template).seen
    return take_over(cast.contract, cast.schedule, template, cast.as_("priya"), NOON, seen=seen)


def test_a_template_holds_words_entries_and_kinds_and_nothing_of_the_contract(cast):
    made = kept(cast)
    assert (made.title, made.format, made.paragraphs, made.decided) == ("Harbour", 1, 7, 6)
    by_path = {one["path"]: one for one in made.content["paragraphs"]}
    assert by_path["main/3"]["words"] == HARBOUR["main/3"]
    assert by_path["main/3"]["entries"][0]["on"] == ["own_crane_fault"]
    assert (by_path["main/1"]["why"], by_path["Annex A/1"]["outcome"]) == (DEFINITION, "undecided")
    assert {one["name"] for one in made.content["kinds"]} == {row.name for row in OwnKind.objects.all()}
    assert cast.contract.reference not in json.dumps(made.content)
    assert OrganisationEntry.objects.get(verb="template_kept").payload["title"] == "Harbour"
    assert LedgerEntry.objects.filter(contract=cast.contract, verb="template_kept").exists()


def test_the_next_contract_takes_over_what_has_the_same_words(cast):
    template, other = kept(cast), the_next()
    found = planned(other, template)
    assert [one.paragraph.path for one in found.taken] == [*list(HARBOUR)[:6]]
    assert [(one.path, why) for one, why in found.left] == [
        ("Annex A/1", "Nobody had decided it in the template.")
    ]
    assert (found.others, found.new, found.gone) == ((), (), ())
    rows = taken(other, template)
    assert {row.decided_by_name for row in rows} == {"Priya Nair"}
    assert {row.paragraph.path: row.outcome for row in rows}["main/1"] == "none"
    assert {one.template for one in TemplateUse.objects.filter(contract=other.contract)} == {template}
    assert rows[2].taken_from.path == "main/3"
    shown = {
        one.paragraph.path: one.template for one in covered(other.access("priya"), other.schedule, TODAY)
    }
    assert (shown["main/3"], shown["Annex A/1"]) == ("Harbour", "")
    assert OwnKind.objects.filter(contract=other.contract).count() == 5
    told = LedgerEntry.objects.filter(contract=other.contract)
    assert told.get(verb="template_used").payload["title"] == "Harbour"
    assert told.filter(verb="entry_decided").count() == 6


def test_what_was_taken_over_makes_duties_once_it_is_in_force(cast):
    template, other = kept(cast), the_next()
    taken(other, template)
    assert not Duty.objects.filter(contract=other.contract).exists()
    put_in_force(other.contract, other.schedule, other.as_("priya"), NOON)
    assert Duty.objects.filter(contract=other.contract, title="Deliver the Harbour Log plan").exists()


def test_other_words_are_shown_side_by_side_and_left_undecided(cast):
    words = HARBOUR | {"main/3": HARBOUR["main/3"].replace("3 Working Days", "5 Working Days")}
    template, other = kept(cast), the_next(words)
    found = planned(other, template)
    [(row, beside, text)] = found.others
    assert (row.path, beside.template.words, text) == ("main/3", HARBOUR["main/3"], words["main/3"])
    taken(other, template)
    assert not paragraph(other, "main/3").entry_decisions.exists()


def test_other_numbers_are_followed(cast):
    decided(cast, "main/3", ENTRIES["main/3"] | {"exceptions": ["main/6"]})
    words = {"main/8": HARBOUR["main/3"], "main/9": HARBOUR["main/6"]}
    template, other = kept(cast), the_next(words)
    rows = {row.paragraph.path: row for row in taken(other, template)}
    assert rows["main/8"].entries[0]["exceptions"] == ["main/9"]
    assert rows["main/8"].entries[0]["path"] == "main/8" and rows["main/8"].entries[0]["key"] == "8"


def test_what_leans_on_another_text_is_left(cast):
    decided(cast, "main/3", ENTRIES["main/3"] | {"exceptions": ["main/6"]})
    words = HARBOUR | {"main/6": "The Provider may open a berth."}
    found = planned(the_next(words), kept(cast))
    assert ("main/3", "It leans on a paragraph that is not the same here.") in [
        (one.path, why) for one, why in found.left
    ]


def test_what_was_decided_here_stays(cast):
    template, other = kept(cast), the_next()
    decided(other, "main/2", ENTRIES["main/2"] | {"amount": 20})
    found = planned(other, template)
    assert "main/2" not in [one.paragraph.path for one in found.taken]
    taken(other, template)
    assert paragraph(other, "main/2").entry_decisions.get().entries[0]["amount"] == 20


def test_a_kind_of_fact_of_the_same_name_with_other_details_is_not_mixed_up(cast):
    template, other = kept(cast), the_next()
    add_kind(other.contract, other.as_("priya"), NOON, label="Crane fault", side="supplier")
    add_kind(other.contract, other.as_("priya"), NOON, label="Crane tested", side="supplier")
    found = planned(other, template)
    assert "main/4" in [one.paragraph.path for one in found.taken]
    [why] = [why for one, why in found.left if one.path == "main/3"]
    assert "“Crane fault” already" in why
    taken(other, template)
    assert OwnKind.objects.filter(contract=other.contract).count() == 5


def test_what_changed_since_it_was_shown_is_looked_at_again(cast):
    template, other = kept(cast), the_next()
    seen = planned(other, template).seen
    decided(other, "main/2", ENTRIES["main/2"])
    with pytest.raises(Refused, match="Something changed since"):
        taken(other, template, seen)
    assert not TemplateUse.objects.exists()


def test_nothing_is_taken_over_twice(cast):
    template, other = kept(cast), the_next()
    taken(other, template)
    with pytest.raises(Refused, match="nothing to take over"):
        taken(other, template)


def test_a_file_comes_back_the_same(cast):
    made = kept(cast)
    data = json.dumps(made.content).encode()
    theirs = organisation("Wrenfield Council")
    again = import_template(theirs, cast.as_("ada"), NOON, data=data)
    assert again.content == made.content and again.contract is None
    assert taken(the_next(), again)


def test_a_file_that_is_wrong_names_its_place_and_keeps_nothing(cast):
    form = kept(cast).content
    form["paragraphs"][2]["entries"][0]["unit"] = "moons"
    with pytest.raises(TemplateRefused) as caught:
        import_template(organisation("X"), cast.as_("ada"), NOON, data=json.dumps(form).encode())
    assert (caught.value.field, caught.value.place) == ("file", "paragraphs[2].entries[0].unit")
    assert BookTemplate.objects.count() == 1


def test_a_title_is_used_once_until_it_is_retired(cast):
    made = kept(cast)
    with pytest.raises(Refused) as caught:
        kept(cast, "HARBOUR")
    assert caught.value.field == "title"
    retire_template(made, cast.as_("priya"), NOON)
    assert kept(cast, "HARBOUR").title == "HARBOUR"
    with pytest.raises(Refused, match="retired it already"):
        retire_template(made, cast.as_("priya"), NOON)
    assert [one.title for one in templates_of(made.organisation)] == ["HARBOUR"]
    with pytest.raises(Refused, match="was retired"):
        taken(the_next(), template_at(made.organisation, made.pk), "x")


def test_nothing_decided_is_nothing_to_keep(db):
    with pytest.raises(Refused, match="nothing to keep"):
        kept(own_cast())


def test_a_template_of_another_organisation_is_not_there(cast):
    made = kept(cast)
    with pytest.raises(NotThere):
        template_at(organisation("Elsewhere Board"), made.pk)


@pytest.mark.parametrize("changes", [{"title": "Other"}, {"content": {}}, {"kept_by_name": "Nobody"}])
def test_a_template_is_never_edited_or_deleted(cast, changes):
    made = kept(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        BookTemplate.objects.filter(pk=made.pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        BookTemplate.objects.filter(pk=made.pk).delete()
    taken(the_next(), made)
    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateUse.objects.update(path="main/9")


def test_planning_costs_the_same_however_long_the_schedule(cast, django_assert_max_num_queries):
    template = kept(cast)
    longer = HARBOUR | {f"main/{number}": f"Oars are counted {number} times." for number in range(10, 60)}
    one, many = the_next(), own_contract(reference="LONG")
    own_schedule(many, words=longer)
    for each in (one, many):
        contract = Contract.objects.get(pk=each.contract.pk)
        with django_assert_max_num_queries(12):
            plan(contract, each.schedule, template, NOON)


def test_who_may_use_what_an_organisation_keeps(cast):
    ours, other = organisation("Harbourlight Systems"), organisation("Elsewhere Board")
    for name in ("priya", "tom", "grace", "zed"):
        cast.people[name].organisation = ours
        cast.people[name].save()
    assert list(decides_for(cast.priya, NOON)) == [ours]
    assert open_practice(cast.priya, ours.pk, NOON).organisation == ours
    for name in ("tom", "grace", "zed", "ada"):
        with pytest.raises(NotThere):
            open_practice(cast.people[name], ours.pk, NOON)
    with pytest.raises(NotThere):
        open_practice(cast.priya, other.pk, NOON)
    appoint_administrator(ours, SYSTEM, NOON, person=cast.zed)
    assert open_practice(cast.zed, ours.pk, NOON).organisation == ours
