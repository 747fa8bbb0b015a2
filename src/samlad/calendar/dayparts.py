"""When in the week something happened, in words, by one written rule.

Evening is 18–22, night 22–06 but for Friday and Saturday, when evening lasts to 24. The
weekend's evenings and nights are those that begin on a Friday or a Saturday; a night belongs
to the day it began on. So 22:30 on a Friday is *helgkväll* and 02:00 on a Sunday *helgnatt*.
"""

from __future__ import annotations

from enum import StrEnum

MORNING, EVENING, NIGHT = 6, 18, 22
FRIDAY, SATURDAY = 4, 5


class Daypart(StrEnum):
    """The six parts of a week."""

    WEEKDAY = "vardag dagtid"
    WEEKEND_DAY = "helg dagtid"
    WEEKDAY_EVENING = "vardagskväll"
    WEEKEND_EVENING = "helgkväll"
    WEEKDAY_NIGHT = "vardagsnatt"
    WEEKEND_NIGHT = "helgnatt"


def daypart(weekday: int, hour: int) -> Daypart:
    """Return the part of the week for a weekday (Monday is 0) and an hour (0–23).

    >>> daypart(FRIDAY, 22), daypart(6, 2), daypart(2, 22)[:7]
    (<Daypart.WEEKEND_EVENING: 'helgkväll'>, <Daypart.WEEKEND_NIGHT: 'helgnatt'>, 'vardags')
    """
    began_on = (weekday - 1) % 7 if hour < MORNING else weekday
    weekend = began_on in {FRIDAY, SATURDAY}
    if hour < MORNING:
        return Daypart.WEEKEND_NIGHT if weekend else Daypart.WEEKDAY_NIGHT
    if hour < EVENING:
        return Daypart.WEEKEND_DAY if weekday > FRIDAY else Daypart.WEEKDAY
    if weekend:
        return Daypart.WEEKEND_EVENING
    return Daypart.WEEKDAY_EVENING if hour < NIGHT else Daypart.WEEKDAY_NIGHT
