"""Suppression: a solver that knows the rule is left with two values for each hidden cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from samlad_stats.disclosure import suppress

tables = st.integers(1, 6).flatmap(
    lambda rows: st.integers(1, 6).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.one_of(st.integers(0, 6), st.integers(0, 60)),
                min_size=columns,
                max_size=columns,
            ),
            min_size=rows,
            max_size=rows,
        )
    )
)


def with_totals(table):
    table = np.array(table)
    full = np.pad(table, ((0, 1), (0, 1)))
    full[:-1, -1], full[-1, :-1], full[-1, -1] = table.sum(axis=1), table.sum(axis=0), table.sum()
    return full


def hidden_with_totals(found):
    hidden = np.zeros((found.cells.shape[0] + 1, found.cells.shape[1] + 1), dtype=bool)
    hidden[:-1, :-1], hidden[:-1, -1] = found.cells, found.row_totals
    hidden[-1, :-1], hidden[-1, -1] = found.column_totals, found.total
    return hidden


def values_left(full, hidden, place, below):
    """Return the least and greatest a hidden place can be, for one who knows which are small."""
    n_rows, n_columns = full.shape
    low = np.where(hidden, np.where(full < below, 1, below), full).astype(float)
    high = np.where(hidden, np.where(full < below, below - 1, 10_000), full).astype(float)
    sums = []
    for i in range(n_rows):
        line = np.zeros(full.shape)
        line[i, :-1], line[i, -1] = 1, -1
        sums.append(line.ravel())
    for j in range(n_columns):
        line = np.zeros(full.shape)
        line[:-1, j], line[-1, j] = 1, -1
        sums.append(line.ravel())
    goal = np.zeros(full.shape)
    goal[place] = 1
    ends = []
    for direction in (1, -1):
        solved = milp(
            direction * goal.ravel(), integrality=np.ones(full.size),
            bounds=Bounds(low.ravel(), high.ravel()),
            constraints=LinearConstraint(np.array(sums), 0, 0),
        )  # fmt: skip
        assert solved.success
        ends.append(round(direction * solved.fun))
    return ends


@settings(max_examples=120)
@given(table=tables, below=st.sampled_from([3, 5, 10]))
def test_each_hidden_cell_is_left_at_least_two_values(table, below):
    try:
        found = suppress(table, below=below)
    except ValueError:
        return  # the next test says when
    full, hidden = with_totals(table), hidden_with_totals(found)

    for place in np.argwhere(hidden):
        least, greatest = values_left(full, hidden, tuple(place), below)
        assert least < greatest


@settings(max_examples=300)
@given(table=tables, below=st.sampled_from([3, 5, 10]))
def test_small_counts_are_hidden_and_zeros_shown(table, below):
    full = with_totals(table)
    try:
        hidden = hidden_with_totals(suppress(table, below=below))
    except ValueError:
        return

    small = (full > 0) & (full < below)
    assert hidden[small].all()
    assert not hidden[full == 0].any()
    if not small.any():
        assert not hidden.any()


@settings(max_examples=500)
@given(table=tables)
def test_there_is_a_way_unless_a_small_total_stands_over_as_many_ones(table):
    """Four ones under a total of at most four can be worked out; nothing else is refused."""
    table = np.array(table)
    try:
        suppress(table)
    except ValueError:
        totals = np.concatenate([table.sum(axis=0), table.sum(axis=1)])
        assert ((totals > 0) & (totals < 6)).any()


@settings(max_examples=100)
@given(table=tables, seed=st.integers(0, 99))
def test_the_order_of_rows_and_columns_does_not_let_a_small_count_out(table, seed):
    rng = np.random.default_rng(seed)
    table = np.array(table)
    rows, columns = rng.permutation(len(table)), rng.permutation(table.shape[1])
    try:
        one = suppress(table)
    except ValueError:
        with pytest.raises(ValueError, match="too small"):
            suppress(table[rows][:, columns])
        return
    other = suppress(table[rows][:, columns])

    small = (table > 0) & (table < 5)
    assert one.cells[small].all()
    assert other.cells[small[rows][:, columns]].all()


@settings(max_examples=60)
@given(table=tables, seed=st.integers(0, 999))
def test_a_secret_choice_leaves_two_values_as_well(table, seed):
    try:
        found = suppress(table, rng=np.random.default_rng(seed))
    except ValueError:
        return
    full, hidden = with_totals(table), hidden_with_totals(found)

    assert not hidden[full == 0].any()
    for place in np.argwhere(hidden):
        least, greatest = values_left(full, hidden, tuple(place), 5)
        assert least < greatest


def test_one_who_runs_it_on_every_table_that_fits_cannot_tell_a_secret_choice():
    """Two tables with the same shown numbers: without rng their patterns differ."""
    one, other = [[1, 3], [2, 24]], [[2, 3], [1, 24]]

    def pattern(table, rng):
        return hidden_with_totals(suppress(table, below=3, rng=rng)).tobytes()

    rng = np.random.default_rng(1)
    of_other = {pattern(other, rng) for _ in range(4000)}

    assert pattern(one, None) != pattern(other, None)
    assert pattern(one, None) in of_other


def test_totals_are_hidden_only_where_no_cell_will_do():
    roomy = suppress([[3, 20, 8], [30, 40, 50], [7, 9, 12]])
    lonely = suppress([[3, 0, 0], [30, 40, 50], [7, 9, 12]])

    assert roomy.cells.sum() == 4
    assert not roomy.row_totals.any()
    assert not roomy.column_totals.any()
    assert lonely.row_totals.tolist()[0]  # it is 3 itself


def test_a_table_of_one_small_count_is_hidden_whole():
    found = suppress([[3]])

    assert found.cells.all()
    assert found.row_totals.all()
    assert found.column_totals.all()
    assert found.total


def test_the_table_is_left_alone():
    table = np.array([[3, 20], [30, 40]])
    before = table.copy()

    suppress(table)

    assert np.array_equal(table, before)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"table": [[1, -1]]}, "table"), ({"table": [1, 2]}, "table"), ({"table": [[]]}, "table"),
     ({"table": [[0.5]]}, "table"), ({"below": 2}, "below"), ({"below": 4.5}, "below")],
)  # fmt: skip
def test_refuses_by_name(wrong, named):
    with pytest.raises(ValueError, match=named):
        suppress(**({"table": [[1, 9], [9, 9]]} | wrong))
