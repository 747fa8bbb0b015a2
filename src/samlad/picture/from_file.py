"""A picture from one file, without a database: what `samlad compile` does."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samlad.incidents import tables
from samlad.incidents.categories import Finest
from samlad.incidents.naming import default_words, word_key
from samlad.incidents.placing import Placed, Placer
from samlad.incidents.tables import AreaLabel, CategoryLabel, CountTable, SourceLabel
from samlad.intake import files
from samlad.intake.errors import ROW_FAULTS, FileFault, UnusableFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.known import KnownRows
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Precision, Rejection
from samlad.picture import clustering, periods
from samlad.picture.compiling import Inputs, Neighbours
from samlad.picture.periods import Cadence, Period
from samlad.picture.testing import WINDOWS
from samlad.places import projection
from samlad.places.area_files import AreaFile

WHOLE = AreaLabel("0000", "hela området")
CELL_SIZES_M = (250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
MOST_CELLS = 200
MOST_NOTICES = 50
STRAY_ROWS, STRAY_AFTER_DAYS = 2, 366
Progress = Callable[[str], None]


@dataclass(frozen=True)
class PlainArea:
    """An area of a file: always in force."""

    code: str
    name: str
    parent: int | None
    boundary: BaseGeometry

    def valid_on(self, day: date) -> bool:
        """Say yes: a file's areas have no dates."""
        return True


@dataclass
class _Columns:
    """The accepted rows as columns."""

    day: array = field(default_factory=lambda: array("q"))
    hour: array = field(default_factory=lambda: array("f"))  # -1 where it is not known
    span: array = field(default_factory=lambda: array("f"))  # hours
    x: array = field(default_factory=lambda: array("d"))
    y: array = field(default_factory=lambda: array("d"))
    category: array = field(default_factory=lambda: array("i"))
    area: array = field(default_factory=lambda: array("i"))
    month_only: array = field(default_factory=lambda: array("b"))
    categories: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0
    known: int = 0
    first_fault: str = ""


@dataclass(frozen=True)
class FromFile:
    """What was made of the file: the picture's inputs, and the areas for a map."""

    inputs: Inputs
    areas: tuple[PlainArea, ...]
    metric_crs: str


def prepare(
    path: Path,
    *,
    areas: AreaFile | None = None,
    until: date | None = None,
    weeks: int | None = None,
    mapping: Mapping | None = None,
    seed: int | None = None,
    progress: Progress = lambda _: None,
) -> FromFile:
    """Read a file of incidents and return what a picture is compiled from.

    Raises `UnusableFile` (or `BadGeometry` for the mapping's CRS) with one sentence.
    """
    file = files.recognise(path)
    mapping = mapping or file.proposed_mapping()
    crs = projection.check_crs(mapping.crs)
    progress(f"Reading {file.name}")
    columns = _read(file, mapping, progress)
    accepted = len(columns.day)
    if not accepted:
        raise UnusableFile(FileFault.NOTHING_ACCEPTED, name=file.name, why=columns.first_fault)
    days = np.frombuffer(columns.day, dtype=np.int64)
    x, y = np.frombuffer(columns.x), np.frombuffer(columns.y)
    period = _period(days, np.frombuffer(columns.month_only, dtype=np.int8), until)
    used = days < period.ends_before.toordinal()  # what came later shapes nothing
    if weeks is not None:
        used &= days >= period.ends_before.toordinal() - 7 * weeks
    longitude, latitude = projection.transform(
        np.where(used, x, np.nan), y, source=crs, target=projection.WGS84
    )
    if areas is not None:
        metric_crs = _crs_of_areas(areas)
        known_areas = _areas_of_file(areas, metric_crs)
        note = ""
    else:
        metric_crs = projection.metric_crs_for(longitude, latitude)
        x_m, y_m = projection.transform(x, y, source=crs, target=metric_crs)
        known_areas, note = _grid(np.where(used, x_m, np.nan), y_m)
    progress(f"Placing {accepted:,} incidents")
    labels, finest = _categories(columns.categories)
    category = np.frombuffer(columns.category, dtype=np.int32)
    name_of = np.frombuffer(columns.area, dtype=np.int32)
    placed = Placer(known_areas, metric_crs=metric_crs).place(
        x=x,
        y=y,
        crs=crs,
        names=[columns.names[i] for i in name_of],
        place_names=[""] * accepted,
        ordinals=days,
        finest=[finest[i] for i in category],
    )
    table = _count(columns, period, weeks, placed, labels, known_areas, _source(file), days)
    inputs = Inputs(
        municipality={"code": WHOLE.code, "name": WHOLE.name},
        period=period,
        tables=[table],
        files=[
            {
                "name": file.name,
                "sha256": file.sha256,
                "crs": crs,
                "metric_crs": metric_crs,
                "rows": columns.rows,
                "accepted": accepted,
                "rejected": columns.rejected,
                "already_known": columns.known,
                "after_period": int((days >= period.ends_before.toordinal()).sum()),
                "reader": file.reader,
                "mapping": mapping.as_json(),
            }
        ],
        seed=periods.default_seed(period) if seed is None else seed,
        neighbours=_neighbours(known_areas),
        serious=_serious(columns, period, placed.area, labels, known_areas, table, days),
        notices=_notices(columns, period, days) if file.is_notices else {},
        areas_note=note,
    )
    return FromFile(inputs, tuple(known_areas), metric_crs)


def _read(file: files.IncidentFile, mapping: Mapping, progress: Progress) -> _Columns:
    columns = _Columns()
    interpreter = Interpreter(mapping, file.header, name=file.name)
    known = KnownRows((), {})
    categories: dict[str, int] = {}
    names: dict[str, int] = {}
    with file.rows() as raw:
        for row in interpreter.rows(raw):
            columns.rows += 1
            if columns.rows % 100_000 == 0:
                progress(f"  {columns.rows:,} rows")
            if isinstance(row, Rejection):
                columns.rejected += 1
                columns.first_fault = columns.first_fault or str(ROW_FAULTS[row.reason])
            elif known.is_known(row.external_id, row.fingerprint):
                columns.known += 1
            else:
                has_hour = row.precision in {Precision.MINUTE, Precision.HOUR}
                columns.day.append(row.starts.toordinal())
                columns.hour.append(row.starts.hour + row.starts.minute / 60 if has_hour else -1)
                columns.span.append(tables.span_hours(row.starts, row.ends))
                columns.x.append(float("nan") if row.x is None else row.x)
                columns.y.append(float("nan") if row.y is None else row.y)
                columns.category.append(categories.setdefault(row.category, len(categories)))
                columns.area.append(names.setdefault(row.area, len(names)))
                columns.month_only.append(row.precision is Precision.MONTH)
                if file.is_notices:
                    columns.links.append(row.link)
    columns.categories, columns.names = list(categories), list(names)
    return columns


def _period(days: np.ndarray, month_only: np.ndarray, until: date | None) -> Period:
    """Return the last complete week, or month where most rows know no more than the month."""
    last = until or date.fromordinal(_last_day(days))
    if 2 * int(month_only.sum()) > len(days):
        end = periods.month_of(last)
        complete = until is None or end.ends_before <= date.fromordinal(last.toordinal() + 1)
        if complete:
            return end
        return periods.month_of(date.fromordinal(end.starts_on.toordinal() - 1))
    return periods.last_complete_week(last)


def _last_day(days: np.ndarray) -> int:
    """Return the last day reported in, leaving out stray dates far after the rest.

    A row or two (or one in a thousand) after more than an empty year are slips of the keyboard.
    """
    ordered = np.sort(days)
    few = max(STRAY_ROWS, len(days) // 1000)
    gaps = np.flatnonzero(np.diff(ordered) > STRAY_AFTER_DAYS)
    end = len(ordered)
    for gap in reversed(gaps.tolist()):
        if end - (gap + 1) <= few:
            end = gap + 1
    return int(ordered[end - 1])


def _source(file: files.IncidentFile) -> SourceLabel:
    name = "polisens publicerade händelser" if file.is_notices else file.name
    kind = "notices" if file.is_notices else "reports"
    code = "polisens-handelser" if file.is_notices else "fil"
    return SourceLabel(code, name, kind, False, (file.sha256[:16],))


def _categories(words: list[str]) -> tuple[list[CategoryLabel], list[Finest]]:
    """Return a category for each word: ours where it is known, else the word itself."""
    known = default_words()
    labels, finest = [], []
    for word in words:
        ours = known.get(word_key(word))
        if ours is None:
            labels.append(CategoryLabel(word, word))
            finest.append(Finest.POINT)
        else:
            labels.append(CategoryLabel(ours.code, ours.label_sv, ours.serious))
            finest.append(ours.finest)
    return labels, finest


def _count(
    columns: _Columns,
    period: Period,
    weeks: int | None,
    placed: Placed,
    labels: list[CategoryLabel],
    areas: list[PlainArea],
    source: SourceLabel,
    days: np.ndarray,
) -> CountTable:
    categories = sorted(set(labels), key=lambda c: c.code)
    index = np.array([categories.index(label) for label in labels], dtype=np.int64)
    category = index[np.frombuffer(columns.category, dtype=np.int32)]
    month_only = np.frombuffer(columns.month_only, dtype=np.int8).astype(bool)
    counted = ~month_only if period.cadence is Cadence.WEEK else np.ones(len(days), bool)
    inside = counted & (days < period.ends_before.toordinal())
    if weeks is not None:
        earliest = period.ends_before.toordinal() - 7 * weeks
        inside &= days >= earliest
    first = date.fromordinal(int(days[inside].min())) if inside.any() else period.starts_on
    bins = period.bins(first)
    whole = first == bins.starts[0] or bool((counted & (days < first.toordinal())).any())
    start, end = period.window(WINDOWS[period.cadence][-1])
    hour, span = (np.frombuffer(one, dtype=np.float32) for one in (columns.hour, columns.span))
    recent = inside & (days >= start.toordinal()) & (days < end.toordinal())
    timed = recent & (hour >= 0)
    hours = np.zeros((len(categories), 7, 24))
    weekday = (days - 1) % 7  # ordinal 1 was a Monday
    tables.add_hours(hours, category[timed], weekday[timed], hour[timed], span[timed])
    return tables.build(
        source=source,
        areas=[AreaLabel(a.code, a.name, a.parent) for a in areas],
        categories=categories,
        bins=bins,
        area=placed.area[inside],
        category=category[inside],
        bin_=bins.index_of(days[inside]),
        number=np.ones(int(inside.sum()), dtype=np.int64),
        hours=hours,
        without_hour=int((recent & (hour < 0)).sum()),
        first_is_whole=whole,
        points=_points(placed, days, category, inside, period),
    )


def _points(
    placed: Placed, days: np.ndarray, category: np.ndarray, inside: np.ndarray, period: Period
) -> tables.Points | None:
    if period.cadence is not Cadence.WEEK:
        return None
    first = period.ends_before.toordinal() - tables.POINT_DAYS
    kept = inside & (days >= first) & np.isfinite(placed.x_m) & (placed.area != tables.OUTSIDE)
    return tables.points(
        x_m=placed.x_m[kept],
        y_m=placed.y_m[kept],
        day=days[kept],
        category=category[kept],
        area=placed.area[kept],
    )


def _serious(
    columns: _Columns,
    period: Period,
    area: np.ndarray,
    labels: list[CategoryLabel],
    areas: list[PlainArea],
    table: CountTable,
    days: np.ndarray,
) -> list[dict[str, Any]]:
    if table.source.kind == "notices":
        return []
    serious = np.array([label.serious for label in labels], dtype=bool)
    category = np.frombuffer(columns.category, dtype=np.int32)
    inside = (days >= period.starts_on.toordinal()) & (days < period.ends_before.toordinal())
    found = np.flatnonzero(serious[category] & inside & (area >= tables.UNPLACED))
    return [
        {
            "category": {
                "code": labels[category[i]].code,
                "label": labels[category[i]].label,
            },
            "area": {
                "code": areas[max(area[i], 0)].code,
                "name": areas[max(area[i], 0)].name,
            },
            "source": {"code": table.source.code, "name": table.source.name},
            "happened_on": date.fromordinal(int(days[i])),
        }
        for i in sorted(found, key=lambda i: (days[i], i))
    ]


def _notices(columns: _Columns, period: Period, days: np.ndarray) -> dict[str, Any]:
    """Return the published notices of the period: listed by day, never counted or ranked."""
    inside = (days >= period.starts_on.toordinal()) & (days < period.ends_before.toordinal())
    found = sorted(np.flatnonzero(inside), key=lambda i: (-days[i], i))
    return {
        "count": len(found),
        "items": [
            {
                "type": columns.categories[columns.category[i]],
                "happened_on": date.fromordinal(int(days[i])),
                "area": columns.names[columns.area[i]],
                "link": columns.links[i],
            }
            for i in found[:MOST_NOTICES]
        ],
    }


def _crs_of_areas(areas: AreaFile) -> str:
    """Return the metric system that fits the areas' middle."""
    middles = np.array(
        [p.representative_point().coords[0] for p in areas.polygons(projection.WGS84)]
    )
    return projection.metric_crs_for(middles[:, 0], middles[:, 1])


def _areas_of_file(areas: AreaFile, metric_crs: str) -> list[PlainArea]:
    boundaries = areas.polygons(metric_crs)
    whole = PlainArea(WHOLE.code, WHOLE.name, None, shapely.union_all(boundaries))
    parts = [
        PlainArea(area.code, area.name, 0, boundary)
        for area, boundary in zip(areas.areas, boundaries, strict=True)
    ]
    return [whole, *parts]


def _grid(x_m: np.ndarray, y_m: np.ndarray) -> tuple[list[PlainArea], str]:
    """Return the whole and square cells: the smallest size that gives at most 200 of them."""
    known = np.isfinite(x_m) & np.isfinite(y_m)
    if not known.any():
        return [PlainArea(WHOLE.code, WHOLE.name, None, shapely.Polygon())], ""
    east, north = x_m[known], y_m[known]
    for size in CELL_SIZES_M:
        cells = np.unique(np.column_stack([east // size, north // size]).astype(np.int64), axis=0)
        if len(cells) <= MOST_CELLS:
            break
    parts = [
        PlainArea(
            f"{column}:{row}",
            f"rutan {column * size / 1000:g}:{row * size / 1000:g}",
            0,
            shapely.box(column * size, row * size, (column + 1) * size, (row + 1) * size),
        )
        for column, row in cells.tolist()
    ]
    whole = PlainArea(
        WHOLE.code, WHOLE.name, None, shapely.union_all([part.boundary for part in parts])
    )
    side = f"{size} m" if size < 1000 else f"{size // 1000} km"
    note = (
        f"Rutnät med {side} sida, {len(parts)} rutor med minst en händelse; en ruta heter "
        "efter sitt sydvästra hörn i kilometer öst och nord."
    )
    return [whole, *parts], note


def _neighbours(areas: list[PlainArea]) -> Neighbours | None:
    parts = areas[1:]
    if len(parts) < clustering.AREAS_NEEDED:
        return None
    weights = clustering.touching([part.boundary for part in parts])
    return Neighbours(tuple(part.code for part in parts), weights)
