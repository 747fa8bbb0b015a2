"""A table of incidents by kommundel and quarter, with what is small hidden; and the check that
no difference between it and any table released before gives a small number. Levels are fixed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.optimize import linprog

from samlad_stats.disclosure import suppress

BELOW = 5  # person-near; the usual limit in Swedish official tables
HIDDEN = ".."
Atom = tuple[str, str]  # a district's code, and a quarter


class TooSmall(ValueError):
    """Hiding what is small leaves nothing to show."""


class Differs(ValueError):
    """With what has been shown before, a small number could be worked out."""


@dataclass(frozen=True)
class Shown:
    """A number that readers have: the sum of some atoms."""

    atoms: tuple[Atom, ...]
    value: int


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
    before: Sequence[Shown],
    others: Mapping[Atom, int],
) -> Protected:
    """Return a table with what is small hidden, unless earlier tables would give it away.

    `counts` (n_rows, n_columns) [count]; `others` are the counts of the atoms of `before` that
    the table does not hold: what it shows must not give those away either. Raises `TooSmall` or
    `Differs`.
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
    truth = dict(others) | {
        (row, column): int(counts[i, j])
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    }
    check(truth, [*before, *shown])

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


def check(truth: Mapping[Atom, int], shown: Sequence[Shown]) -> None:
    """Raise `Differs` if a small atom follows from everything that has been shown.

    A reader's best: the least and the most each atom can be, given every number shown and that
    no count is below zero (linear programming). An atom that is small must not be told by them.
    """
    for atom, (low, high) in bounds(truth, shown).items():
        n = truth[atom]
        if 0 < n < BELOW and high - low < 1:
            raise Differs(f"{atom} follows from what is shown")


def bounds(truth: Mapping[Atom, int], shown: Sequence[Shown]) -> dict[Atom, tuple[float, float]]:
    """Return between which whole numbers each small atom of a table must lie, for a reader."""
    atoms = sorted({atom for one in shown for atom in one.atoms} | set(truth))
    index = {atom: i for i, atom in enumerate(atoms)}
    known = np.zeros((len(shown), len(atoms)))
    for i, one in enumerate(shown):
        for atom in one.atoms:
            known[i, index[atom]] = 1
    values = np.array([one.value for one in shown], dtype=float)
    found = {}
    for atom, n in truth.items():
        if not 0 < n < BELOW:
            continue
        aim = np.zeros(len(atoms))
        aim[index[atom]] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * aim, A_eq=known, b_eq=values, bounds=(0, None))
            ends.append(np.inf if solved.status == 3 else float(solved.fun or 0.0) * sign)
        found[atom] = (float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6)))
    return found


def days_of(quarter: str) -> tuple[date, date]:
    """Return a quarter's first day, and the day before which it ends.

    >>> days_of("2025 kv 4")
    (datetime.date(2025, 10, 1), datetime.date(2026, 1, 1))
    """
    year, n = int(quarter[:4]), int(quarter[-1])
    return date(year, 3 * n - 2, 1), date(year + n // 4, 3 * n % 12 + 1, 1)


def last_day(before: date) -> date:
    """Return the last day of a period that ends before a day."""
    return before - timedelta(1)
