"""What the first rows of a file tell of its columns: times, words that repeat, coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from samlad.intake import times
from samlad.intake.rows import Precision

SHARE, SHARE_IF_NAMED = 0.8, 0.3  # of the filled cells; less where the name says it too
MOST_CATEGORIES = 40  # different words in 200 rows
LATITUDES, LONGITUDES = (54.0, 70.0), (9.0, 25.0)  # Sweden, in degrees
SWEREF_99_TM = ("EPSG:3006", (200_000.0, 1_000_000.0), (6_000_000.0, 7_800_000.0))
SWEREF_99_13_30 = ("EPSG:3008", (20_000.0, 200_000.0), (6_000_000.0, 7_800_000.0))
DEGREES = ("EPSG:4326", (-180.0, 180.0), (-90.0, 90.0))
SYSTEMS = (DEGREES, SWEREF_99_TM, SWEREF_99_13_30)
TELLING = frozenset({"time", "ends", "clock", "lat", "lon", "x", "y"})


class Columns:
    """The first rows of a file, by column. `sample` is (rows, columns) of text."""

    def __init__(
        self, header: Sequence[str], sample: Sequence[Sequence[str]], zone: ZoneInfo
    ) -> None:
        whole = [row for row in sample if len(row) == len(header)]
        self._header = list(header)
        self._cells = {
            column: [row[i].strip() for row in whole if row[i].strip()]
            for i, column in reversed(list(enumerate(header)))
        }
        self._zone = zone

    def _share(self, column: str, test: Callable[[str], object]) -> float:
        cells = self._cells.get(column, [])
        held = sum(test(cell) is not None and test(cell) is not False for cell in cells)
        return held / len(cells) if cells else 0.0

    def _is_time(self, cell: str) -> bool:
        return times.parse(cell, self._zone) is not None

    def may_be(self, meaning: str, column: str) -> bool:
        """Tell whether what the column holds speaks against the meaning its name suggests."""
        cells = self._cells.get(column, [])
        if not cells or meaning not in TELLING:
            return True
        if meaning == "clock":
            return self._share(column, _is_clock) >= SHARE_IF_NAMED
        if meaning == "time":
            return self._share(column, self._is_time) > 0
        if meaning == "ends":
            return self._share(column, self._is_time) >= SHARE_IF_NAMED
        return self._share(column, _number) >= SHARE_IF_NAMED

    def likely(self, meaning: str, *, taken: set[str]) -> str | None:
        """Return the first column that holds what the meaning asks for, or None."""
        free = [c for c in self._header if c not in taken and self._cells.get(c)]
        if meaning == "time":
            found = [c for c in free if self._share(c, self._is_time) >= SHARE]
            return found[0] if found else None
        for column in free:
            cells = self._cells[column]
            words = {cell.casefold() for cell in cells}
            repeats = len(cells) >= 2 * len(words) and 2 <= len(words) <= MOST_CATEGORIES
            if repeats and self._share(column, _is_words) >= SHARE:
                return column
        return None

    def has_only_days(self, column: str) -> bool:
        """Tell whether a column of times says no time of day."""
        parsed = [times.parse(cell, self._zone) for cell in self._cells.get(column, [])]
        known = [p[1] for p in parsed if p]
        return bool(known) and all(precision is Precision.DAY for precision in known)

    def coordinates(self, *, taken: set[str]) -> dict[str, str]:
        """Return the two columns that hold Swedish coordinates by their values, or nothing."""
        free = [c for c in self._header if c not in taken and self._cells.get(c)]
        _, east, north = SWEREF_99_TM
        for names, first, second in (
            (("lat", "lon"), LATITUDES, LONGITUDES),
            (("y", "x"), north, east),
            (("y", "x"), north, SWEREF_99_13_30[1]),
        ):
            up = [c for c in free if self._within(c, first)]
            across = [c for c in free if self._within(c, second)]
            if len(up) == 1 and len(across) == 1 and up != across:
                return dict(zip(names, (up[0], across[0]), strict=True))
        return {}

    def _within(self, column: str, limits: tuple[float, float]) -> bool:
        numbers = [_number(cell) for cell in self._cells[column]]
        known = [n for n in numbers if n is not None]
        inside = [n for n in known if limits[0] <= n <= limits[1]]
        whole = all(float(n).is_integer() for n in known) and limits[1] < 100
        return len(known) >= 1 and len(inside) >= SHARE * len(numbers) and not whole

    def with_system(self, columns: dict[str, str], crs: str) -> tuple[dict[str, str], str]:
        """Return columns by meaning and the reference system their coordinates are in."""
        columns = dict(columns)
        across = columns.get("x") or columns.get("lon")
        up = columns.get("y") or columns.get("lat")
        if not across or not up:
            return columns, crs
        for system, east, north in SYSTEMS:
            if self._within(across, east) and self._within(up, north):
                pair = ("lon", "lat") if system == DEGREES[0] else ("x", "y")
                for meaning in ("lon", "lat", "x", "y"):
                    columns.pop(meaning, None)
                columns.update(zip(pair, (across, up), strict=True))
                return columns, system
        return columns, crs


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ".").replace("\u00a0", ""))
    except ValueError:
        return None


def _is_clock(cell: str) -> bool:
    return times.parse_clock(times.clock_parts(cell)[0]) is not None


def _is_words(cell: str) -> bool:
    return any(c.isalpha() for c in cell) and len(cell) <= 60
