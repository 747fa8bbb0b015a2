"""Tables by kommundel and quarter: a solver tries to work out what is hidden, and cannot."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlad.releases import tables
from samlad.releases.tables import BELOW, Differs, Shown, TooSmall

ROWS, COLUMNS = (
    ("bjuv", "billesholm", "ekeby"),
    ("2025 kv 1", "2025 kv 2", "2025 kv 3", "2025 kv 4"),
)
COUNTS = np.array([[12, 9, 3, 14], [7, 2, 8, 6], [5, 11, 6, 1]])


def truth(counts, rows=ROWS, columns=COLUMNS):
    return {(r, c): int(counts[i, j]) for i, r in enumerate(rows) for j, c in enumerate(columns)}


class TestOneTable:
    """What is small is hidden, with as much more as keeps it so."""

    def test_small_numbers_are_not_shown_and_not_worked_out(self):
        made = tables.protect(COUNTS, ROWS, COLUMNS, [], {})

        for i, j in np.argwhere((COUNTS > 0) & (COUNTS < BELOW)):
            assert made.cells[i][j] == tables.HIDDEN
        for low, high in tables.bounds(truth(COUNTS), made.shown).values():
            assert high - low >= 1

    def test_a_table_of_one_small_number_is_not_shown(self):
        with pytest.raises(TooSmall):
            tables.protect(np.array([[3]]), ROWS[:1], COLUMNS[:1], [], {})


class TestAcrossReleases:
    """Every table ever released is held against a new one, withdrawn ones too."""

    def test_the_difference_of_two_tables_gives_no_small_number(self):
        whole = [Shown(tuple((r, COLUMNS[0]) for r in ROWS), int(COUNTS[:, 0].sum()))]
        one_less = Shown(tuple((r, COLUMNS[2]) for r in ROWS[1:]), int(COUNTS[1:, 2].sum()))
        all_of_it = Shown(tuple((r, COLUMNS[2]) for r in ROWS), int(COUNTS[:, 2].sum()))

        tables.check(truth(COUNTS), [*whole, one_less])
        with pytest.raises(Differs):  # 17 less 14 is the hidden 3
            tables.check(truth(COUNTS), [*whole, one_less, all_of_it])

    def test_a_second_table_does_not_give_the_first_away(self):
        first = tables.protect(COUNTS, ROWS, COLUMNS, [], {})
        changed = COUNTS[:, :3]
        for _ in range(12):  # the choice is secret: try many
            try:
                second = tables.protect(changed, ROWS, COLUMNS[:3], first.shown, truth(COUNTS))
            except Differs:
                continue
            told = [*first.shown, *second.shown]
            for low, high in tables.bounds(truth(COUNTS), told).values():
                assert high - low >= 1

    def test_an_older_tables_hidden_number_is_kept_too(self):
        older = [
            Shown((("bjuv", COLUMNS[2]), ("billesholm", COLUMNS[2])), 11),
        ]
        newer = np.array([[8]])
        with pytest.raises(Differs):  # it shows 8, and so the 3 beside it
            tables.protect(newer, ("billesholm",), (COLUMNS[2],), older, truth(COUNTS))

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3))
    def test_no_hidden_number_is_determined(self, rows):
        counts = np.array(rows)
        try:
            made = tables.protect(counts, ROWS, COLUMNS[:3], [], {})
        except (TooSmall, Differs):
            return
        found = tables.bounds(truth(counts, columns=COLUMNS[:3]), made.shown)

        assert all(high - low >= 1 for low, high in found.values())


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

    @pytest.mark.parametrize("name", ["2025 kv 1", "2025 kv 4", "2024 kv 2"])
    def test_a_name_gives_its_days_back(self, name):
        first, before = tables.days_of(name)

        assert [one for one, *_ in tables.quarters(first, before)] == [name]
