"""How often has it been as surprising before? The past as the judge of a model's tail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLOSELY = 0.01  # only what is as seldom as this is looked up among the past


@dataclass(frozen=True)
class Seldom:
    """Surprising past periods, each field an array (n,), by series and then by time.

    ``series`` and ``row`` [indices], ``p`` [probability].
    """

    series: np.ndarray
    row: np.ndarray
    p: np.ndarray


def share_as_seldom(
    p: np.ndarray, past: Seldom, peers: np.ndarray, *, length: int, n_past: int
) -> np.ndarray:
    """Return the share of the peers' past periods that were as seldom as each p (n_series,).

    0 where p is above `CLOSELY`. Of neighbouring periods of one series, which are one
    occasion, as many count as one of them touches: `length`. An occasion of the series itself
    that lasts until its last past period is what is asked about, and left out.
    """
    shares = np.zeros(len(p))
    size = np.bincount(peers) * n_past
    for i in np.flatnonzero(p <= CLOSELY):
        close = (past.p <= p[i]) & (peers[past.series] == peers[i])
        series, row = past.series[close], past.row[close]
        if not len(series):
            continue
        begins = np.flatnonzero(np.r_[True, (np.diff(series) != 0) | (np.diff(row) > length)])
        ends = np.r_[begins[1:], len(series)]
        number = np.minimum(ends - begins, length)
        lasts = (series[begins] == i) & (row[ends - 1] >= n_past - length)
        shares[i] = number[~lasts].sum() / size[peers[i]]
    return shares
