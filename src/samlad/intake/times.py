"""Clock times as people and systems write them, with the precision they were given."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from samlad.intake.rows import Precision

STOCKHOLM = "Europe/Stockholm"
LONGEST = 80  # characters of a time
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond them it is a slip of the keyboard
_WRITTEN = re.compile(
    r"""^\s*(?:
        (?P<year>\d{4})[-/]?(?P<month>\d{2})(?:[-/]?(?P<day>\d{1,2}))?
      | (?P<day2>\d{1,2})[./-](?P<month2>\d{1,2})[./ -](?P<year2>\d{4})
      | (?P<day3>\d{1,2})\.?\s(?P<month3>jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]*\.?
        \s(?P<year3>\d{4})
    )
    (?:(?:t|,?\s+)(?:kl\.?\s*)?(?P<hour>\d{1,2})
       (?:[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?)?
       \s*(?P<offset>z|[+-]\d{2}:?\d{2})?
    )?\s*$""",
    re.VERBOSE | re.ASCII,
)
_CLOCK = re.compile(r"^\s*(?:kl\.?\s*)?(\d{1,2})(?:[:.]?(\d{2}))?(?:[:.]\d{2})?\s*$", re.ASCII)
_CLOCKS = re.compile(r"\s?[-–]\s?")
_PART_OF_DAY = re.compile(r"0[.,]([0-9]{2,20})")
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def parse(text: str, zone: ZoneInfo) -> tuple[datetime, Precision] | None:
    """Return the local clock time and its precision, or None if it cannot be read.

    Day before month where dots or slashes are used. A time with an offset is moved to
    `zone`; one without is taken to be in it.

    >>> parse("2026-11-14 7:32", ZoneInfo("Europe/Stockholm"))
    (datetime.datetime(2026, 11, 14, 7, 32), <Precision.MINUTE: 'minute'>)
    >>> parse("14 november 2026", ZoneInfo("Europe/Stockholm"))
    (datetime.datetime(2026, 11, 14, 0, 0), <Precision.DAY: 'day'>)
    >>> parse("2018-07", ZoneInfo("Europe/London"))
    (datetime.datetime(2018, 7, 1, 0, 0), <Precision.MONTH: 'month'>)
    """
    text = " ".join(text[:LONGEST].split()) if len(text) < LONGEST else ""
    found = _WRITTEN.match(text.lower())
    if found is None:
        return None
    year = found["year"] or found["year2"] or found["year3"]
    month = found["month"] or found["month2"] or str(MONTHS.index(found["month3"][:3]) + 1)
    day = found["day"] or found["day2"] or found["day3"]
    hour, minute = found["hour"], found["minute"]
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        when = datetime(  # noqa: DTZ001 - a clock time, its zone is the mapping's
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0)
        )
    except ValueError:
        return None
    if found["offset"]:
        offset = found["offset"].replace("z", "+0000").replace(":", "")
        sign = -1 if offset[0] == "-" else 1
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
        aware = (when - sign * shift).replace(tzinfo=UTC)
        when = aware.astimezone(zone).replace(tzinfo=None)
    if minute is not None:
        return when, Precision.MINUTE
    if hour is not None:
        return when, Precision.HOUR
    if day is None:
        return when, Precision.MONTH
    return when, Precision.DAY


def clock_parts(text: str) -> list[str]:
    """Return one time of day, or the two of an interval, as written.

    >>> clock_parts("21–23"), clock_parts("22:30")
    (['21', '23'], ['22:30'])
    """
    return _CLOCKS.split(text[:LONGEST], maxsplit=1)


def parse_clock(text: str) -> tuple[int, int | None] | None:
    """Return hour and minute (None if only the hour is given), or None if it is no time of day.

    A spreadsheet's part of a day is a time too.

    >>> parse_clock("kl. 22.30"), parse_clock("7"), parse_clock("0,875"), parse_clock("25:00")
    ((22, 30), (7, None), (21, 0), None)
    """
    part = _PART_OF_DAY.fullmatch(text.strip()) if len(text) < LONGEST else None
    if part:
        minutes = round(float(f"0.{part[1]}") * 24 * 60)
        return (minutes // 60, minutes % 60) if minutes < 24 * 60 else None
    found = _CLOCK.match(" ".join(text.split()).lower()) if len(text) < LONGEST else None
    if found is None:
        return None
    hour, minute = int(found[1]), None if found[2] is None else int(found[2])
    return (hour, minute) if hour < 24 and (minute or 0) < 60 else None


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a local clock time.

    An hour that comes twice in autumn is taken the first time, unless `fold` is 1. An hour
    that does not exist in spring is taken as the clock would have gone on: 02:30 is 03:30.

    >>> stockholm = ZoneInfo("Europe/Stockholm")
    >>> to_utc(datetime(2026, 10, 25, 2, 30), stockholm).hour
    0
    >>> to_utc(datetime(2026, 3, 29, 2, 30), stockholm).hour
    1
    """
    return local.replace(tzinfo=zone).astimezone(UTC)


def is_doubled_hour(local: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clock showed this time twice: the hour that comes again in autumn.

    >>> is_doubled_hour(datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Stockholm"))
    True
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    return first.utcoffset() != second.utcoffset() and not is_missing_hour(local, zone)


@lru_cache(maxsize=4096)
def has_change(day: date, zone: ZoneInfo) -> bool:
    """Tell whether the clocks are changed on a day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return (noon - timedelta(days=1)).utcoffset() != noon.utcoffset()


def is_missing_hour(local: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clock never showed this time: the hour lost in spring.

    >>> is_missing_hour(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Stockholm"))
    True
    """
    return to_utc(local, zone).astimezone(zone).replace(tzinfo=None) != local


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises `ValueError` for an unknown one."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"there is no time zone '{name}'") from error
