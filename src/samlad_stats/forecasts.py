"""How well places chosen beforehand caught what came: PAI, PEI and PAI* at every coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from samlad_stats._checks import check_counts


@dataclass(frozen=True)
class HitCurve:
    """At each coverage: share of area chosen, and how much better than chance the choice was."""

    coverage: np.ndarray
    hit_rate: np.ndarray
    pai: np.ndarray
    pei: np.ndarray
    pai_star: np.ndarray
    order: np.ndarray


def hit_curve(predicted: ArrayLike, observed: ArrayLike, area: ArrayLike) -> HitCurve:
    """Measure a ranking of places against what happened there afterwards.

    Answers "if we had gone to the k places ranked highest, what share of the incidents lay
    there, and how does that compare with the area covered, and with the best ranking there
    could have been?".

    Parameters
    ----------
    predicted : array_like of float, shape (n_places,)
        The score each place was ranked by; higher is earlier. Equal scores keep their order.
    observed : array_like of int, shape (n_places,), >= 0
        Incidents in each place afterwards [count].
    area : array_like of float, shape (n_places,), > 0
        Size of each place [any unit; it cancels].

    Returns
    -------
    HitCurve
        Arrays of shape (n_places,), entry k - 1 for the k places ranked highest.
        ``coverage`` is their share of the area; ``pai`` the share of incidents divided by
        that (1 is chance) [1]_; ``pei`` is ``pai`` divided by the highest PAI any ranking of
        the same number of places could have had [2]_; ``pai_star`` is the area under the
        curve of hit rate over coverage up to there, divided by the same area under the best
        curve, where places may be taken in part so that the coverages are equal [3]_: unlike
        PEI it does not forget how the earlier places did. ``pei`` and ``pai_star`` lie
        between 0 and 1. ``order`` is the ranking.

    Raises
    ------
    ValueError
        Shapes differ, a score is NaN, an area is not positive and finite, a count is negative
        or not whole, or there is no incident at all: then there is nothing to have hit.

    Notes
    -----
    One week's hits are few: a PAI of 10 from three incidents says little. Report the number
    of incidents beside it, and the curve of "the same places as last week" in the same run.

    References
    ----------
    .. [1] Chainey, Tompson & Uhlig (2008), Security Journal 21, 4-28,
       doi:10.1057/palgrave.sj.8350066.
    .. [2] Hunt (2016), Do crime hot spots move?, American University.
    .. [3] On measures that do not hang on one coverage: Joshi, Curtis-Ham, D'Ath & Searle
       (2021), ISPRS Int. J. Geo-Inf. 10, 597, doi:10.3390/ijgi10090597. The definition is the
       one written here.

    Examples
    --------
    >>> curve = hit_curve([3, 2, 1], [6, 3, 0], [1, 1, 1])
    >>> curve.pai, curve.pei
    (array([2. , 1.5, 1. ]), array([1., 1., 1.]))
    """
    scores, counts, sizes = _checked(predicted, observed, area)
    order = np.argsort(-scores, kind="stable")
    total = counts.sum()
    coverage = np.cumsum(sizes[order]) / sizes.sum()
    hit_rate = np.cumsum(counts[order]) / total
    pai = hit_rate / coverage
    density = np.argsort(-counts / sizes, kind="stable")  # the best ranking there could have been
    best_coverage = np.cumsum(sizes[density]) / sizes.sum()
    best_hits = np.cumsum(counts[density]) / total
    best_pai = _best_with_as_many(counts, sizes)
    reachable = _area_under(best_coverage, best_hits, coverage)
    reached = _area_under(coverage, hit_rate, coverage)
    with np.errstate(invalid="ignore", divide="ignore"):
        pai_star = np.where(reachable > 0, reached / reachable, 0.0)
    return HitCurve(
        coverage, hit_rate, pai, np.minimum(pai / best_pai, 1.0), np.minimum(pai_star, 1.0), order
    )


def _checked(
    predicted: ArrayLike, observed: ArrayLike, area: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores = np.asarray(predicted, dtype=np.float64)
    counts = check_counts("observed", observed).astype(np.float64)
    sizes = np.asarray(area, dtype=np.float64)
    if scores.ndim != 1 or scores.shape != counts.shape or scores.shape != sizes.shape:
        raise ValueError("predicted, observed and area must be one-dimensional and as long")
    if np.any(np.isnan(scores)):
        raise ValueError("predicted must not hold NaN: a place without a score has no rank")
    if not np.all(np.isfinite(sizes)) or np.any(sizes <= 0):
        raise ValueError("area must be positive and finite")
    if counts.sum() == 0:
        raise ValueError("observed holds no incident: there is nothing to have hit")
    return scores, counts, sizes


def _best_with_as_many(counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the highest PAI of any k places, for k = 1 … n.

    A ratio of sums is highest for the k places with the largest count - c * size, where c is
    the ratio reached (Dinkelbach): a few rounds give it exactly.
    """
    n = len(counts)
    total, whole = counts.sum(), sizes.sum()
    if np.ptp(sizes) == 0:
        most = np.cumsum(-np.sort(-counts))
        equal: np.ndarray = most / np.cumsum(sizes) * whole / total
        return equal
    best = np.empty(n)
    for k in range(1, n + 1):
        ratio = 0.0
        while True:
            chosen = np.argpartition(-(counts - ratio * sizes), k - 1)[:k]
            reached = counts[chosen].sum() / sizes[chosen].sum()
            if reached <= ratio * (1 + 1e-12):
                break
            ratio = reached
        best[k - 1] = max(ratio, 0.0) * whole / total
    return best


def _area_under(coverage: np.ndarray, hits: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Return the area under a curve of straight pieces from (0, 0), up to each `until`."""
    x = np.concatenate([[0.0], coverage])
    y = np.concatenate([[0.0], hits])
    pieces = np.concatenate([[0.0], np.cumsum(np.diff(x) * (y[1:] + y[:-1]) / 2)])
    height = np.interp(until, x, y)
    at = np.clip(np.searchsorted(x, until, side="right") - 1, 0, len(x) - 1)
    return pieces[at] + (until - x[at]) * (height + y[at]) / 2
