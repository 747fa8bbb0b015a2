"""What assess() says when the truth is known: planted effects, none, and the worst of eight.

Eight areas on a ring, weekly counts with season, levels that differ, negative binomial noise and
an error of each area that follows itself. Neighbours of the treated area are buffers. Prints the
readings' shares, the coverage of the interval, and the time for 200 measures.
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta

import numpy as np

from samlad.measures.assessing import PEAK_WEEKS, Weeks, assess, design
from samlad.measures.workflow import Reading

AREAS, AFTER, YEARS = 8, 26, 3
FIRST = date(2023, 1, 2)


def panel(rng: np.random.Generator, n_weeks: int, rho: float, level: float) -> np.ndarray:
    """Return counts (AREAS, n_weeks); `rho` is each area's correlation from week to week."""
    error = np.empty((AREAS, n_weeks))
    error[:, 0] = rng.normal(size=AREAS)
    for week in range(1, n_weeks):
        fresh = np.sqrt(1 - rho**2) * rng.normal(size=AREAS)
        error[:, week] = rho * error[:, week - 1] + fresh
    usual = level * np.exp(rng.normal(0, 0.4, AREAS))[:, None]
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(n_weeks) / 52)
    mean = usual * season * np.exp(0.25 * error - 0.25**2 / 2)
    return rng.negative_binomial(8, 8 / (8 + mean))


def weeks_of(counts: np.ndarray, treated: np.ndarray, *, alone: bool = False) -> Weeks:
    """Return the weeks with neighbours as buffers; `alone` without any area to compare with."""
    buffer = (np.roll(treated, 1) | np.roll(treated, -1)) & ~treated
    n = counts.shape[1]
    none = np.zeros(AREAS, dtype=bool)
    return Weeks(
        mondays=tuple(FIRST + timedelta(7 * i) for i in range(n)),
        counts=counts,
        observed=np.ones(n, dtype=bool),
        treated=treated,
        comparison=none if alone else ~treated & ~buffer,
        buffer=buffer,
    )


def run(
    rng: np.random.Generator,
    repeats: int,
    *,
    effect: float = 1.0,
    n_treated: int = 1,
    worst: bool = False,
    alone: bool = False,
    rho: float = 0.5,
    level: float = 6.0,
    years: int = YEARS,
) -> tuple[dict[str, float], float]:
    """Return the share of each reading, and of intervals that hold the true ratio."""
    before = 52 * years
    seen: list[Reading] = []
    held = told = 0
    for _ in range(repeats):
        counts = panel(rng, before + AFTER, rho, level)
        if worst:
            usual = counts[:, : before - PEAK_WEEKS].mean(axis=1)
            risen = counts[:, before - PEAK_WEEKS : before].mean(axis=1) / usual
            order = np.argsort(-risen)
        else:
            order = rng.permutation(AREAS)
        treated = np.isin(np.arange(AREAS), order[:n_treated])
        thinned = rng.binomial(counts[:, before:], min(effect, 1.0))
        counts[:, before:] = np.where(treated[:, None], thinned, counts[:, before:])
        weeks = weeks_of(counts, treated, alone=alone)
        start = FIRST + timedelta(7 * before)
        made = design(
            weeks, starts_on=start, ends_before=start + timedelta(7 * AFTER), peak_from=start
        )
        found = assess(weeks, made)
        seen.append(found.reading)
        if found.estimate is not None:
            told += 1
            held += found.estimate.lower <= effect <= found.estimate.upper
    shares = {reading.value: 100 * seen.count(reading) / repeats for reading in Reading}
    return shares, 100 * held / max(told, 1)


def main() -> None:
    """Print a row for each truth."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rng = np.random.default_rng(5)
    print("| truth | fall | rise | no change | too few | undecided | interval holds it |")
    print("|---|---|---|---|---|---|---|")
    rows: list[tuple[str, dict]] = [
        ("no effect", {}),
        ("no effect, 2 treated", {"n_treated": 2}),
        ("no effect, worst of eight", {"worst": True}),
        ("no effect, worst of eight, correlation 0.8", {"worst": True, "rho": 0.8}),
        ("no effect, worst of eight, none to compare with", {"worst": True, "alone": True}),
        ("no effect, worst of eight, alone, 1.5 years", {"worst": True, "alone": True, "years": 1}),
        ("20 % fewer", {"effect": 0.8}),
        ("40 % fewer", {"effect": 0.6}),
        ("60 % fewer", {"effect": 0.4}),
        ("60 % fewer, 2 treated", {"effect": 0.4, "n_treated": 2}),
        ("60 % fewer, none to compare with", {"effect": 0.4, "alone": True}),
        ("60 % fewer, few incidents", {"effect": 0.4, "level": 0.5}),
    ]
    for words, how in rows:
        shares, coverage = run(rng, repeats, **how)
        cells = " | ".join(f"{shares[reading.value]:.1f} %" for reading in Reading)
        print(f"| {words} | {cells} | {coverage:.1f} % |", flush=True)
    counts = panel(rng, 52 * YEARS + AFTER, 0.5, 6.0)
    start = FIRST + timedelta(7 * 52 * YEARS)
    began = time.perf_counter()
    for number in range(200):
        weeks = weeks_of(counts, np.arange(AREAS) == number % AREAS)
        made = design(
            weeks, starts_on=start, ends_before=start + timedelta(7 * AFTER), peak_from=start
        )
        assess(weeks, made)
    print(f"\n200 measures: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
