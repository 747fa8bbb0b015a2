"""Compiled search for dense places; imported only where it runs.

Two incidents in one cell (side radius / sqrt 2) are always within the radius. Points come
sorted by cell, and only cells up to two apart are looked at.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NONE = -1


@njit(cache=True)
def find_dense(
    x: np.ndarray, y: np.ndarray, starts: np.ndarray, near_starts: np.ndarray, near: np.ndarray,
    squared: float, fewest: int,
) -> np.ndarray:  # fmt: skip
    """Return whether each point has `fewest` within the radius, itself among them."""
    n_cells = len(starts) - 1
    found = np.zeros(len(x), np.int64)
    full = np.empty(n_cells, np.bool_)
    for cell in range(n_cells):
        size = starts[cell + 1] - starts[cell]
        full[cell] = size >= fewest
        found[starts[cell] : starts[cell + 1]] = size
    for cell in range(n_cells):
        for k in range(near_starts[cell], near_starts[cell + 1]):
            other = near[k]
            if full[cell] and full[other]:
                continue
            for i in range(starts[cell], starts[cell + 1]):
                for j in range(starts[other], starts[other + 1]):
                    close = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= squared
                    found[i] += close
                    found[j] += close
    return found >= fewest


@njit(cache=True)
def _root(parent: np.ndarray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@njit(cache=True)
def _touch(
    x: np.ndarray, y: np.ndarray, dense: np.ndarray, ours: tuple[int, int],
    theirs: tuple[int, int], squared: float,
) -> bool:  # fmt: skip
    """Return whether any dense point of one cell is near any of another."""
    for i in range(ours[0], ours[1]):
        if dense[i]:
            for j in range(theirs[0], theirs[1]):
                if dense[j] and (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= squared:
                    return True
    return False


@njit(cache=True)
def join_cells(
    x: np.ndarray, y: np.ndarray, starts: np.ndarray, near_starts: np.ndarray, near: np.ndarray,
    squared: float, dense: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return the place (a cell's number) of each cell with a dense point, -1 of others."""
    n_cells = len(starts) - 1
    parent = np.arange(n_cells)
    used = np.zeros(n_cells, np.bool_)
    for cell in range(n_cells):
        used[cell] = dense[starts[cell] : starts[cell + 1]].any()
    for cell in range(n_cells):
        for k in range(near_starts[cell], near_starts[cell + 1]):
            other = near[k]
            if not (used[cell] and used[other]):
                continue
            one, two = _root(parent, cell), _root(parent, other)
            if one != two and _touch(
                x, y, dense, (starts[cell], starts[cell + 1]),
                (starts[other], starts[other + 1]), squared,
            ):  # fmt: skip
                parent[max(one, two)] = min(one, two)
    place = np.full(n_cells, NONE)
    for cell in range(n_cells):
        if used[cell]:
            place[cell] = _root(parent, cell)
    return place


@njit(cache=True)
def number_places(
    starts: np.ndarray, dense: np.ndarray, place: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, int]:
    """Number the places by their first dense incident in the order given.

    Returns each cell's number, of cells without a dense point how many places there are, and
    how many there are.
    """
    n_cells = len(starts) - 1
    first = np.full(n_cells, len(order))
    for cell in range(n_cells):
        for i in range(starts[cell], starts[cell + 1]):
            if dense[i]:
                first[place[cell]] = min(first[place[cell]], order[i])
    number = np.empty(n_cells, np.int64)
    n_places = int((first < len(order)).sum())
    number[np.argsort(first)] = np.arange(n_cells)
    for cell in range(n_cells):
        first[cell] = n_places if place[cell] == NONE else number[place[cell]]
    return first, n_places


@njit(cache=True)
def label(
    x: np.ndarray, y: np.ndarray, starts: np.ndarray, near_starts: np.ndarray, near: np.ndarray,
    squared: float, dense: np.ndarray, number: np.ndarray, order: np.ndarray, n_places: int,
) -> np.ndarray:  # fmt: skip
    """Return each incident's place in the order given, -1 for none.

    One that is not dense itself belongs to the first place it is within the radius of.
    """
    found = np.repeat(number, np.diff(starts))
    for cell in range(len(starts) - 1):
        for k in range(near_starts[cell], near_starts[cell + 1]):
            ours, theirs = number[cell], number[near[k]]
            if ours == theirs:
                continue
            for i in range(starts[cell], starts[cell + 1]):
                for j in range(starts[near[k]], starts[near[k] + 1]):
                    if dense[i] == dense[j]:
                        continue
                    edge, joins = (j, ours) if dense[i] else (i, theirs)
                    near_enough = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= squared
                    if near_enough and joins < found[edge]:
                        found[edge] = joins
    labels = np.empty(len(x), np.int64)
    for i in range(len(x)):
        labels[order[i]] = found[i] if found[i] < n_places else NONE
    return labels


@njit(cache=True)
def grouped(labels: np.ndarray, n_places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the incidents of place 0, then 1, …, each in order, and how many each has."""
    size = np.zeros(n_places, np.int64)
    for at in labels:
        if at != NONE:
            size[at] += 1
    filled = np.zeros(n_places + 1, np.int64)
    filled[1:] = np.cumsum(size)
    order = np.empty(filled[n_places], np.int64)
    for i in range(len(labels)):
        if labels[i] != NONE:
            order[filled[labels[i]]] = i
            filled[labels[i]] += 1
    return order, size
