"""Each method beside the best known peer, in CPU seconds of one run; written as a page.

    make bench            # installs the peers in an environment of their own
    python benchmarks/peers.py [--only TASK]

The peer of `scan_space_time` is SaTScan, which is not installed: its figures are those stated for
a like machine. R is used where it is.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy import sparse

from samlad_stats.aberrations import farrington
from samlad_stats.clusters import scan_space_time
from samlad_stats.counts import count_cube
from samlad_stats.effects import difference_in_differences
from samlad_stats.hotspots import dense_places, getis_ord
from samlad_stats.near_repeats import knox
from samlad_stats.warming import warm

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
PLOT = ROOT / "docs" / "images" / "benchmarks.svg"
TOWN = ROOT / "tests/samlad_stats/data/stscan_town_1000.csv"
SEED = 20261122


@dataclass(frozen=True)
class Row:
    """A line of the table; `wanted` is the ratio to reach, or the limit in seconds or MB."""

    task: str
    ours: str
    peer: str
    ratio: str
    wanted: str
    holds: bool | None


def cpu(run: Callable[[], object], *, times: int = 3) -> float:
    """Return the CPU seconds of the quickest of some runs, all threads counted."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def seconds(value: float) -> str:
    """Return seconds as they are read."""
    return f"{value * 1000:.2f} ms" if value < 0.1 else f"{value:.2f} s"


def against(task: str, ours: float, peer: float, wanted: float, name: str) -> Row:
    """Return a line that compares with a peer of the same run."""
    ratio = peer / ours
    return Row(
        task, seconds(ours), f"{seconds(peer)} ({name})", f"{ratio:,.0f} ×", f"{wanted:g} ×",
        ratio >= wanted,
    )  # fmt: skip


def within(task: str, ours: float, limit: float, peer: str = "") -> Row:
    """Return a line that compares with a limit in seconds."""
    return Row(task, seconds(ours), peer, "", f"under {limit:g} s", ours < limit)


def counts() -> Iterable[Row]:
    """Ten million rows to a cube of a hundred areas, twenty categories and ten years."""
    import polars

    rng = np.random.default_rng(SEED)
    n, shape = 10_000_000, (100, 20, 520)
    area, category, period = (rng.integers(0, size, n, dtype=np.int32) for size in shape)
    frame = polars.DataFrame({"area": area, "category": category, "period": period})
    ours = cpu(lambda: count_cube(area, category, period, shape=shape))
    peer = cpu(lambda: frame.group_by("area", "category", "period").len())
    yield against("counts, 10 M rows", ours, peer, 5, "polars group_by")


def farrington_fits() -> Iterable[Row]:
    """Five years of weeks; one fit, and twenty thousand series."""
    rng = np.random.default_rng(SEED)
    series = rng.negative_binomial(5, 5 / (5 + 6), (20_000, 320))
    many = cpu(lambda: farrington(series, at=[319], years_back=5), times=2)
    yield within("Farrington, 20,000 series", many, 10)
    fits = 40
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "series.txt").write_text("\n".join(map(str, series[0])))
        script = f"""
            suppressMessages(library(surveillance))
            y <- scan("{folder}/series.txt", quiet = TRUE)
            s <- sts(observed = y, start = c(2015, 1), frequency = 52)
            control <- list(range = {320 - fits + 1}:320, noPeriods = 10, b = 5, w = 3,
                            weightsThreshold = 2.58, pastWeeksNotIncluded = 26,
                            pThresholdTrend = 1, alpha = 0.05)
            invisible(farringtonFlexible(s, control = control))
            used <- system.time(farringtonFlexible(s, control = control))
            cat(used[["user.self"]] + used[["sys.self"]])
        """
        try:
            done = subprocess.run(
                ["Rscript", "-e", script], capture_output=True, text=True, check=True
            )
        except (FileNotFoundError, subprocess.CalledProcessError):
            yield Row(
                "Farrington, per fit", seconds(many / 20_000), "R is not here", "", "60 ×", None
            )
            return
    yield against(
        "Farrington, per fit", many / 20_000, float(done.stdout) / fits, 60,
        "R surveillance 1.20.3",
    )  # fmt: skip


def lattice(side: int) -> sparse.csr_matrix:
    """Return which cells of a square lattice share a side."""
    at = np.arange(side * side).reshape(side, side)
    first = np.r_[at[:, :-1].ravel(), at[:-1].ravel()]
    second = np.r_[at[:, 1:].ravel(), at[1:].ravel()]
    rows, columns = np.r_[first, second], np.r_[second, first]
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(side**2, side**2))


def hotspots() -> Iterable[Row]:
    """Gi* over ten thousand areas."""
    import warnings

    warnings.simplefilter("ignore")
    from esda.getisord import G_Local
    from libpysal.weights import WSP

    rng = np.random.default_rng(SEED)
    near = lattice(100)
    values = rng.poisson(5, 10_000).astype(float)
    theirs = WSP(near).to_W(silence_warnings=True)
    ours = cpu(lambda: getis_ord(values, near), times=20)
    peer = cpu(lambda: G_Local(values, theirs, transform="B", permutations=0, star=True))
    yield against("Gi*, 10,000 areas, closed form", ours, peer, 300, "esda.G_Local")

    ours = cpu(lambda: getis_ord(values, near, permutations=999, rng=rng))

    def permuted() -> object:
        return G_Local(values, theirs, transform="B", permutations=999, star=True, n_jobs=1, seed=1)

    permuted()  # its kernels compile at the first call
    yield against(
        "Gi*, 999 conditional permutations", ours, cpu(permuted, times=2), 5, "esda.G_Local, warm"
    )


FIRST_CALLS = {
    "Gi* with permutations": (
        "from scipy import sparse; from samlad_stats.hotspots import getis_ord; "
        "w = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(9, 9)).tocsr(); "
        "getis_ord(np.arange(9.0), w, permutations=9, rng=np.random.default_rng(1))"
    ),
    "Farrington": (
        "from samlad_stats.aberrations import farrington; "
        "farrington(np.ones(300, dtype=int), at=[299])"
    ),
    "Knox": (
        "from samlad_stats.near_repeats import knox; r = np.random.default_rng(1); "
        "knox(*r.uniform(0, 9, (3, 60)), delta=1, tau=1, permutations=9, rng=r)"
    ),
    "dense places": (
        "from samlad_stats.hotspots import dense_places; r = np.random.default_rng(1); "
        "dense_places(*r.uniform(0, 9, (2, 60)), radius_m=1, min_incidents=2)"
    ),
    "space-time scan": (
        "from samlad_stats.clusters import scan_space_time; r = np.random.default_rng(1); "
        "scan_space_time(r.integers(0, 9, 90), r.integers(0, 9, 90), np.arange(9.0), "
        "np.zeros(9), max_radius=2, max_periods=3, replicates=9, rng=r)"
    ),
}


def first_calls() -> Iterable[Row]:
    """The first call of each kernel in a new process, imports included, caches present."""
    slowest, name = 0.0, ""
    for kernel, code in FIRST_CALLS.items():
        used = child(f"import numpy as np; {code}")
        if used > slowest:
            slowest, name = used, kernel
    peer = child(
        "import warnings; warnings.simplefilter('ignore'); import numpy as np; "
        "from libpysal.weights import lat2W; from esda.getisord import G_Local; "
        "G_Local(np.arange(9.0), lat2W(3, 3), permutations=9, n_jobs=1)"
    )
    yield within(
        f"first call in a new process (slowest: {name})", slowest, 7, f"{seconds(peer)} (esda)"
    )


def child(code: str) -> float:
    """Return the CPU seconds of a new process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def town(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return points of a made town: many small neighbourhoods, some fields between."""
    size = 200.0 * np.sqrt(n)
    middles = rng.uniform(0, size, (max(n // 300, 3), 2))
    points = middles[rng.integers(0, len(middles), n)] + rng.normal(0, 200, (n, 2))
    return points[:, 0], points[:, 1]


def corners(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return incidents at the street corners of a town of 20 km, some far busier than others."""
    places = rng.uniform(0, 20_000, (5_000, 2))
    busy = rng.dirichlet(np.full(5_000, 0.5))
    points = places[rng.choice(5_000, n, p=busy)] + rng.normal(0, 10, (n, 2))
    return points[:, 0], points[:, 1]


def dense() -> Iterable[Row]:
    """A hundred thousand incidents."""
    from sklearn.cluster import DBSCAN

    x, y = corners(100_000, np.random.default_rng(SEED))
    points = np.column_stack([x, y])
    ours = cpu(lambda: dense_places(x, y, radius_m=75, min_incidents=10), times=9)
    peer = cpu(lambda: DBSCAN(eps=75, min_samples=10).fit(points))
    same = np.array_equal(
        dense_places(x, y, radius_m=75, min_incidents=10).labels,
        DBSCAN(eps=75, min_samples=10).fit(points).labels_,
    )
    yield against(
        f"dense places, 100,000 points ({'the same labels' if same else 'OTHER LABELS'})",
        ours, peer, 25, "scikit-learn DBSCAN",
    )  # fmt: skip


def days(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return incidents of three years spread over a town that grows with them."""
    size = 200.0 * np.sqrt(n)
    x, y = rng.uniform(0, size, (2, n))
    return x, y, np.floor(rng.uniform(0, 1095, n))


def near_repeats() -> Iterable[Row]:
    """Knox with 999 permutations; within 200 m and 14 days."""
    import warnings

    warnings.simplefilter("ignore")
    from pointpats import Knox

    rng = np.random.default_rng(SEED)
    for n, wanted in ((1_000, 60), (10_000, 150)):
        x, y, t = days(n, rng)
        points, times = np.column_stack([x, y]), t[:, None]
        ours = cpu(
            lambda: knox(x, y, t, delta=200, tau=14, permutations=999, rng=rng)  # noqa: B023
        )
        peer = cpu(
            lambda: Knox(points, times, delta=200, tau=14, permutations=999),  # noqa: B023
            times=1,
        )
        yield against(f"Knox, 999 permutations, {n:,} points", ours, peer, wanted, "pointpats")
    x, y, t = days(100_000, rng)
    ours = cpu(lambda: knox(x, y, t, delta=200, tau=14, permutations=999, rng=rng), times=1)
    yield within("Knox, 999 permutations, 100,000 points", ours, 20)
    code = (
        "import numpy as np; from samlad_stats.near_repeats import knox; "
        "r = np.random.default_rng(1); x, y = r.uniform(0, 200_000, (2, 1_000_000)); "
        "t = np.floor(r.uniform(0, 1095, 1_000_000)); "
        "knox(x, y, t, delta=200, tau=14, permutations=9, rng=r); "
        "s = open('/proc/self/status').read(); "
        "print(int(s.split('VmHWM:')[1].split()[0]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=os.environ, capture_output=True, text=True
    )
    peak = int(done.stdout)
    yield Row("Knox, 1 M points, peak memory", f"{peak} MB", "", "", "under 500 MB", peak < 500)


def cells(n: int, n_periods: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return incidents in the 250 m cells of a town of 20 km."""
    middles = rng.normal(10_000, 3_000, (40, 2))
    busy = rng.dirichlet(np.ones(40))
    points = middles[rng.choice(40, n, p=busy)] + rng.normal(0, 800, (n, 2))
    corners, where = np.unique(np.floor(points / 250) * 250, axis=0, return_inverse=True)
    return where.ravel(), rng.integers(0, n_periods, n), corners[:, 0], corners[:, 1]


def scans() -> Iterable[Row]:
    """The space-time permutation scan with 999 replicates, in a radius of a kilometre."""
    rows = list(csv.DictReader(TOWN.read_text().splitlines()))
    places: dict[tuple[float, float], int] = {}
    where = [places.setdefault((float(r["x_m"]), float(r["y_m"])), len(places)) for r in rows]
    x, y = np.array(list(places)).T
    period = [int(row["weeks_before_end"]) for row in rows]
    rng = np.random.default_rng(SEED)
    cases = (
        ("1,000 cases, 521 weeks", (where, period, x, y), 12, 0.25, 2.7),
        ("10,000 cases, 521 weeks", cells(10_000, 521, rng), 12, 2.2, 21.0),
        ("9,975 cases, 28 days", cells(9_975, 28, rng), 14, 1.9, 27.0),
    )
    for name, made, windows, limit, stated in cases:
        scan = partial(scan_space_time, *made, max_radius=1000, max_periods=windows, rng=rng)
        ours = cpu(scan)
        yield within(f"space-time scan, {name}", ours, limit, f"{stated} s stated (SaTScan)")


def effects() -> Iterable[Row]:
    """Poisson with two-way effects, 50 areas and 104 weeks."""
    import statsmodels.api as sm

    rng = np.random.default_rng(SEED)
    treated, after = np.arange(50) < 12, np.arange(104) >= 80
    counts = rng.poisson(8 * np.exp(rng.normal(0, 0.4, (50, 1))), (50, 104))
    area, week = np.divmod(np.arange(counts.size), 104)
    x = np.column_stack(
        [np.eye(50)[area], np.eye(104)[week][:, 1:], treated[area] & after[week]]
    ).astype(float)
    model = sm.GLM(counts.ravel(), x, family=sm.families.Poisson())
    theirs = model.fit(tol=1e-12, maxiter=100)
    found = difference_in_differences(counts, treated, after)
    apart = abs(found.coefficient - theirs.params[-1])
    ours = cpu(lambda: difference_in_differences(counts, treated, after), times=20)
    peer = cpu(model.fit, times=2)
    row = against("DiD Poisson, 50 × 104", ours, peer, 500, "statsmodels GLM")
    yield Row(
        f"{row.task} (coefficients {apart:.0e} apart)", row.ours, row.peer, row.ratio, row.wanted,
        bool(row.holds) and apart < 1e-8,
    )  # fmt: skip


TASKS = {
    "counts": counts, "farrington": farrington_fits, "hotspots": hotspots,
    "first": first_calls, "dense": dense, "knox": near_repeats, "scan": scans, "did": effects,
}  # fmt: skip


def costs() -> dict[str, list[tuple[int, float]]]:
    """Return CPU seconds against n for what grows with the incidents."""
    rng = np.random.default_rng(SEED)
    found: dict[str, list[tuple[int, float]]] = {
        "counts": [], "dense places": [], "Knox, 99 permutations": [], "scan, 99 replicates": [],
    }  # fmt: skip
    for n in (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000):
        area, category, period = (rng.integers(0, size, n) for size in (100, 20, 520))
        shape = (100, 20, 520)
        found["counts"].append((n, cpu(lambda: count_cube(area, category, period, shape=shape))))  # noqa: B023
        x, y = town(n, rng)
        found["dense places"].append(
            (n, cpu(lambda: dense_places(x, y, radius_m=50, min_incidents=10)))  # noqa: B023
        )
        made = days(n, rng)
        found["Knox, 99 permutations"].append(
            (n, cpu(lambda: knox(*made, delta=200, tau=14, permutations=99, rng=rng), times=1))  # noqa: B023
        )
        if n <= 300_000:
            scanned = cells(n, 521, rng)
            found["scan, 99 replicates"].append(
                (n, cpu(lambda: scan_space_time(*scanned, max_radius=1000, max_periods=12,  # noqa: B023
                                                replicates=99, rng=rng), times=1))
            )  # fmt: skip
    return found


def plot(found: dict[str, list[tuple[int, float]]]) -> None:
    """Draw cost against n, both on log scales."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "samlad", "font.size": 10, "svg.fonttype": "none"}
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for (name, points), mark in zip(found.items(), "osD^", strict=True):
        n, used = zip(*points, strict=True)
        axes.loglog(n, used, marker=mark, label=name)
    axes.set_xlabel("incidents")
    axes.set_ylabel("CPU seconds")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(PLOT, metadata={"Date": None, "Creator": None})


def page(rows: list[Row], found: dict[str, list[tuple[int, float]]]) -> str:
    """Return docs/reference/benchmarks.md."""
    lines = [HEAD, *table(rows), COST, "| incidents | " + " | ".join(found) + " |"]
    lines.append("|---" * (len(found) + 1) + "|")
    for n, _ in found["counts"]:
        used = [dict(points).get(n) for points in found.values()]
        lines.append(
            f"| {n:,} | " + " | ".join("" if u is None else seconds(u) for u in used) + " |"
        )
    return "\n".join([*lines, LIMITS])


def table(rows: list[Row]) -> list[str]:
    """Return the rows as a Markdown table."""
    said = {True: "yes", False: "**no**", None: "not measured"}
    return [
        "| task | samlad_stats | peer | ratio | wanted | holds |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row.task} | {row.ours} | {row.peer} | {row.ratio} | {row.wanted} | {said[row.holds]} |"
            for row in rows
        ),
    ]


HEAD = """\
<!-- Written by `make bench`; do not edit. -->

# Speed

CPU seconds of one run, all threads counted, the quickest of some; peers in the same run, in an
environment of their own. A figure is a ratio: on another machine both sides change. SaTScan's
figures are those stated for a like machine.
"""
COST = """
## Cost against the number of incidents

![CPU seconds against incidents, both logarithmic; the table has the same numbers.](../images/benchmarks.svg)
"""
LIMITS = """
## What the limit is now

* **counts**: bytes: three columns read once, and one random write per row into the cube.
* **Farrington**: exponentials and logarithms, one of each per week and step; some ten steps a fit.
* **Gi***: closed form, one sparse product; permutations, one gathered value per neighbour and draw.
* **dense places**: sorting the incidents into cells; distances are needed only between cells.
* **Knox**: one 32-bit comparison per listed pair and dealing; dealing the times themselves.
* **scan**: few recent incidents: insertions, one per zone a recent incident is in; many: adding and
  comparing one row of 16-bit counts per zone.
* **DiD**: the sums of the panel; without exposure nothing is iterated.
"""


def main() -> None:
    """Measure, print the table, and write the page unless only one task is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=TASKS)
    only = parser.parse_args().only
    warm()
    rows: list[Row] = []
    for name, task in TASKS.items():
        if only in {None, name}:
            for row in task():
                rows.append(row)
                sys.stdout.write(table([row])[-1] + "\n")
                sys.stdout.flush()
    if only is None:
        found = costs()
        plot(found)
        PAGE.write_text(page(rows, found))
        sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
