"""A table of incidents by kommundel and quarter, with what is small hidden; and the check that
no difference between it and any table released before gives a small number. Levels are fixed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from samlad_stats.disclosure import suppress

BELOW = 5  # person-near; the usual limit in Swedish official tables
HIDDEN = ".."
Atom = tuple[str, str]  # a district's code, and a quarter


class TooSmall(ValueError):
    """Hiding what is small leaves nothing to show."""


class Differs(ValueError):
    """With what has been shown before, a small number could be worked out."""


class Changed(ValueError):
    """A count is another than when it was shown or hidden before."""


@dataclass(frozen=True)
class Shown:
    """A number that readers have: the sum of some atoms."""

    atoms: tuple[Atom, ...]
    value: int


@dataclass(frozen=True)
class Told:
    """A table that has been released: what it showed, and its counts as they were then."""

    shown: tuple[Shown, ...]
    grid: Mapping[Atom, int]


@dataclass(frozen=True)
class Protected:
    """A table as it may be shown: numbers or ``..``; and what it tells, for later checks."""

    cells: list[list[str]]
    row_totals: list[str]
    column_totals: list[str]
    total: str
    shown: list[Shown]


def quarters(starts_on: date, ends_before: date) -> list[tuple[str, date, date]]:
    """Return the whole quarters of a period: name, first day, day before which it ends.

    >>> [name for name, *_ in quarters(date(2025, 1, 1), date(2025, 8, 1))]
    ['2025 kv 1', '2025 kv 2']
    """
    found: list[tuple[str, date, date]] = []
    year, n = starts_on.year, (starts_on.month + 1) // 3
    while True:
        first = date(year + n // 4, 3 * (n % 4) + 1, 1)
        n += 1
        before = date(year + n // 4, 3 * (n % 4) + 1, 1)
        if before > ends_before:
            return found
        if first >= starts_on:
            found.append((f"{first.year} kv {(first.month + 2) // 3}", first, before))


def protect(
    counts: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    before: Sequence[Told],
) -> Protected:
    """Return a table with what is small hidden, unless earlier tables would give it away.

    `counts` (n_rows, n_columns) [count]; `before` are all tables ever released of the same. What
    was small in one of them is not given away either. Raises `TooSmall`, `Differs` or `Changed`.
    """
    rng = np.random.default_rng(secrets.randbits(128))
    try:
        hidden = suppress(counts, below=BELOW, rng=rng)
    except ValueError as fault:
        raise TooSmall(str(fault)) from None
    shown = [
        Shown(((row, column),), int(counts[i, j]))
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if not hidden.cells[i, j]
    ]
    shown += [
        Shown(tuple((row, column) for column in columns), int(counts[i].sum()))
        for i, row in enumerate(rows)
        if not hidden.row_totals[i]
    ]
    shown += [
        Shown(tuple((row, column) for row in rows), int(counts[:, j].sum()))
        for j, column in enumerate(columns)
        if not hidden.column_totals[j]
    ]
    if not hidden.total:
        shown.append(
            Shown(tuple((row, column) for row in rows for column in columns), int(counts.sum()))
        )
    if not shown:
        raise TooSmall("nothing is left to show")
    grid = {
        (row, column): int(counts[i, j])
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    }
    check([*before, Told(tuple(shown), grid)])

    def word(n: int, is_hidden: bool) -> str:
        return HIDDEN if is_hidden else str(n)

    return Protected(
        cells=[
            [word(int(counts[i, j]), bool(hidden.cells[i, j])) for j in range(len(columns))]
            for i in range(len(rows))
        ],
        row_totals=[
            word(int(counts[i].sum()), bool(hidden.row_totals[i])) for i in range(len(rows))
        ],
        column_totals=[
            word(int(counts[:, j].sum()), bool(hidden.column_totals[j]))
            for j in range(len(columns))
        ],
        total=word(int(counts.sum()), hidden.total),
        shown=shown,
    )


def check(told: Sequence[Told]) -> None:
    """Raise `Differs` if a small number follows from everything that has been shown.

    A reader's best: the least and the most each number can be, in whole numbers, given every
    number shown, that what is hidden is at least one (zeros are shown), and that nothing is below
    zero. Small are the atoms of 1 to 4, and the sums of a table's rows, columns and whole, as they
    were when it was made. Raises `Changed` where a count is another now: then no equation holds.
    """
    truth: dict[Atom, int] = {}
    for one in told:
        for atom, n in one.grid.items():
            if truth.setdefault(atom, n) != n:
                raise Changed(f"{atom} was another number before")
    for part, (low, high) in bounds(told).items():
        if high - low < 1:
            raise Differs(f"{part} follows from what is shown")


def bounds(told: Sequence[Told]) -> dict[tuple[Atom, ...], tuple[float, float]]:
    """Return between which whole numbers each small number must lie, for a reader."""
    atoms = sorted({atom for one in told for atom in one.grid})
    index = {atom: i for i, atom in enumerate(atoms)}
    numbers = [shown for one in told for shown in one.shown]
    known = np.zeros((max(len(numbers), 1), len(atoms)))
    values = np.zeros(len(known))
    for i, number in enumerate(numbers):
        values[i] = number.value
        for atom in number.atoms:
            known[i, index[atom]] = 1
    alone = {number.atoms[0] for number in numbers if len(number.atoms) == 1}
    least = np.array([0.0 if atom in alone else 1.0 for atom in atoms])
    found = {}
    for part in _small(told):
        aim = np.zeros(len(atoms))
        for atom in part:
            aim[index[atom]] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim,
                constraints=LinearConstraint(known, values, values),
                integrality=np.ones(len(atoms), dtype=np.int64),
                bounds=Bounds(least, np.inf),
            )
            ends.append(np.inf if solved.x is None else round(float(aim @ solved.x)))
        found[part] = (float(ends[0]), float(ends[1]))
    return found


def _small(told: Sequence[Told]) -> list[tuple[Atom, ...]]:
    """Return every part of a table that was small: its cells, rows, columns and whole."""
    found: dict[tuple[Atom, ...], None] = {}
    for one in told:
        rows = sorted({row for row, _column in one.grid})
        columns = sorted({column for _row, column in one.grid})
        parts: list[tuple[Atom, ...]] = [(atom,) for atom in one.grid]
        parts += [tuple((row, c) for c in columns if (row, c) in one.grid) for row in rows]
        parts += [tuple((r, column) for r in rows if (r, column) in one.grid) for column in columns]
        parts.append(tuple(sorted(one.grid)))
        for part in parts:
            if 0 < sum(one.grid[atom] for atom in part) < BELOW:
                found[tuple(sorted(part))] = None
    return list(found)


def last_day(before: date) -> date:
    """Return the last day of a period that ends before a day."""
    return before - timedelta(1)
