"""Testing a source's series against their own history: the ladder, the windows, the p-values.

The history ladder (said once per picture): under 8 weeks describe only; 8–103 compare with
recent weeks; from 104 the same season of earlier years. Issue after issue refines the upper
rungs; `method_for` is the seam.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from samlad.incidents.tables import CountTable
from samlad.picture import comparable
from samlad.picture.periods import Cadence, Period
from samlad_stats.baselines import (
    BaselineComparison,
    compare_with_baseline,
    prediction_interval,
)

DESCRIBE_BELOW_WEEKS = 8
SEASON_FROM_WEEKS = 104
SEASONS_NEEDED = 3
WINDOWS = {Cadence.WEEK: (1, 4), Cadence.MONTH: (1,), Cadence.SEASON: (1,)}
DAYS_PER_BIN = {Cadence.WEEK: 7, Cadence.MONTH: 30.4}
METHOD_VERSION = "1"

Weights = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Series:
    """One tested or shown series of a window: indices into its table, and the comparison."""

    area: int
    category: int
    length: int
    observed: int
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    dispersion: float | None = None
    method: str = "describe"


class SourceTest:
    """All series of one source, for one period."""

    def __init__(self, table: CountTable, period: Period, *, county: str) -> None:
        self.table = table
        self.period = period
        self._county = county
        self.depth = _depths(table)

    @property
    def is_listed_only(self) -> bool:
        """Published notices are listed and never tested."""
        return self.table.source.kind == "notices"

    @cached_property
    def is_silent(self) -> bool:
        """Tell whether the source was silent at the end of the period: missing, not zero."""
        return not len(self.table.observed) or not bool(self.table.observed[-1])

    @cached_property
    def history_weeks(self) -> int:
        """Return the observed weeks before the period."""
        before = self.table.observed[:-1].sum()
        if self.period.cadence is Cadence.SEASON:
            days = (self.period.ends_before - self.period.starts_on).days
            return int(before * days / 7)
        return int(before * DAYS_PER_BIN[self.period.cadence] / 7)

    @cached_property
    def method(self) -> str:
        """Return the rung of the ladder this source stands on."""
        if self.is_listed_only:
            return "notices"
        if self.is_silent:
            return "silent"
        if self.period.cadence is Cadence.SEASON:
            enough = self.table.observed[:-1].sum() >= SEASONS_NEEDED
            return "same_dates" if enough else "describe"
        if self.history_weeks < DESCRIBE_BELOW_WEEKS:
            return "describe"
        return "season" if self.history_weeks >= SEASON_FROM_WEEKS else "recent"

    @cached_property
    def _marks(self) -> np.ndarray:
        table = self.table
        if self.period.cadence is Cadence.WEEK:
            return comparable.season_matrix(table.bins.starts, table.observed, self._county)
        starts, observed = table.bins.starts, table.observed
        same = np.array([[a.month == b.month and a != b for b in starts] for a in starts])
        return same.astype(float) * observed

    def weights(self, length: int) -> Weights | None:
        """Return the baseline of the last `length` bins, or None where there is none."""
        observed = self.table.observed
        if len(observed) < length or not observed[-length:].all():
            return None
        if self.method == "season":
            return comparable.season_weights(self._marks, observed, length)
        if self.method in {"recent", "same_dates"}:
            return comparable.recent_weights(observed, length)
        return None

    @cached_property
    def categories(self) -> list[int]:
        """Return the categories tested: not serious, and seen before the period."""
        history = self.table.counts[0, :, :-1].sum(axis=1)
        return [
            i
            for i, category in enumerate(self.table.categories)
            if not category.serious and history[i] > 0
        ]

    def series(self) -> list[Series]:
        """Return every series of every window, with its comparison where there is one."""
        found: list[Series] = []
        if self.is_listed_only:
            return found
        for length in WINDOWS[self.period.cadence]:
            found += self._window(length)
        return found

    def _window(self, length: int) -> list[Series]:
        table = self.table
        categories = self.categories if self.method != "silent" else []
        index = [(a, c) for a in range(len(table.areas)) for c in categories]
        weights = self.weights(length) if index else None
        if weights is None:
            recent = table.counts[:, :, -length:].sum(axis=2) if len(table.bins) else None
            if recent is None:
                return []
            return [
                Series(int(a), int(c), length, int(recent[a, c]))
                for a, c in np.argwhere(recent)
                if not table.categories[c].serious
            ]
        areas, chosen = np.array([a for a, _ in index]), np.array([c for _, c in index])
        compared = compare_with_baseline(
            table.counts[areas, chosen],
            target=weights_target(len(table.bins), length),
            weights=weights[0],
            past_targets=weights[1],
            past_weights=weights[2],
            pool=np.minimum(self.depth[areas], 2),
        )
        return [self._one(i, a, c, length, compared) for i, (a, c) in enumerate(index)]

    def _one(
        self, i: int, area: int, category: int, length: int, compared: BaselineComparison
    ) -> Series:
        return Series(
            area=area,
            category=category,
            length=length,
            observed=int(compared.observed[i]),
            expected=float(compared.expected[i]),
            lower=float(compared.lower[i]),
            upper=float(compared.upper[i]),
            p=float(compared.p[i]),
            dispersion=float(compared.dispersion[i]),
            method=self.method,
        )

    def history(self, area: int, category: int, dispersion: float, bins: int) -> dict:
        """Return the last `bins` counts of a series with the interval each was expected in."""
        table = self.table
        counts = table.counts[area, category]
        first = max(len(counts) - bins, 0)
        lower: list[int | None] = [None] * (len(counts) - first)
        upper: list[int | None] = [None] * (len(counts) - first)
        shares = self._shares()
        if shares is not None:
            rows = [t for t in range(first, len(counts)) if shares[t].any()]
            expected = np.array([shares[t] @ counts for t in rows])
            n = np.array([1.0 / (shares[t] ** 2).sum() for t in rows])
            if rows:
                low, high = prediction_interval(
                    expected + 0.5 / n,
                    n=n,
                    dispersion=np.full(len(rows), dispersion),
                    degrees=float(max(len(counts) - 2, 2)),
                )
                for t, bottom, top in zip(rows, low, high, strict=True):
                    lower[t - first], upper[t - first] = int(bottom), int(top)
        return {
            "starts_on": table.bins.starts[first],
            "counts": [
                int(n) if seen else None
                for n, seen in zip(counts[first:], table.observed[first:], strict=True)
            ],
            "lower": lower,
            "upper": upper,
        }

    def _shares(self) -> np.ndarray | None:
        """Return, for each bin, which bins its own count was to be expected from."""
        n = len(self.table.bins)
        if self.method == "season":
            marks = self._marks.copy()
            marks[:, -1] = 0.0
            sums = marks.sum(axis=1, keepdims=True)
            return np.divide(marks, sums, out=np.zeros_like(marks), where=sums > 0)
        found = self.weights(1)
        if found is None:
            return None
        return np.tile(found[0], (n, 1))


def weights_target(n_bins: int, length: int) -> np.ndarray:
    """Return the indicator of the last `length` bins."""
    return (np.arange(n_bins) >= n_bins - length).astype(float)


def _depths(table: CountTable) -> np.ndarray:
    depths = np.zeros(len(table.areas), dtype=int)
    for index, area in enumerate(table.areas):
        depths[index] = 0 if area.parent is None else depths[area.parent] + 1
    return depths
