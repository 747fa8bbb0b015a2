"""The clock: periods, moments, holidays, and the day the clocks change."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad.rounds import clock
from samlad.rounds.clock import TRELLEBORG, Cadence, HolidayWeeks, Span

STOCKHOLM = ZoneInfo("Europe/Stockholm")
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize("cadence", Cadence)
@given(day=days)
def test_every_day_is_in_one_period_and_periods_follow_each_other(cadence, day):
    first_on = date(2024, 1, 3)
    span = clock.span_of(cadence, day, first_on=first_on)
    after = clock.next_span(cadence, span, first_on=first_on)

    assert span.starts_on <= day < span.ends_before
    assert after.starts_on == span.ends_before
    assert clock.span_of(cadence, span.starts_on, first_on=first_on) == span


@pytest.mark.parametrize(
    ("cadence", "starts_on", "ends_before"),
    [
        (Cadence.WEEKLY, "2026-11-16", "2026-11-23"),
        (Cadence.FORTNIGHTLY, "2026-11-16", "2026-11-30"),
        (Cadence.TWICE_A_MONTH, "2026-11-16", "2026-12-01"),
        (Cadence.MONTHLY, "2026-11-01", "2026-12-01"),
        (Cadence.QUARTERLY, "2026-10-01", "2027-01-01"),
        (Cadence.TERTIAL, "2026-09-01", "2027-01-01"),
        (Cadence.YEARLY, "2026-01-01", "2027-01-01"),
    ],
)
def test_the_period_of_a_friday_in_november(cadence, starts_on, ends_before):
    span = clock.span_of(cadence, date(2026, 11, 20), first_on=date(2026, 11, 2))

    assert (span.starts_on.isoformat(), span.ends_before.isoformat()) == (starts_on, ends_before)


def week_of(day: str) -> Span:
    return clock.span_of(Cadence.WEEKLY, date.fromisoformat(day), first_on=date(2026, 1, 5))


def moments(day: str, holidays=HolidayWeeks.HELD):
    return clock.moments(week_of(day), TRELLEBORG, holidays, zone=STOCKHOLM)


def test_trelleborgs_week():
    """Answers on Tuesday, adopted on Thursday, out by Friday morning."""
    found = moments("2026-11-18")

    assert found.opens.isoformat() == "2026-11-16T00:00:00+01:00"
    assert found.closes.isoformat() == "2026-11-24T12:00:00+01:00"
    assert found.adopt_by.isoformat() == "2026-11-26T10:00:00+01:00"
    assert found.dispatch_by.isoformat() == "2026-11-27T09:00:00+01:00"


def test_noon_is_noon_on_both_sides_of_the_clock_change():
    """Summer time begins on 29 March 2026: Tuesday's noon is 10 UTC, a week before 11."""
    assert moments("2026-03-18").closes.isoformat() == "2026-03-24T12:00:00+01:00"
    assert moments("2026-03-25").closes.isoformat() == "2026-03-31T12:00:00+02:00"


def test_a_moment_the_clocks_jump_over_comes_an_hour_later():
    """There is no 02:30 on 29 March 2026."""
    span = Span(date(2026, 3, 21), date(2026, 3, 28))
    early = dict.fromkeys(clock.MOMENTS, (2, "02:30"))
    found = clock.moments(span, early, HolidayWeeks.HELD, zone=STOCKHOLM)

    assert found.closes.isoformat() == "2026-03-29T03:30:00+02:00"


def test_christmas_is_held_moved_or_skipped():
    """Week 51 of 2026 would close on 22 December, be adopted on Christmas Eve."""
    held, moved = moments("2026-12-16"), moments("2026-12-16", HolidayWeeks.MOVED)

    assert held.adopt_by.date() == date(2026, 12, 24)
    assert moved.adopt_by.date() == date(2026, 12, 28)
    assert moved.dispatch_by.date() == date(2026, 12, 28)
    assert clock.is_skipped(week_of("2026-12-16"), HolidayWeeks.SKIPPED, county="12")
    assert not clock.is_skipped(week_of("2026-12-16"), HolidayWeeks.MOVED, county="12")
    assert not clock.is_skipped(week_of("2026-11-16"), HolidayWeeks.SKIPPED, county="12")


@given(day=days)
def test_moved_moments_keep_their_order_and_fall_on_working_days(day):
    span = clock.span_of(Cadence.WEEKLY, day, first_on=date(2020, 1, 6))
    found = clock.moments(span, TRELLEBORG, HolidayWeeks.MOVED, zone=STOCKHOLM)
    order = [found.reminds, found.closes, found.review_by, found.adopt_by, found.dispatch_by]

    assert all(moment.weekday() < 5 for moment in order)
    assert [moment.date() for moment in order] == sorted(moment.date() for moment in order)


@pytest.mark.parametrize(
    "change", [{"closes": (5, "12:00")}, {"reminds": (0, "12:00")}, {"closes": (2, "25:00")}]
)
def test_a_clock_out_of_order_is_refused(change):
    with pytest.raises(ValueError, match=r"order|1 to 60|hour"):
        clock.check_clock({**TRELLEBORG, **change})
