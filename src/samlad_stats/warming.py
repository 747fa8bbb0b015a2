"""Compile the numeric kernels once, at install: the caches then serve every process."""

from __future__ import annotations

import numpy as np


def warm() -> None:
    """Call each compiled kernel on the smallest input of the types it meets."""
    from samlad_stats._permuting import local_sums

    local_sums(
        np.zeros(3),
        np.array([0, 1, 1, 1], dtype=np.int32),
        np.ones(1),
        np.zeros((1, 1), dtype=np.int32),
    )


if __name__ == "__main__":
    warm()
