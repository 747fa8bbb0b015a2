"""The engine: every number of Bromölla's and Båstad's promises, and what holds of any."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad.promises import counting
from samlad.promises.counting import Evidence, Period, Rule
from samlad.promises.workflow import Status, Type, Unit, Why

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
TWO = Period(date(2023, 1, 1), date(2024, 12, 31))
BASTAD = Period(date(2020, 1, 1), date(2022, 12, 31))
OVER = date(2026, 1, 1)


def done(*days, kind="mote", **more):
    return [Evidence(i, day, kind, **more) for i, day in enumerate(days)]


class TestBromolla:
    """D04-D09, D14: the page's own numbers."""

    @pytest.mark.parametrize(
        ("n", "status"), [(3, Status.NOT_MET), (4, Status.MET), (5, Status.MET)]
    )
    def test_at_least_four_over_several_kinds(self, n, status):
        rule = Rule(Type.IN_PERIOD, target=4, kinds=("foraldramote", "naringslivstraff", "tema"))
        kinds = ["foraldramote", "naringslivstraff", "tema", "foraldramote", "tema"]
        rows = [Evidence(i, date(2023, 2 + i, 1), kinds[i]) for i in range(n)]

        assert counting.count(rule, YEAR, rows, today=OVER).status == status

    def test_two_in_one_year_and_none_in_the_next(self):
        rule = Rule(Type.PER_YEAR, target=2, kinds=("mote",))
        found = counting.count(rule, TWO, done(date(2023, 4, 1), date(2023, 10, 1)), today=OVER)

        assert [(one.name, one.status) for one in found.parts] == [
            ("2023", Status.MET), ("2024", Status.NOT_MET),
        ]  # fmt: skip
        assert found.status == Status.NOT_MET

    def test_three_in_the_centre_are_not_one_in_each(self):
        rule = Rule(Type.PER_AREA, kinds=("dialog",), areas=("norr", "soder", "centrum"))
        days = [date(2023, month, 1) for month in (2, 5, 9)]
        centre = done(*days, kind="dialog", areas=("centrum",))
        each = [
            Evidence(i, day, "dialog", areas=(area,))
            for i, (day, area) in enumerate(zip(days, rule.areas, strict=True))
        ]

        assert counting.count(rule, YEAR, centre, today=OVER).status == Status.NOT_MET
        assert counting.count(rule, YEAR, each, today=OVER).status == Status.MET

    def test_first_and_later_meetings_are_counted_apart(self):
        rows = [
            Evidence(1, date(2023, 3, 1), "uppstartsmote"),
            Evidence(2, date(2023, 4, 1), "uppstartsmote"),
        ]
        first = Rule(Type.IN_PERIOD, target=2, kinds=("uppstartsmote",))
        later = Rule(Type.IN_PERIOD, target=1, kinds=("repetitionsmote",))

        assert counting.count(first, YEAR, rows, today=OVER).status == Status.MET
        assert counting.count(later, YEAR, rows, today=OVER).status == Status.NOT_MET

    def test_four_newsletters_in_each_calendar_year_with_both_senders(self):
        rule = Rule(Type.PER_YEAR, target=4, kinds=("nyhetsbrev",), partners=(7,))
        both = [
            Evidence(i, date(2023, 1 + 3 * i, 5), "nyhetsbrev", organisations=(1, 7))
            for i in range(4)
        ]
        alone = Evidence(9, date(2023, 12, 1), "nyhetsbrev", organisations=(1,))

        assert counting.count(rule, YEAR, both, today=OVER).status == Status.MET
        found = counting.count(rule, YEAR, [*both[:3], alone], today=OVER)
        assert found.status == Status.NOT_MET
        assert found.missed == ((9, Why.PARTNER),)

    def test_individuals_are_at_most_two(self):
        assert counting.individuals(2, 2, YEAR, today=OVER).status == Status.MET
        assert counting.individuals(0, 2, YEAR, today=OVER).status == Status.NOT_MET
        with pytest.raises(ValueError, match="0 to 2"):
            counting.individuals(3, 3, YEAR, today=OVER)


class TestBastad:
    """E03, E05, E13: inclusive days, a stock, a direction without a colour."""

    def test_the_last_day_counts_and_the_next_does_not(self):
        rule = Rule(Type.IN_PERIOD, target=1, kinds=("mote",))
        inside = counting.count(rule, BASTAD, done(date(2022, 12, 31)), today=OVER)
        outside = counting.count(rule, BASTAD, done(date(2023, 1, 1)), today=OVER)

        assert inside.status == Status.MET
        assert (outside.status, outside.missed) == (Status.NOT_MET, ((0, Why.AFTER),))

    def test_a_stock_grows_from_its_first_day(self):
        spans = [
            (date(2015, 1, 1), None), (date(2016, 1, 1), date(2021, 1, 1)),
            (date(2020, 1, 1), None), (date(2021, 6, 1), None), (date(2023, 1, 1), None),
        ]  # fmt: skip
        found = counting.stock(spans, BASTAD, today=OVER)

        assert found.baseline == 3  # the one that came on the first day was there
        assert found.count == 0  # one came, one went; 2023 is outside
        assert found.status == Status.NOT_MET
        assert [int(one.count) for one in found.parts] == [3, 3, 3]

    def test_reports_are_summed_by_year(self):
        rule = Rule(Type.CONTINUOUS, unit=Unit.REPORTS, kinds=("rapportering",))
        rows = [
            Evidence(i, date(2020 + i, 12, 31), "rapportering",
                     amounts=((Unit.REPORTS, Decimal(n)),))
            for i, n in enumerate((120, 180, 260))
        ]  # fmt: skip
        found = counting.count(rule, BASTAD, rows, today=OVER)

        assert [int(one.count) for one in found.parts] == [120, 180, 260]
        assert found.status == Status.MET


class TestPace:
    """Behind an even pace is a risk; the rule is a number that can be shown."""

    @pytest.mark.parametrize(
        ("n", "today", "status"),
        [
            (0, date(2023, 2, 1), Status.NOT_BEGUN), (0, date(2023, 7, 3), Status.AT_RISK),
            (1, date(2023, 6, 1), Status.ONGOING), (1, date(2023, 7, 3), Status.AT_RISK),
            (2, date(2023, 7, 3), Status.ONGOING), (4, date(2023, 7, 3), Status.MET),
            (3, date(2023, 12, 31), Status.ONGOING), (3, date(2024, 1, 1), Status.NOT_MET),
        ],
    )  # fmt: skip
    def test_half_the_time_asks_for_half(self, n, today, status):
        rule = Rule(Type.IN_PERIOD, target=4, kinds=("mote",))
        rows = done(*[date(2023, 1, 2 + i) for i in range(n)])

        assert counting.count(rule, YEAR, rows, today=today).status == status

    def test_the_newest_of_seven_types_counts_no_activities(self):
        with pytest.raises(ValueError, match="counts no activities"):
            counting.count(Rule(Type.QUALITATIVE), YEAR, [], today=OVER)


RULES = st.sampled_from(
    [
        Rule(Type.IN_PERIOD, target=3, kinds=("a",)),
        Rule(Type.PER_YEAR, target=2, kinds=("a", "b")),
        Rule(Type.PER_AREA, kinds=("a",), areas=("x", "y")),
        Rule(Type.CONTINUOUS, kinds=("b",)),
        Rule(Type.IN_PERIOD, target=2, kinds=("a",), audiences=("u",), areas=("x",)),
    ]
)
DAYS = st.dates(date(2019, 12, 1), date(2023, 1, 31))
ROWS = st.lists(
    st.builds(
        Evidence,
        pk=st.integers(0, 10_000),
        on=DAYS,
        kind=st.sampled_from(["a", "b", "c"]),
        audiences=st.sampled_from([(), ("u",), ("v",)]),
        areas=st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
    ),
    max_size=12,
    unique_by=lambda one: one.pk,
)
BETTER = [Status.NOT_MET, Status.AT_RISK, Status.NOT_BEGUN, Status.ONGOING, Status.MET]


class TestWhatHoldsOfAny:
    """Order, edits, deletions and year ends change nothing they should not."""

    @given(rule=RULES, rows=ROWS, today=DAYS, seed=st.randoms())
    def test_order_changes_nothing(self, rule, rows, today, seed):
        shuffled = rows[:]
        seed.shuffle(shuffled)

        one = counting.count(rule, BASTAD, rows, today=today)
        assert counting.count(rule, BASTAD, shuffled, today=today) == one

    @given(rule=RULES, rows=ROWS, today=DAYS)
    def test_one_less_is_never_better(self, rule, rows, today):
        whole = counting.count(rule, BASTAD, rows, today=today)
        for i in range(len(rows)):
            less = counting.count(rule, BASTAD, rows[:i] + rows[i + 1 :], today=today)
            assert less.count <= whole.count
            assert BETTER.index(less.status) <= BETTER.index(whole.status) or (
                {less.status, whole.status} == {Status.NOT_BEGUN, Status.AT_RISK}
            )

    @given(rule=RULES, rows=ROWS, today=DAYS)
    def test_each_of_its_kind_counts_or_says_why_not(self, rule, rows, today):
        found = counting.count(rule, BASTAD, rows, today=today)
        of_kind = {one.pk for one in rows if one.kind in rule.kinds}
        missed = {pk for pk, _why in found.missed}

        assert set(found.counted) | missed == of_kind
        assert not set(found.counted) & missed

    @given(rows=ROWS)
    def test_years_add_up_to_the_whole(self, rows):
        rule = Rule(Type.PER_YEAR, target=1, kinds=("a",))
        found = counting.count(rule, BASTAD, rows, today=OVER)

        assert sum(one.count for one in found.parts) == found.count == len(found.counted)

    @given(day=st.dates(date(2019, 12, 30), date(2023, 1, 2)))
    def test_a_day_counts_exactly_inside(self, day):
        rule = Rule(Type.IN_PERIOD, target=1, kinds=("a",))
        found = counting.count(rule, BASTAD, [Evidence(1, day, "a")], today=OVER)

        assert bool(found.counted) == (BASTAD.starts_on <= day <= BASTAD.ends_on)

    @given(starts_on=DAYS, days=st.integers(0, 1200))
    def test_the_years_of_a_period_are_the_period(self, starts_on, days):
        period = Period(starts_on, starts_on + timedelta(days))

        assert sum(part.days for _year, part in period.years()) == period.days == days + 1


class TestThemesAndRise:
    """A theme narrows; what must rise is judged when the period is over."""

    PERIOD = Period(date(2020, 1, 1), date(2022, 12, 31))

    def test_an_activity_about_something_else_does_not_count(self):
        rule = Rule(Type.IN_PERIOD, target=1, kinds=("utbildning",), themes=("bedragerier",))
        done = [
            Evidence(1, date(2021, 3, 1), "utbildning", themes=("sspf",)),
            Evidence(2, date(2021, 4, 1), "utbildning", themes=("bedragerier", "annat")),
        ]
        found = counting.count(rule, self.PERIOD, done, today=date(2021, 6, 1))

        assert found.counted == (2,)
        assert found.missed == ((1, Why.THEME),)

    @pytest.mark.parametrize(
        ("reports", "status"),
        [((310, 362, 415), Status.MET), ((415, 310, 100), Status.NOT_MET),
         ((310, 362, 310), Status.NOT_MET), ((310, 0, 415), Status.NOT_MET)],
    )  # fmt: skip
    def test_a_fall_is_no_rise(self, reports, status):
        rule = Rule(Type.CONTINUOUS, unit=Unit.REPORTS, kinds=("x",), must_rise=True)
        done = [
            Evidence(year, date(year, 12, 31), "x", amounts=((Unit.REPORTS, Decimal(n)),))
            for year, n in zip((2020, 2021, 2022), reports, strict=True)
            if n
        ]
        during = counting.count(rule, self.PERIOD, done, today=date(2020, 12, 31))

        assert counting.count(rule, self.PERIOD, done, today=date(2023, 1, 1)).status == status
        assert during.status == Status.ONGOING
