"""One worked example per method, drawn as tables: what goes in, and what comes out.

`inputs` is read from its table; `outcome` computes rows from it; `expected` is what must stand.
Texts are Swedish, as the pages they end in. All numbers are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import sparse

from samlad.measures.assessing import Weeks, assess, design
from samlad_stats.aberrations import ears, farrington
from samlad_stats.baselines import compare_with_baseline
from samlad_stats.clusters import scan_space_time
from samlad_stats.hotspots import dense_places, getis_ord
from samlad_stats.multiplicity import benjamini_hochberg
from samlad_stats.near_repeats import knox
from samlad_stats.times import aoristic

Table = Mapping[str, list[str]]


@dataclass(frozen=True)
class Example:
    """A method's example: its table, what is computed from it, and what that must be."""

    slug: str
    says: str
    inputs: str
    outcome: Callable[[Table], list[tuple[str, str]]]
    expected: str
    so: str


def parse(table: str) -> dict[str, list[str]]:
    """Return the columns of a drawn table by their heading."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table.strip().splitlines()
        if not set(line.strip()) <= set("|-: ")
    ]
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def numbers(column: list[str]) -> np.ndarray:
    """Return a column as numbers; the decimal sign is a comma."""
    return np.array([float(cell.replace(",", ".")) for cell in column])


def shown(value: float, decimals: int = 1) -> str:
    """Return a number as it is drawn."""
    return f"{value:.{decimals}f}".replace(".", ",")


def _recent(table: Table) -> list[tuple[str, str]]:
    counts = numbers(table["antal"]).astype(int)
    found = ears(counts, at=[7], method="C1", alpha=0.05)
    return [
        ("medel av de sju veckorna", shown(counts[:7].mean())),
        ("EARS gräns", shown(found.upper[0])),
        ("över gränsen", "ja" if found.alarm[0] else "nej"),
    ]


def _same_season(table: Table) -> list[tuple[str, str]]:
    counts = numbers(table["antal"]).astype(int)
    n = len(counts) - 1
    others = (np.ones((n, n)) - np.eye(n)) / (n - 1)
    found = compare_with_baseline(
        [counts],
        target=np.eye(n + 1)[n],
        weights=np.append(np.full(n, 1 / n), 0),
        past_targets=np.eye(n + 1)[:n],
        past_weights=np.column_stack([others, np.zeros(n)]),
    )
    return [
        ("väntat", shown(found.expected[0])),
        ("95 % av sådana veckor", f"{found.lower[0]:.0f}–{found.upper[0]:.0f}"),
        ("p", shown(found.p[0], 4)),
    ]


def _season_and_trend(table: Table) -> list[tuple[str, str]]:
    by_year = [numbers(table[f"år {year}"]).astype(int) for year in range(1, 5)]
    year = np.concatenate([np.repeat(one, 13) for one in by_year])  # four quarters of 13 weeks
    calm = np.tile([-1, 1], 104) + year
    counts = np.concatenate([calm[:3], calm, [14]])
    found = farrington(counts, at=[211], alpha=0.05)
    return [
        ("väntat", shown(found.expected[0])),
        ("gräns", shown(found.upper[0])),
        ("trend", "ja" if found.trend[0] else "nej"),
        ("larm", "ja" if found.alarm[0] else "nej"),
    ]


def _clusters(table: Table) -> list[tuple[str, str]]:
    values = numbers(table["avvikelse"])
    line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(len(values), len(values)))
    z = getis_ord(values, line.tocsr()).z
    return [(name, shown(one, 2)) for name, one in zip(table["område"], z, strict=True)]


def _emerging(table: Table) -> list[tuple[str, str]]:
    where, period = [], []
    for weeks_ago, name in ((0, "senaste veckan"), (1, "veckan före"), (2, "två veckor före")):
        for place, number in enumerate(numbers(table[name]).astype(int)):
            where += [place] * number
            period += [weeks_ago] * number
    found = scan_space_time(
        where, period, np.arange(len(table["ruta"])) * 2000.0, np.zeros(len(table["ruta"])),
        max_radius=1000, max_periods=2, rng=np.random.default_rng(1),
    )  # fmt: skip
    best = found.clusters[0]
    return [
        ("ruta", table["ruta"][int(best.locations[0])]),
        ("veckor", str(best.periods)),
        ("antal", str(best.observed)),
        ("väntat om plats och vecka inte hörde ihop", shown(best.expected)),
        ("p", shown(best.p, 3)),
    ]


def _near_repeats(table: Table) -> list[tuple[str, str]]:
    found = knox(
        numbers(table["öster, m"]), numbers(table["norr, m"]), numbers(table["dag"]),
        delta=300, tau=14,
    )  # fmt: skip
    return [
        ("par inom 300 m och 14 dagar", str(found.close_in_both)),
        ("väntat", shown(found.expected)),
    ]


def _dense(table: Table) -> list[tuple[str, str]]:
    found = dense_places(
        numbers(table["öster, m"]), numbers(table["norr, m"]), radius_m=75, min_incidents=4
    )
    return [
        (name, "–" if label < 0 else f"plats {label + 1}")
        for name, label in zip(table["händelse"], found.labels.tolist(), strict=True)
    ]


def _hours(table: Table) -> list[tuple[str, str]]:
    weights = aoristic(numbers(table["från, timme"]), numbers(table["till, timme"])).sum(axis=0)
    return [(f"{hour:02}–{hour + 1:02}", shown(weights[hour], 2)) for hour in range(21, 24)]


def _false_alarms(table: Table) -> list[tuple[str, str]]:
    q = benjamini_hochberg(numbers(table["p"]))
    return [
        (name, shown(one, 3) + (" · tydlig" if one < 0.01 else " · möjlig" if one < 0.05 else ""))
        for name, one in zip(table["serie"], q, strict=True)
    ]


def _effects(table: Table) -> list[tuple[str, str]]:
    before, after = numbers(table["före, i veckan"]), numbers(table["efter, i veckan"])
    start = date(2025, 1, 6)
    mondays = tuple(start + timedelta(7 * week) for week in range(104 + 26))
    swing = np.resize([2, -1, 0, -2, 1], len(mondays))
    mean = np.where(np.arange(len(mondays)) < 104, before[:, None], after[:, None])
    treated = np.array([name == "Centrum" for name in table["område"]])
    weeks = Weeks(
        mondays=mondays,
        counts=np.array([row + np.roll(swing, i) for i, row in enumerate(mean)]).astype(int),
        observed=np.ones(len(mondays), bool),
        treated=treated,
        comparison=~treated,
        buffer=np.zeros_like(treated),
    )
    made = design(
        weeks,
        starts_on=mondays[104],
        ends_before=mondays[-1] + timedelta(7),
        peak_from=mondays[104],
    )
    found = assess(weeks, made)
    estimate = found.estimate
    return [
        ("läsning", str(found.reading.label)),
        ("förändring", f"{shown(100 * (estimate.ratio - 1), 0)} %"),
        (
            "95 %-intervall",
            f"{shown(100 * (estimate.lower - 1), 0)} till {shown(100 * (estimate.upper - 1), 0)} %",
        ),
        ("syns före starten från", f"{shown(-100 * made.fall, 0)} %"),
    ]


EXAMPLES = (
    Example(
        "recent-weeks",
        "Klotter, sju veckor och den åttonde:",
        """
        | vecka | antal |
        |---|---|
        | 1 | 2 |
        | 2 | 3 |
        | 3 | 1 |
        | 4 | 2 |
        | 5 | 4 |
        | 6 | 2 |
        | 7 | 3 |
        | 8 | 9 |
        """,
        _recent,
        """
        | vad | blir |
        |---|---|
        | medel av de sju veckorna | 2,4 |
        | EARS gräns | 4,0 |
        | över gränsen | ja |
        """,
        "Nio är över gränsen. Om det blir ett fynd avgör hela lägesbildens budget.",
    ),
    Example(
        "same-season",
        "Skadegörelse i jämförbara veckor tidigare år, och veckan nu:",
        """
        | vecka | antal |
        |---|---|
        | 44 för tre år sedan | 4 |
        | 45 för tre år sedan | 5 |
        | 46 för tre år sedan | 3 |
        | 44 för två år sedan | 4 |
        | 45 för två år sedan | 5 |
        | 46 för två år sedan | 3 |
        | 44 i fjol | 4 |
        | 45 i fjol | 6 |
        | 46 i fjol | 4 |
        | 45 i år | 14 |
        """,
        _same_season,
        """
        | vad | blir |
        |---|---|
        | väntat | 4,3 |
        | 95 % av sådana veckor | 0–10 |
        | p | 0,0054 |
        """,
        "Fjorton är mer än tio, som 95 % av sådana veckor håller sig inom.",
    ),
    Example(
        "season-and-trend",
        "Fyra år, medel per vecka i varje kvartal (varannan vecka en mer, varannan en mindre), och "
        "sedan en vecka med 14:",
        """
        | kvartal | år 1 | år 2 | år 3 | år 4 |
        |---|---|---|---|---|
        | 1 | 4 | 4 | 5 | 5 |
        | 2 | 7 | 7 | 8 | 8 |
        | 3 | 9 | 9 | 10 | 10 |
        | 4 | 5 | 5 | 6 | 6 |
        """,
        _season_and_trend,
        """
        | vad | blir |
        |---|---|
        | väntat | 5,7 |
        | gräns | 10,2 |
        | trend | ja |
        | larm | ja |
        """,
        "Säsongen och trenden tillsammans ger det väntade. Fjorton är över gränsen.",
    ),
    Example(
        "clusters",
        "Sex områden längs en väg, var och ett granne med nästa, och deras avvikelse från det "
        "väntade:",
        """
        | område | avvikelse |
        |---|---|
        | A | 0,1 |
        | B | -0,4 |
        | C | 0,2 |
        | D | 1,9 |
        | E | 2,3 |
        | F | 1,7 |
        """,
        _clusters,
        """
        | område | Gi* |
        |---|---|
        | A | -1,71 |
        | B | -2,17 |
        | C | -0,87 |
        | D | 1,08 |
        | E | 2,17 |
        | F | 1,58 |
        """,
        "D, E och F ligger samlade; högst är E, i mitten av dem.",
    ),
    Example(
        "emerging-clusters",
        "Händelser per ruta de tre senaste veckorna; rutorna ligger två kilometer isär:",
        """
        | ruta | senaste veckan | veckan före | två veckor före |
        |---|---|---|---|
        | Torget | 6 | 5 | 7 |
        | Skolan | 8 | 1 | 1 |
        | Stationen | 5 | 7 | 8 |
        | Parken | 2 | 3 | 4 |
        """,
        _emerging,
        """
        | vad | blir |
        |---|---|
        | ruta | Skolan |
        | veckor | 1 |
        | antal | 8 |
        | väntat om plats och vecka inte hörde ihop | 3,7 |
        | p | 0,006 |
        """,
        "Torget och Stationen har fler, men alltid. Det är vid skolan det tilltar.",
    ),
    Example(
        "near-repeats",
        "Åtta inbrott, med plats och dag:",
        """
        | inbrott | öster, m | norr, m | dag |
        |---|---|---|---|
        | 1 | 0 | 0 | 1 |
        | 2 | 250 | 0 | 6 |
        | 3 | 250 | 250 | 12 |
        | 4 | 5000 | 0 | 100 |
        | 5 | 5000 | 250 | 103 |
        | 6 | 9000 | 4000 | 40 |
        | 7 | 0 | 8000 | 200 |
        | 8 | 9000 | 9000 | 300 |
        """,
        _near_repeats,
        """
        | vad | blir |
        |---|---|
        | par inom 300 m och 14 dagar | 3 |
        | väntat | 0,4 |
        """,
        "Prövas först från femtio inbrott; exemplet visar bara hur paren räknas.",
    ),
    Example(
        "dense-places",
        "Sju händelser; här räcker fyra inom 75 meter för en plats:",
        """
        | händelse | öster, m | norr, m |
        |---|---|---|
        | 1 | 0 | 0 |
        | 2 | 30 | 0 |
        | 3 | 0 | 40 |
        | 4 | 50 | 20 |
        | 5 | 110 | 30 |
        | 6 | 400 | 0 |
        | 7 | 450 | 0 |
        """,
        _dense,
        """
        | händelse | hör till |
        |---|---|
        | 1 | plats 1 |
        | 2 | plats 1 |
        | 3 | plats 1 |
        | 4 | plats 1 |
        | 5 | plats 1 |
        | 6 | – |
        | 7 | – |
        """,
        "Händelse 5 ligger nära en tät punkt och räknas dit; 6 och 7 är för få.",
    ),
    Example(
        "hours",
        "Tre händelser en måndag kväll:",
        """
        | händelse | från, timme | till, timme |
        |---|---|---|
        | cykel stulen | 21 | 24 |
        | ruta krossad | 22,5 | 23,5 |
        | bråk | 23,2 | 23,2 |
        """,
        _hours,
        """
        | timme | antal |
        |---|---|
        | 21–22 | 0,33 |
        | 22–23 | 0,83 |
        | 23–24 | 1,83 |
        """,
        "Summan är tre, som händelserna.",
    ),
    Example(
        "false-alarms",
        "Fem serier prövas:",
        """
        | serie | p |
        |---|---|
        | klotter i Centrum | 0,001 |
        | hot i Norra | 0,012 |
        | stöld i Södra | 0,035 |
        | klotter i Västra | 0,2 |
        | bråk i Östra | 0,8 |
        """,
        _false_alarms,
        """
        | serie | q |
        |---|---|
        | klotter i Centrum | 0,005 · tydlig |
        | hot i Norra | 0,030 · möjlig |
        | stöld i Södra | 0,058 |
        | klotter i Västra | 0,250 |
        | bråk i Östra | 0,800 |
        """,
        "Stölderna hade varit ett fynd ensamma (p 0,035), men inte bland fem prov.",
    ),
    Example(
        "effects",
        "Två år före starten och 26 veckor efter, i fem områden. I Centrum sattes en åtgärd in:",
        """
        | område | före, i veckan | efter, i veckan |
        |---|---|---|
        | Centrum | 8 | 4 |
        | Norra | 6 | 6 |
        | Södra | 7 | 6 |
        | Östra | 5 | 5 |
        | Västra | 9 | 9 |
        """,
        _effects,
        """
        | vad | värde |
        |---|---|
        | läsning | tydlig minskning |
        | förändring | -48 % |
        | 95 %-intervall | -63 till -25 % |
        | syns före starten från | -32 % |
        """,
        "De andra områdena sjönk med fyra procent. Det dras ifrån.",
    ),
)
