"""What the roll-call knows of a source's weeks, and what stands beside the findings."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad.incidents.tables import AreaLabel, CategoryLabel, CountTable, SourceLabel, weeks
from samlad.picture import beside
from samlad.picture.compiling import Inputs, compile_picture
from samlad.picture.heard import Heard, with_roll_call
from samlad.picture.periods import Cadence, Period
from samlad.picture.testing import SourceTest

FIRST = date(2025, 1, 6)
N = 60
AREAS = (AreaLabel("1260", "Bjuv"), AreaLabel("a", "A", 0), AreaLabel("b", "B", 0))
KINDS = (CategoryLabel("klotter", "Klotter"), CategoryLabel("hot", "Hot"))
PERIOD = Period(Cadence.WEEK, FIRST + timedelta(7 * (N - 1)), FIRST + timedelta(7 * N))


def table(rng_seed=1, mean=3.0, code="s"):
    counts = np.random.default_rng(rng_seed).poisson(mean, (3, 2, N))
    counts[0] = counts[1] + counts[2]
    return CountTable(
        source=SourceLabel(code, code.upper()),
        areas=AREAS,
        categories=KINDS,
        bins=weeks(FIRST, PERIOD.ends_before),
        counts=counts,
        observed=np.ones(N, dtype=bool),
        hours=np.zeros((2, 7, 24)),
        unplaced=np.zeros(N, int),
        outside=np.zeros(N, int),
    )


def monday(week):
    return FIRST + timedelta(7 * week)


class TestHeard:
    """An answer makes a zero; silence makes a gap; a break ends comparison."""

    def test_answers_decide_and_other_weeks_keep_their_estimate(self):
        made = with_roll_call(table(), Heard(weeks={monday(58): False, monday(59): True}))

        assert not made.observed[58]
        assert made.observed[[57, 59]].all()

    def test_a_week_without_reports_is_a_zero_only_when_it_was_answered(self):
        quiet = table()
        quiet.counts[:, :, -1] = 0
        quiet = replace(quiet, observed=np.r_[np.ones(N - 1, bool), False])

        answered = SourceTest(with_roll_call(quiet, Heard({monday(59): True})), PERIOD, county="12")
        silent = SourceTest(with_roll_call(quiet, Heard({monday(59): False})), PERIOD, county="12")

        assert silent.method == "silent"
        assert answered.method != "silent"
        assert all(one.p is not None for one in answered.series())

    def test_what_came_before_a_break_is_no_baseline(self):
        made = with_roll_call(table(), Heard(since=monday(55)))

        assert not made.observed[:55].any()
        assert SourceTest(made, PERIOD, county="12").method == "describe"

    @pytest.mark.parametrize(("missed", "method"), [(11, "ears"), (13, "irregular")])
    def test_a_voluntary_source_is_tested_while_it_answers_in_four_weeks_of_five(
        self, missed, method
    ):
        said = {monday(week): week >= missed or week == 0 for week in range(N)}
        said |= {monday(week): False for week in range(20, 20 + missed)}
        said = {monday(week): not 20 <= week < 20 + missed for week in range(N)}
        made = with_roll_call(table(), Heard(said, voluntary=True))

        assert SourceTest(made, PERIOD, county="12").method == method

    def test_what_its_organisation_does_not_cover_is_not_tested(self):
        made = with_roll_call(table(), Heard(areas=("a",), categories=("hot",)))
        tested = {
            (one.area, one.category)
            for one in SourceTest(made, PERIOD, county="12").series()
            if one.p is not None
        }

        assert tested == {(1, 1)}

    @given(
        st.dictionaries(st.integers(0, N - 1).map(monday), st.booleans()),
        st.none() | st.integers(0, N).map(monday),
        st.booleans(),
    )
    def test_it_is_kept_and_read_back(self, said, since, voluntary):
        heard = Heard(said, since, voluntary, ("a",), ("hot", "klotter"))

        assert Heard.from_json(heard.as_json()) == heard


def compiled(tables, **more):
    return compile_picture(
        Inputs({"code": "1260", "name": "Bjuv"}, PERIOD, tables, [], seed=1, **more)
    )


class TestBeside:
    """Since when, who sees what, what is coming."""

    def test_a_known_deviation_goes_on_and_a_new_one_is_new(self):
        high = table()
        high.counts[1, 0, -1] = 40
        high.counts[0] = high.counts[1] + high.counts[2]
        known = {"source": "s", "category": "klotter", "area": "a", "since": "2026-01-05"}

        (new,) = compiled([high])["findings"]
        (old,) = compiled([high], beside=beside.Beside(ongoing=[known]))["findings"]

        assert new["since"] is None
        assert old["since"] == "2026-01-05"

    def test_the_matrix_names_who_alone_sees_something(self):
        one, other = table(code="s"), table(2, code="t")
        other.counts[:, 1] = 0
        rows = beside.matrix([one, other], PERIOD, 4)

        assert {row["only"] for row in rows if row["category"]["code"] == "hot"} == {"s"}
        assert all(row["only"] is None for row in rows if row["category"]["code"] == "klotter")
        assert all(row["area"]["code"] in {"a", "b"} for row in rows)

    def test_coverage_is_said_as_a_count(self):
        document = compiled(
            [table()],
            beside=beside.Beside(reporters={"submitted": 9, "expected": 12}, unreviewed=2),
        )

        assert beside.shown(document, "sv").reporters == "9 av 12 har lämnat."
        assert beside.shown(document, "sv").unreviewed.startswith("2 rapporter var inte granskade")

    def test_a_voluntary_source_says_reports(self):
        high = with_roll_call(table(), Heard({monday(w): True for w in range(N)}, voluntary=True))
        high.counts[1, 0, -1] = 40
        high.counts[0] = high.counts[1] + high.counts[2]
        (found,) = compiled([high])["findings"]

        assert " 40 rapporter mot väntade" in found["sentence"]
