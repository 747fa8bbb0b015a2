"""Did what was to change change? One method, chosen before the start, decides the reading.

Pure: weekly counts in, a reading out. The weeks that led to the measure are in no baseline: an
area is chosen when it is high, and what was high by chance falls by itself.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from scipy import stats

from samlad.measures.workflow import Method, Obstacle, Reading
from samlad_stats import effects, rates

PEAK_WEEKS = 13  # before the start: what led to the measure is in there
BASELINE_WEEKS = 156  # no older: areas change
COMPARISON_WEEKS = 26  # a baseline shorter than this tells no area's usual level
COMPARISONS = 3  # areas to compare with; with fewer one odd area decides
YEARS_BACK = 4
YEAR_WEEKS = 52
HEARD = 0.8  # share of the weeks after that the source must have answered in
POWER, LEVEL = 0.8, 0.95
FREEDOM = 3  # degrees at least, as where windows overlap (samlad_stats.effects)
EXPECTED = 5.0  # incidents after, if nothing changed: below it nothing can be told


@dataclass(frozen=True)
class Weeks:
    """One source's and category's incidents by area and week.

    `mondays` (n_weeks,) in order, without gaps; `counts` (n_areas, n_weeks) [count]; `observed`
    (n_weeks,) is False where the source was silent; `treated`, `comparison` and `buffer`
    (n_areas,) say what each area is, an area at most one of them.
    """

    mondays: tuple[date, ...]
    counts: np.ndarray
    observed: np.ndarray
    treated: np.ndarray
    comparison: np.ndarray
    buffer: np.ndarray

    def index(self, monday: date) -> int:
        """Return the position of a week; before the first and after the last as they fall."""
        return (monday - self.mondays[0]).days // 7

    def until(self, monday: date) -> Weeks:
        """Return the weeks before one."""
        n = min(max(self.index(monday), 0), len(self.mondays))
        return replace(
            self, mondays=self.mondays[:n], counts=self.counts[:, :n], observed=self.observed[:n]
        )


@dataclass(frozen=True)
class Design:
    """What was decided before the start.

    The weeks from `starts_on` to `ends_before` (Mondays) are compared with a baseline that ends
    before `peak_from`; `includes_peak` where there was none older. `expected`: incidents after,
    if nothing changes [count]; `fall`, `rise`: the smallest changes that would probably be seen
    [proportion], NaN where none would.
    """

    method: Method
    starts_on: date
    ends_before: date
    peak_from: date
    includes_peak: bool
    expected: float
    fall: float
    rise: float


@dataclass(frozen=True)
class Estimate:
    """How many times as many incidents, with the 95 % interval and a two-sided p."""

    ratio: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True)
class Support:
    """What another method says: it decides nothing."""

    method: Method
    estimate: Estimate


@dataclass(frozen=True)
class Assessment:
    """The reading, what it rests on, and what other methods say.

    `before`, `after`: incidents in the treated area in the baseline and after the start [count];
    `weeks_before`, `weeks_after`: how many weeks each holds.
    """

    reading: Reading
    obstacle: Obstacle | None
    estimate: Estimate | None
    before: int
    after: int
    weeks_before: int
    weeks_after: int
    expected: float
    supports: tuple[Support, ...]


def design(weeks: Weeks, *, starts_on: date, ends_before: date, peak_from: date) -> Design:
    """Choose the method by what there is before the start, and say what it could see.

    Areas to compare with come first, then the same weeks of earlier years, then the weeks
    before the peak. `weeks` may hold later weeks: they are not looked at.
    """
    known = weeks.until(starts_on)
    peak_from = min(peak_from, starts_on - timedelta(7 * PEAK_WEEKS))
    made = Design(
        Method.WEEKS_BEFORE, starts_on, ends_before, peak_from, False, 0.0, math.nan, math.nan
    )
    for method in (Method.COMPARISON, Method.EARLIER_YEARS, Method.WEEKS_BEFORE):
        made = replace(made, method=method)
        if _is_possible(known, made):
            return _foreseen(known, made)
    made = replace(made, includes_peak=True)
    return _foreseen(known, made)


def _is_possible(known: Weeks, made: Design) -> bool:
    groups = _baseline(known, made)
    n = sum(len(group) for group in groups)
    if made.method == Method.COMPARISON:
        heard = known.counts[known.comparison][:, groups[0]].sum(axis=1) if groups else np.zeros(0)
        return n >= COMPARISON_WEEKS and int((heard > 0).sum()) >= COMPARISONS
    length = (made.ends_before - made.starts_on).days // 7
    return n >= length


def _baseline(known: Weeks, made: Design) -> list[np.ndarray]:
    """Return the weeks compared with, in groups: one, or one for each year or stretch."""
    length = (made.ends_before - made.starts_on).days // 7
    end = known.index(made.starts_on if made.includes_peak else made.peak_from)
    heard = np.flatnonzero(known.observed[: max(end, 0)])
    if made.includes_peak:
        return [heard] if len(heard) else []
    if made.method == Method.COMPARISON:
        found = heard[heard >= end - BASELINE_WEEKS]
        return [found] if len(found) else []
    if made.method == Method.EARLIER_YEARS:
        first = known.index(made.starts_on)
        same = [np.arange(first, first + length) - YEAR_WEEKS * k for k in range(1, YEARS_BACK + 1)]
        groups = [np.intersect1d(year, heard) for year in same]
        return [group for group in groups if len(group) >= HEARD * length]
    stretches = [heard[(heard >= end - length * k) & (heard < end - length * (k - 1))]
                 for k in range(1, YEARS_BACK + 1)]  # fmt: skip
    return [group for group in stretches if len(group) >= max(HEARD * length, 1)]


def _foreseen(known: Weeks, made: Design) -> Design:
    """Add what is expected, and the smallest change that would probably be seen."""
    groups = _baseline(known, made)
    if not groups:
        return made
    length = (made.ends_before - made.starts_on).days // 7
    of_treated = known.counts[known.treated].sum(axis=0)
    columns = np.concatenate(groups)
    before, n = int(of_treated[columns].sum()), len(columns)
    made = replace(made, expected=before * length / n)
    if not before:
        return made
    spread = _dispersion([of_treated[group] for group in groups])
    seen = effects.detectable_change(
        count_before=before / spread, exposure_ratio=length / n, power=POWER
    )
    error, freedom = _error_foreseen(known, made, groups, length)
    reach = stats.t.ppf(0.5 + LEVEL / 2, freedom) + stats.t.ppf(POWER, freedom)
    fall, rise = -math.expm1(-reach * error), math.expm1(reach * error)
    return replace(
        made,
        fall=max(fall, seen.fall) if math.isfinite(seen.fall) and fall < 1 else math.nan,
        rise=max(rise, seen.rise) if math.isfinite(seen.rise) else math.nan,
    )


def _error_foreseen(
    known: Weeks, made: Design, groups: list[np.ndarray], length: int
) -> tuple[float, int]:
    """Return the standard error the method would have had, had it started at the end."""
    if made.method != Method.COMPARISON:
        of_treated = known.counts[known.treated].sum(axis=0)
        pretended = [of_treated[group] for group in groups]
        level = np.concatenate(pretended).mean()
        return _season_error(pretended, float(level) * length)
    columns = groups[0]
    later = np.zeros(len(columns), dtype=bool)
    later[-min(length, len(columns) // 2) :] = True
    found = _difference(known, columns, later)
    return (math.inf, FREEDOM) if found is None else (found[0].standard_error, found[1])


def _difference(
    weeks: Weeks, columns: np.ndarray, later: np.ndarray, treated: np.ndarray | None = None
) -> tuple[effects.DifferenceInDifferences, int, bool] | None:
    """Return the comparison, its degrees of freedom, and whether one incident was lent.

    Where none is left after the start there is no ratio: one is lent, so that the interval's
    upper end and p err on the careful side.
    """
    of = weeks.treated if treated is None else treated
    rows = of | weeks.comparison
    counts = weeks.counts[rows][:, columns].copy()
    inside = of[rows]
    if not inside.any():
        return None
    lent = not counts[np.ix_(inside, later)].sum()
    if lent:
        counts[np.flatnonzero(inside)[0], np.flatnonzero(later)[0]] += 1
    try:
        found = effects.difference_in_differences(counts, inside, later)
    except ValueError:
        return None
    return found, found.degrees_of_freedom, lent


def _dispersion(groups: list[np.ndarray]) -> float:
    """Return the variance of weekly counts over that of Poisson counts, at least 1."""
    squares, freedom = 0.0, 0
    for group in groups:
        if len(group) > 1 and group.mean() > 0:
            squares += float(((group - group.mean()) ** 2).sum() / group.mean())
            freedom += len(group) - 1
    return max(squares / freedom, 1.0) if freedom else 1.0


def _season_error(groups: list[np.ndarray], after: float) -> tuple[float, int]:
    """Return the standard error of a log ratio to earlier groups, and degrees of freedom.

    The larger of the weeks' own dispersion and how unlike the groups have been to each other.
    """
    spread = _dispersion(groups)
    total = float(sum(group.sum() for group in groups))
    error = math.sqrt(spread * (1 / max(after, 0.5) + 1 / max(total, 0.5)))
    if len(groups) > 1:
        logs = []
        for i, group in enumerate(groups):
            others = np.concatenate([one for j, one in enumerate(groups) if j != i])
            logs.append(
                math.log((group.mean() + 0.5 / len(group)) / (others.mean() + 0.5 / len(others)))
            )
        error = max(error, math.sqrt(float(np.mean(np.square(logs)))))
    return error, max(len(groups) - 1, FREEDOM)


def season_ratio(groups: list[np.ndarray], after: np.ndarray) -> Estimate:
    """Compare weeks with groups of earlier weeks: the same weeks of earlier years, say.

    `groups` and `after` hold weekly counts [count]. The interval is the wider of the exact one
    for Poisson counts and one with the dispersion seen, of weeks and between groups.

    Raises `ValueError` if there is no incident at all.
    """
    before = np.concatenate(groups)
    exact = rates.rate_ratio(
        count_before=int(before.sum()),
        exposure_before=float(len(before)),
        count_after=int(after.sum()),
        exposure_after=float(len(after)),
    )
    error, freedom = _season_error(groups, float(after.sum()))
    log_ratio = math.log((after.sum() + 0.5) / len(after)) - math.log(
        (before.sum() + 0.5) / len(before)
    )
    half = float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(log_ratio) / error, freedom))
    return Estimate(
        ratio=exact.ratio,
        lower=min(exact.lower, math.exp(log_ratio - half)),
        upper=max(exact.upper, math.exp(log_ratio + half)),
        p=max(exact.pvalue, p),
    )


def assess(weeks: Weeks, made: Design, *, broken: bool = False, untold: bool = False) -> Assessment:
    """Read what became of the treated area, by the method that was chosen before the start.

    `broken`: the source's series has a break between baseline and end, so that its counts
    cannot be compared. `untold`: it is read by hours, and hours are not known well enough.
    """
    groups = _baseline(weeks.until(made.starts_on), made)
    first, last = weeks.index(made.starts_on), weeks.index(made.ends_before)
    after = np.arange(max(first, 0), min(last, len(weeks.mondays)))
    after = after[weeks.observed[after]]
    of_treated = weeks.counts[weeks.treated].sum(axis=0)
    columns = np.concatenate(groups) if groups else np.zeros(0, int)
    n_before, n_after = int(of_treated[columns].sum()), int(of_treated[after].sum())
    expected = n_before * len(after) / len(columns) if len(columns) else 0.0

    def read(
        reading: Reading, obstacle: Obstacle | None = None, estimate: Estimate | None = None
    ) -> Assessment:
        return Assessment(
            reading, obstacle, estimate, n_before, n_after, len(columns), len(after), expected,
            _supports(weeks, made, groups, after),
        )  # fmt: skip

    if not len(columns) or not weeks.treated.any():
        return read(Reading.UNDECIDED, Obstacle.NO_BASELINE)
    if len(after) < HEARD * (last - first):
        return read(Reading.UNDECIDED, Obstacle.SILENT)
    if broken:
        return read(Reading.UNDECIDED, Obstacle.BREAK)
    if untold:
        return read(Reading.UNDECIDED, Obstacle.HOURS)
    estimate = _estimate(weeks, made.method, groups, after)
    if made.includes_peak:
        return read(Reading.UNDECIDED, Obstacle.PEAK, estimate)
    if estimate is None:
        return read(Reading.TOO_FEW)
    if estimate.p <= 1 - LEVEL and estimate.lower > 1:
        return read(Reading.RISE, None, estimate)
    if expected < EXPECTED or math.isnan(made.fall):
        return read(Reading.TOO_FEW, None, estimate)
    if estimate.p <= 1 - LEVEL and estimate.upper < 1:
        return read(Reading.FALL, None, estimate)
    return read(Reading.NO_CHANGE, None, estimate)


def _estimate(
    weeks: Weeks, method: Method, groups: list[np.ndarray], after: np.ndarray
) -> Estimate | None:
    if method == Method.COMPARISON:
        return _of_comparison(weeks, groups[0], after)
    of_treated = weeks.counts[weeks.treated].sum(axis=0)
    try:
        return season_ratio([of_treated[group] for group in groups], of_treated[after])
    except ValueError:
        return None


def _of_comparison(
    weeks: Weeks, before: np.ndarray, after: np.ndarray, treated: np.ndarray | None = None
) -> Estimate | None:
    columns = np.concatenate([before, after])
    later = np.arange(len(columns)) >= len(before)
    found = _difference(weeks, columns, later, treated)
    if found is None:
        return None
    did, _freedom, lent = found
    if lent:
        return Estimate(0.0, 0.0, did.upper, did.p)
    return Estimate(did.ratio, did.lower, did.upper, did.p)


def _supports(
    weeks: Weeks, made: Design, groups: list[np.ndarray], after: np.ndarray
) -> tuple[Support, ...]:
    """Return what the other methods say, where they can say anything."""
    if not groups or not len(after):
        return ()
    known = weeks.until(made.starts_on)
    of_treated = weeks.counts[weeks.treated].sum(axis=0)
    found: list[tuple[Method, Estimate | None]] = []
    for method in (Method.COMPARISON, Method.EARLIER_YEARS):
        other = replace(made, method=method, includes_peak=False)
        if method != made.method and _is_possible(known, other):
            found.append((method, _estimate(weeks, method, _baseline(known, other), after)))
    found.append((Method.INTERRUPTED, _interrupted(weeks, made, of_treated)))
    just_before = np.flatnonzero(weeks.observed[: max(weeks.index(made.starts_on), 0)])
    just_before = just_before[-len(after) :]
    if len(just_before):
        try:
            ratio = rates.rate_ratio(
                count_before=int(of_treated[just_before].sum()),
                exposure_before=float(len(just_before)),
                count_after=int(of_treated[after].sum()),
                exposure_after=float(len(after)),
            )
            plain = Estimate(ratio.ratio, ratio.lower, ratio.upper, ratio.pvalue)
            found.append((Method.BEFORE_AFTER, plain))
        except ValueError:
            pass
    other = replace(made, method=Method.COMPARISON, includes_peak=False)
    if weeks.buffer.any() and _is_possible(known, other):
        around = _of_comparison(weeks, _baseline(known, other)[0], after, weeks.buffer)
        found.append((Method.DISPLACEMENT, around))
    return tuple(Support(method, estimate) for method, estimate in found if estimate is not None)


def _interrupted(weeks: Weeks, made: Design, of_treated: np.ndarray) -> Estimate | None:
    """Return the level's change beside two years of the area's own past, if all were heard."""
    start, end = weeks.index(made.starts_on), weeks.index(made.ends_before)
    heard = np.flatnonzero(~weeks.observed[:end])
    first = int(heard[-1]) + 1 if len(heard) else 0
    first = max(first, start - BASELINE_WEEKS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = effects.interrupted_series(of_treated[first:end], start=start - first)
    except ValueError:
        return None
    return Estimate(found.ratio, found.lower, found.upper, found.p)
