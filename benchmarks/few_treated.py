"""False findings of difference-in-differences with few areas, nothing having been done.

Weekly counts with season, levels that differ, negative binomial noise and an error of each area
that follows itself from week to week. Prints the share of panels with p <= 0.05.
"""

from __future__ import annotations

import sys

import numpy as np

from samlad_stats.effects import difference_in_differences

AREAS, REPEATS = 8, 500


def panel(rng: np.random.Generator, n_weeks: int, spread: float, rho: float) -> np.ndarray:
    """Return counts (AREAS, n_weeks) with a log-normal error of the given autocorrelation."""
    error = np.empty((AREAS, n_weeks))
    error[:, 0] = rng.normal(size=AREAS)
    for week in range(1, n_weeks):
        fresh = np.sqrt(1 - rho**2) * rng.normal(size=AREAS)
        error[:, week] = rho * error[:, week - 1] + fresh
    level = 6 * np.exp(rng.normal(0, 0.5, AREAS))[:, None]
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(n_weeks) / 52)
    mean = level * season * np.exp(spread * error - spread**2 / 2)
    return rng.negative_binomial(8, 8 / (8 + mean))


def main() -> None:
    """Print a row for each length of the weeks before and after and each correlation."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    rng = np.random.default_rng(3)
    print("| before | after | correlation | 1 treated | 2 treated | 4 treated |")
    print("|---|---|---|---|---|---|")
    for before, after in ((104, 12), (104, 26), (156, 52), (52, 26)):
        for rho in (0.0, 0.5, 0.8, 0.95):
            shares = []
            for treated in (1, 2, 4):
                found = 0
                for _ in range(repeats):
                    counts = panel(rng, before + after, 0.35, rho)
                    chosen = rng.permutation(np.arange(AREAS) < treated)
                    later = np.arange(before + after) >= before
                    found += difference_in_differences(counts, chosen, later).p <= 0.05
                shares.append(f"{100 * found / repeats:.1f} %")
            print(f"| {before} | {after} | {rho} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
