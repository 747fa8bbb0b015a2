"""How often does a picture show a finding when nothing has changed?

Simulates years of weekly reports with season, overdispersion and carry-over from week to
week but no real change, compiles a picture each week, and prints the share of weeks with any
finding beside the stated rate (one in twenty, on average).

    python benchmarks/null_weeks.py [--weeks 600] [--runs 4] [--seed 1] [--history 260]
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta

import numpy as np
from scipy import sparse

from samlad.incidents import tables
from samlad.incidents.tables import AreaLabel, CategoryLabel, SourceLabel
from samlad.picture.compiling import Inputs, Neighbours, compile_picture
from samlad.picture.periods import Cadence, Period

FIRST = date(2008, 12, 29)


def simulated(
    rng: np.random.Generator, n_weeks: int, mean: float, growth: float = 0.0
) -> np.ndarray:
    """Return weekly counts: log-normal AR(1) level (0.35, carry-over 0.5) around a season."""
    week = np.arange(n_weeks)
    season = 0.5 * np.sin(2 * np.pi * (week - rng.uniform(0, 52)) / 52.18)
    noise = np.zeros(n_weeks)
    for t in range(1, n_weeks):
        noise[t] = 0.5 * noise[t - 1] + rng.normal(0, 0.30)
    drift = growth * week / 52.18
    return rng.poisson(mean * np.exp(season + noise - noise.var() / 2 + drift))


def run(
    *, seed: int, n_weeks: int, history: int, areas: int, mean: float, growth: float
) -> tuple[int, int, int, int]:
    """Return weeks compiled, weeks with a finding, with a clear one, and findings."""
    rng = np.random.default_rng(seed)
    total = history + n_weeks
    labels = [
        AreaLabel("0000", "hela"),
        *(AreaLabel(str(i), f"del {i}", 0) for i in range(areas)),
    ]
    categories = [CategoryLabel(f"k{i}", f"kategori {i}") for i in range(4)]
    pace = np.full((3, areas, 4), mean) if mean else rng.choice([0.3, 1.0, 3.0, 8.0], (3, areas, 4))
    counts = np.array(
        [
            [[simulated(rng, total, pace[s, a, c], growth) for c in range(4)] for a in range(areas)]
            for s in range(3)
        ]
    )
    neighbours = None
    if areas >= 30:
        line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(areas, areas)).tocsr()
        neighbours = Neighbours(tuple(a.code for a in labels[1:]), sparse.csr_matrix(line))
    with_any = clear = found = 0
    for last in range(history, total):
        start = FIRST + timedelta(7 * (last - history))
        period = Period(
            Cadence.WEEK, start + timedelta(7 * history), start + timedelta(7 * history + 7)
        )
        bins = period.bins(start)
        made = []
        for s in range(3):
            window = counts[s, :, :, last - history : last + 1]
            cube = np.concatenate([window.sum(axis=0, keepdims=True), window])
            made.append(
                tables.CountTable(
                    source=SourceLabel(f"s{s}", f"källa {s}"),
                    areas=tuple(labels),
                    categories=tuple(categories),
                    bins=bins,
                    counts=cube,
                    observed=tables.observed_bins(cube[0].sum(axis=0)),
                    hours=np.zeros((4, 7, 24), int),
                    unplaced=np.zeros(len(bins), int),
                    outside=np.zeros(len(bins), int),
                )
            )
        picture = compile_picture(
            Inputs(
                {"code": "0000", "name": "hela"},
                period,
                made,
                [],
                seed=last,
                neighbours=neighbours,
            )
        )
        with_any += bool(picture["findings"])
        clear += any(f["certainty"] == "tydlig" for f in picture["findings"])
        found += len(picture["findings"])
    return n_weeks, with_any, clear, found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=300)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--history", type=int, default=260)
    parser.add_argument("--areas", type=int, default=3)
    parser.add_argument("--mean", type=float, default=0.0, help="a week, of every series")
    parser.add_argument("--growth", type=float, default=0.0, help="a year, as a share")
    chosen = parser.parse_args()
    total = np.zeros(4, int)
    for number in range(chosen.runs):
        total += run(
            seed=chosen.seed + number,
            n_weeks=chosen.weeks,
            history=chosen.history,
            areas=chosen.areas,
            mean=chosen.mean,
            growth=chosen.growth,
        )
    weeks, with_any, clear, found = total.tolist()
    sys.stdout.write(
        f"{weeks} null weeks, {chosen.history} weeks of history, {chosen.areas} areas, "
        f"mean {chosen.mean or '0.3-8'}, growth {chosen.growth:.0%}: "
        f"{with_any} with a finding ({with_any / weeks:.1%}; stated: at most 5 %), "
        f"{clear} with a clear one ({clear / weeks:.1%}), {found} findings\n"
    )


if __name__ == "__main__":
    main()
