"""Compile the numeric kernels once, at install: the caches then serve every process."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from samlad_stats.aberrations import farrington
from samlad_stats.clusters import scan_space_time
from samlad_stats.hotspots import dense_places, getis_ord
from samlad_stats.near_repeats import knox, near_repeat_table


def warm() -> None:
    """Call what is compiled on small inputs of the types it meets."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 90, (2, 60))
    days = np.floor(rng.uniform(0, 60, 60))
    line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(9, 9)).tocsr()
    for weights in (line, 0.5 * line):
        getis_ord(np.arange(9.0), weights, permutations=9, rng=rng)
    dense_places(x, y, radius_m=20, min_incidents=3)
    for times in (days, days + 0.5):
        knox(x, y, times, delta=20, tau=5, permutations=1, rng=rng)
    near_repeat_table(x, y, days, distance_edges=[0, 20], time_edges=[0, 7, 14])
    farrington(np.ones(300, dtype=int), at=[299])
    for periods in (days, days // 20):  # few recent incidents, and many
        scan_space_time(
            np.arange(60) % 30, periods.astype(int), x[:30], y[:30],
            max_radius=30, max_periods=3, replicates=2, rng=rng,
        )  # fmt: skip


if __name__ == "__main__":
    warm()
