"""Proposals as JSON values: nothing is lost, and nothing else is read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.proposals import TOPICS, PartyNames, Proposal, ProposalFormError, Reference, Words
from contracts.proposals.proposal import CERTAINTIES, KINDS, PARTIES, SHAPES
from contracts.terms.limit import Hour, Joined, Limit
from contracts.terms.limits import Kind
from contracts.terms.periods import Period, Unit

_text = st.text(max_size=30)
_words = st.builds(
    lambda path, start, text, heading: Words(path, start, start + len(text), text, heading),
    _text,
    st.integers(0, 5000),
    _text,
    st.booleans(),
)
_reference = st.builds(Reference, _words, st.lists(_text, max_size=3).map(tuple))
_period = st.builds(Period, st.integers(1, 90), st.sampled_from(Unit))
_limit = st.one_of(
    st.builds(
        Limit,
        lengths=st.tuples(_period),
        before=st.booleans(),
        hour=st.none() | st.builds(Hour, st.times().map(lambda t: t.replace(second=0, microsecond=0))),
    ),
    st.builds(Limit, lengths=st.tuples(_period, _period), joined=st.sampled_from(Joined)),
)
_proposal = st.builds(
    Proposal,
    path=_text,
    kind=st.sampled_from(KINDS),
    party=st.sampled_from(PARTIES),
    shape=st.sampled_from(SHAPES),
    topic=st.sampled_from(tuple(TOPICS)),
    certainty=st.sampled_from(CERTAINTIES),
    why=_text,
    limit_kind=st.sampled_from(("", *map(str, Kind))),
    limit=st.none() | _limit,
    not_understood=st.lists(_text, max_size=3).map(tuple),
    **{
        name: st.none() | _words
        for name in (
            "sentence",
            "party_words",
            "duty_word",
            "act",
            "to_whom",
            "trigger",
            "word",
            "limit_words",
        )
    },
    **{
        name: st.lists(_reference, max_size=2).map(tuple)
        for name in ("exceptions", "conditions", "consequences")
    },
)


@given(_proposal)
def test_a_proposal_comes_back_whole(proposal):
    assert Proposal.from_json(proposal.as_json()) == proposal


WORDS = Words("main/1", 4, 9, "shall")
DUTY = Proposal("main/1", "duty", "supplier", "event", duty_word=WORDS)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"kind": "wish"}, "kind"),
        ({"party": "nobody"}, "party"),
        ({"shape": "round"}, "shape"),
        ({"topic": "tea"}, "topic"),
        ({"certainty": "quite"}, "certainty"),
        ({"limit": {"lengths": []}}, "limit"),
        ({"limit_kind": "soon"}, "limit_kind"),
        ({"act": {"path": "main/1", "start": 0, "end": 9, "text": "short"}}, "words"),
        ({"act": {"path": "main/1"}}, "words"),
        ({"exceptions": "none"}, "exceptions"),
        ({"not_understood": [1]}, "not_understood"),
        ({"colour": "red"}, "colour"),
        ({"path": None}, "path"),
    ],
)
def test_another_form_is_refused_by_the_name_of_its_field(changed, named):
    with pytest.raises(ProposalFormError, match=named):
        Proposal.from_json(DUTY.as_json() | changed)


def test_only_what_there_is_stands_in_the_form():
    assert set(DUTY.as_json()) == {"path", "kind", "party", "shape", "topic", "certainty", "duty_word"}
    assert Proposal.from_json(replace(DUTY, why="").as_json()) == DUTY


def test_party_names_come_back_whole():
    names = PartyNames(authority=("Council",), supplier=("Provider", "Sub-Provider"))
    assert PartyNames.from_json(names.as_json()) == names
    with pytest.raises(ProposalFormError, match="supplier"):
        PartyNames.from_json({"supplier": "Provider"})
    with pytest.raises(ProposalFormError, match="authority and supplier"):
        PartyNames.from_json({"buyer": []})
