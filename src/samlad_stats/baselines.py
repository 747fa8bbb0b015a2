"""Is a period's count more than earlier comparable periods lead one to expect?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from samlad_stats._checks import check_counts, check_level
from samlad_stats._mixtures import Mixture, scales
from samlad_stats._precedents import CLOSELY, Seldom, share_as_seldom

SMALLEST_P = 1e-12  # below this the tail of the model means nothing, and p is never 0
_JEFFREYS = 0.5  # prior count [incidents] of a rate nobody has seen


@dataclass(frozen=True)
class BaselineComparison:
    """One comparison per series, each field an array (n_series,).

    ``observed``, ``expected``, ``lower`` and ``upper`` [count], the last two both inside
    the interval; ``p`` one-sided upwards; ``dispersion`` = variance of a prediction error over
    that of Poisson counts [ratio, >= 1]; ``precedents`` the share of past periods that were as
    surprising [proportion].
    """

    observed: np.ndarray
    expected: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    p: np.ndarray
    dispersion: np.ndarray
    precedents: np.ndarray


def compare_with_baseline(
    counts: ArrayLike,
    *,
    target: ArrayLike,
    weights: ArrayLike,
    past_targets: ArrayLike,
    past_weights: ArrayLike,
    pool: ArrayLike | None = None,
    among: ArrayLike | None = None,
    level: float = 0.95,
) -> BaselineComparison:
    """Compare a period's counts with what comparable earlier periods predict.

    Answers "how seldom would a period like this one hold so many, if nothing had changed?",
    not "why".

    Parameters
    ----------
    counts : (n_series, n_bins) array_like of int, >= 0
        Incidents per series and bin (week, month …).
    target : (n_bins,) array_like of 0 and 1
        The bins that form the period asked about.
    weights : (n_bins,) array_like, >= 0
        The baseline: expected count = counts @ weights. Zero where `target` is 1.
    past_targets, past_weights : (n_past, n_bins) array_like
        The same two for earlier periods of the same length: what the same rule would have
        predicted then. From them the dispersion is estimated. Rows may overlap.
    pool : (n_series,) array_like of int, optional
        Series with the same number lend each other dispersion; by default all do.
    among : (n_series,) array_like of int, optional
        Series with the same number are each other's precedents; by default all are.
    level : float, 0 < level < 1
        Coverage of the interval [proportion].

    Returns
    -------
    BaselineComparison
        ``p`` is P(Y >= observed), never below 1e-12 nor below ``precedents``.
        ``lower`` to ``upper`` holds at least `level` of such periods by the same distribution.
        ``expected`` is above 0 also where the baseline is all zero.

    Raises
    ------
    ValueError
        Shapes disagree, a count is negative or not whole, the baseline has no weight, the
        target is empty, or there are fewer than three earlier periods.

    Notes
    -----
    With an effective number n of baseline periods, the rate's posterior under Jeffreys'
    prior has mean m = expected + 0.5 / n, and the count of the period has variance
    D m (1 + 1/n) [1]_: its own and the baseline's. D is estimated from prediction errors
    of earlier periods, sum (y - e)^2 / sum m (1 + 1/n), so that overdispersion, carry-over
    from week to week and differences between years are all in it; when more is expected
    than was usual, D - 1 grows in proportion. A series with few incidents borrows from its
    pool: D = (d D_own + k D_pool) / (d + k) with k = d / (1 + information), information =
    the series' mean count per period. The count is negative binomial with that variance,
    averaged over the sampling distribution of D, a scaled chi-square with
    d = (n_past / length) (1 - r^2) / (1 + r^2) - 1 degrees of freedom [2]_ [3]_, r the
    errors' carry-over from one period to the next, by Gauss-Laguerre quadrature.

    No model knows how large the rare bursts of real reports are (many rows of one event), so
    a count with p at most 0.01 is also looked up: p is never below the share of the peers'
    past periods that were as surprising, each with the dispersion of the others of its series
    (a conformal p-value [4]_). A run of such periods counts once, and one that lasts until
    now is what is asked about, no precedent. It fails when the level
    has shifted for good since the baseline (a new reporter, a new app, a growth of some per
    cent a year): that is then what is found.

    References
    ----------
    .. [1] Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., 2.6. doi:10.1201/b16018
    .. [2] McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., 4.5.
       doi:10.1007/978-1-4899-3242-6
    .. [3] Bayley & Hammersley (1946), Suppl J R Stat Soc 8, 184-197. doi:10.2307/2983560
    .. [4] Vovk, Gammerman & Shafer (2022), Algorithmic Learning in a Random World, 2nd ed.
       doi:10.1007/978-3-031-06649-8

    Examples
    --------
    Four weeks' vandalism against the same weeks of four years, ten bins in all:

    >>> import numpy as np
    >>> counts = [[4, 5, 3, 4, 5, 3, 4, 6, 4, 14]]
    >>> past = np.eye(10)[:9]
    >>> others = (np.ones((9, 9)) - np.eye(9)) / 8
    >>> found = compare_with_baseline(
    ...     counts, target=np.eye(10)[9], weights=np.r_[np.full(9, 1 / 9), 0],
    ...     past_targets=past, past_weights=np.c_[others, np.zeros(9)])
    >>> int(found.observed[0]), round(float(found.expected[0]), 1), int(found.upper[0])
    (14, 4.3, 10)
    >>> bool(found.p[0] < 0.01)
    True
    """
    y = check_counts("counts", counts)
    if y.ndim != 2:
        raise ValueError("counts must have the shape (n_series, n_bins)")
    period, baseline = _vectors(y.shape[1], target=target, weights=weights)
    past_y, past_w = np.asarray(past_targets, float), np.asarray(past_weights, float)
    if past_y.shape != past_w.shape or past_y.ndim != 2 or past_y.shape[1] != y.shape[1]:
        raise ValueError("past_targets and past_weights must have the shape (n_past, n_bins)")
    if len(past_y) < 3:
        raise ValueError("at least three earlier periods are needed")
    check_level("level", level)
    groups = np.zeros(len(y), int) if pool is None else np.asarray(pool)
    if groups.shape != (len(y),):
        raise ValueError("pool must have one number per series")
    peers = np.zeros(len(y), int) if among is None else np.asarray(among)
    if peers.shape != (len(y),):
        raise ValueError("among must have one number per series")

    y = y.astype(np.float64)
    length = float(period.sum())
    n = length / float((baseline**2).sum())  # effective baseline periods
    past_n = past_y.sum(axis=1) / (past_w**2).sum(axis=1)

    observed = y @ period
    expected = y @ baseline + _JEFFREYS / n
    errors = y @ (past_y - past_w).T
    usually = y @ past_w.T
    past_mean = usually + _JEFFREYS / past_n
    poisson = past_mean * (1.0 + 1.0 / past_n)
    carry_over = _carry_over(errors / np.sqrt(poisson), int(length))
    independent = len(past_y) / length * (1.0 - carry_over**2) / (1.0 + carry_over**2)
    degrees = max(independent - 1.0, 1.0)
    squares = errors**2
    lent = _lent(squares, poisson, groups, degrees)
    dispersion = lent(squares.sum(axis=1), poisson.sum(axis=1))
    usual = np.maximum(usually.mean(axis=1), _JEFFREYS / n)
    dispersion = 1.0 + (dispersion - 1.0) * np.maximum(expected / usual, 1.0)

    spread = expected * (1.0 + 1.0 / n)
    mixture = Mixture(expected, spread, dispersion, scales(degrees))
    tail = (1.0 - level) / 2.0
    p = np.clip(mixture.at_least(observed), SMALLEST_P, 1.0)
    seldom = _past_p(y @ past_y.T, past_mean, poisson, squares, usual, lent, degrees)
    precedents = share_as_seldom(p, seldom, peers, length=int(length), n_past=len(past_y))
    return BaselineComparison(
        observed=observed,
        expected=expected,
        lower=mixture.quantile(tail),
        upper=mixture.quantile(1.0 - tail),
        p=np.maximum(p, precedents),
        dispersion=dispersion,
        precedents=precedents,
    )


def compare_with_prediction(
    observed: ArrayLike,
    *,
    expected: ArrayLike,
    standard_error: ArrayLike,
    dispersion: ArrayLike,
    degrees: float,
    level: float = 0.95,
) -> BaselineComparison:
    """Compare counts with what a fitted model foresees, its own uncertainty counted in.

    Answers "how seldom would a week that follows the model hold so many?".

    Parameters
    ----------
    observed : (k,) array_like of int, >= 0
        Counts [count].
    expected : (k,) array_like, > 0
        Means the model foresees [count].
    standard_error : (k,) array_like, >= 0
        Of `expected` [count].
    dispersion : (k,) array_like, >= 1
        Variance over mean of a count about its true mean.
    degrees : float, > 0
        Degrees of freedom of what the dispersion has above 1. Fewer make heavier tails.
    level : float, 0 < level < 1
        Coverage of the interval [proportion].

    Returns
    -------
    BaselineComparison
        As `compare_with_baseline`, without precedents.

    Raises
    ------
    ValueError
        Counts are negative or not whole, an expected count is not positive, a standard error
        is negative, a dispersion is below 1, or the level is outside (0, 1).

    Notes
    -----
    Negative binomial with variance dispersion * expected + standard_error**2, averaged over a
    scaled inverse chi-square of the dispersion's part above 1: counts that vary like Poisson's
    keep Poisson's tail, those that vary more have a heavier one.

    Examples
    --------
    >>> found = compare_with_prediction(
    ...     [14], expected=[4.0], standard_error=[0.5], dispersion=[1.2], degrees=20)
    >>> bool(found.p[0] < 0.01), int(found.upper[0])
    (True, 9)
    """
    y = check_counts("observed", observed).astype(np.float64)
    mean, error = np.asarray(expected, float), np.asarray(standard_error, float)
    varying = np.asarray(dispersion, float)
    check_level("level", level)
    if not np.all(mean > 0):
        raise ValueError("expected counts must be positive")
    if not np.all(error >= 0):
        raise ValueError("standard_error must be 0 or more")
    if not np.all(varying >= 1):
        raise ValueError("dispersion must be 1 or more")
    mixture = Mixture(mean, mean + error**2 / varying, varying, scales(degrees), only_extra=True)
    tail = (1.0 - level) / 2.0
    return BaselineComparison(
        observed=y,
        expected=mean,
        lower=mixture.quantile(tail),
        upper=mixture.quantile(1.0 - tail),
        p=np.clip(mixture.at_least(y), SMALLEST_P, 1.0),
        dispersion=varying,
        precedents=np.zeros(len(y)),
    )


def prediction_interval(
    expected: ArrayLike,
    *,
    n: ArrayLike,
    dispersion: ArrayLike,
    degrees: float,
    level: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval a new count should fall in, for counts one at a time.

    Answers "how far from the expected does such a count usually lie?".

    Parameters
    ----------
    expected : (k,) array_like, > 0
        Expected counts [count].
    n : (k,) array_like, > 0
        Effective number of baseline periods each rests on.
    dispersion : (k,) array_like, >= 1
        As `BaselineComparison.dispersion`.
    degrees : float, > 0
        Degrees of freedom the dispersion was estimated with.
    level : float, 0 < level < 1
        Coverage of the interval [proportion].

    Returns
    -------
    (lower, upper) : two (k,) ndarray
        Counts, both inside the interval.

    Raises
    ------
    ValueError
        An expected count is not positive, or the level is outside (0, 1).

    Notes
    -----
    The same distribution as in `compare_with_baseline`.

    Examples
    --------
    >>> ends = prediction_interval([4.0], n=[28], dispersion=[1.0], degrees=150)
    >>> [int(end[0]) for end in ends]
    [1, 9]
    """
    check_level("level", level)
    mean = np.asarray(expected, float)
    if not np.all(mean > 0):
        raise ValueError("expected counts must be positive")
    spread = mean * (1.0 + 1.0 / np.asarray(n, float))
    mixture = Mixture(mean, spread, np.asarray(dispersion, float), scales(degrees))
    tail = (1.0 - level) / 2.0
    return mixture.quantile(tail), mixture.quantile(1.0 - tail)


def _vectors(n_bins: int, *, target: ArrayLike, weights: ArrayLike) -> tuple:
    period, baseline = np.asarray(target, float), np.asarray(weights, float)
    if period.shape != (n_bins,) or baseline.shape != (n_bins,):
        raise ValueError("target and weights must have one number per bin")
    if not period.any():
        raise ValueError("the target has no bin")
    if not baseline.any() or (baseline < 0).any():
        raise ValueError("the baseline needs weights, none of them negative")
    if (baseline[period > 0] > 0).any():
        raise ValueError("the baseline may not hold the period it is compared with")
    return period, baseline


def _carry_over(errors: np.ndarray, length: int) -> float:
    """Return the correlation of errors one period apart, over all series; never negative.

    Squares of errors that carry over are worth fewer: their sum has the variance of
    (1 - r^2) / (1 + r^2) as many independent ones [3].
    """
    if errors.shape[1] <= 2 * length:
        return 0.0
    earlier, later = errors[:, :-length], errors[:, length:]
    scale = float((errors**2).mean())
    if scale == 0.0:
        return 0.0
    return float(np.clip((earlier * later).mean() / scale, 0.0, 0.95))


Lent = Callable[..., np.ndarray]


def _lent(squares: np.ndarray, poisson: np.ndarray, groups: np.ndarray, degrees: float) -> Lent:
    """Return what makes a D of a series' sums: drawn to its pool's the fewer incidents it has."""
    number = int(groups.max(initial=0)) + 1
    pool_error = np.bincount(groups, squares.sum(axis=1), number)
    pool_poisson = np.bincount(groups, poisson.sum(axis=1), number)
    pooled = np.maximum(pool_error / pool_poisson, 1.0)[groups]
    weight = degrees / (1.0 + poisson.mean(axis=1))

    def drawn(
        squares: np.ndarray, poisson: np.ndarray, of: slice | np.ndarray = slice(None)
    ) -> np.ndarray:
        lending = weight[of]
        own = degrees * squares / poisson
        return np.maximum((own + lending * pooled[of]) / (degrees + lending), 1.0)

    return drawn


def _past_p(
    counted: np.ndarray,
    mean: np.ndarray,
    spread: np.ndarray,
    squares: np.ndarray,
    usual: np.ndarray,
    lent: Lent,
    degrees: float,
) -> Seldom:
    """Return the past periods that were surprising, by the dispersion of their series' others."""
    high = counted - mean > np.sqrt(spread)
    high[high] = special.gammainc(counted[high], mean[high]) <= CLOSELY
    series, row = np.nonzero(high)
    own_squares = (squares.sum(axis=1)[:, None] - squares)[high]
    own_spread = (spread.sum(axis=1)[:, None] - spread)[high]
    varying = lent(own_squares, own_spread, series)
    varying = 1.0 + (varying - 1.0) * np.maximum(mean[high] / usual[series], 1.0)
    mixture = Mixture(mean[high], spread[high], varying, scales(degrees))
    return Seldom(series, row, mixture.at_least(counted[high]))
