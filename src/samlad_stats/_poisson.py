"""Poisson regressions by iteratively reweighted least squares, in numpy."""

from __future__ import annotations

import math

import numpy as np

MAX_STEPS = 100
TOLERANCE = 1e-13  # change of the deviance, relative
LOG_MEANS = (-30.0, 60.0)  # what a fit may pass through without losing its numbers
TINY = float(np.finfo(float).tiny)  # a p-value is never 0


UNCLEAR = "the counts do not tell the parts of the model apart"


def finite_exp(power: float) -> float:
    """Return e to the power, infinite where it is too large for a number."""
    return math.exp(power) if power < 700 else math.inf


def deviance(y: np.ndarray, mean: np.ndarray) -> float:
    """Return the Poisson deviance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(y > 0, y * np.log(y / mean), 0.0)
    return float(2 * (logs - (y - mean)).sum())


def fit(x: np.ndarray, y: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit log mean = offset + x @ beta; return beta and mean.

    Raises `ValueError` where the columns are not independent.
    """
    mean = np.maximum(y, 0.1) + y.mean() / 10  # a start that no column must reach from far
    before = np.inf
    beta = np.zeros(x.shape[1])
    for _ in range(MAX_STEPS):
        working = np.log(mean) - offset + (y - mean) / mean
        weighed = x * mean[:, None]
        information = x.T @ weighed
        if not np.all(np.isfinite(information)):
            raise ValueError(UNCLEAR)
        beta, _, rank, _ = np.linalg.lstsq(information, weighed.T @ working, rcond=None)
        if rank < x.shape[1]:
            raise ValueError(UNCLEAR)
        mean = np.exp(np.clip(offset + x @ beta, *LOG_MEANS))
        now = deviance(y, mean)
        if abs(before - now) <= TOLERANCE * (abs(now) + 0.1):
            break
        before = now
    return beta, mean


def residualise(column: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return what of a column (n_areas, n_periods) no area and no period effect explains.

    Weighted least squares; areas are eliminated, so that one system of n_periods remains.
    """
    by_area, by_period = weight.sum(axis=1), weight.sum(axis=0)
    share = weight / by_area[:, None]
    system = np.diag(by_period) - weight.T @ share
    target = (weight * column).sum(axis=0) - share.T @ (weight * column).sum(axis=1)
    # period effects are known but for a constant: hold the first at 0
    period = np.zeros(len(by_period))
    period[1:] = np.linalg.solve(system[1:, 1:], target[1:])
    area = (weight * (column - period)).sum(axis=1) / by_area
    result: np.ndarray = column - area[:, None] - period
    return result


def fit_two_way(
    counts: np.ndarray, exposure: np.ndarray, column: np.ndarray
) -> tuple[float, np.ndarray]:
    """Fit log mean = area + period + beta * column + log exposure; return beta and mean.

    Each step demeans two ways (Frisch, Waugh & Lovell) instead of carrying a dummy for each
    area and period. No area and no period may be without incidents.
    """
    offset = np.log(exposure)
    mean = counts + 0.1
    before, beta = np.inf, 0.0
    for _ in range(MAX_STEPS):
        working = np.log(mean) - offset + (counts - mean) / mean
        rest = residualise(column, mean)
        information = float((mean * rest * column).sum())
        beta = float((mean * rest * working).sum()) / information if information > 0 else 0.0
        fitted = working - residualise(working - beta * column, mean)
        mean = np.exp(offset + fitted)
        now = deviance(counts, mean)
        if abs(before - now) <= TOLERANCE * (abs(now) + 0.1):
            break
        before = now
    return beta, mean
