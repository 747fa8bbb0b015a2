"""Invented local reports for the demonstration: drawn from a seed, a few patterns planted.

Five and a half years from six sources, ending on a given day. Nothing here has happened.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

SEED = 1260
PROPERTIES = {
    "Bjuv": ("Skateparken", "Gångtunneln vid stationen"),
    "Billesholm": ("Billesholms skola",),
    "Ekeby": ("Ekeby park",),
}
YEARS = 5.5
AT_THE_SQUARE = 0.08
WITH_TEXT = 8  # the newest rows of a source that carry words
# Invented, as are the names: some of them wait for a reviewer.
TEXTS = (
    "Högljutt vid skateparken, lugnt när vi gick förbi igen.",
    "Nedskräpat vid busskuren, städat av egen personal.",
    "Kevin Andersson körde moped på gångbanan.",
    "Belysningen vid gångtunneln är trasig, känns otryggt.",
    "Fem killar i åk 8 på Jens Billeskolan kastade sten.",
    "Klistermärken på elskåpet bakom Folkets hus.",
    "En bil med skylten ABC 123 körde fort över parkeringen.",
    "Flera grupper i centrum, god stämning.",
)
EVENING = np.array([1, 1, 1, 0.5, 0.3, 0.3, 0.5, 0.8, 1, 1, 1, 1.2, 1.3, 1.4, 1.8, 2, 2.2, 2.5, 3, 3.4, 3.6, 3.5, 3, 2])  # fmt: skip


@dataclass(frozen=True)
class Plant:
    """A planted pattern: so many times the usual, in one part, in the last whole weeks.

    With `ended` it was over so many weeks ago.
    """

    category: str
    part: str
    weeks: int
    times: float
    ended: int = 0


@dataclass(frozen=True)
class InventedSource:
    """One invented source: its layout, its pace by category per week, its patterns."""

    code: str
    name: str
    layout: str
    pace: dict[str, float]
    plants: tuple[Plant, ...] = ()
    single: dict[str, int] = field(default_factory=dict)


SOURCES = (
    InventedSource(
        "polisanmalningar",
        "Polisanmälningar",
        "points",
        {"Skadegörelse": 4.2, "Klotter": 1.6, "Cykelstöld": 2.4, "Misshandel": 1.3,
         "Ofredande": 1.1, "Inbrott bostad": 0.8, "Bedrägeri": 1.9, "Narkotikabrott": 0.7},
        (Plant("Skadegörelse", "Billesholm", 4, 5.0),),
    ),
    InventedSource(
        "felanmalan",
        "Felanmälan gata och park",
        "points",
        {"Gatubelysning": 5.5, "Nedskräpning": 4.0, "Klotter": 2.2, "Skadegörelse": 1.8},
        (Plant("Gatubelysning", "Bjuv", 2, 4.0), Plant("Klotter", "Billesholm", 4, 9.0, ended=5)),
    ),
    InventedSource(
        "vaktare",
        "Väktarrapporter",
        "areas",
        {"Störande samling": 3.1, "Buskörning": 1.4, "Skadegörelse": 1.2, "Nedskräpning": 1.0},
        (Plant("Buskörning", "Ekeby", 3, 12.0),),
    ),
    InventedSource(
        "bostadsbolaget",
        "Bostadsbolagets rapporter",
        "points",
        {"Skadegörelse": 1.5, "Nedskräpning": 2.1, "Otrygg plats": 0.8, "Klotter": 0.9},
    ),
    InventedSource(
        "skolorna",
        "Skolornas rapporter",
        "areas",
        {"Skadegörelse": 1.1, "Hot": 0.6, "Störande samling": 1.0, "Ryktesspridning": 0.3},
    ),
    InventedSource(
        "fritidsgardarna",
        "Fritidsgårdarnas rapporter",
        "areas",
        {"Störande samling": 1.6, "Buskörning": 0.9, "Otrygg plats": 0.6},
        (),
        {"Anlagd brand": 2},
    ),
    InventedSource(
        "fastigheter",
        "Skador på kommunens fastigheter",
        "properties",
        {"Skadegörelse": 0.9, "Klotter": 0.5},
    ),
)  # fmt: skip


def reports(source: InventedSource, parts: dict[str, BaseGeometry], *, ends_on: date) -> bytes:
    """Return the source's invented reports as a CSV file.

    `parts` are the kommundelar in degrees; the file ends on `ends_on`.
    """
    rng = np.random.default_rng([SEED, sum(source.code.encode())])
    names = list(parts)
    shares = np.array([0.5, 0.27, 0.23])[: len(names)]
    monday = ends_on - timedelta(ends_on.weekday())
    n_weeks = int(YEARS * 52.18)
    rows: list[tuple[datetime, str, str]] = []
    for category, pace in sorted(source.pace.items()):
        phase = rng.uniform(0, 12)
        carried = 0.0
        for back in range(n_weeks, -1, -1):
            start = monday - timedelta(7 * back)
            week = start.isocalendar().week
            season = 1 + 0.35 * np.sin(2 * np.pi * (week - 18 + phase) / 52)
            carried = 0.5 * carried + rng.normal(0, 0.2)
            for name, share in zip(names, shares, strict=True):
                mean = pace * share * season * np.exp(carried)
                for plant in source.plants:
                    if (plant.category, plant.part) == (
                        category,
                        name,
                    ) and plant.ended <= back <= plant.ended + plant.weeks:
                        mean = pace * share * plant.times
                for _ in range(rng.poisson(mean)):
                    rows.append((_moment(rng, start), category, name))
    for category, days_back in source.single.items():
        moment = datetime.combine(ends_on - timedelta(days_back), time(23, 40))
        rows.append((moment, category, names[0]))
    rows = sorted(row for row in rows if row[0].date() <= ends_on)
    return _written(source, rows, parts, rng)


def _moment(rng: np.random.Generator, monday: date) -> datetime:
    day = rng.choice(7, p=np.array([0.11, 0.11, 0.12, 0.13, 0.2, 0.21, 0.12]))
    hour = rng.choice(24, p=EVENING / EVENING.sum())
    return datetime.combine(
        monday + timedelta(int(day)), time(int(hour), int(rng.integers(12)) * 5)
    )


def _written(
    source: InventedSource,
    rows: list[tuple[datetime, str, str]],
    parts: dict[str, BaseGeometry],
    rng: np.random.Generator,
) -> bytes:
    """Return the rows in the layout of such a source: with points, areas or properties."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    if source.layout == "properties":
        writer.writerow(["Datum", "Typ", "Plats", "Polisanmäld", "Kostnad"])
        for moment, category, part in rows:
            property_ = str(rng.choice(PROPERTIES[part]))
            reported = "ja" if rng.random() < 0.6 else "nej"
            cost = int(rng.lognormal(7.6, 0.8)) // 100 * 100
            writer.writerow([f"{moment:%Y-%m-%d}", category, property_, reported, cost])
        return file.getvalue().encode()
    if source.layout == "points":
        writer.writerow(["Ärendenummer", "Tidpunkt", "Kategori", "Latitud", "Longitud"])
        for number, (moment, category, part) in enumerate(rows, start=1):
            square = parts[part].representative_point()  # where many reports are about
            east, north = _point_in(parts[part], rng)
            if rng.random() < AT_THE_SQUARE:
                east, north = square.x + rng.normal(0, 2e-4), square.y + rng.normal(0, 1e-4)
            place = (f"{north:.5f}", f"{east:.5f}") if rng.random() > 0.02 else ("", "")
            writer.writerow(
                [f"{source.code}-{number}", f"{moment:%Y-%m-%d %H:%M}", category, *place]
            )
        return file.getvalue().encode()
    writer.writerow(["Datum", "Typ", "Område", "Antal", "Beskrivning"])
    for left, (moment, category, part) in zip(range(len(rows), 0, -1), rows, strict=True):
        written = f"{moment:%Y-%m-%d %H:%M}" if rng.random() > 0.25 else f"{moment:%Y-%m-%d}"
        text = TEXTS[left % len(TEXTS)] if left <= WITH_TEXT else ""
        writer.writerow([written, category, part, 1, text])
    return file.getvalue().encode("windows-1252")


def _point_in(polygon: BaseGeometry, rng: np.random.Generator) -> tuple[float, float]:
    west, south, east, north = polygon.bounds
    while True:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(polygon, x, y):
            return x, y
