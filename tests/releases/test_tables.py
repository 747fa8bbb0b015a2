"""Tables by area and time: a solver tries to work out what is hidden, and cannot."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from samlad.releases import periods, tables
from samlad.releases.periods import months
from samlad.releases.tables import (
    BELOW,
    OF_THINGS,
    Changed,
    Differs,
    Layout,
    Shown,
    Told,
    TooSmall,
    part,
)
from samlad.releases.workflow import ByTime

AREAS = ("bjuv", "billesholm", "ekeby")
MONTHS = tuple(f"2025-{n:02}" for n in range(1, 13))
COUNTS = np.array([[12, 9, 3, 14], [7, 2, 8, 6], [5, 11, 6, 1]])
QUARTERS = tuple(months(f"2025 kv {n}") for n in range(1, 5))


def monthly(counts, areas=AREAS):
    """Return the grid of a table of areas and the first months of the year."""
    return {
        part([[area]], [[MONTHS[j]]]): int(n)
        for area, row in zip(areas, counts, strict=True)
        for j, n in enumerate(row)
    }


def by_month(counts, areas=AREAS):
    width = len(counts[0])
    return Layout(tuple((area,) for area in areas), tuple((one,) for one in MONTHS[:width]))


def told(counts, areas=AREAS, below=BELOW):
    """Return a table as it is released, and as it is remembered."""
    made = tables.protect(by_month(counts, areas), monthly(counts, areas), [], below=below)
    return made, made.told


def of(value, *atoms):
    """Return a number that was shown, of these atoms."""
    return Shown(tuple(sorted(atoms)), value)


def remembered(counts, *shown):
    """Return a table of single atoms in one row each, that showed these numbers alone."""
    areas = sorted({area for area, _month in counts})
    layout = Layout((tuple(areas),), tuple((m,) for m in sorted({m for _area, m in counts})))
    return Told(layout, shown, {(atom,): n for atom, n in counts.items()})


def small_numbers(all_told):
    """Return every cell of the four levels that is small, and every small sum of a table."""
    known = {key[0]: n for one in all_told for key, n in one.grid.items() if len(key) == 1}
    areas = sorted({area for area, _month in known})
    there = sorted({month for _area, month in known})
    columns = [(m,) for m in there] + [q for q in QUARTERS if set(q) <= set(there)]
    cells = [part([row], [c]) for row in [*((a,) for a in areas), areas] for c in columns]
    whole = [cell for cell in cells if all(atom in known for atom in cell)]
    small = {cell for cell in whole if 0 < sum(known[atom] for atom in cell) < BELOW}
    return small | {key for one in all_told for key in one.small}


def worked_out(all_told):
    """Return the small numbers an attacker works out: every total of every fit is tried.

    Independent of the check: the least and the most each small number can be, with a solver that
    is told nothing but what was shown, what each hidden cell is at least, and no upper bound.
    """
    atoms = sorted({atom for one in all_told for key in one.grid for atom in key})
    index = {atom: i for i, atom in enumerate(atoms)}
    facts = []
    for one in all_told:
        facts += [(shown.atoms, shown.value, shown.value) for shown in one.shown]
        facts += [(cell, 1, np.inf) for cell in one.hidden_cells()]
    known = np.zeros((len(facts), len(atoms)))
    for i, (those, _least, _most) in enumerate(facts):
        known[i, [index[atom] for atom in those]] = 1
    found = []
    for small in small_numbers(all_told):
        aim = np.zeros(len(atoms))
        aim[[index[atom] for atom in small]] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim,
                constraints=LinearConstraint(
                    known, [low for _t, low, _h in facts], [high for _t, _l, high in facts]
                ),
                integrality=np.ones(len(atoms), dtype=np.int64),
                bounds=Bounds(0, np.inf),
            )
            ends.append(np.inf if solved.x is None else round(float(aim @ solved.x)))
        if ends[0] == ends[1]:
            found.append(small)
    return found


class TestOneTable:
    """What is small is hidden, with as much more as keeps it so."""

    def test_small_numbers_are_not_shown_and_not_worked_out(self):
        made, kept = told(COUNTS)

        for i, j in np.argwhere((COUNTS > 0) & (COUNTS < BELOW)):
            assert made.cells[i][j] == tables.HIDDEN
        assert worked_out([kept]) == []

    def test_a_table_of_one_small_number_is_not_shown(self):
        with pytest.raises(TooSmall):
            told([[3]], AREAS[:1])

    def test_what_happens_to_things_is_told_as_it_is(self):
        made, _kept = told(COUNTS, below=OF_THINGS)

        assert made.cells == [[str(n) for n in row] for row in COUNTS]
        assert made.row_totals == ["38", "23", "23"]
        assert (made.column_totals, made.total) == (["24", "22", "17", "21"], "84")

    @pytest.mark.parametrize("columns", [QUARTERS, tuple((one,) for one in MONTHS)])
    @pytest.mark.parametrize("rows", [(AREAS,), tuple((area,) for area in AREAS)])
    def test_every_level_adds_up_and_hides_its_own_small_numbers(self, rows, columns):
        counts = np.random.default_rng(1260).poisson(3, (3, 12))
        layout = Layout(rows, columns)
        made = tables.protect(layout, monthly(counts), [])

        values = layout.counts(monthly(counts))
        assert values.sum() == counts.sum()
        shown = np.array([[cell != tables.HIDDEN for cell in row] for row in made.cells])
        assert not (shown & (values > 0) & (values < BELOW)).any()
        assert worked_out([made.told]) == []


class TestAcrossReleases:
    """Every table ever released is held against a new one, withdrawn ones too."""

    def test_the_difference_of_two_tables_gives_no_small_number(self):
        counts = {(area, "2025-03"): n for area, n in zip(AREAS, (3, 8, 6), strict=True)}
        part_of = {atom: n for atom, n in counts.items() if atom[0] != "bjuv"}
        whole = remembered(counts, of(17, *counts))
        smaller = remembered(part_of, of(14, *part_of))

        tables.check([whole])
        with pytest.raises(Differs):  # 17 less 14 is the hidden 3
            tables.check([whole, smaller])

    def test_what_is_hidden_is_known_to_be_at_least_one(self):
        a, b = ("bjuv", "2025-01"), ("bjuv", "2025-02")

        with pytest.raises(Differs):  # two hidden that make 2 are one each
            tables.check([remembered({a: 1, b: 1}, of(2, a, b))])

    def test_a_second_pattern_of_the_same_table_does_not_give_it_away(self):
        _made, first = told(COUNTS)
        for _ in range(10):  # the choice is secret: try many
            try:
                second = tables.protect(by_month(COUNTS), monthly(COUNTS), [first])
            except Differs:
                continue
            assert worked_out([first, second.told]) == []

    def test_an_older_tables_hidden_number_is_kept_too(self):
        a, b = ("bjuv", "2025-03"), ("billesholm", "2025-03")
        older = remembered({a: 3, b: 8}, of(11, a, b))
        layout = Layout((("billesholm",),), (("2025-03",),))

        with pytest.raises(Differs):  # it shows 8, and so the 3 beside it
            tables.protect(layout, {(b,): 8}, [older])

    def test_a_small_sum_is_not_given_away_either(self):
        rows = (("bjuv",), ("ekeby",))
        layout = Layout(rows, (("2025-01",), ("2025-02",)))
        grid = monthly([[2, 1], [9, 8]], ("bjuv", "ekeby"))
        first = Told(layout, (Shown(layout.total(), 20),), grid)
        second = remembered({("ekeby", m): n for m, n in (("2025-01", 9), ("2025-02", 8))})
        shown = of(17, *part(rows[1:], layout.columns))

        tables.check([first, second])
        with pytest.raises(Differs):  # 20 less 17 is the hidden 3 of bjuv
            tables.check([first, Told(second.layout, (shown,), second.grid)])

    def test_a_count_that_has_changed_is_not_shown_again(self):
        _made, first = told(COUNTS)
        later = COUNTS.copy()
        later[0, 2] = 7  # a late report: it was a hidden 3

        with pytest.raises(Changed):
            tables.protect(by_month(later), monthly(later), [first])

    def test_a_table_by_quarter_from_before_there_were_months_still_counts(self):
        quarter = part([["bjuv"]], [QUARTERS[0]])
        older = Told(Layout((("bjuv",),), (QUARTERS[0],)), (Shown(quarter, 24),), {quarter: 24})
        counts = {("bjuv", "2025-01"): 12, ("bjuv", "2025-02"): 9}
        two = remembered(counts, *(of(n, atom) for atom, n in counts.items()))
        march = {("bjuv", "2025-03"): 3}

        tables.check([two, remembered(counts | march)])
        with pytest.raises(Differs):  # 24 less 12 and 9 is March's 3
            tables.check([older, two, remembered(counts | march)])
        with pytest.raises(Changed):
            tables.check([older, remembered(counts | {("bjuv", "2025-03"): 4})])

    def test_a_row_left_out_is_known_to_be_zero(self):
        counts = [[12, 9], [7, 8], [0, 0]]
        made = tables.protect(by_month(counts[:2], AREAS[:2]), monthly(counts), [])

        assert of(0, ("ekeby", "2025-01")) in made.told.shown

    def test_what_was_hidden_stays_so_when_a_category_is_said_to_be_of_things(self):
        _made, first = told(COUNTS)

        with pytest.raises(Differs):
            tables.protect(by_month(COUNTS), monthly(COUNTS), [first], below=OF_THINGS)


LAYOUTS = [
    Layout(rows, columns)
    for rows in (((*AREAS,),), tuple((area,) for area in AREAS))
    for columns in (QUARTERS[:2], tuple((one,) for one in MONTHS[:6]))
]


class TestAllLevels:
    """Municipality or kommundel, month or quarter, in any order: no small number follows."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=3, max_size=3),
        st.permutations(LAYOUTS),
    )
    def test_no_hidden_number_is_determined(self, rows, layouts):
        kept = []
        for layout in layouts:
            try:
                kept.append(tables.protect(layout, monthly(rows), kept).told)
            except (TooSmall, Differs):
                continue
        assert worked_out(kept) == []

    def test_two_months_of_a_quarter_do_not_tell_the_third(self):
        whole = Layout((AREAS,), (QUARTERS[0],))
        counts = [[5, 3, 1], [4, 3, 1], [3, 3, 2]]
        first = tables.protect(whole, monthly(counts), [])
        two = {key: n for key, n in monthly(counts).items() if key[0][1] != "2025-03"}

        with pytest.raises(Differs):  # 25 less 12 and 9 is March's 4
            tables.protect(Layout((AREAS,), (("2025-01",), ("2025-02",))), two, [first.told])

    def test_months_of_a_district_do_not_tell_its_quarter(self):
        counts = [[1, 1, 2, 6, 7, 8], [9, 8, 7, 6, 5, 9]]
        for _ in range(10):
            try:
                made = tables.protect(by_month(counts, AREAS[:2]), monthly(counts, AREAS[:2]), [])
            except Differs:
                continue
            assert worked_out([made.told]) == []

    def test_months_of_a_municipality_and_quarters_of_its_districts_stand_together(self):
        counts = np.random.default_rng(7).poisson(9, (3, 12))
        kept = []
        for layout in (
            Layout((AREAS,), tuple((one,) for one in MONTHS)),
            Layout(tuple((area,) for area in AREAS), QUARTERS),
        ):
            kept.append(tables.protect(layout, monthly(counts), kept).told)

        assert worked_out(kept) == []


class TestPeriods:
    """Whole months and quarters alone: the levels are fixed."""

    @pytest.mark.parametrize(
        ("by", "first", "before", "names"),
        [
            (
                ByTime.QUARTER,
                date(2025, 1, 1),
                date(2026, 1, 1),
                ["2025 kv 1", "2025 kv 2", "2025 kv 3", "2025 kv 4"],
            ),
            (ByTime.QUARTER, date(2025, 2, 1), date(2025, 9, 30), ["2025 kv 2"]),
            (ByTime.QUARTER, date(2025, 11, 1), date(2026, 3, 31), []),
            (
                ByTime.QUARTER,
                date(2025, 10, 1),
                date(2026, 4, 1),
                ["2025 kv 4", "2026 kv 1"],
            ),
            (ByTime.MONTH, date(2025, 12, 1), date(2026, 2, 1), ["2025-12", "2026-01"]),
            (ByTime.MONTH, date(2025, 12, 2), date(2026, 1, 31), []),
        ],
    )
    def test_parts_are_left_out(self, by, first, before, names):
        assert [one.name for one in periods.whole(by, first, before)] == names
