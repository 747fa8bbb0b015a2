"""Negative binomial counts whose dispersion is itself uncertain."""

from __future__ import annotations

import numpy as np
from scipy import special

_NODES = 16
_MOST_DF = 200.0
_POISSON = 1e-9  # above the mean: a negative binomial that is Poisson to nine digits


def scales(degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what a dispersion may be times too small, and how often: degrees / chi2(degrees)."""
    degrees = min(degrees, _MOST_DF)
    nodes, weights = special.roots_genlaguerre(_NODES, degrees / 2.0 - 1.0)  # chi2 / 2 is Gamma
    return degrees / (2.0 * nodes), weights / weights.sum()


class Mixture:
    """Negative binomial counts averaged over the uncertainty of their dispersion."""

    def __init__(
        self,
        mean: np.ndarray,
        spread: np.ndarray,
        dispersion: np.ndarray,
        scales: tuple[np.ndarray, np.ndarray],
        *,
        only_extra: bool = False,
    ) -> None:
        scale, self._weights = scales
        if only_extra:
            factor = 1.0 + (dispersion[:, None] - 1.0) * scale
        else:
            factor = np.maximum(dispersion[:, None] * scale, 1.0)
        mean = mean[:, None]
        variance = np.maximum(spread[:, None] * factor, mean * (1.0 + _POISSON))
        self._size = mean**2 / (variance - mean)
        self._chance = (variance - mean) / variance  # of one more, as betainc has it

    def at_least(self, k: np.ndarray) -> np.ndarray:
        """Return P(Y >= k)."""
        k = k[:, None]
        beyond = special.betainc(np.maximum(k, 1.0), self._size, self._chance)
        return np.where(k <= 0, 1.0, beyond) @ self._weights

    def quantile(self, share: float) -> np.ndarray:
        """Return the smallest k with P(Y <= k) >= share, by bisection on whole numbers."""
        low = np.full(len(self._size), -1.0)
        high = np.ones(len(self._size))
        while True:
            short = 1.0 - self.at_least(high + 1.0) < share
            if not short.any():
                break
            low = np.where(short, high, low)
            high = np.where(short, high * 2.0 + 1.0, high)
        while (high - low > 1.0).any():
            middle = np.floor((low + high) / 2.0)
            short = 1.0 - self.at_least(middle + 1.0) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high
