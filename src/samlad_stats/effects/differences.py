"""Did the treated areas change otherwise than the others?"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from samlad_stats._checks import check_counts
from samlad_stats._poisson import TINY, finite_exp, fit_two_way, residualise

TREATED_TO_CLUSTER, AREAS_TO_CLUSTER = 5, 20  # fewer: clustered errors are far too small
PERIODS_BEFORE = 4
FREEDOM_AT_LEAST = 3  # of placebo windows that overlap; by simulation
WAYS, WAYS_FITTED = 20_000, 300  # ways to choose treated areas that are all tried


@dataclass(frozen=True)
class DifferenceInDifferences:
    """``coefficient``, ``standard_error``: on the log scale; ``ratio``, ``lower``, ``upper``: how
    many times as many incidents; ``p``: two-sided.

    ``inference``: "clustered" or "earlier weeks"; ``degrees_of_freedom`` of t;
    ``small_sample_factor``: of the clustered variance, G/(G - 1) (N - 1)/(N - K), else 1;
    ``dispersion``: of the earlier weeks; ``placebos``: coefficients of starts that were none;
    ``permutation_p``: two-sided, over which areas were treated, at least ``smallest_p``, NaN
    where they are too many to try or vary together in clusters.
    """

    coefficient: float
    standard_error: float
    ratio: float
    lower: float
    upper: float
    p: float
    inference: str
    degrees_of_freedom: int
    small_sample_factor: float
    dispersion: float
    placebos: np.ndarray
    permutation_p: float
    smallest_p: float


def difference_in_differences(
    counts: ArrayLike,
    treated: ArrayLike,
    after: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> DifferenceInDifferences:
    """Compare treated areas' change with that of the others, week by week.

    Answers "how many times as many incidents do the treated areas have after the start, beside
    what they would have if they had changed as the others did?".

    Parameters
    ----------
    counts : array_like of int, shape (n_areas, n_periods), >= 0
        Incidents by area and period, in order of time [count].
    treated : array_like of bool, shape (n_areas,)
        Some and not all.
    after : array_like of bool, shape (n_periods,)
        The periods from the start on: false ones first, then true ones.
    exposure : array_like of float, shape (n_areas, n_periods), > 0, optional
        Population at risk or reporters; any unit, it cancels.
    cluster : array_like, shape (n_areas,), optional
        Which areas vary together; each by itself unless given.

    Returns
    -------
    DifferenceInDifferences
        With 5 treated, 5 others and 20 areas (clusters) with incidents or more the standard
        error is clustered by area, with t of G - 1 degrees of freedom, and no smaller than half
        of that of Poisson counts. With fewer that is far too small, and is not given:
        the standard error is then the larger of two, from the earlier weeks alone. One has
        their dispersion about the model; the other is the root mean square of the coefficients
        of placebo starts, every window in the earlier weeks as long as the one after, but no
        longer than half of them. Degrees
        of freedom are then how many such windows fit beside each other, less one, and at least
        3: with eight areas and weekly correlation up to 0.8 that gives at most 5 false findings
        in a hundred, with 0.95 up to 9 (``benchmarks/few_treated.py``); where levels drift like
        a random walk, many more.

    Raises
    ------
    ValueError
        Shapes do not fit, counts are not whole or negative, an exposure is not positive, none
        or all are treated, periods after come before others, there are fewer than 4 periods
        before, or one of the four sums (treated or not, before or after) has no incident: the
        ratio then has no value.

    Notes
    -----
    Poisson with an effect of each area and each period [1]_, so the variance need not be the
    mean. Without exposure the coefficient is the log odds ratio of the four sums, and every
    period and area effect has a closed form. Assumes that without the measure the ratio of the
    treated to the others had stayed as it was: a treated area chosen because it had a peak
    falls by itself. One treated area that changes for another reason at the same time cannot
    be told from the measure. Few treated: [2]_.

    References
    ----------
    .. [1] Wooldridge (1999), J. Econometrics 90, 77-97, doi:10.1016/S0304-4076(98)00033-5.
    .. [2] Conley & Taber (2011), Rev. Econ. Stat. 93, 113-125, doi:10.1162/REST_a_00049.

    Examples
    --------
    Two of eight areas fall by half when something is done; the others stay:

    >>> counts = np.tile([6, 8, 7, 9], (8, 15))
    >>> treated = np.arange(8) < 2
    >>> after = np.arange(60) >= 40
    >>> counts[np.ix_(treated, after)] //= 2
    >>> found = difference_in_differences(counts, treated, after)
    >>> round(found.ratio, 2), found.inference, round(found.smallest_p, 3)
    (0.47, 'earlier weeks', 0.036)
    """
    y, of_treated, later, exposed = _check_panel(counts, treated, after, exposure)
    groups = np.arange(len(y)) if cluster is None else np.asarray(cluster)
    if groups.shape != (len(y),):
        raise ValueError("cluster must have the shape (n_areas,)")
    groups = np.unique(groups, return_inverse=True)[1]

    beta, mean, rest = _estimate(y, of_treated, later, exposed)
    information = float((mean * rest**2).sum())
    heard = y.sum(axis=1) > 0  # an area without any incident says nothing
    n_treated = len(np.unique(groups[of_treated & heard]))
    n_others = len(np.unique(groups[~of_treated & heard]))
    n_groups = len(np.unique(groups[heard]))
    placebos = _placebos(y, of_treated, later, exposed)
    dispersion = _dispersion_before(y, later, exposed)
    factor = 1.0
    if min(n_treated, n_others) >= TREATED_TO_CLUSTER and n_groups >= AREAS_TO_CLUSTER:
        inference, freedom = "clustered", n_groups - 1
        score = np.bincount(groups, weights=(rest * (y - mean)).sum(axis=1))
        some, ever = int(heard.sum()), int((y.sum(axis=0) > 0).sum())
        n_cells, n_effects = some * ever, some + ever  # areas + periods - 1 + the coefficient
        factor = n_groups / (n_groups - 1) * (n_cells - 1) / (n_cells - n_effects)
        # counts that follow the model to the last one are not known better than Poisson's half
        least = 0.5 / math.sqrt(information)
        error = max(math.sqrt(factor * float((score**2).sum())) / information, least)
    else:
        inference = "earlier weeks"
        n_after = int(later.sum())
        freedom = max(int((~later).sum()) // n_after - 1, FREEDOM_AT_LEAST)
        error = math.sqrt(dispersion / information)
        if len(placebos):
            error = max(error, math.sqrt(float((placebos**2).mean())))
    permutation_p, smallest = math.nan, math.nan
    if len(np.unique(groups)) == len(y):
        permutation_p, smallest = _over_areas(y, of_treated, later, exposed, beta)
    half = float(stats.t.ppf(0.975, freedom)) * error
    p = 2 * float(stats.t.sf(abs(beta) / error, freedom)) if error > 0 else 1.0
    return DifferenceInDifferences(
        coefficient=beta,
        standard_error=error,
        ratio=math.exp(beta),
        lower=finite_exp(beta - half),
        upper=finite_exp(beta + half),
        p=max(p, float(TINY)),
        inference=inference,
        degrees_of_freedom=freedom,
        small_sample_factor=factor,
        dispersion=dispersion,
        placebos=placebos,
        permutation_p=permutation_p,
        smallest_p=smallest,
    )


def _estimate(
    y: np.ndarray, treated: np.ndarray, after: np.ndarray, exposure: np.ndarray | None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the coefficient, the means, and what of the treatment no effect explains.

    Without exposure all three are closed: an area's mean is its share of its group's, a
    group's its share of the period's, which is one before and one after.
    """
    by_group = np.stack([y[~treated].sum(axis=0), y[treated].sum(axis=0)])
    sums = np.stack([by_group[:, ~after].sum(axis=1), by_group[:, after].sum(axis=1)], axis=1)
    if np.any(sums == 0):
        raise ValueError(
            "no incident before or after, in the treated areas or the others: no ratio"
        )
    sign = np.array([[1.0, -1.0], [-1.0, 1.0]])
    group, period = treated.astype(int), after.astype(int)
    if exposure is None:
        rest = (sign / sums / (1 / sums).sum())[np.ix_(group, period)]
        share = (sums / sums.sum(axis=0))[np.ix_(group, period)]
        own = y.sum(axis=1) / sums.sum(axis=1)[group]
        return float(_log_ratio(sums)), own[:, None] * share * by_group.sum(axis=0), rest
    some, ever = y.sum(axis=1) > 0, y.sum(axis=0) > 0  # the others say nothing
    inner = np.ix_(some, ever)
    column = np.outer(treated, after).astype(float)
    mean, rest = np.zeros(y.shape), np.zeros(y.shape)
    beta, mean[inner] = fit_two_way(y[inner], exposure[inner], column[inner])
    rest[inner] = residualise(column[inner], mean[inner])
    return beta, mean, rest


def _log_ratio(sums: np.ndarray) -> np.ndarray:
    """Return the coefficients of sums (2 group, 2 period, ...): infinite where one is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(sums)
        found: np.ndarray = logs[1, 1] - logs[1, 0] - logs[0, 1] + logs[0, 0]
    return found


def _placebos(
    y: np.ndarray, treated: np.ndarray, after: np.ndarray, exposure: np.ndarray | None
) -> np.ndarray:
    """Return the coefficients of every window of earlier weeks as long as the one after.

    No longer than half of the earlier weeks. With exposure each is a fit of its own, and only
    every quarter of a window starts one. Windows without incidents are left out.
    """
    before = y[:, ~after]
    n = before.shape[1]
    length = min(int(after.sum()), n // 2)
    starts = np.arange(0, n - length + 1, 1 if exposure is None else max(1, length // 4))
    groups = np.stack([before[~treated].sum(axis=0), before[treated].sum(axis=0)])
    running = np.pad(groups.cumsum(axis=1), ((0, 0), (1, 0)))
    inside = running[:, starts + length] - running[:, starts]
    found = _log_ratio(np.stack([running[:, -1:] - inside, inside], axis=1))
    if exposure is not None:
        for i, start in enumerate(starts):
            if np.isfinite(found[i]):
                window = (np.arange(n) >= start) & (np.arange(n) < start + length)
                found[i] = _estimate(before, treated, window, exposure[:, ~after])[0]
    return found[np.isfinite(found)]


def _dispersion_before(y: np.ndarray, after: np.ndarray, exposure: np.ndarray | None) -> float:
    """Return Pearson's dispersion of the earlier weeks about area and period, at least 1."""
    before = y[:, ~after]
    inner = np.ix_(before.sum(axis=1) > 0, before.sum(axis=0) > 0)
    counts = before[inner]
    if exposure is None:
        mean = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    else:
        nothing = np.zeros(counts.shape)
        mean = fit_two_way(counts, exposure[:, ~after][inner], nothing)[1]
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if freedom < 1:
        return 1.0
    return max(float(((counts - mean) ** 2 / mean).sum()) / freedom, 1.0)


def _over_areas(
    y: np.ndarray, treated: np.ndarray, after: np.ndarray, exposure: np.ndarray | None, beta: float
) -> tuple[float, float]:
    """Return the share of ways to choose the treated areas with as large a coefficient."""
    n, k = len(y), int(treated.sum())
    ways = math.comb(n, k)
    smallest = (2 if 2 * k == n else 1) / ways  # the other half has the same coefficient
    if ways > (WAYS if exposure is None else WAYS_FITTED):
        return math.nan, smallest
    chosen = np.array(list(itertools.combinations(range(n), k)))
    by_area = np.stack([y[:, ~after].sum(axis=1), y[:, after].sum(axis=1)])  # (2, n)
    inside = by_area[:, chosen].sum(axis=2)
    found = _log_ratio(np.stack([by_area.sum(axis=1)[:, None] - inside, inside]))
    if exposure is not None:
        for i, way in enumerate(chosen):
            if np.isfinite(found[i]):
                other = np.isin(np.arange(n), way)
                found[i] = _estimate(y, other, after, exposure)[0]
    # a sum without incidents: an infinite coefficient, or none that is smaller
    reached = (np.abs(found) >= abs(beta) - 1e-9) | ~np.isfinite(found)
    return float(reached.mean()), smallest


def _check_panel(
    counts: ArrayLike, treated: ArrayLike, after: ArrayLike, exposure: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    y = check_counts("counts", counts).astype(np.float64)
    if y.ndim != 2:
        raise ValueError("counts must have the shape (n_areas, n_periods)")
    of_treated, later = np.asarray(treated), np.asarray(after)
    for name, flags, size in (("treated", of_treated, len(y)), ("after", later, y.shape[1])):
        if flags.dtype != np.bool_ or flags.shape != (size,):
            raise ValueError(f"{name} must be True or False, {size} of them")
        if flags.all() or not flags.any():
            raise ValueError(f"{name} must be True for some and False for some")
    if np.any(np.diff(later.astype(int)) < 0):
        raise ValueError("after must be False first and then True: periods in order of time")
    if int((~later).sum()) < PERIODS_BEFORE:
        raise ValueError(f"fewer than {PERIODS_BEFORE} periods before the start say too little")
    if exposure is None:
        return y, of_treated, later, None
    exposed = np.asarray(exposure, dtype=np.float64)
    if exposed.shape != y.shape or not np.all(np.isfinite(exposed) & (exposed > 0)):
        raise ValueError("exposure must have the shape of counts, positive and finite")
    return y, of_treated, later, exposed
