"""Which cells of a table must be hidden so that no small count can be worked out?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samlad_stats._checks import check_counts

# What it costs to hide a cell, a row's or column's total, and the total of all: few cells are
# hidden, and totals last.
INNER, MARGIN, CORNER = 1.0, 1_000.0, 1_000_000.0
MORE = 0.05  # share of other cells and totals hidden besides, where the choice is to be secret


@dataclass(frozen=True)
class Suppression:
    """What is hidden, True: ``cells`` (n_rows, n_columns), ``row_totals`` (n_rows,),
    ``column_totals`` (n_columns,), ``total``. What is not hidden may be shown, zeros too.
    """

    cells: np.ndarray
    row_totals: np.ndarray
    column_totals: np.ndarray
    total: bool


def suppress(
    table: ArrayLike, *, below: int = 5, rng: np.random.Generator | None = None
) -> Suppression:
    """Hide the small counts of a two-way table, and as much more as keeps them hidden.

    Answers "what of this table and its totals may be shown?".

    Parameters
    ----------
    table : array_like of int, shape (n_rows, n_columns), >= 0
        Counts, without totals.
    below : int, >= 3
        Counts from 1 to below - 1 are small; 0 is not.
    rng : numpy.random.Generator, optional
        A secret source of randomness. Without it the same table gives the same pattern.

    Returns
    -------
    Suppression
        Every small cell and every small total is hidden. Further cells, and totals only where
        no cell will do, are hidden so that each hidden one could have another value: there is
        always a second table with the same shown numbers, the same zeros, and in each hidden
        place a small number where there is one and none where there is not. A reader who knows
        the rule, and even which of the hidden are small, can therefore not work one out.
        One who also runs this function on every table that fits may: another table would
        perhaps have been hidden otherwise. With `rng` the choice does not depend on hidden
        counts, and any pattern that serves one of the tables can come of the others too; show
        one such pattern of a table, and no second.

    Raises
    ------
    ValueError
        Counts are not whole or negative, or of another shape; ``below`` is less than 3 (a
        count that can only be 1 is told by being hidden); or no second table exists, and the
        table is too small to be shown at all.

    Notes
    -----
    A second table differs by one along a cycle of cells, up and down in turn [1]_. The
    cheapest cycle through each hidden cell is found (Dijkstra), and what is on it hidden. Two
    tables that share cells, and the same table at another time, can still be held against each
    other.

    References
    ----------
    .. [1] Cox (1980), J. Am. Stat. Assoc. 75, 377-385, doi:10.1080/01621459.1980.10477481.

    Examples
    --------
    The 3 is small, and would follow from any total of its row or column:

    >>> found = suppress([[3, 20, 0], [30, 40, 50], [7, 9, 12]])
    >>> found.cells.astype(int).tolist(), found.row_totals.any() or found.total
    ([[1, 1, 0], [0, 0, 0], [1, 1, 0]], False)
    """
    counts = check_counts("table", table).astype(np.int64)
    if counts.ndim != 2 or 0 in counts.shape:
        raise ValueError("table must have the shape (n_rows, n_columns), not empty")
    if below != int(below) or below < 3:
        raise ValueError(f"below must be a whole number, 3 or more, not {below}")
    # Totals are cells of a larger table whose rows and columns add up to 0: theirs count
    # against the others.
    full = np.pad(counts, ((0, 1), (0, 1)))
    full[:-1, -1], full[-1, :-1] = counts.sum(axis=1), counts.sum(axis=0)
    full[-1, -1] = counts.sum()
    sign = np.ones(full.shape, dtype=np.int64)
    sign[:-1, -1] = sign[-1, :-1] = -1
    if rng is None:
        cost = INNER + full / max(int(full[-1, -1]), 1)
    else:
        cost = INNER + rng.random(full.shape)
    cost[:-1, -1] *= MARGIN
    cost[-1, :-1] *= MARGIN
    cost[-1, -1] *= CORNER

    small = (full > 0) & (full < below)
    may_rise = (full > 0) & (full != below - 1)  # and stay small, or not small
    may_fall = (full > 1) & (full != below)
    up = np.where(sign > 0, may_rise, may_fall)  # in the table that adds up to 0
    down = np.where(sign > 0, may_fall, may_rise)
    hidden, free = small.copy(), np.zeros(full.shape, dtype=bool)
    if rng is not None and small.any():
        hidden |= (rng.random(full.shape) < MORE) & (full > 0)
    for i, j in np.argwhere(hidden):
        if free[i, j]:
            continue
        price = np.where(hidden, 0.0, cost)
        cycle = _cheapest_cycle(int(i), int(j), price, up, down)
        if cycle is None:
            raise ValueError("the table is too small to be shown")
        for place in cycle:
            hidden[place] = free[place] = True
    return Suppression(
        cells=hidden[:-1, :-1],
        row_totals=hidden[:-1, -1],
        column_totals=hidden[-1, :-1],
        total=bool(hidden[-1, -1]),
    )


def _cheapest_cycle(
    i: int, j: int, price: np.ndarray, up: np.ndarray, down: np.ndarray
) -> list[tuple[int, int]] | None:
    """Return the cells of the cheapest cycle through (i, j), in either direction."""
    best = None
    for one, other in ((up, down), (down, up)):
        if one[i, j]:
            found = _cheapest_way(i, j, price, one, other)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
    return None if best is None else [(i, j), *best[1]]


def _cheapest_way(
    i: int, j: int, price: np.ndarray, along: np.ndarray, against: np.ndarray
) -> tuple[float, list[tuple[int, int]]] | None:
    """Return the cheapest way back from column j to row i, and its price.

    A step from a column to a row changes their cell one way (`against`), a step from a row to
    a column the other (`along`). Rows are the first nodes, columns the rest.
    """
    n_rows, n_columns = price.shape
    into_row = np.where(against, price, np.inf)
    into_column = np.where(along, price, np.inf)
    into_row[i, j] = np.inf
    distance = np.full(n_rows + n_columns, np.inf)
    earlier = np.full(n_rows + n_columns, -1)
    done = np.zeros(n_rows + n_columns, dtype=bool)
    distance[n_rows + j] = 0.0
    while True:
        at = int(np.argmin(np.where(done, np.inf, distance)))
        if done[at] or not np.isfinite(distance[at]):
            return None
        if at == i:
            break
        done[at] = True
        rows = at >= n_rows
        ahead = slice(0, n_rows) if rows else slice(n_rows, None)
        step = into_row[:, at - n_rows] if rows else into_column[at]
        reached = distance[at] + step
        closer = (reached < distance[ahead]) & ~done[ahead]
        distance[ahead] = np.where(closer, reached, distance[ahead])
        earlier[ahead] = np.where(closer, at, earlier[ahead])
    way, node = [], i
    while node != n_rows + j:
        before = int(earlier[node])
        row, column = (node, before - n_rows) if before >= n_rows else (before, node - n_rows)
        way.append((row, column))
        node = before
    return float(distance[i]), way
