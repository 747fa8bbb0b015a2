"""From what a row says of its place to a point and an area. Pure: rows in, arrays out.

No row is given a point it does not have, and no point finer than its category allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samlad.incidents.categories import CELL_M, Finest
from samlad.incidents.faults import PlaceFault
from samlad.incidents.tables import OUTSIDE, UNPLACED
from samlad.places import projection
from samlad.places.locating import NOWHERE, Locator, name_key

POINT, PLACE, AREA = "point", "place", "area"
SAME_M = 1.0


class KnownArea(Protocol):
    """What placing needs of an area."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def boundary(self) -> BaseGeometry: ...

    def valid_on(self, day: date) -> bool:
        """Tell whether the area is in force on a day."""


@dataclass(frozen=True)
class NamedPoint:
    """A named place: its key in the database and its point in metres."""

    pk: int
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Placed:
    """Where each row is: `area` is an index into the areas, `UNPLACED` or `OUTSIDE`.

    `fault` is a `PlaceFault`, or "" where the place given could be used.
    """

    area: np.ndarray
    x_m: np.ndarray
    y_m: np.ndarray
    kind: list[str]
    place: list[int | None]
    fault: list[str]


class Placer:
    """Places rows among the areas of one municipality, by the version valid on the day.

    `areas` are in one metric system, the whole first, parts after wholes; `parent` is an
    index into them. Days before the first version use the first. `area_words` is what else
    an area is called: key of the word to the area's name.
    """

    def __init__(
        self,
        areas: Sequence[KnownArea],
        *,
        metric_crs: str,
        breaks: Sequence[date] = (),
        places: dict[str, NamedPoint] | None = None,
        area_words: dict[str, str] | None = None,
        names_of_whole: Sequence[str] = (),
        only_whole_by_name: bool = False,
    ) -> None:
        self._metric_crs = metric_crs
        self._places = places or {}
        self._area_words = area_words or {}
        self._breaks = np.array([day.toordinal() for day in breaks[1:]], dtype=np.int64)
        self._versions = [
            _Version(areas, [i for i, a in enumerate(areas) if not breaks or a.valid_on(day)])
            for day in (breaks or [date.min])
        ]
        self._only_whole = only_whole_by_name
        self._whole_names = {name_key(name) for name in names_of_whole}

    def place(
        self,
        *,
        x: np.ndarray,
        y: np.ndarray,
        crs: str,
        names: Sequence[str],
        place_names: Sequence[str],
        ordinals: np.ndarray,
        finest: Sequence[Finest],
    ) -> Placed:
        """Return where rows are; `x`, `y` (n,) in `crs`, NaN where there are none."""
        n = len(x)
        given = np.isfinite(x) & np.isfinite(y)
        x_m, y_m = projection.transform(x, y, source=crs, target=self._metric_crs)
        x_m, y_m = np.array(x_m, float), np.array(y_m, float)
        kind = [POINT] * n
        place: list[int | None] = [None] * n
        for i in np.flatnonzero(~np.isfinite(x_m)).tolist():
            known = self._places.get(name_key(place_names[i])) if place_names[i] else None
            kind[i] = AREA
            if known is not None:
                kind[i], place[i] = PLACE, known.pk
                x_m[i], y_m[i] = known.x_m, known.y_m
        self._recognise_places(given, place_names, x_m, y_m, kind, place)
        known_place = list(place)  # what a coarse category forgets below is no fault
        cells = np.array([f is Finest.CELL_250_M for f in finest], dtype=bool)
        x_m[cells] = np.floor(x_m[cells] / CELL_M) * CELL_M + CELL_M / 2
        y_m[cells] = np.floor(y_m[cells] / CELL_M) * CELL_M + CELL_M / 2
        for i in np.flatnonzero(cells & np.isfinite(x_m)).tolist():
            kind[i], place[i] = POINT, None  # a named place would be finer than its cell
        area = np.full(n, UNPLACED, dtype=np.int64)
        version = np.searchsorted(self._breaks, ordinals, side="right")
        for number in np.unique(version):
            rows = np.flatnonzero(version == number)
            area[rows] = self._versions[number].areas_of(x_m[rows], y_m[rows])
            for i in rows[~np.isfinite(x_m[rows])].tolist():
                area[i] = self._by_name(self._versions[number], names[i])
                if area[i] == UNPLACED and place_names[i]:  # a place's word may mean an area
                    meant = self._area_words.get(name_key(place_names[i]), "")
                    area[i] = self._by_name(self._versions[number], meant)
        fault = self._faults(x, y, crs, x_m, area, names, place_names, known_place)
        coarse = np.array([f is Finest.MUNICIPALITY for f in finest], dtype=bool)
        hidden = coarse & (area >= 0)
        for number in np.unique(version[hidden]):
            area[hidden & (version == number)] = self._versions[number].whole
        x_m[coarse] = y_m[coarse] = np.nan
        for i in np.flatnonzero(coarse).tolist():
            kind[i], place[i] = AREA, None
        return Placed(area, x_m, y_m, kind, place, fault)

    def _recognise_places(
        self,
        given: np.ndarray,
        place_names: Sequence[str],
        x_m: np.ndarray,
        y_m: np.ndarray,
        kind: list[str],
        place: list[int | None],
    ) -> None:
        """See that a row with a named place and that place's own point is at the place."""
        for i in np.flatnonzero(given).tolist():
            known = self._places.get(name_key(place_names[i])) if place_names[i] else None
            if known and abs(x_m[i] - known.x_m) < SAME_M and abs(y_m[i] - known.y_m) < SAME_M:
                kind[i], place[i] = PLACE, known.pk
                x_m[i], y_m[i] = known.x_m, known.y_m

    def _faults(
        self,
        x: np.ndarray,
        y: np.ndarray,
        crs: str,
        x_m: np.ndarray,
        area: np.ndarray,
        names: Sequence[str],
        place_names: Sequence[str],
        place: list[int | None],
    ) -> list[str]:
        given = np.isfinite(x) & np.isfinite(y)
        fault = [""] * len(x)
        for i in np.flatnonzero(~given).tolist():
            if place_names[i]:
                known = place[i] or name_key(place_names[i]) in self._area_words
                fault[i] = "" if known else PlaceFault.UNKNOWN_PLACE
            elif names[i]:
                fault[i] = PlaceFault.UNKNOWN_AREA if area[i] == UNPLACED else ""
            else:
                fault[i] = PlaceFault.NOT_GIVEN
        for i in np.flatnonzero(given & ~np.isfinite(x_m)).tolist():
            fault[i] = PlaceFault.IMPOSSIBLE
        outside = np.flatnonzero(given & (area == OUTSIDE))
        if len(outside):
            turned = projection.transform(
                y[outside], x[outside], source=crs, target=self._metric_crs
            )
            inside = self._versions[-1].holds(*turned)
            for i, swapped in zip(outside.tolist(), inside.tolist(), strict=True):
                fault[i] = PlaceFault.SWAPPED if swapped else PlaceFault.OUTSIDE
        return fault

    def _by_name(self, version: _Version, name: str) -> int:
        if not name:
            return UNPLACED
        key = name_key(self._area_words.get(name_key(name), name))
        if key in self._whole_names:
            return version.whole
        return UNPLACED if self._only_whole else version.by_name.get(key, UNPLACED)


class _Version:
    """The areas in force at one time."""

    def __init__(self, areas: Sequence[KnownArea], valid: list[int]) -> None:
        wholes = {areas[i].parent for i in valid}
        leaves = [i for i in valid if i not in wholes]
        self.whole = valid[0] if valid else UNPLACED
        self._leaves = np.array([*leaves, self.whole], dtype=np.int64)
        self._locator = Locator([areas[i].boundary for i in leaves])
        self._whole = areas[self.whole].boundary if valid else None
        # Later is smaller: of two areas with one name the smaller one is meant.
        self.by_name = {name_key(areas[i].name): i for i in valid}

    def holds(self, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
        """Tell which points lie in the whole."""
        if self._whole is None:
            return np.zeros(len(x_m), dtype=bool)
        return np.asarray(shapely.contains_xy(self._whole, x_m, y_m))

    def areas_of(self, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
        if self._whole is None:  # there are no areas: nothing is outside
            return np.full(len(x_m), UNPLACED)
        found = self._locator.areas_of(x_m, y_m)
        area = np.where(found == NOWHERE, OUTSIDE, self._leaves[np.maximum(found, 0)])
        lost = np.flatnonzero((area == OUTSIDE) & np.isfinite(x_m))
        if len(lost):  # in a gap between the parts
            inside = shapely.contains_xy(self._whole, x_m[lost], y_m[lost])
            area[lost[inside]] = self.whole
        return np.where(np.isfinite(x_m), area, UNPLACED)
