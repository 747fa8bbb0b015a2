"""A table of incidents by area and time, with what is small hidden; and the check that nothing
that follows from it and every table released before is a small number. Levels are fixed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from samlad.releases.periods import quarters_of
from samlad_stats.disclosure import Suppression, suppress

BELOW = 5  # person-near; the usual limit in Swedish official tables
OF_THINGS = 0  # what happens to things: coarse areas are protection enough
HIDDEN = ".."
DRAWS = 12  # how many secret choices of what to hide are tried beside what has been told
GUESSES = 8  # how many other tables are sought before each number is asked about by itself
Atom = tuple[str, str]  # a district's code, and a month
Part = tuple[Atom, ...]  # what one number counts, in order


class TooSmall(ValueError):
    """Hiding what is small leaves nothing to show."""


class Differs(ValueError):
    """With what has been shown before, a small number could be worked out."""


class Changed(ValueError):
    """A count is another than when it was shown or hidden before."""


@dataclass(frozen=True)
class Shown:
    """A number that readers have: the sum of some atoms."""

    atoms: Part
    value: int


@dataclass(frozen=True)
class Layout:
    """What the cells of a table count: the areas of each row, the months of each column."""

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, ...], ...]

    def cells(self) -> list[Part]:
        """Return the cells, row by row."""
        return [part([row], [column]) for row in self.rows for column in self.columns]

    def row_totals(self) -> list[Part]:
        """Return what each row's sum counts."""
        return [part([row], self.columns) for row in self.rows]

    def column_totals(self) -> list[Part]:
        """Return what each column's sum counts."""
        return [part(self.rows, [column]) for column in self.columns]

    def total(self) -> Part:
        """Return what the sum of all counts."""
        return part(self.rows, self.columns)

    def counts(self, grid: Mapping[Part, int]) -> np.ndarray:
        """Return the count of each cell (n_rows, n_columns)."""
        return np.array(sums(self.cells(), grid)).reshape(len(self.rows), len(self.columns))


@dataclass(frozen=True)
class Told:
    """A table that has been released: what it showed, and its counts as they were then.

    `grid` has the finest counts that were known: of an atom each, of the three of a quarter in
    tables made before there were months. What was 1 to `below` - 1 is never given away.
    """

    layout: Layout
    shown: tuple[Shown, ...]
    grid: Mapping[Part, int]
    below: int = BELOW

    @cached_property
    def small(self) -> dict[Part, int]:
        """Return every small number: cells, sums, and what is finer than the cells."""
        layout = self.layout
        of_layout = [*layout.row_totals(), *layout.column_totals(), layout.total()]
        parts = [*self.grid, *layout.cells(), *of_layout]
        values = zip(parts, sums(parts, self.grid), strict=True)
        return {one: n for one, n in values if 0 < n < self.below}

    def hidden_cells(self) -> list[Part]:
        """Return the cells that were not shown: readers know that none of them is zero."""
        shown = {one.atoms for one in self.shown}
        return [cell for cell in self.layout.cells() if cell not in shown]


@dataclass(frozen=True)
class Protected:
    """A table as it may be shown: numbers or ``..``; and what it tells, for later checks."""

    cells: list[list[str]]
    row_totals: list[str]
    column_totals: list[str]
    total: str
    told: Told


def part(rows: Iterable[Iterable[str]], columns: Iterable[Iterable[str]]) -> Part:
    """Return the atoms of some rows in some columns, in order.

    >>> part([["ekeby"]], [["2025-01", "2025-02"]])
    (('ekeby', '2025-01'), ('ekeby', '2025-02'))
    """
    months = [month for column in columns for month in column]
    return tuple(sorted((area, month) for row in rows for area in row for month in months))


def sums(parts: Iterable[Part], grid: Mapping[Part, int]) -> list[int]:
    """Return the count of each part; the keys of a grid lie wholly within a part or outside it."""
    first = {key[0]: n for key, n in grid.items()}
    return [sum(first.get(atom, 0) for atom in one) for one in parts]


def protect(
    layout: Layout, grid: Mapping[Part, int], before: Sequence[Told], *, below: int = BELOW
) -> Protected:
    """Return a table with what is small hidden, unless earlier tables would give it away.

    `grid` holds the count of every atom, also of areas left out as they are zero; `before` are all
    tables ever released of the same. What was small in one of them is not given away either.
    Raises `TooSmall`, `Differs` or `Changed`.
    """
    refused = Differs("no choice of what to hide will do")
    for _ in range(DRAWS if below else 1):
        drawn = _drawn(layout, grid, below)
        try:
            check([*before, drawn.told])
        except Differs as fault:
            refused = fault
        else:
            return drawn
    raise refused


def _drawn(layout: Layout, grid: Mapping[Part, int], below: int) -> Protected:
    """Return a table with what is small hidden, by one secret choice of what else."""
    counts = layout.counts(grid)
    hidden = _hidden(counts, below)
    numbers = [
        *zip(layout.cells(), counts.ravel(), hidden.cells.ravel(), strict=True),
        *zip(layout.row_totals(), counts.sum(axis=1), hidden.row_totals, strict=True),
        *zip(layout.column_totals(), counts.sum(axis=0), hidden.column_totals, strict=True),
        (layout.total(), counts.sum(), hidden.total),
    ]
    shown = [Shown(atoms, int(n)) for atoms, n, is_hidden in numbers if not is_hidden]
    if not shown:
        raise TooSmall("nothing is left to show")
    left_out = sorted(set(grid) - {(atom,) for atom in layout.total()})
    shown += [Shown(one, 0) for one in left_out]  # a row without a count is left out: so it is told
    told = Told(layout, tuple(shown), grid, below)
    words = [HIDDEN if is_hidden else str(n) for _atoms, n, is_hidden in numbers]
    width, height = len(layout.columns), len(layout.rows)
    sides = words[width * height : -1]
    return Protected(
        cells=[words[i * width : (i + 1) * width] for i in range(height)],
        row_totals=sides[:height],
        column_totals=sides[height:],
        total=words[-1],
        told=told,
    )


def _hidden(counts: np.ndarray, below: int) -> Suppression:
    if below == OF_THINGS:
        height, width = counts.shape
        none = (np.zeros((height, width), bool), np.zeros(height, bool), np.zeros(width, bool))
        return Suppression(*none, total=False)
    try:
        return suppress(counts, below=below, rng=np.random.default_rng(secrets.randbits(128)))
    except ValueError as fault:
        raise TooSmall(str(fault)) from None


def check(told: Sequence[Told]) -> None:
    """Raise `Differs` if a small number follows from everything that has been shown.

    A reader's best: the whole numbers that fit every number shown, where a cell that is hidden is
    at least one (zeros are shown) and nothing is below zero. Small are the numbers of 1 to 4 as
    they were when a table was made: its cells and sums, and every cell of every level there is,
    also where no table has it. A small number is safe when other counts that fit as well would
    make it another. Raises `Changed` where a count is another now: then no equation holds.
    """
    _unchanged(told)
    left = {one: n for table in told for one, n in table.small.items()} | _of_all_levels(told)
    if not left:
        return
    facts = _Facts(told)
    rng = np.random.default_rng(len(left))
    for _ in range(GUESSES):  # other counts that fit: most numbers are another in one of them
        left = facts.still_certain(left, rng.choice([-1.0, 1.0], len(left)))
        if not left:
            return
    for one, n in left.items():
        alone = {one: n}
        if facts.still_certain(alone, np.array([1.0])) and facts.still_certain(
            alone, np.array([-1.0])
        ):
            raise Differs(f"{one} follows from what is shown")


def _of_all_levels(told: Sequence[Told]) -> dict[Part, int]:
    """Return the small numbers of each area and of all, in each month and each whole quarter."""
    below = max((one.below for one in told), default=OF_THINGS)
    grid = {key: n for one in told if one.below for key, n in one.grid.items()}
    key_of = {atom: key for key in sorted(grid, key=len, reverse=True) for atom in key}
    areas = sorted({area for area, _month in key_of})
    times = sorted({month for _area, month in key_of})
    found = {}
    for row in [*((area,) for area in areas), tuple(areas)]:
        for column in [*((month,) for month in times), *quarters_of(times)]:
            cell = part([row], [column])
            keys = {key_of[atom] for atom in cell if atom in key_of}
            if {atom for key in keys for atom in key} != set(cell):
                continue  # not all of it is counted here
            n = sum(grid[key] for key in keys)
            if 0 < n < below:
                found[cell] = n
    return found


def _unchanged(told: Sequence[Told]) -> None:
    truth: dict[Part, int] = {}
    for one in told:
        for key, n in one.grid.items():
            if truth.setdefault(key, n) != n:
                raise Changed(f"{key} was another number before")
    for key, n in truth.items():
        months = [(atom,) for atom in key]
        if all(month in truth for month in months) and sum(truth[one] for one in months) != n:
            raise Changed(f"{key} was another number before")


class _Facts:
    """What a reader knows, as equations on the atoms."""

    def __init__(self, told: Sequence[Told]) -> None:
        atoms = sorted({atom for one in told for key in one.grid for atom in key})
        self.index = {atom: i for i, atom in enumerate(atoms)}
        known = list({shown.atoms: shown.value for one in told for shown in one.shown}.items())
        hidden = list(dict.fromkeys(cell for one in told for cell in one.hidden_cells()))
        most = 2 * max((n for one in told for n in one.grid.values()), default=0) + 2 * BELOW
        values = [n for _one, n in known]
        self.facts = LinearConstraint(
            self._rows([*(one for one, _n in known), *hidden]),
            np.array([*values, *([1] * len(hidden))], dtype=float),
            np.array([*values, *([np.inf] * len(hidden))], dtype=float),
        )
        self.limits = Bounds(0, most)  # so that a number nobody knows has an end

    def still_certain(self, small: Mapping[Part, int], signs: np.ndarray) -> dict[Part, int]:
        """Return those that are what they were in the counts that fit and lie furthest off."""
        parts = self._rows(list(small))
        solved = milp(
            -(signs @ parts), constraints=self.facts, bounds=self.limits,
            integrality=np.ones(len(self.index), dtype=np.int64),
        )  # fmt: skip
        if solved.x is None:
            raise Changed("no counts fit what has been shown")
        values = np.rint(parts @ np.rint(solved.x))
        return {one: n for (one, n), value in zip(small.items(), values, strict=True) if value == n}

    def _rows(self, parts: Sequence[Part]) -> csr_array:
        """Return one row a part, with a one at each of its atoms."""
        columns = [self.index[atom] for one in parts for atom in one]
        ends = np.cumsum([0, *(len(one) for one in parts)])
        return csr_array(
            (np.ones(len(columns)), np.array(columns, dtype=np.int64), ends),
            shape=(len(parts), len(self.index)),
        )
