"""From incidents to counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_LARGEST = np.iinfo(np.uint32).max


def count_cube(
    area: ArrayLike, category: ArrayLike, period: ArrayLike, *, shape: tuple[int, int, int]
) -> np.ndarray:
    """Count incidents by area, category and period.

    Answers "how many of each kind, where and when?", with a cell for every combination:
    a count of 0 is a count.

    Parameters
    ----------
    area, category, period : (n,) array_like of int
        Zero-based indices of each incident.
    shape : (n_areas, n_categories, n_periods)
        Size of the cube.

    Returns
    -------
    (n_areas, n_categories, n_periods) ndarray of uint16 or uint32
        Counts; uint16 where the largest fits, else uint32. All zero for n = 0.

    Raises
    ------
    ValueError
        The indices differ in length, are not whole, or lie outside `shape`.
    OverflowError
        A count exceeds 2^32 - 1: refused, never wrapped.

    Examples
    --------
    >>> count_cube([0, 0, 1], [0, 0, 0], [2, 2, 0], shape=(2, 1, 3))[:, 0].tolist()
    [[0, 0, 2], [1, 0, 0]]
    """
    parts = [np.asarray(part) for part in (area, category, period)]
    names = ("area", "category", "period")
    for name, part, size in zip(names, parts, shape, strict=True):
        if part.ndim != 1 or len(part) != len(parts[0]):
            raise ValueError("area, category and period must be vectors of one length")
        if len(part) and part.dtype.kind not in "iu":
            raise ValueError(f"{name} must be whole numbers")
        if len(part) and (part.min() < 0 or part.max() >= size):
            raise ValueError(f"{name} holds an index outside 0..{size - 1}")
    if not len(parts[0]):
        return np.zeros(shape, dtype=np.uint16)
    flat = np.ravel_multi_index(tuple(part.astype(np.intp) for part in parts), shape)
    counts = np.bincount(flat, minlength=int(np.prod(shape)))
    largest = int(counts.max())
    if largest > _LARGEST:
        raise OverflowError(f"a cell holds {largest} incidents, more than 32 bits can")
    kind = np.uint16 if largest <= np.iinfo(np.uint16).max else np.uint32
    return counts.astype(kind).reshape(shape)
