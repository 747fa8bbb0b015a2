"""How often does a picture show a finding when nothing has changed?

Simulates years of weekly reports with season, overdispersion and carry-over from week to
week but no real change, each incident at one of its area's places, compiles a picture each
week, and prints the share of weeks with any finding beside the stated rate (one in twenty, on
average). The level wanders alike in all areas of a source and category; with --local each area
wanders by itself and incidents have no point, for a burst in one place is what the space-time
methods look for. The areas are nested in the whole and the windows of one and four weeks overlap. With
--shuffle a real file's weeks are put in random order instead.

    python benchmarks/null_weeks.py [--weeks 600] [--runs 4] [--seed 1] [--history 260]
    python benchmarks/null_weeks.py --shuffle FILE [--weeks 52]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from scipy import sparse

from samlad.incidents import tables
from samlad.incidents.tables import AreaLabel, CategoryLabel, SourceLabel
from samlad.picture import from_file
from samlad.picture.compiling import Inputs, Neighbours, compile_picture
from samlad.picture.periods import Cadence, Period

FIRST = date(2008, 12, 29)
PLACES = 12  # of an area


def level(rng: np.random.Generator, n_weeks: int, growth: float) -> np.ndarray:
    """Return a log-normal AR(1) level (0.35, carry-over 0.5) around a season, 1 on average."""
    week = np.arange(n_weeks)
    season = 0.5 * np.sin(2 * np.pi * (week - rng.uniform(0, 52)) / 52.18)
    noise = np.zeros(n_weeks)
    for t in range(1, n_weeks):
        noise[t] = 0.5 * noise[t - 1] + rng.normal(0, 0.30)
    drift = growth * week / 52.18
    wandering: np.ndarray = np.exp(season + noise - noise.var() / 2 + drift)
    return wandering


def run(
    *, seed: int, n_weeks: int, history: int, areas: int, mean: float, growth: float, local: bool
) -> tuple[int, int, int, int]:
    """Return weeks compiled, weeks with a finding, with a clear one, and findings."""
    rng = np.random.default_rng(seed)
    total = history + n_weeks
    labels = [
        AreaLabel("0000", "hela"),
        *(AreaLabel(str(i), f"del {i}", 0) for i in range(areas)),
    ]
    categories = [CategoryLabel(f"k{i}", f"kategori {i}") for i in range(3)]
    categories.append(CategoryLabel("bostadsinbrott", "Bostadsinbrott"))
    places = rng.uniform(0, 2000, (areas, PLACES, 2)) + 2500 * np.arange(areas)[:, None, None]
    busy = rng.dirichlet(np.ones(PLACES), (3, areas, 4))
    pace = np.full((3, areas, 4), mean) if mean else rng.choice([0.3, 1.0, 3.0, 8.0], (3, areas, 4))
    wandering = np.array(
        [
            [[level(rng, total, growth) for c in range(4)] for _ in range(areas if local else 1)]
            for s in range(3)
        ]
    )
    counts = rng.poisson(pace[..., None] * wandering)
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
                    points=None
                    if local
                    else points(window[:, :, -52:], places, busy[s], period, last),
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


def points(
    counts: np.ndarray, places: np.ndarray, busy: np.ndarray, period: Period, seed: int
) -> tables.Points:
    """Return (areas, categories, weeks) counts as incidents at their areas' places."""
    rng = np.random.default_rng(seed)
    area, category, week = np.nonzero(counts)
    number = counts[area, category, week]
    area, category, week = (np.repeat(one, number) for one in (area, category, week))
    share = busy.cumsum(axis=2)[area, category]
    place = (rng.random(len(area))[:, None] > share[:, :-1]).sum(axis=1)
    day = period.ends_before.toordinal() - 7 * (counts.shape[2] - week)
    where = places[area, place]
    return tables.points(
        x_m=where[:, 0],
        y_m=where[:, 1],
        day=day + rng.integers(0, 7, len(day)),
        category=category,
        area=area + 1,
    )


def shuffled(path: Path, *, n_weeks: int, seed: int) -> tuple[int, int, int, int]:
    """Return the same as `run` for weeks of a file, all in a new random order for each."""
    rng = np.random.default_rng(seed)
    inputs = from_file.prepare(path).inputs
    (table,) = inputs.tables
    n = len(table.bins)
    with_any = clear = found = 0
    assert table.points is not None
    own = table.points
    for number in range(n_weeks):
        end = n - number % 52
        order = rng.permutation(n)
        day = rng.permutation(own.day) - 7 * (number % 52)
        made = replace(
            table,
            bins=tables.Bins(table.bins.starts[:end], table.bins.ends[:end]),
            counts=table.counts[:, :, order][:, :, :end],
            observed=table.observed[order][:end],
            unplaced=np.zeros(end, int),
            outside=np.zeros(end, int),
            points=tables.points(
                x_m=own.x_m, y_m=own.y_m, day=day, category=own.category, area=own.area
            ),
        )
        period = replace(
            inputs.period,
            starts_on=table.bins.starts[end - 1],
            ends_before=table.bins.ends[end - 1],
        )
        picture = compile_picture(replace(inputs, tables=[made], period=period, seed=number))
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
    parser.add_argument("--local", action="store_true", help="each area wanders by itself")
    parser.add_argument("--shuffle", type=Path, help="a file whose weeks are put in random order")
    chosen = parser.parse_args()
    total = np.zeros(4, int)
    if chosen.shuffle:
        weeks, with_any, clear, found = shuffled(
            chosen.shuffle, n_weeks=chosen.weeks, seed=chosen.seed
        )
        sys.stdout.write(
            f"{weeks} weeks of {chosen.shuffle.name} in random order: {with_any} with a finding "
            f"({with_any / weeks:.1%}; stated: at most 5 %), {clear} with a clear one, "
            f"{found} findings\n"
        )
        return
    for number in range(chosen.runs):
        total += run(
            seed=chosen.seed + number,
            n_weeks=chosen.weeks,
            history=chosen.history,
            areas=chosen.areas,
            mean=chosen.mean,
            growth=chosen.growth,
            local=chosen.local,
        )
    weeks, with_any, clear, found = total.tolist()
    sys.stdout.write(
        f"{weeks} null weeks, {chosen.history} weeks of history, {chosen.areas} areas, "
        f"mean {chosen.mean or '0.3-8'}, growth {chosen.growth:.0%}{', local' if chosen.local else ''}: "
        f"{with_any} with a finding ({with_any / weeks:.1%}; stated: at most 5 %), "
        f"{clear} with a clear one ({clear / weeks:.1%}), {found} findings\n"
    )


if __name__ == "__main__":
    main()
