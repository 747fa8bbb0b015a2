"""Every write on the year, its breaks, and the register of cameras."""

from __future__ import annotations

from datetime import date, datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.models import SchoolBreak
from samlad.measures import rules
from samlad.measures.models import Camera, WheelEntry
from samlad.measures.rules import NotAllowed, Reason
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Place


@recorder.atomic()
def add_entry(
    *,
    organisation_id: int,
    what: str,
    month: int,
    before_break: str,
    weeks_before: int,
    by: User,
    now: datetime,
) -> WheelEntry:
    """Add something that comes every year. Raises `PermissionDenied`."""
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    entry = WheelEntry.objects.create(
        municipality_id=organisation.municipality_id,
        owner=organisation,
        what=what,
        month=month,
        before_break=before_break,
        weeks_before=weeks_before,
    )
    recorder.record(event="measures.wheel.added", target=entry, by=by, at=now)
    return entry


@recorder.atomic()
def done_for(*, entry_id: int, year: int, by: User, now: datetime) -> None:
    """Note that something is done for a year: it is reminded of the year after.

    Raises `PermissionDenied`.
    """
    entry = WheelEntry.objects.select_for_update().get(pk=entry_id)
    policy.require(by, Permission.MEASURE_EDIT, entry)
    before, entry.done_for = entry.done_for, year
    entry.save(update_fields=["done_for"])
    recorder.record(
        event="measures.wheel.done",
        target=entry,
        by=by,
        at=now,
        before={"year": before},
        after={"year": year},
    )


@recorder.atomic()
def remove_entry(*, entry_id: int, by: User, now: datetime) -> None:
    """Take something out of the year. Raises `PermissionDenied`."""
    entry = WheelEntry.objects.select_for_update().get(pk=entry_id)
    policy.require(by, Permission.MEASURE_EDIT, entry)
    recorder.record(event="measures.wheel.removed", target=entry, by=by, at=now)
    entry.delete()


@recorder.atomic()
def remove_break(*, break_id: int, by: User, now: datetime) -> None:
    """Take a school break out that was wrong. Raises `PermissionDenied`."""
    found = SchoolBreak.objects.select_for_update().get(pk=break_id)
    policy.require_in(by, Permission.PROBLEM_EDIT, found.municipality_id)
    recorder.record(
        event="calendar.break.removed", target=found, by=by, at=now,
        municipality=found.municipality_id,
    )  # fmt: skip
    found.delete()


@recorder.atomic()
def set_break(
    *,
    municipality_id: int,
    kind: str,
    starts_on: date,
    ends_before: date,
    by: User,
    now: datetime,
) -> SchoolBreak:
    """Say when a school break is; the same break of a school year is changed.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.PROBLEM_EDIT, municipality_id)
    rules.check_period(starts_on, ends_before)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    same = municipality.school_breaks.filter(kind=kind, starts_on__year=starts_on.year)
    found = same.first() or SchoolBreak(municipality=municipality, kind=kind)
    found.starts_on, found.ends_before = starts_on, ends_before
    found.save()
    recorder.record(
        event="calendar.break.set",
        target=found,
        by=by,
        at=now,
        municipality=municipality_id,
        owner=municipality.process_authority_id,
        after={"kind": kind, "starts_on": starts_on.isoformat()},
    )
    return found


@recorder.atomic()
def save_camera(
    *,
    camera_id: int | None,
    organisation_id: int,
    place: Place,
    purpose: str,
    weighing: str,
    impact_assessment: str,
    alternatives: str,
    sign_posted: bool,
    in_register: bool,
    started_on: date | None,
    review_on: date | None,
    ended_on: date | None,
    by: User,
    now: datetime,
) -> Camera:
    """Enter a place under surveillance, or change it; in use only with its weighing.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    if place.municipality_id != organisation.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if camera_id is None:
        camera = Camera(municipality_id=organisation.municipality_id)
    else:
        camera = Camera.objects.select_for_update().get(pk=camera_id)
        policy.require(by, Permission.MEASURE_EDIT, camera)
        if camera.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    camera.owner, camera.place = organisation, place
    camera.purpose, camera.weighing = purpose, weighing
    camera.impact_assessment, camera.alternatives = impact_assessment, alternatives
    camera.sign_posted, camera.in_register = sign_posted, in_register
    camera.started_on, camera.review_on, camera.ended_on = started_on, review_on, ended_on
    if started_on is not None:
        rules.check_camera(camera)
        rules.check_period(started_on, ended_on)
    elif ended_on is not None:
        raise NotAllowed(Reason.PERIOD)
    camera.save()
    recorder.record(
        event="measures.camera.saved",
        target=camera,
        by=by,
        at=now,
        after={"started_on": started_on and started_on.isoformat()},
    )
    return camera
