"""Refusing input by name, before any arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_level(name: str, level: float) -> None:
    """Raise `ValueError` unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"{name} must lie between 0 and 1, not {level}")


def check_whole(name: str, value: Any, least: int) -> int:
    """Return a whole number; raise `ValueError` unless it is one and at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    if value != value or value in {np.inf, -np.inf} or value != int(value) or value < least:  # noqa: PLR0124
        raise ValueError(f"{name} must be a whole number, {least} or more, not {value}")
    return int(value)


def check_counts(name: str, counts: Any) -> np.ndarray:
    """Return counts as an array; raise `ValueError` unless whole and >= 0."""
    array = np.asarray(counts)
    if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite numbers")
    if np.any(array < 0) or (array.dtype.kind == "f" and np.any(array != np.floor(array))):
        raise ValueError(f"{name} must be whole numbers, 0 or more")
    return array


def check_pvalues(p: Any) -> np.ndarray:
    """Return p-values as an array; raise `ValueError` unless 0 < p <= 1."""
    array = np.asarray(p, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError("p must be one-dimensional")
    if not np.all((array > 0) & (array <= 1)):
        raise ValueError("p must lie above 0 and not above 1: a p-value is never 0")
    return array
