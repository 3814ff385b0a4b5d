"""The state machines: the whole matrix of states, events and roles from the data, and the drawn document."""

from __future__ import annotations

from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command

from contracts.models import KeptBy, Role
from contracts.models.contract import SIDE_OF_ROLE
from contracts.services.errors import Refused
from obligations.plans.kinds import kinds, machines, why_not
from obligations.plans.models import PlanChange, PlanReview, PlanState, Verdict
from obligations.plans.services import acting
from obligations.rules.machine import NEW, MachineError, load
from obligations.rules.register.facts import vocabulary
from tests.obligations.plans.conftest import SMP, START, at

ROLES = [*Role.values, "stranger"]
WHO = {"lead": "priya", "contributor": "tom", "board_member": "grace", "reviewer": "ada"}
WHO |= {"assurance_lead": "ben", "auditor": "olu", "administrator": "mina", "stranger": "zed"}
ALL = [(name, event) for name, machine in machines().items() for event in machine.events]


@pytest.mark.parametrize(("name", "event"), ALL)
def test_the_matrix_of_states_and_roles(name, event):
    """An event happens from its own states and by its own roles, and from and by no others."""
    machine = machines()[name]
    what = machine.events[event]
    for state, role in product([NEW, *machine.states], ROLES):
        allowed = state in what.origins and role in what.roles
        assert (machine.why_not(event, state, role) == "") is allowed, (event, state, role)


@pytest.mark.parametrize(("name", "event"), ALL)
def test_one_party_alone_records_the_acts_of_both(name, event):
    machine = machines()[name]
    what = machine.events[event]
    for state, role in product([NEW, *machine.states], ROLES):
        allowed = state in what.origins and role in ("lead", "reviewer") and what.side != "system"
        assert (machine.why_not(event, state, role, alone=True) == "") is allowed, (event, state, role)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_only_a_plan_that_may_be_referred_is_refused_a_second_time_or_referred(kind):
    """The matrix again for each kind of plan: DMP 23, 5.5 has no dispute resolution (R27)."""
    closed = () if kind.facts["refer"] else ("refuse_again", "refer", "refer_undecided")
    for (name, event), alone in product(ALL, (False, True)):
        machine = machines()[name]
        for state, role in product([NEW, *machine.states], ROLES):
            said = why_not(kind, name, event, state, role, alone=alone)
            if event in closed:
                assert said.startswith("Paragraph 5 has no dispute resolution"), (event, state, role)
            else:
                assert said == machine.why_not(event, state, role, alone=alone), (event, state, role)


def test_each_kind_says_what_its_own_states_mean():
    plan, documentation = kinds().values()
    for key, state in machines()["version"].states.items():
        assert plan.state(key) == state
        theirs = documentation.state(key)
        assert (theirs.label, set(theirs.next)) == (state.label, set(state.next))
        if key != "in_dispute":  # nothing leads there, and what is there from before is called what it was
            assert "dispute" not in f"{theirs.says} {theirs.next}"
            assert "at once" not in theirs.says


def test_the_service_asks_for_the_role_that_a_person_has_today(table):
    """Every event of a version in every state, by everybody of the cast, through the gate of the services."""
    contract = table.cast.contract
    for (event, what), state, role in product(
        machines()["version"].events.items(), [NEW, *PlanState.values], ROLES
    ):
        person = table.cast.people[WHO[role]]
        actor = acting.Actor.of(person, SIDE_OF_ROLE.get(role, "neither"))
        try:
            _, after = acting.allowed(kinds()[SMP], "version", event, state, contract, actor, at(START))
        except Refused as refused:
            assert not (state in what.origins and role in what.roles), (event, state, role, refused)
            assert refused.message.endswith(".")
        else:
            assert state in what.origins and role in what.roles, (event, state, role)
            assert after == (what.to or state)


def test_the_data_fits_the_models_the_roles_and_the_vocabulary():
    states = {"version": PlanState, "review": PlanReview.State, "change": PlanChange.State}
    for name, machine in machines().items():
        assert {key: state.label for key, state in machine.states.items()} == dict(states[name].choices)
        assert all(set(state.next) == {"supplier", "authority"} for state in machine.states.values())
        for event in machine.events.values():
            sides = {str(SIDE_OF_ROLE[Role(role)]) for role in event.roles}
            wanted = {"either": {"supplier", "authority"}, "system": set()}
            assert sides == wanted.get(event.side, {event.side}), event.key
            assert set(event.follows) <= set(vocabulary())
    plan = kinds()["security-management-plan"]
    recorded = {
        event.key: event.follows for machine in machines().values() for event in machine.events.values()
    }
    assert {key: names for key, names in plan.facts.items() if names} == {
        key: names for key, names in recorded.items() if names
    }
    assert set(Verdict.values) == {"met", "not_met"}


def test_who_left_may_do_nothing(table):
    table.cast.contract.memberships.filter(person=table.cast.priya).update(to_day=START)
    with pytest.raises(Refused, match="Your role, stranger"):
        table.draft(START.replace(day=3), placed=False)


def test_one_alone_drafts_and_a_second_person_decides(table):
    contract = table.cast.contract
    contract.kept_by = KeptBy.SUPPLIER
    contract.save()
    version = table.submit(START.replace(day=9))
    with pytest.raises(Refused, match="submitted this version yourself"):
        table.approve(version, START.replace(day=10), by="priya")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("to = \"on\"", "to = \"nowhere\""), "no such state: nowhere"),
        (("side = \"supplier\"", "side = \"nobody\""), "side and roles do not fit"),
        (("key = \"off\"", "key = \"on\""), "there twice"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused(tmp_path, change, says):
    text = """
[machine.lamp]
title = "A lamp"
thing = "lamp"
alone = ["lead"]
[[machine.lamp.state]]
key = "on"
label = "On"
says = "It burns."
next = {}
[[machine.lamp.state]]
key = "off"
label = "Off"
says = "It is dark."
next = {}
[[machine.lamp.event]]
key = "light"
label = "Light"
doing = "light it"
from = ["new", "off"]
to = "on"
side = "supplier"
roles = ["lead"]
[[machine.lamp.event]]
key = "out"
label = "Put out"
doing = "put it out"
from = ["on"]
to = "off"
side = "supplier"
roles = ["lead"]
"""
    path = tmp_path / "states.toml"
    path.write_text(text)
    assert load(path)["lamp"].after("light", "off") == "on"
    path.write_text(text.replace(*change, 1))
    with pytest.raises(MachineError, match=says):
        load(path)


def test_the_drawn_document_is_current():
    call_command("state_machines", "--check", stdout=StringIO())
