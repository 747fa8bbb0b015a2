"""Testing a source's series against their own history: the ladder, the windows, the p-values.

The history ladder (said once per picture): under 8 weeks describe only; 8–103 the weeks just
before (EARS; months: recent ones); 104–210 the same season of earlier years; from 211 a model
of season and trend (improved Farrington), and for holiday weeks the same holiday's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from samlad.calendar.holidays import holiday_of_week
from samlad.incidents.tables import CountTable, Points
from samlad.picture import comparable, modelled
from samlad.picture.periods import Cadence, Period
from samlad_stats.aberrations import LATELY_INCIDENTS, LATELY_WEEKS, ears
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
METHOD_VERSION = "2"
EARS_WEEKS, EARS_ALPHA = 7, 0.05
SOON_BINS = 8  # a category first reported so soon after its source began with it
SMALLEST_MEAN = 1 / 16
BAND_DOUBLINGS = 2

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
    alarm: bool = True  # False where the rung has a bound of its own and it is not passed


class SourceTest:
    """All series of one source, for one period."""

    def __init__(self, table: CountTable, period: Period, *, county: str) -> None:
        self.table = table
        self.period = period
        self._county = county
        self._baselines: dict[int, _Baseline] = {}
        self.depth = _depths(table)

    @property
    def is_listed_only(self) -> bool:
        """Published notices are listed and never tested."""
        return self.table.source.kind == "notices"

    @cached_property
    def is_silent(self) -> bool:
        """Tell whether the source was silent at the end of the period: missing, not zero."""
        return not len(self.table.observed) or not bool(self.table.observed[-1])

    @property
    def searched(self) -> Points | None:
        """Return the single incidents a map is searched by, None where it is not."""
        by_week = self.period.cadence is Cadence.WEEK
        heard = self.method not in {"silent", "notices", "irregular"}
        return self.table.points if by_week and heard and self.table.covered is None else None

    @cached_property
    def history_weeks(self) -> int:
        """Return the observed weeks before the period."""
        return self._weeks(self.table.observed)

    def _weeks(self, observed: np.ndarray) -> int:
        before = observed[:-1].sum()
        if self.period.cadence is Cadence.SEASON:
            return int(before * (self.period.ends_before - self.period.starts_on).days / 7)
        return int(before * DAYS_PER_BIN[self.period.cadence] / 7)

    @cached_property
    def method(self) -> str:
        """Return the rung of the ladder this source stands on."""
        if self.is_listed_only:
            return "notices"
        if self.is_silent:
            return "silent"
        if not self.table.regular:
            return "irregular"
        if self.period.cadence is Cadence.SEASON:
            enough = self.table.observed[:-1].sum() >= SEASONS_NEEDED
            return "same_dates" if enough else "describe"
        return self._rung(self.history_weeks)

    def _rung(self, weeks: int) -> str:
        if weeks < DESCRIBE_BELOW_WEEKS:
            return "describe"
        by_week = self.period.cadence is Cadence.WEEK
        if weeks < SEASON_FROM_WEEKS:
            return "ears" if by_week else "recent"
        return "farrington" if by_week and weeks >= modelled.WEEKS_NEEDED else "season"

    def _marks(self, observed: np.ndarray) -> np.ndarray:
        table = self.table
        if self.period.cadence is Cadence.WEEK:
            return comparable.season_matrix(table.bins.starts, observed, self._county)
        starts = np.array([start.toordinal() for start in table.bins.starts])
        months = np.array([start.month for start in table.bins.starts])
        same = (months[:, None] == months) & (starts[None, :] < starts[:, None])
        return same.astype(float) * observed

    def _baseline(self, begun: int) -> _Baseline:
        """Return the baseline of the categories first reported in bin `begun`.

        Before its first report a category was not reported, which is not the same as zero.
        """
        if begun not in self._baselines:
            observed = self.table.observed.copy()
            observed[:begun] = False
            method = self.method
            if self.period.cadence is Cadence.SEASON:
                if observed[:-1].sum() < SEASONS_NEEDED and method == "same_dates":
                    method = "describe"
            elif method not in {"silent", "notices", "irregular"}:
                method = self._rung(self._weeks(observed))
            marks = self._marks(observed) if method in {"season", "farrington"} else None
            self._baselines[begun] = _Baseline(method, observed, marks)
        return self._baselines[begun]

    @cached_property
    def _begun(self) -> np.ndarray:
        """Return the bin each category was first reported in; the source's own if soon after."""
        totals = self.table.counts[0]
        first = np.argmax(totals > 0, axis=1)
        source = int(np.argmax(self.table.observed)) if len(self.table.observed) else 0
        soon = first - source <= SOON_BINS
        return np.where(soon, source, first)

    @cached_property
    def categories(self) -> list[int]:
        """Return the categories counted: not serious, and seen at all."""
        seen = self.table.counts[0].sum(axis=1) > 0
        return [
            i
            for i, category in enumerate(self.table.categories)
            if not category.serious and seen[i]
        ]

    def series(self) -> list[Series]:
        """Return every series of every window, with its comparison where there is one."""
        found: list[Series] = []
        if self.is_listed_only or not len(self.table.bins):
            return found
        groups: dict[int, list[int]] = {}
        for category in self.categories:
            groups.setdefault(int(self._begun[category]), []).append(category)
        for length in WINDOWS[self.period.cadence]:
            for begun, categories in sorted(groups.items()):
                found += self._window(length, begun, categories)
        return found

    def _window(self, length: int, begun: int, categories: list[int]) -> list[Series]:
        table, baseline = self.table, self._baseline(begun)
        weights = None if self.is_silent else baseline.weights(length)
        index = [(a, c) for a in range(len(table.areas)) for c in categories]
        areas, chosen = np.array([a for a, _ in index]), np.array([c for _, c in index])
        counts = table.counts[areas, chosen]
        if weights is None:
            recent = counts[:, -length:].sum(axis=1)
            return [Series(a, c, length, int(n)) for (a, c), n in zip(index, recent, strict=True)]
        method, compared = baseline.method, None
        alarm = np.ones(len(counts), dtype=bool)
        if method == "farrington":
            if length > 1 or not self._is_holiday(-1):
                compared = modelled.compare(counts, baseline.observed, length=length)
            if compared is None:
                method = "season"
            else:
                alarm = counts[:, -LATELY_WEEKS:].sum(axis=1) >= LATELY_INCIDENTS
        elif method == "ears" and length > 1:
            method = "recent"
        elif method == "ears":
            heard = counts[:, baseline.observed]
            alarm = ears(
                heard, at=[heard.shape[1] - 1], method="C1", alpha=EARS_ALPHA, baseline=EARS_WEEKS
            ).alarm[:, 0]
        usual = compare_with_baseline(
            counts,
            target=weights_target(len(table.bins), length),
            weights=weights[0],
            past_targets=weights[1],
            past_weights=weights[2],
            pool=self._pool(areas, counts),
            among=self._level(areas),
        )
        if compared is None:
            compared = usual
        else:
            compared = replace(compared, p=np.maximum(compared.p, usual.precedents))
        return [
            self._one(i, a, c, length, compared, method, bool(alarm[i]))
            if self._is_covered(a, c)
            else Series(a, c, length, int(compared.observed[i]))
            for i, (a, c) in enumerate(index)
        ]

    def _is_holiday(self, bin_: int) -> bool:
        monday = self.table.bins.starts[bin_]
        return holiday_of_week(monday, county=self._county) is not None

    def _pool(self, areas: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return who lends dispersion to whom: areas of a level with counts of a size."""
        mean = counts[:, :-1].mean(axis=1) if counts.shape[1] > 1 else counts[:, 0]
        band = np.floor(np.log2(np.maximum(mean, SMALLEST_MEAN)) / BAND_DOUBLINGS)
        pairs = np.column_stack([self._level(areas), band])
        _, pool = np.unique(pairs, axis=0, return_inverse=True)
        return pool.ravel()

    def _level(self, areas: np.ndarray) -> np.ndarray:
        """Return who is whose precedent: areas of a level."""
        return np.minimum(self.depth[areas], 2)

    def _is_covered(self, area: int, category: int) -> bool:
        """Tell whether the source's organisation answers for zeros there."""
        return self.table.covered is None or bool(self.table.covered[area, category])

    def _one(
        self,
        i: int,
        area: int,
        category: int,
        length: int,
        compared: BaselineComparison,
        method: str,
        alarm: bool,
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
            method=method,
            alarm=alarm,
        )

    def history(self, area: int, category: int, dispersion: float, bins: int) -> dict:
        """Return the last `bins` counts of a series with the interval each was expected in.

        `dispersion` is that of the series bin by bin.
        """
        table = self.table
        counts = table.counts[area, category]
        first = max(len(counts) - bins, 0)
        lower: list[int | None] = [None] * (len(counts) - first)
        upper: list[int | None] = [None] * (len(counts) - first)
        baseline = self._baseline(int(self._begun[category]))
        shares = baseline.shares()
        rows = [t for t in range(first, len(counts)) if shares[t].any()]
        if rows:
            expected = np.array([shares[t] @ counts for t in rows])
            n = np.array([1.0 / (shares[t] ** 2).sum() for t in rows])
            low, high = prediction_interval(
                expected + 0.5 / n,
                n=n,
                dispersion=np.full(len(rows), dispersion),
                degrees=float(max(len(counts) - 2, 2)),
            )
            for t, bottom, top in zip(rows, low, high, strict=True):
                lower[t - first], upper[t - first] = int(bottom), int(top)
        for t, bottom, top in self._modelled(counts, baseline, first):
            lower[t - first], upper[t - first] = bottom, top
        return {
            "starts_on": table.bins.starts[first],
            "counts": [
                int(n) if seen else None
                for n, seen in zip(counts[first:], baseline.observed[first:], strict=True)
            ],
            "lower": lower,
            "upper": upper,
        }

    def _modelled(
        self, counts: np.ndarray, baseline: _Baseline, first: int
    ) -> list[tuple[int, int, int]]:
        """Return (bin, lower, upper) of the bins whose interval is the model's."""
        if baseline.method != "farrington" or self.period.cadence is not Cadence.WEEK:
            return []
        at = np.array(
            [
                t
                for t in range(max(first, modelled.WEEKS_NEEDED), len(counts))
                if baseline.observed[t] and not self._is_holiday(t)
            ],
            dtype=np.int64,
        )
        if not len(at):
            return []
        found = modelled.compare(counts[None, :], baseline.observed, length=1, at=at)
        if found is None:
            return []
        return list(
            zip(at.tolist(), found.lower.astype(int).tolist(), found.upper.astype(int).tolist(),
                strict=True)
        )  # fmt: skip


@dataclass(frozen=True)
class _Baseline:
    """Which earlier bins a source's bins are compared with, by one rung of the ladder."""

    method: str
    observed: np.ndarray
    marks: np.ndarray | None

    def weights(self, length: int) -> Weights | None:
        """Return the baseline of the last `length` bins, or None where there is none."""
        if len(self.observed) < length or not self.observed[-length:].all():
            return None
        if self.marks is not None:
            return comparable.season_weights(self.marks, self.observed, length)
        if self.method == "ears" and length == 1:
            return comparable.recent_weights(self.observed, length, most=EARS_WEEKS)
        if self.method in {"recent", "ears"}:
            return comparable.recent_weights(self.observed, length)
        if self.method == "same_dates":
            return comparable.recent_weights(
                self.observed, length, most=len(self.observed), fewest=1
            )
        return None

    def shares(self) -> np.ndarray:
        """Return, for each bin, which bins its own count was to be expected from."""
        n = len(self.observed)
        if self.marks is not None:
            sums = self.marks.sum(axis=1, keepdims=True)
            return np.divide(self.marks, sums, out=np.zeros_like(self.marks), where=sums > 0)
        shares = np.zeros((n, n))
        found = self.weights(1)
        if found is not None:
            rows = np.argmax(found[1], axis=1)
            shares[rows], shares[-1] = found[2], found[0]
        return shares


def weights_target(n_bins: int, length: int) -> np.ndarray:
    """Return the indicator of the last `length` bins."""
    return (np.arange(n_bins) >= n_bins - length).astype(float)


def _depths(table: CountTable) -> np.ndarray:
    depths = np.zeros(len(table.areas), dtype=int)
    for index, area in enumerate(table.areas):
        depths[index] = 0 if area.parent is None else depths[area.parent] + 1
    return depths
