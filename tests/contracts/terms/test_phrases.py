"""Time limits in sentences nobody wrote for the reader. Each row: the sentence and what is in it."""

import pytest

from contracts.terms.phrases import PhraseError, find_limits, parse_limit

# sentence, then for each limit: phrase, amount, unit, qualifier, kind
FOUND = [
    (
        "The tenant replies within two (2) Working Days.",
        ("within two (2) Working Days", 2, "working_days", None, "deadline"),
    ),
    (
        "Within twenty (20) Working Days after the Start Date and at its own cost, the Baker shall open.",
        ("Within twenty (20) Working Days after the Start Date", 20, "working_days", None, "deadline"),
    ),
    (
        "Keys are handed back within one (1)\u00a0Working Day.",
        ("within one (1) Working Day", 1, "working_days", None, "deadline"),
    ),
    (
        "Alarms are passed on within 24 hours. They are loud.",
        ("within 24 hours", 24, "hours", None, "deadline"),
    ),
    ("It starts looking within five hours.", ("within five hours", 5, "hours", None, "deadline")),
    (
        "Letters are kept for a period of at least 6\u00a0Months.",
        ("at least 6 Months", 6, "months", "at_least", "retention"),
    ),
    (
        "Letters are kept for a period of six (6) years.",
        ("for a period of six (6) years", 6, "years", None, "retention"),
    ),
    (
        "Films shall be retained for a minimum of two years, and be accessible for a minimum of six months"
        " from the point of capture.",
        ("a minimum of two years", 2, "years", "at_least", "retention"),
        ("a minimum of six months from the point of capture", 6, "months", "at_least", "retention"),
    ),
    ("Wash the floor monthly;", ("monthly", 1, "months", None, "interval")),
    ("The roof must be looked at annually.", ("annually", 1, "years", None, "interval")),
    (
        "The list is renewed at least annually to show:",
        ("at least annually", 1, "years", "at_least", "interval"),
    ),
    (
        "A drill takes place once every 12 months in winter.",
        ("once every 12 months", 12, "months", None, "interval"),
    ),
    (
        "It takes no longer than fifteen (15) Working Days from the date of its arrival at the shop.",
        (
            "no longer than fifteen (15) Working Days from the date of its arrival",
            15,
            "working_days",
            "at_most",
            "deadline",
        ),
    ),
    (
        "On each anniversary of the Opening Date, the Baker writes.",
        ("On each anniversary of the Opening Date", 1, "years", None, "interval"),
    ),
    (
        "The cook reports quarterly and, in summer, fortnightly.",
        ("quarterly", 3, "months", None, "interval"),
        ("fortnightly", 2, "weeks", None, "interval"),
    ),
    (
        "Reply within 5 to 10 Working Days of asking.",
        ("within 5 to 10 Working Days of asking", 10, "working_days", None, "deadline"),
    ),
    (
        "Reply in between five (5) and ten (10) days after the call.",
        ("in between five (5) and ten (10) days after the call", 10, "days", None, "deadline"),
    ),
    ("Reply within ten (15) days.", ("within ten (15) days", None, "days", None, "deadline")),
    ("Reply within [  ] days.", ("within [ ] days", None, "days", None, "deadline")),
    (
        "Reply within [insert number] Working Days.",
        ("within [insert number] Working Days", None, "working_days", None, "deadline"),
    ),
    ("Reply within ______ days.", ("within ______ days", None, "days", None, "deadline")),
    (
        "Reply within [●] Business Days.",
        ("within [●] Business Days", None, "business_days", None, "deadline"),
    ),
    ("Reply within [10] days.", ("within [10] days", 10, "days", None, "deadline")),
    (
        "Small fires within 7 days of report, large fires within 30 days of report.",
        ("within 7 days of report", 7, "days", None, "deadline"),
        ("within 30 days of report", 30, "days", None, "deadline"),
    ),
    (
        "The painter gets an extension to the time allowed of 5 days, if it rains.",
        ("extension to the time allowed of 5 days", 5, "days", None, "extension"),
    ),
    (
        "The period may be extended by up to ten (10) Working Days.",
        ("extended by up to ten (10) Working Days", 10, "working_days", "at_most", "extension"),
    ),
    ("Either may leave on 3 Months' notice.", ("3 Months' notice", 3, "months", None, "notice")),
    (
        "Give no fewer than 20 clear days’ prior written notice.",
        ("no fewer than 20 clear days’ prior written notice", 20, "clear_days", "at_least", "notice"),
    ),
    (
        "Notice of not less than six months is given.",
        ("not less than six months", 6, "months", "at_least", "notice"),
    ),
    ("The wait is not less than 30 days.", ("not less than 30 days", 30, "days", "at_least", "deadline")),
    (
        "The wait is up to 5 Business Days.",
        ("up to 5 Business Days", 5, "business_days", "at_most", "deadline"),
    ),
    (
        "Send the plan no later than 10 Working Days before the Fair.",
        ("no later than 10 Working Days before the Fair", 10, "working_days", None, "deadline"),
    ),
    (
        "Notify the mayor at least five (5) Working Days prior to the closure of the bridge.",
        (
            "at least five (5) Working Days prior to the closure of the bridge",
            5,
            "working_days",
            "at_least",
            "notice",
        ),
    ),
    ("Paint the gate every two (2) years.", ("every two (2) years", 2, "years", None, "interval")),
    ("Pay within 1 month.", ("within 1 month", 1, "months", None, "deadline")),
    ("Count the sheep half-yearly.", ("half-yearly", 6, "months", None, "interval")),
    (
        "Count the sheep at least twice a year.",
        ("at least twice a year", 6, "months", "at_least", "interval"),
    ),
    ("Count the sheep twice a month.", ("twice a month", None, "months", None, "interval")),
    ("Count the sheep three times per annum.", ("three times per annum", 4, "months", None, "interval")),
    (
        "Count them every other week and every quarter.",
        ("every other week", 2, "weeks", None, "interval"),
        ("every quarter", 3, "months", None, "interval"),
    ),
    (
        "Counting is done on at least a monthly basis.",
        ("at least a monthly basis", 1, "months", "at_least", "interval"),
    ),
    (
        "No less frequently than once every six (6) months the bell is rung.",
        ("No less frequently than once every six (6) months", 6, "months", "at_least", "interval"),
    ),
    (
        "Fairs are not held at intervals of less than twelve (12) Months.",
        ("at intervals of less than twelve (12) Months", 12, "months", "at_least", "interval"),
    ),
    ("Answer within thirty‑six (36) hours.", ("within thirty‑six (36) hours", 36, "hours", None, "deadline")),
    (
        "Answer within one hundred and eighty (180) days.",
        ("within one hundred and eighty (180) days", 180, "days", None, "deadline"),
    ),
    (
        "Answer within half an hour of the bell.",
        ("within half an hour of the bell", 30, "minutes", None, "deadline"),
    ),
    ("Answer within 1.5 hours.", ("within 1.5 hours", 90, "minutes", None, "deadline")),
    ("Answer within a week of the fair.", ("within a week of the fair", 1, "weeks", None, "deadline")),
    ("Answer within two fortnights.", ("within two fortnights", 4, "weeks", None, "deadline")),
    (
        "Answer within two years and six months of birth.",
        ("within two years and six months of birth", 30, "months", None, "deadline"),
    ),
    ("The baker has a 30-day cure period.", ("30-day cure period", 30, "days", None, "deadline")),
    ("The baker has ten (10) days in which to answer.", ("ten (10) days", 10, "days", None, "deadline")),
    (
        "By 5.00pm on the tenth (10th) Working Day after receipt the baker answers.",
        ("By 5.00pm on the tenth (10th) Working Day after receipt", 10, "working_days", None, "deadline"),
    ),
    ("Answer by the next Working Day.", ("by the next Working Day", 1, "working_days", None, "deadline")),
    (
        "Report by the 5th Working Day of each month.",
        ("by the 5th Working Day of each month", 1, "months", None, "interval"),
    ),
    ("Open no later than 31 March 2027.", ("no later than 31 March 2027", None, None, None, "deadline")),
    ("Open by [insert date].", ("by [insert date]", None, None, None, "deadline")),
    ("Open on 1 April each year.", ("on 1 April each year", 1, "years", None, "interval")),
    (
        "Within the period of 14 days beginning with the day of the fair, sweep.",
        ("Within the period of 14 days beginning with the day of the fair", 14, "days", None, "deadline"),
    ),
    (
        "If the flood lasts for more than ninety (90) days, leave.",
        ("more than ninety (90) days", 90, "days", "more_than", "deadline"),
    ),
    ("Critical: 4 hours", ("4 hours", 4, "hours", None, "deadline")),
    (
        "Mended within seven (7) days for gates and thirty (30) days for walls.",
        ("within seven (7) days", 7, "days", None, "deadline"),
        ("thirty (30) days", 30, "days", None, "deadline"),
    ),
    (
        "Held at least once in any period of 12 months.",
        ("at least once in any period of 12 months", 12, "months", "at_least", "interval"),
    ),
    (
        "Answer within thirty days (30), or within ten working (10) days, or within (5) five hours.",
        ("within thirty days (30)", 30, "days", None, "deadline"),
        ("within ten working (10) days", 10, "working_days", None, "deadline"),
        ("within (5) five hours", 5, "hours", None, "deadline"),
    ),
    ("Answer within thirty days (13).", ("within thirty days (13)", None, "days", None, "deadline")),
    (
        "Mend it within 2 hours (first class), 4 hours (second class) and 3 Working Days (third class).",
        ("within 2 hours", 2, "hours", None, "deadline"),
        ("4 hours", 4, "hours", None, "deadline"),
        ("3 Working Days", 3, "working_days", None, "deadline"),
    ),
    (
        "Letters must not be kept longer than 2 years.",
        ("longer than 2 years", 2, "years", "at_most", "retention"),
    ),
    (
        "Fairs are held at intervals not exceeding 12 months.",
        ("not exceeding 12 months", 12, "months", "at_most", "interval"),
    ),
    (
        "The vicar may ask for two audits per Contract Year.",
        ("two audits per Contract Year", 6, "months", None, "interval"),
    ),
    (
        "Tell the vicar no later than 28 days before the start of each Contract Year.",
        ("no later than 28 days before the start of each Contract Year", 28, "days", None, "notice"),
    ),
    (
        "The vicar may extend the Term for a further two years.",
        ("extend the Term for a further two years", 2, "years", None, "extension"),
    ),
    (
        "The ringer has a response time of 4 hours.",
        ("a response time of 4 hours", 4, "hours", None, "deadline"),
    ),
    (
        "Small bell\t15 minutes\t4 hours",
        ("15 minutes", 15, "minutes", None, "deadline"),
        ("4 hours", 4, "hours", None, "deadline"),
    ),
]

NOTHING = [
    "Type 2 - access to a limited number (less than 10) of letters.",
    "As Clause 19 (Change) and paragraph 5 say, ten bakers (10) come.",
    "Anybody aged 18 years or over, or at least 16 years of age, or under 21 years old.",
    "Dated 30th April 2019, at 9am, or at 0900 hours.",
    "In the previous year, the preceding twelve months and the last 6 months nothing happened.",
    "The format (e.g. on demand, daily etc.) is the baker's.",
    "Open 24 hours a day, 7 days a week, 365 days a year.",
    "Interest runs at 4% per annum; £500 per day is the daily rate.",
    "The Monthly Charges and the Annual Report are described elsewhere.",
    "A baker with five years' experience, or three years of relevant experience.",
    "More than three burnt loaves in any 12 month period.",
    "Measured in each month and for each quarter.",
    "Promptly, immediately, without undue delay, as soon as reasonably practicable.",
    "The Term of 3 years; the contract has an initial period of two years.",
    '"Working Day" means any day other than a Saturday, a Sunday or a holiday.',
    '"Contract Year" means a consecutive period of twelve (12) Months from opening.',
    "A notice posted at night is deemed received on the next Working Day.",
    "A yearly fee, a weekly rent, an annual subscription.",
]


def as_row(limit):
    unit = None if limit.unit is None else str(limit.unit)
    return (limit.phrase, limit.amount, unit, limit.qualifier, str(limit.kind))


@pytest.mark.parametrize(("sentence", "expected"), [(row[0], row[1:]) for row in FOUND])
def test_finds_each_limit_as_printed(sentence, expected):
    assert tuple(as_row(limit) for limit in find_limits(sentence)) == expected


@pytest.mark.parametrize("sentence", NOTHING)
def test_finds_nothing_where_nothing_is_limited(sentence):
    assert find_limits(sentence) == []


@pytest.mark.parametrize("sentence", [row[0] for row in FOUND])
def test_the_span_is_where_the_phrase_stands(sentence):
    for limit in find_limits(sentence):
        assert " ".join(sentence[slice(*limit.span)].split()) == limit.phrase


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("within ten (15) days", "amount_conflict"),
        ("within [ ] days", "amount_blank"),
        ("within 4 working weeks", "unit_unclear"),
        ("within 4 working hours", None),
        ("reports bi-monthly", "amount_unclear"),
        ("within ten (10) days", None),
    ],
)
def test_says_what_is_wrong_with_a_limit(sentence, problem):
    assert [limit.problem for limit in find_limits(sentence)] == [problem]


def test_beginning_with_a_day_counts_that_day():
    assert find_limits("within 14 days beginning with the day of the fair")[0].inclusive
    assert not find_limits("within 14 days of the fair")[0].inclusive


def test_the_hour_of_the_next_limit_is_not_this_ones():
    first, second = find_limits("within 20 days, and by noon on the fifth Working Day of each month")
    assert first.hour is None and second.hour is not None


def test_a_limit_counted_back_says_so():
    assert find_limits("at least 10 days before the fair")[0].before
    assert not find_limits("at least 10 days after the fair")[0].before


@pytest.mark.parametrize(
    ("phrase", "period"),
    [
        ("sixty (60) Working Days", "60 Working Days"),
        ("one (1) Working Day", "1 Working Day"),
        ("24 hours", "24 hours"),
        ("within two (2) Working Days", "2 Working Days"),
        ("Within twenty (20) Working Days after the Start Date.", "20 Working Days"),
        ("6 months", "6 months"),
        ("a month", "1 month"),
        ("at least 6\u00a0Months", "6 months"),
        ("7 DAYS", "7 days"),
        ("annually", "1 year"),
        ("thirty-day period", "30 days"),
        ("an extension of 5 days", "5 days"),
        ("a minimum of two years", "2 years"),
    ],
)
def test_reads_one_phrase(phrase, period):
    assert str(parse_limit(phrase).period) == period


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("", "write a number and a unit"),
        ("promptly", "write a number and a unit"),
        ("ten", "write a number and a unit"),
        ("within ten (15) days", "differ"),
        ("within [ ] Working Days", "left blank"),
        ("within 7 days and within 30 days", "give one of them"),
        ("by 31 March 2027", "fixed date"),
        ("-5 days", "write a number and a unit"),
    ],
)
def test_a_phrase_that_cannot_be_read_names_the_fix(phrase, words):
    with pytest.raises(PhraseError, match=words):
        parse_limit(phrase)


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("at least 5 and no more than 20 days before the fair", "words beside it"),
        ("the earlier of the fair and 10 days after it", "stands beside something else"),
        ("within 4 hours, by 5pm", "stands beside something else"),
        ("by 12am on the next Working Day", "hour of the day"),
        ("by 5:00 on the next Working Day", "hour of the day"),
        ("by the 32nd day of each month", "place in the calendar"),
        ("by 30 February each year", "place in the calendar"),
        ("within 3 months, less any extension", "words beside it"),
        ("within 2 days in 5 school days", "not understood"),
    ],
)
def test_what_is_not_understood_is_refused_quoting_it(phrase, why):
    """R38, R39, R40."""
    with pytest.raises(PhraseError, match=why) as refused:
        parse_limit(phrase)
    assert phrase in str(refused.value)
