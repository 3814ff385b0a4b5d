"""A vocabulary is a value: read strictly, written without loss, and all that the engine knows of facts."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from pathlib import Path

import pytest

import obligations.rules
from contracts.terms.moments import end_of_day, parse_when
from contracts.terms.settings import ContractSettings
from obligations.rules.engine.derive import derive
from obligations.rules.register.facts import Fact, FactError, check
from obligations.rules.register.kinds import Follows, Lapse, Round
from obligations.rules.register.rulebook import (
    RulebookError,
    content_from,
    known_rulebooks,
    load_rulebook,
    parse_rulebook,
)
from obligations.rules.register.severity import Statement, assess
from obligations.rules.register.terms import ContractTerms
from obligations.rules.register.vocabulary import DONE, IN_PART, PUT_OFF, Vocabulary, shipped_vocabulary
from obligations.rules.time.working_days import load_calendar

CALENDAR = load_calendar("england-and-wales")

# A garden's contract: every name in it is invented, and the product has none of them.


def kind(label, side="either", **more):
    return {"group": "garden", "label": label, "side": side, **more}


def garden():
    bloom = {"subject": "The bed", "example": "Roses"}
    return {
        "detail": {
            "harm": {
                "label": "How bad",
                "type": "choice",
                "choices": ["red", "amber", "green"],
                "rated": True,
            },
            "rating": {"label": "Rating", "type": "text"},
            "ratings": {"label": "Ratings", "type": "ratings"},
            "weather": {
                "label": "Weather",
                "type": "choice",
                "choices": ["dry", "wet", "storm"],
                "gravest_first": ["storm", "wet", "dry"],
            },
            "tool": {"label": "Tool", "type": "choice", "choices": ["spade", "fork"]},
            "until": {"label": "Open until", "type": "day"},
            "gate": {"label": "Which gate", "type": "text"},
        },
        "kind": {
            DONE: kind("It was done", details=["tool"], contract_wide=True),
            "garden_closed": kind("The garden closed", ends_contract=True, contract_wide=True),
            "spring_came": kind("The season began", clock="start", derived=True),
            "spring_again": kind("The season began again", clock="anniversary", derived=True),
            "pest_seen": kind("A pest was seen", details=["harm", "ratings", "weather", "tool"], **bloom),
            "pest_rated": kind("A gardener rated a pest", details=["rating"], rates="gardener", **bloom),
            "pest_settled": kind("How bad it is was settled", details=["harm"], decides=True, **bloom),
            "pest_gone": kind("A pest was removed", **bloom),
            "pass_given": kind("A pass was given", details=["until", "gate"], contract_wide=True, **bloom),
            "pass_over": kind("A pass was over", contract_wide=True, derived=True, **bloom),
            "sketch_sent": kind("A sketch was sent", contract_wide=True, **bloom),
            "sketch_refused": kind("A sketch was refused", contract_wide=True, **bloom),
            "sketch_refused_again": kind("Refused again", contract_wide=True, derived=True, **bloom),
            "sketch_liked": kind("A sketch was liked", contract_wide=True, **bloom),
            "sketch_hung": kind("A sketch hangs on the wall", contract_wide=True, derived=True, **bloom),
        },
        "source": {
            "gardener": {
                "label": "The head gardener",
                "words": {"dreadful": "red", "bad": "amber", "meh": "green"},
            }
        },
        "derived": [
            {
                "form": "round",
                "family": ["sketch_sent", "sketch_refused", "sketch_refused_again", "sketch_liked"],
                "submission": "sketch_sent",
                "refusal": "sketch_refused",
                "approval": "sketch_liked",
                "makes": "sketch_refused_again",
            },
            {"form": "follows", "of": "sketch_liked", "makes": "sketch_hung"},
            {"form": "lapse", "of": "pass_given", "makes": "pass_over", "last_day": "until", "same": "gate"},
        ],
    }


def rule(key, on, amount=None, **more):
    limit = {"amount": amount, "unit": "days"} if amount else {"word": "soon"}
    return {
        "key": key,
        "path": more.pop("path", f"main/{key}"),
        "party": "supplier",
        "title": key,
        "summary": key,
        "shape": "event",
        "on": [on],
        **limit,
        **more,
    }


RULES = [
    rule("pest-red", "pest_seen", 2, path="main/1", conditions=["harm = red"], met_by=["pest_gone"]),
    rule("pest-amber", "pest_seen", 9, path="main/1", conditions=["harm = amber"], met_by=["pest_gone"]),
    rule("storm", "pest_seen", 3, conditions=["weather in storm, wet"]),
    rule("fork", "pest_seen", 4, conditions=["tool = fork"]),
    rule("policy", "pest_seen", 5, conditions=["setting fenced"]),
    rule("late", "pest_seen", 6, conditions=["setting notice_cutoff = 17:00", "setting controller in joint"]),
    rule("renew", "pass_over", 7),
    rule("again", "sketch_refused_again", 8),
    rule("redraw", "sketch_refused", 8),
    rule("dust", "sketch_hung", 10),
    {**rule("once", "spring_came", 12), "shape": "one_off", "on": []},
    {
        **rule("yearly", "spring_came", 1),
        "shape": "recurring",
        "every": "anniversary",
        "unit": "years",
        "on": [],
    },
]
FENCED = {
    "name": "fenced",
    "type": "flag",
    "question": "Is it fenced?",
    "default": False,
    "paragraph": "main/policy",
}
HEADER = {
    "key": "garden",
    "version": 1,
    "title": "Garden",
    "dated": "2026",
    "scopes": ["main"],
    "setting": [FENCED],
}


def book(rules=None, facts=None):
    known = Vocabulary.from_json(facts or garden())
    return parse_rulebook(content_from(HEADER, {"g.toml": {"rule": rules or RULES}}, known))


BOOK = book()


def fact(what, day, subject="Roses", **details):
    return Fact(what, parse_when(day), parse_when(day), {"subject": subject, **details})


def due(*facts, as_at="2026-06-30", end=date(2027, 12, 31), **settings):
    asked = ContractSettings.from_json(settings).asked_by(BOOK.key, BOOK.settings)
    terms = ContractTerms(date(2026, 3, 2), end, settings=asked)
    found = derive(BOOK, terms, facts, (), CALENDAR, end_of_day(parse_when(as_at)))
    return {
        duty.rule_key: (duty.deadline.due_date.isoformat(), duty.on)
        for duty in found
        if duty.deadline.due_date and duty.rule_key not in ("once", "yearly")
    }


def test_the_contracts_own_days_have_the_names_that_the_vocabulary_gives_them():
    terms = ContractTerms(date(2026, 3, 2), date(2027, 12, 31))
    found = derive(BOOK, terms, [], (), CALENDAR, end_of_day(date(2026, 6, 30)))
    assert {(duty.rule_key, duty.on, duty.deadline.due_date) for duty in found} == {
        ("once", "spring_came", date(2026, 3, 14)),
        ("yearly", "spring_again", date(2027, 3, 2)),
    }


def test_categories_are_those_of_the_rated_detail_and_the_strictest_counts_until_somebody_says():
    """R20, with categories and a source that the product has not."""
    seen = fact("pest_seen", "2026-05-01", weather="dry")
    assert due(seen) == {"pest-red": ("2026-05-03", "pest_seen")}
    assert due(fact("pest_seen", "2026-05-01", weather="dry", harm="amber")) == {
        "pest-amber": ("2026-05-10", "pest_seen")
    }
    assert due(seen, fact("pest_rated", "2026-05-02", rating="bad")).keys() == {"pest-amber"}
    assert due(seen, fact("pest_rated", "2026-05-02", rating="dreadful")).keys() == {"pest-red"}
    rated = fact("pest_seen", "2026-05-01", weather="dry", ratings=[{"source": "gardener", "value": "bad"}])
    assert due(rated).keys() == {"pest-amber"}


def test_a_decision_makes_a_stricter_category_laxer_again():
    """R20."""
    known = [fact("pest_seen", "2026-05-01", weather="dry", harm="red")]
    assert due(*known, fact("pest_rated", "2026-05-02", rating="bad")).keys() == {"pest-red"}
    assert due(*known, fact("pest_settled", "2026-05-02", harm="amber")).keys() == {"pest-amber"}


def test_the_page_says_who_rated_in_the_vocabularys_words():
    terms = ContractTerms(date(2026, 3, 2))
    known = [fact("pest_seen", "2026-05-01"), fact("pest_rated", "2026-05-02", rating="bad")]
    found = derive(BOOK, terms, known, (), CALENDAR, end_of_day(date(2026, 5, 3)))
    steps = next(duty for duty in found if duty.rule_key == "pest-amber").deadline.steps
    assert any("The head gardener says Bad: contract category amber" in step.text for step in steps)


def test_of_a_detail_with_grades_the_gravest_counts_and_where_nobody_said_the_gravest_there_is():
    """R12, R25."""
    assert "storm" in due(fact("pest_seen", "2026-05-01"))
    assert "storm" in due(fact("pest_seen", "2026-05-01", weather="wet"))
    assert "storm" not in due(fact("pest_seen", "2026-05-01", weather="dry"))
    both = [fact("pest_seen", "2026-05-01", weather="dry"), fact("pest_seen", "2026-05-02", weather="storm")]
    assert due(*both)["storm"] == ("2026-05-04", "pest_seen")


def test_of_any_other_detail_what_was_said_first_counts_and_silence_is_no():
    assert due(fact("pest_seen", "2026-05-01", tool="fork"))["fork"] == ("2026-05-05", "pest_seen")
    assert "fork" not in due(fact("pest_seen", "2026-05-01", tool="spade"))
    assert "fork" not in due(fact("pest_seen", "2026-05-01"))
    later = [fact("pest_seen", "2026-05-01"), fact("pest_seen", "2026-05-03", tool="fork")]
    assert due(*later)["fork"] == ("2026-05-05", "pest_seen")


def test_a_condition_may_be_on_any_setting_of_the_contract():
    """R30."""
    seen = fact("pest_seen", "2026-05-01")
    assert not {"policy", "late"} & set(due(seen))
    assert due(seen, fenced=True)["policy"] == ("2026-05-06", "pest_seen")
    assert due(seen, notice_cutoff="17:00", controller="joint")["late"] == ("2026-05-07", "pest_seen")
    assert "late" not in due(seen, notice_cutoff="17:00")
    assert "late" not in due(seen, controller="joint")


def test_what_has_a_last_day_lapses_the_day_after_unless_another_of_its_kind_holds():
    """R26, of something that is no certificate."""
    given = fact("pass_given", "2026-04-01", until="2026-05-10", gate="north")
    assert due(given)["renew"] == ("2026-05-17", "pass_over")  # over at 00:00, so the 11th counts
    assert due(given, as_at="2026-05-10") == {}
    other = fact("pass_given", "2026-05-05", "Lilies", until="2027-01-01", gate="north")
    assert "renew" not in due(given, other)
    elsewhere = fact("pass_given", "2026-05-05", "Lilies", until="2027-01-01", gate="south")
    assert due(given, elsewhere)["renew"] == ("2026-05-17", "pass_over")


def test_a_refusal_after_the_second_submission_of_a_round_is_another_fact():
    """R27, of something that is no plan."""
    first = [fact("sketch_sent", "2026-04-01"), fact("sketch_refused", "2026-04-03")]
    assert due(*first) == {"redraw": ("2026-04-11", "sketch_refused")}
    again = [*first, fact("sketch_sent", "2026-04-05"), fact("sketch_refused", "2026-04-07")]
    assert due(*again)["again"] == ("2026-04-15", "sketch_refused_again")
    liked = [*first, fact("sketch_liked", "2026-04-04"), *again[2:]]
    assert "again" not in due(*liked)


def test_what_follows_at_once_is_there_unless_somebody_recorded_it():
    """R27."""
    liked = fact("sketch_liked", "2026-04-01")
    assert due(liked)["dust"] == ("2026-04-11", "sketch_hung")
    assert due(liked, fact("sketch_hung", "2026-04-09"))["dust"] == ("2026-04-19", "sketch_hung")


def test_what_ends_the_contract_is_in_the_vocabulary():
    def days(*facts):
        terms = ContractTerms(date(2026, 3, 2))
        found = derive(BOOK, terms, facts, (), CALENDAR, end_of_day(date(2028, 6, 30)))
        return [duty.deadline.due_date for duty in found if duty.rule_key == "yearly"]

    assert days() == [date(2027, 3, 2), date(2028, 3, 2), date(2029, 3, 2)]
    assert days(fact("garden_closed", "2027-06-01")) == [date(2027, 3, 2)]


def test_facts_that_a_book_does_not_speak_of_change_nothing():
    seen = fact("pest_seen", "2026-05-01", tool="fork")
    assert due(seen, fact("patch_publicly_released", "2026-05-01")) == due(seen)


def test_a_fact_is_checked_against_the_vocabulary_it_is_of():
    known = Vocabulary.from_json(garden())
    assert check(fact("pest_rated", "2026-05-01", rating="Bad"), known=known) == []
    with pytest.raises(FactError, match="is no word, score or vector of its source"):
        check(fact("pest_rated", "2026-05-01", rating="high"), known=known)
    with pytest.raises(FactError, match="must each name a source: gardener"):
        check(fact("pest_seen", "2026-05-01", ratings=[{"source": "nvd", "value": 1}]), known=known)
    with pytest.raises(FactError, match="did you mean pest_seen"):
        check(fact("pest_scene", "2026-05-01"), known=known)


# The value


def test_what_touches_what_follows_the_derivations_all_the_way():
    known = Vocabulary.from_json(garden())
    assert known.touches("pass_given") == {"pass_over"}
    assert known.touches("sketch_liked") == {
        "sketch_hung", "sketch_sent", "sketch_refused", "sketch_refused_again",
    }  # fmt: skip
    assert known.touches("pest_seen") == known.touches("pass_over") == frozenset()
    shipped = shipped_vocabulary()
    assert shipped.touches("certificate_issued") == {"certification_ceased"}
    assert "smp_adopted" in shipped.touches("smp_approved")


def test_each_derivation_is_reached_from_what_it_rests_on_and_from_nothing_else():
    follows = Follows("pest_seen", "pest_told")
    lapse = Lapse("pass_given", "pass_over", "until", "gate")
    turns = Round(
        ("sent", "refused", "refused_again", "liked", "hung"), "sent", "refused", "liked", "refused_again"
    )
    assert follows.reached_from("pest_seen") == {"pest_told"} == follows.kinds - {"pest_seen"}
    assert lapse.reached_from("pass_given") == {"pass_over"} == lapse.kinds - {"pass_given"}
    for kind_of_round in ("sent", "refused", "refused_again", "liked"):
        assert turns.reached_from(kind_of_round) == turns.kinds
    for one in (follows, lapse, turns):
        assert one.reached_from("hung") == one.reached_from("pass_over") == frozenset()
    assert turns.turns == {"sent": 0, "refused": 1, "refused_again": 1, "liked": 2}


def test_what_rests_on_what_is_read_written_and_found_in_any_spelling():
    data = garden()
    data["derived"][2]["rests"] = {"North Gate": "South gate"}
    known = Vocabulary.from_json(data)
    lapse = known.lapses["pass_given"]
    assert lapse.rests == (("North Gate", "South gate"),)
    assert (lapse.rests_on("north‑gate"), lapse.rests_on("South gate")) == ("", "")
    assert lapse.rests_on("NORTH GATE") == "South gate"
    assert Vocabulary.from_json(known.as_json()) == known
    del data["derived"][2]["same"]
    with pytest.raises(FactError, match="rests needs same"):
        Vocabulary.from_json(data)


def test_the_sources_of_a_kind_are_what_it_is_worked_out_from():
    known = Vocabulary.from_json(garden())
    assert known.sources_of("pass_over") == {"pass_given"}
    assert known.sources_of("pest_seen") == frozenset()
    assert shipped_vocabulary().sources_of("certification_ceased") == {"certificate_issued"}
    assert FactError("nothing").field == "kind"


def test_a_part_holds_what_is_derived_from_and_into_it_and_what_every_contract_needs():
    always = {DONE, "garden_closed", "spring_came", "spring_again"}
    known = Vocabulary.from_json(garden())
    assert set(known.only([]).kinds) == always
    assert set(known.only(["pass_over"]).kinds) == always | {"pass_given", "pass_over"}
    part = known.only(["sketch_hung"])
    assert set(part.kinds) - always == {
        "sketch_hung", "sketch_liked", "sketch_sent", "sketch_refused", "sketch_refused_again",
    }  # fmt: skip
    assert list(part.kinds) == [name for name in known.kinds if name in part]
    assert part.derivations == known.derivations[:2]
    with pytest.raises(FactError, match="unknown kind of fact 'lunch'"):
        known.only(["lunch"])


@pytest.mark.parametrize("key", known_rulebooks())
def test_a_book_from_its_content_gives_the_same_duties_through_json(key):
    shipped = load_rulebook(key)
    again = parse_rulebook(json.loads(json.dumps(shipped.content, sort_keys=True)))
    assert again == shipped
    assert again.digest == shipped.digest
    assert Vocabulary.from_json(shipped.vocabulary.as_json()) == shipped.vocabulary
    terms = ContractTerms(date(2026, 3, 2), date(2028, 3, 1))
    facts = [fact(name, f"2026-04-{day:02}T09:00:00+00:00") for day, name in enumerate_days(shipped)]
    asked = end_of_day(date(2026, 9, 30))
    found = derive(shipped, terms, facts, (), CALENDAR, asked, continuous=True)
    assert len(found) > 40
    assert derive(again, terms, facts, (), CALENDAR, asked, continuous=True) == found


def enumerate_days(shipped):
    return ((1 + number % 28, name) for number, name in enumerate(sorted(shipped.kinds)))


def test_the_whole_shipped_vocabulary_goes_through_json():
    shipped = shipped_vocabulary()
    assert Vocabulary.from_json(json.loads(json.dumps(shipped.as_json(), sort_keys=True))) == shipped


def test_a_contracts_own_kinds_stand_beside_the_shipped_ones():
    own = {
        "kind": [{"name": "fence_broken", **kind("A fence broke", details=["reason"])}],
        "derived": [{"form": "follows", "of": "fence_broken", "makes": "incident_detected_or_reported"}],
    }
    known = shipped_vocabulary().with_own(own)
    assert list(known.kinds)[-1] == "fence_broken"
    assert known.kind("fence_broken").detail("reason") == shipped_vocabulary().detail("reason")
    assert known.touches("fence_broken") == {"incident_detected_or_reported"}
    same = shipped_vocabulary().with_kinds(
        [known.kind("fence_broken")], [Follows("fence_broken", "incident_detected_or_reported")]
    )
    assert same == known
    assert set(load_rulebook("dmp_schedule_23").vocabulary.joined(known).kinds) == set(known.kinds)
    with pytest.raises(FactError, match="kind 'duty_done' is there 2 times"):
        shipped_vocabulary().with_kinds([shipped_vocabulary().kind(DONE)])


def changed(path, value):
    data = json.loads(json.dumps(garden()))
    at = data
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("kind", "pest_seen", "side"), "nobody", "trial: kind 'pest_seen': side must be one of"),
        (("kind", "pest_seen", "side"), None, "trial: kind 'pest_seen': side is missing"),
        (("kind", "pest_seen", "label"), " ", "trial: kind 'pest_seen': label must be a text"),
        (("kind", "pest_seen", "colour"), "red", "trial: kind 'pest_seen': unknown key 'colour'"),
        (("kind", "pest_seen", "notice"), "yes", "trial: kind 'pest_seen': notice must be true or false"),
        (("kind", "pest_seen", "details"), "harm", "trial: kind 'pest_seen': details must be a list"),
        (("kind", "pest_seen", "details"), ["hurt"], "trial: kind 'pest_seen': details: 'hurt'"),
        (("kind", "pest_seen", "required"), ["until"], "trial: kind 'pest_seen': required: until is no"),
        (("kind", "pest_seen", "clock"), "noon", "trial: kind 'pest_seen': clock must be one of"),
        (("kind", "pest_seen", "clock"), "start", "trial: clock 'start' is there 2 times"),
        (("kind", "pest_rated", "rates"), "aunt", "trial: kind 'pest_rated': rates: 'aunt' is no source"),
        (("kind", "pest_rated", "rates"), None, "trial: kind 'pest_rated': rates is missing"),
        (("kind", "pass_given", "decides"), True, "trial: kind 'pass_given': decides goes with"),
        (("kind", "Pest seen"), kind("X"), "trial: kind 'Pest seen': a name has small letters"),
        (("kind", "x"), "text", "trial: kind 'x': must be a table"),
        (("kind",), "text", "trial: kind must be tables by name"),
        (("kinds",), {}, "trial: unknown table 'kinds'"),
        (("detail", "harm", "type"), "mood", "trial: detail 'harm': type must be one of"),
        (("detail", "harm", "choices"), None, "trial: detail 'harm': choices go with type choice"),
        (("detail", "weather", "gravest_first"), ["wet"], "trial: detail 'weather': gravest_first must"),
        (("detail", "tool", "rated"), True, "trial: a rated detail: 'rated' is there 2 times"),
        (("detail", "gate", "rated"), True, "trial: detail 'gate': rated goes with type choice"),
        (("source", "gardener", "words", "odd"), "blue", "source 'gardener': words: 'blue' is not one of"),
        (("source", "gardener", "words", "Odd"), "red", "source 'gardener': words: 'Odd' must be in small"),
        (("source", "gardener", "words"), {}, "trial: source 'gardener': words must say"),
        (("source", "gardener", "scores"), True, "source 'gardener': words: 'high' is missing"),
        (("derived", 0, "form"), "circle", "trial: derived 1: form must be one of lapse, follows, round"),
        (("derived", 0, "family"), ["sketch_sent"], "trial: derived 1: refusal: 'sketch_refused' is not of"),
        (("derived", 0, "refusal"), "sketch_sent", "trial: derived 1: submission, refusal, approval, makes"),
        (("derived", 0, "family"), ["sketch_sent", "sketch_refused", "sketch_refused_again", "sketch_liked",
                                    "lunch"], "trial: derived 1: family: 'lunch' is not a kind"),
        (("derived", 1, "of"), "lunch", "trial: derived 2: of: 'lunch' is not a kind of fact"),
        (("derived", 1, "of"), None, "trial: derived 2: of is missing"),
        (("derived", 1, "makes"), "sketch_liked", "trial: derived 2: of, makes must be different"),
        (("derived", 2, "last_day"), "gate", "trial: derived 3: last_day: 'gate' is no day among"),
        (("derived", 2, "same"), "harm", "trial: derived 3: same: 'harm' is no detail of pass_given"),
        (("derived", 2, "rests"), ["North"], "trial: derived 3: rests must say of each name"),
        (("derived", 2, "rests"), {"North": ""}, "trial: derived 3: rests must say of each name"),
        (("derived", 2, "rests"), {"North": "South", "South": "East"}, "derived 3: rests: 'South', on which"),
        (("derived",), {"form": "lapse"}, "trial: derived must be a list of tables"),
    ],
)  # fmt: skip
def test_a_broken_vocabulary_is_named_by_kind_and_key(path, value, reason):
    with pytest.raises(FactError) as caught:
        Vocabulary.from_json(changed(path, value), "trial")
    assert reason in str(caught.value)
    assert caught.value.field in {*re.findall(r"\w+", str(caught.value)), "kind"}


def test_one_detail_of_a_name_in_two_forms_is_refused():
    known = Vocabulary.from_json(garden())
    other = Vocabulary.from_json(
        {
            "detail": {"tool": {"label": "Another", "type": "text"}},
            "kind": {"hole_dug": kind("X", details=["tool"])},
        }
    )
    with pytest.raises(FactError, match="detail 'tool' is defined in two ways"):
        known.with_kinds(other.listed)


def older():
    """The garden's vocabulary some releases ago: other choices, another family, clock, lapse and source."""
    data = garden()
    data["detail"]["tool"]["choices"] = ["spade", "rake"]
    data["derived"][0]["family"].append("sketch_hung")
    data["derived"][2]["same"] = "until"
    for name in ("spring_came", "pest_gone", "pass_given"):
        data["kind"][f"old_{name}"] = data["kind"].pop(name)
    data["derived"][2]["of"] = "old_pass_given"
    data["source"]["gardener"]["label"] = "The old gardener"
    return data


def test_where_two_vocabularies_differ_the_other_counts():
    mine, theirs = Vocabulary.from_json(older()), Vocabulary.from_json(garden())
    both = mine.joined(theirs)
    assert set(both.kinds) == set(mine.kinds) | set(theirs.kinds)
    assert {name: both.kind(name) for name in theirs.kinds} == theirs.kinds
    assert (both.clock("start"), both.kind("old_spring_came").clock) == ("spring_came", "")
    assert both.round_of("sketch_sent") == theirs.round_of("sketch_sent")
    assert set(both.lapses) == {"pass_given", "old_pass_given"}
    assert both.source("gardener").label == "The head gardener"
    assert both.detail("tool").choices == ("spade", "fork")
    assert Vocabulary.from_json(both.as_json()) == both
    assert theirs.joined(mine).detail("tool").choices == ("spade", "rake")
    assert theirs.joined(theirs) == theirs


def test_of_two_rated_details_the_others_is_rated():
    both = Vocabulary.from_json(garden()).joined(shipped_vocabulary())
    assert both.rated == shipped_vocabulary().rated
    assert not both.kind("pest_settled").decides
    assert not both.detail("harm").rated


# The content of a book


def content(**changes):
    whole = content_from(HEADER, {"g.toml": {"rule": RULES}}, Vocabulary.from_json(garden()))
    return json.loads(json.dumps(whole)) | changes


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"header": {**HEADER, "colour": "red"}}, "garden: rulebook.toml: unknown key 'colour'"),
        ({"header": {**HEADER, "title": 5}}, "garden: rulebook.toml: title must be a text"),
        ({"header": {**HEADER, "scopes": "main"}}, "garden: rulebook.toml: scopes must be a list"),
        ({"header": []}, "a rulebook: rulebook.toml: must be a table"),
        ({"files": []}, "garden: files must be tables"),
        ({"files": {"g.toml": []}}, "garden: g.toml: must be a table"),
        ({"files": {"g.toml": {"rule": {}}}}, "garden: g.toml: rule must be a list of tables"),
        ({"files": {"g.toml": {"rule": [rule("1", "lunch")]}}}, "garden: g.toml: 1: 'lunch' is not a kind"),
        (
            {"files": {"g.toml": {"rule": [rule("1", "pest_seen", True)]}}},
            "garden: g.toml: 1: amount must be a whole number",
        ),
        (
            {"files": {"g.toml": {"rule": [rule("1", "pest_seen", readings="x")]}}},
            "garden: g.toml: 1: readings must be a list",
        ),
        (
            {"files": {"g.toml": {"rule": [rule("1", "pest_seen", agreement={"fact": "pest_gone"})]}}},
            "garden: g.toml: 1: agreement: path is missing",
        ),
        ({"facts": {"kind": {"x": {}}}}, "garden: facts: kind 'x': group is missing"),
    ],
)
def test_a_broken_content_is_named_by_book_file_and_key(broken, reason):
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(content(**broken))
    assert str(caught.value).startswith(reason)


def test_a_content_has_three_parts_and_is_a_json_value():
    with pytest.raises(RulebookError, match="a rulebook has header, files, facts, and nothing else"):
        parse_rulebook({"header": HEADER})
    days = content_from({**HEADER, "dated": date(2026, 1, 2)}, {"g.toml": {"rule": RULES}}, BOOK.vocabulary)
    assert days["header"]["dated"] == "2026-01-02"
    assert parse_rulebook(days).dated == "2026-01-02"


JUNK = [None, 0, -1, 1.5, True, "", "x", [], [[]], {}, {"x": 1}, ["x"], [1], {"name": "x"}]


def places(value, path=()):
    yield path
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[step], (*path, step))


def test_whatever_stands_anywhere_in_a_content_it_is_read_or_refused_in_words():
    """Each value of a small book in turn is replaced by junk; nothing but a refusal may come of it."""
    suspension = {"begins": "pest_gone", "ends": "pest_rated", "path": "main/fork"}
    rich = {
        **rule("rich", "pest_seen", 3, readings=[{"name": "other", "rule": "R12", "unit": "working_days"}]),
        "suspension": suspension,
        "extension": {
            "fact": "pest_gone", "amount": 2, "unit": "days", "requires": "tool", "path": "main/fork",
        },
        "agreement": {"fact": "pest_gone", "path": "main/fork"},
    }  # fmt: skip
    rules = [RULES[0], RULES[3], RULES[5], RULES[6], rich]
    whole = content(files={"g.toml": {"rule": rules, "none": [{"path": "main/9", "title": "T", "why": "W"}]}})
    refused = 0
    for path in places(whole):
        for junk in JUNK:
            try:
                hash(parse_rulebook(replaced(whole, path, junk)))
            except RulebookError:
                refused += 1
    assert refused > 1000


def replaced(value, path, junk):
    if not path:
        return junk
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy


# The algebra holds algebra


def test_the_rules_name_no_kind_of_fact_but_what_any_duty_and_the_end_of_any_contract_may_have():
    """Done, and an end put off or in part (R37): versions of books that were read before know those too."""
    root = Path(obligations.rules.__file__).parent
    names = set(shipped_vocabulary().kinds)
    found = set()
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
                found.add((path.name, node.value))
    assert found == {("vocabulary.py", name) for name in (DONE, IN_PART, PUT_OFF)}


def test_no_code_asks_which_rulebook_it_is():
    """Keys of shipped books stand in data, and within sentences as examples, never as a value compared."""
    root, books = Path(obligations.rules.__file__).parents[2], set(known_rulebooks())
    found = {
        str(path.relative_to(root))
        for package in ("contracts", "obligations")
        for path in sorted((root / package).rglob("*.py"))
        if "demo" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in books
    }
    assert found == set()


@pytest.mark.parametrize("lower", ["amber", "green"])
def test_of_ratings_that_became_laxer_the_strictest_of_the_newest_waits_for_a_decision(lower):
    """R20: by the order of the categories, which is not that of the alphabet."""
    order = ("red", "amber", "green")
    said = [
        Statement("gardener", "dreadful", "red", date(2026, 5, 1)),
        Statement("gardener", "bad", lower, date(2026, 5, 2)),
        Statement("neighbour", "small", "green", date(2026, 5, 3)),
    ]
    assessed = assess(said, order)
    assert (assessed.category, assessed.lower) == ("red", lower)
    still = assess([*said, Statement("aunt", "dreadful", "red", date(2026, 5, 4))], order)
    assert (still.category, still.lower) == ("red", None)
