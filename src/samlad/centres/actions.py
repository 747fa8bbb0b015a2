"""Every write on safety centres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities.bands import band_of
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.centres import rules
from samlad.centres.models import Booking, Centre, Closure, Hours, Topic, Visits
from samlad.centres.rules import NotAllowed, Reason
from samlad.organisations.models import Organisation


@recorder.atomic()
def save_centre(
    *,
    centre_id: int | None = None,
    organisation_id: int,
    name: str,
    address: str,
    covers: str,
    about: str,
    hours: Sequence[tuple[int, time, time]],
    by: User,
    now: datetime,
) -> Centre:
    """Enter a centre with its opening hours, or change them.

    `hours` are (weekday, opens, closes), Monday 0. Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.ACTIVITY_EDIT, organisation)
    if centre_id is None:
        centre = Centre(municipality_id=organisation.municipality_id)
    else:
        centre = _locked(centre_id, by)
        if centre.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    same = Centre.objects.filter(municipality=organisation.municipality_id, name=name)
    if same.exclude(pk=centre.pk).exists():
        raise NotAllowed(Reason.TAKEN)
    _check_hours(hours)
    centre.owner = organisation
    centre.name, centre.address, centre.covers, centre.about = name, address, covers, about
    centre.save()
    centre.hours.all().delete()
    Hours.objects.bulk_create(
        Hours(centre=centre, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in hours
    )
    recorder.record(
        event="centres.centre.saved",
        target=centre,
        by=by,
        at=now,
        after={"new": centre_id is None},
        counts={"openings": len(hours)},
    )
    return centre


def _check_hours(hours: Sequence[tuple[int, time, time]]) -> None:
    until: dict[int, time] = {}
    for weekday, opens, closes in sorted(hours):
        if closes <= opens:
            raise NotAllowed(Reason.PERIOD)
        if weekday in until and opens < until[weekday]:
            raise NotAllowed(Reason.OVERLAP)
        until[weekday] = closes


def _locked(centre_id: int, by: User) -> Centre:
    centre = Centre.objects.select_for_update(of=("self",)).get(pk=centre_id)
    policy.require(by, Permission.ACTIVITY_EDIT, centre)
    return centre


@recorder.atomic()
def close(
    *, centre_id: int, starts_on: date, ends_on: date, reason: str, by: User, now: datetime
) -> Closure:
    """Close a centre for some days. Raises `PermissionDenied` or `NotAllowed`."""
    centre = _locked(centre_id, by)
    if ends_on < starts_on:
        raise NotAllowed(Reason.PERIOD)
    closure = Closure.objects.create(
        centre=centre, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    recorder.record(
        event="centres.closure.made",
        target=centre,
        by=by,
        at=now,
        after={"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
    )
    return closure


@recorder.atomic()
def reopen(*, centre_id: int, closure_id: int, by: User, now: datetime) -> None:
    """Take a closure away. Raises `PermissionDenied`."""
    centre = _locked(centre_id, by)
    gone, _each = centre.closures.filter(pk=closure_id).delete()
    if gone:
        recorder.record(event="centres.closure.removed", target=centre, by=by, at=now)


@recorder.atomic()
def book(
    *,
    centre_id: int,
    organisation: Organisation,
    starts_at: datetime,
    ends_at: datetime,
    what: str,
    by: User,
    now: datetime,
) -> Booking:
    """Book a centre for an organisation. Raises `PermissionDenied` or `NotAllowed`."""
    centre = _locked(centre_id, by)
    if organisation.municipality_id != centre.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    rules.check_free(centre, starts_at, ends_at, now)
    booking = Booking.objects.create(
        centre=centre, organisation=organisation, starts_at=starts_at, ends_at=ends_at, what=what
    )
    recorder.record(
        event="centres.booking.made",
        target=centre,
        by=by,
        at=now,
        after={
            "organisation": organisation.pk,
            "on": timezone.localdate(starts_at).isoformat(),
        },
    )
    return booking


@recorder.atomic()
def call_off(*, centre_id: int, booking_id: int, by: User, now: datetime) -> None:
    """Call a booking off. Raises `PermissionDenied`."""
    centre = _locked(centre_id, by)
    for booking in centre.bookings.filter(pk=booking_id, called_off_at=None):
        booking.called_off_at = now
        booking.save(update_fields=["called_off_at"])
        recorder.record(event="centres.booking.called_off", target=centre, by=by, at=now)


@recorder.atomic()
def count_visits(
    *, centre_id: int, on: date, counts: Mapping[Topic, int], by: User, now: datetime
) -> None:
    """Count a day's visits by topic, kept as bands; counted again they are replaced.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    centre = _locked(centre_id, by)
    rules.check_over(on, timezone.localdate(now))
    centre.visits.filter(on=on).delete()
    for topic, number in counts.items():
        if number:
            band = band_of(number)
            Visits.objects.create(centre=centre, on=on, topic=topic, low=band.low, high=band.high)
    recorder.record(
        event="centres.visits.counted", target=centre, by=by, at=now, after={"on": on.isoformat()}
    )
