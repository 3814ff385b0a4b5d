"""Which paragraphs say the same, and what of an entry is carried over to other numbers."""

from __future__ import annotations

from obligations.rules.register.book_template import TemplateParagraph
from obligations.rules.register.template_carry import carried, renamed_entry, rests_there, speaks_of
from obligations.rules.register.template_match import Here, match


def theirs(**words: str) -> list[TemplateParagraph]:
    return [
        TemplateParagraph(path.replace("_", "/", 1), "", text, "undecided") for path, text in words.items()
    ]


def here(**words: str) -> list[Here]:
    return [Here(path.replace("_", "/", 1), "", text) for path, text in words.items()]


def same(template, schedule) -> dict[str, str]:
    return {path: one.path for path, one in match(template, schedule).same.items()}


TEXT = "The Provider shall tell the Council within 3 Working Days of a fault."


def test_the_same_words_are_the_same_wherever_they_stand():
    assert same(theirs(main_1=TEXT), here(main_7=TEXT)) == {"main/7": "main/1"}


def test_what_printing_adds_is_no_other_word():
    printed = "The  Provider’s “log” – all\u00a0of it."
    assert same(theirs(main_1=printed), here(main_1='The Provider\'s "log" - all of it.'))


def test_another_figure_a_capital_or_a_not_is_another_text():
    for other in (
        TEXT.replace("3", "5"),
        TEXT.replace("Working", "working"),
        TEXT.replace("shall", "shall not"),
    ):
        found = match(theirs(main_1=TEXT), here(main_1=other))
        assert found.same == {}
        assert [(one.path, one.template.path, one.led_in) for one in found.others] == [
            ("main/1", "main/1", False)
        ]


def test_an_item_counts_only_under_the_same_words():
    item = "(within 5 days) the log"
    template = theirs(main_1="It shall deliver:", **{"main_1(a)": item})
    assert same(template, here(main_1="It shall deliver:", **{"main_1(a)": item})) == {
        "main/1": "main/1",
        "main/1(a)": "main/1(a)",
    }
    found = match(template, here(main_1="It may deliver:", **{"main_1(a)": item}))
    assert found.same == {}
    assert {one.path: one.led_in for one in found.others} == {"main/1": False, "main/1(a)": True}


def test_of_two_with_the_same_words_the_one_at_the_same_place():
    template = theirs(main_1="Not used.", main_2="Not used.")
    assert same(template, here(main_2="Not used.")) == {"main/2": "main/2"}
    assert same(template, here(main_9="Not used.")) == {}


def test_a_paragraph_of_the_template_is_used_once():
    assert same(theirs(main_1=TEXT), here(main_1=TEXT, main_2=TEXT)) == {"main/1": "main/1"}


def test_another_heading_is_another_text():
    template = [TemplateParagraph("main/1", "Within 5 days", TEXT, "undecided")]
    assert not match(template, here(main_1=TEXT)).same


def test_what_is_new_and_what_is_gone():
    found = match(theirs(main_1=TEXT, main_2="Berths are kept clean."), here(main_1=TEXT, main_3="Oars."))
    assert (found.new, [one.path for one in found.gone]) == (("main/3",), ["main/2"])


def test_the_nearest_is_found_under_another_number():
    [other] = match(theirs(main_4=TEXT), here(main_9=TEXT.replace("3", "5"))).others
    assert (other.path, other.template.path) == ("main/9", "main/4")


PATHS = {"main/1": "main/5", "main/2": "main/6"}


def test_an_entry_is_carried_to_the_other_numbers():
    entry = {
        "key": "1",
        "path": "main/1",
        "title": "main/2",
        "exceptions": ["main/2"],
        "deemed": {"fact": "plan_approved", "outcome": "approved", "path": "main/2"},
        "consequence": "main/2, main/8",
    }
    assert carried(entry, PATHS) == {
        "title": "main/2",
        "exceptions": ["main/6"],
        "deemed": {"fact": "plan_approved", "outcome": "approved", "path": "main/6"},
        "consequence": "main/6, main/8",
    }


def test_an_entry_that_leans_on_what_is_not_there_is_not_carried():
    assert carried({"path": "main/1", "exceptions": ["main/9"]}, PATHS) is None
    assert carried({"path": "main/1", "suspension": {"path": "main/9"}}, PATHS) is None


def test_words_rest_where_they_still_stand():
    words = {"main/5": Here("main/5", "", "within 3 days"), "main/6": Here("main/6", "", "on  request")}
    said = {
        "amount": [{"path": "main/1", "start": 0, "end": 6, "text": "within"}],
        "on": [{"path": "main/2", "start": 3, "end": 10, "text": "request"}],
        "word": [{"path": "main/3", "start": 0, "end": 1, "text": "x"}],
    }
    assert rests_there(said, PATHS, words) == {
        "amount": [{"path": "main/5", "start": 0, "end": 6, "text": "within"}]
    }


def test_kinds_of_fact_are_renamed_and_peoples_words_are_not():
    entry = {
        "title": "own_a",
        "on": ["own_a", "plan_approved"],
        "suspension": {"begins": "own_a", "ends": "own_b"},
    }
    assert speaks_of(entry, ["own_a", "own_b", "own_c"]) == {"own_a", "own_b"}
    assert renamed_entry(entry, {"own_a": "own_x"}) == {
        "title": "own_a",
        "on": ["own_x", "plan_approved"],
        "suspension": {"begins": "own_x", "ends": "own_b"},
    }
