"""Tables by kommundel and quarter: a solver tries to work out what is hidden, and cannot."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlad.releases import tables
from samlad.releases.tables import BELOW, Changed, Differs, Shown, Told, TooSmall

ROWS, COLUMNS = (
    ("bjuv", "billesholm", "ekeby"),
    ("2025 kv 1", "2025 kv 2", "2025 kv 3", "2025 kv 4"),
)
COUNTS = np.array([[12, 9, 3, 14], [7, 2, 8, 6], [5, 11, 6, 1]])


def grid(counts, rows=ROWS, columns=COLUMNS):
    return {(r, c): int(counts[i, j]) for i, r in enumerate(rows) for j, c in enumerate(columns)}


def told(counts, rows=ROWS, columns=COLUMNS):
    """Return a table as it is released, and as it is remembered."""
    made = tables.protect(counts, rows, columns, [])
    return made, Told(tuple(made.shown), grid(counts, rows, columns))


def of(value, *atoms):
    """Return a number that was shown, of these atoms."""
    return Shown(tuple(atoms), value)


class TestOneTable:
    """What is small is hidden, with as much more as keeps it so."""

    def test_small_numbers_are_not_shown_and_not_worked_out(self):
        made, kept = told(COUNTS)

        for i, j in np.argwhere((COUNTS > 0) & (COUNTS < BELOW)):
            assert made.cells[i][j] == tables.HIDDEN
        assert all(high - low >= 1 for low, high in tables.bounds([kept]).values())

    def test_a_table_of_one_small_number_is_not_shown(self):
        with pytest.raises(TooSmall):
            tables.protect(np.array([[3]]), ROWS[:1], COLUMNS[:1], [])


class TestAcrossReleases:
    """Every table ever released is held against a new one, withdrawn ones too."""

    def test_the_difference_of_two_tables_gives_no_small_number(self):
        quarter = [(row, COLUMNS[2]) for row in ROWS]
        whole = Told(
            (of(17, *quarter),), {atom: n for atom, n in grid(COUNTS).items() if atom in quarter}
        )
        part = Told((of(14, *quarter[1:]),), {atom: grid(COUNTS)[atom] for atom in quarter[1:]})

        tables.check([whole])
        with pytest.raises(Differs):  # 17 less 14 is the hidden 3
            tables.check([whole, part])

    def test_what_is_hidden_is_known_to_be_at_least_one(self):
        a, b = ("bjuv", COLUMNS[0]), ("bjuv", COLUMNS[1])
        counts = {a: 1, b: 1}

        with pytest.raises(Differs):  # two hidden that make 2 are one each
            tables.check([Told((of(2, a, b),), counts)])

    def test_a_second_pattern_of_the_same_table_does_not_give_it_away(self):
        _made, first = told(COUNTS)
        for _ in range(10):  # the choice is secret: try many
            try:
                second = tables.protect(COUNTS, ROWS, COLUMNS, [first])
            except Differs:
                continue
            both = [first, Told(tuple(second.shown), grid(COUNTS))]
            assert all(high - low >= 1 for low, high in tables.bounds(both).values())

    def test_an_older_tables_hidden_number_is_kept_too(self):
        a, b = ("bjuv", COLUMNS[2]), ("billesholm", COLUMNS[2])
        older = Told((of(11, a, b),), {a: 3, b: 8})

        with pytest.raises(Differs):  # it shows 8, and so the 3 beside it
            tables.protect(np.array([[8]]), ("billesholm",), (COLUMNS[2],), [older])

    def test_a_small_sum_is_not_given_away_either(self):
        atoms = [("bjuv", COLUMNS[0]), ("bjuv", COLUMNS[1]), ("ekeby", COLUMNS[0])]
        counts = dict(zip(atoms, (1, 1, 9), strict=True))
        first = Told((of(11, *atoms),), counts)
        second = Told((of(9, atoms[2]),), {atoms[2]: 9})

        with pytest.raises(Differs):
            tables.check([first, second])

    def test_a_count_that_has_changed_is_not_shown_again(self):
        _made, first = told(COUNTS)
        later = COUNTS.copy()
        later[0, 2] = 7  # a late report: it was a hidden 3

        with pytest.raises(Changed):
            tables.protect(later, ROWS, COLUMNS, [first])

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3))
    def test_no_hidden_number_is_determined(self, rows):
        try:
            _made, kept = told(np.array(rows), columns=COLUMNS[:3])
        except (TooSmall, Differs):
            return
        assert all(high - low >= 1 for low, high in tables.bounds([kept]).values())


class TestQuarters:
    """Whole quarters alone: the levels are fixed."""

    @pytest.mark.parametrize(
        ("first", "before", "names"),
        [
            (
                date(2025, 1, 1),
                date(2026, 1, 1),
                ["2025 kv 1", "2025 kv 2", "2025 kv 3", "2025 kv 4"],
            ),
            (date(2025, 2, 1), date(2025, 9, 30), ["2025 kv 2"]),
            (date(2025, 11, 1), date(2026, 3, 31), []),
            (date(2025, 10, 1), date(2026, 4, 1), ["2025 kv 4", "2026 kv 1"]),
        ],
    )
    def test_parts_of_quarters_are_left_out(self, first, before, names):
        assert [name for name, *_ in tables.quarters(first, before)] == names
