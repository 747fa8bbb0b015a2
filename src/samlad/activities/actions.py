"""Every write on activities and watch areas. A key makes sending twice the same as once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities import history, rules
from samlad.activities.bands import band_of
from samlad.activities.models import (
    Activity,
    ActivityKind,
    ActivityVersion,
    Shift,
    Staffing,
    WatchArea,
)
from samlad.activities.rules import NotAllowed, Reason
from samlad.activities.vocabulary import ShiftRole
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area, Place

SHIFT_KINDS = {  # three sorts of guards are three in every list
    ShiftRole.FIELD: "faltpass",
    ShiftRole.GUARD: "vaktarpass",
    ShiftRole.PUBLIC_ORDER: "ordningsvaktspass",
    ShiftRole.HOST: "vardpass",
}


@dataclass(frozen=True)
class Entry:
    """What is logged of an activity. Lists hold codes of `vocabulary`."""

    kind: ActivityKind
    on: date
    what: str = ""
    area: Area | None = None
    place: Place | None = None
    audiences: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    orientations: tuple[str, ...] = ()
    participants: int | None = None
    handed_out: int | None = None
    controls: int | None = None
    reports: int | None = None
    hours: Decimal | None = None
    evidence: str = ""
    watch_area: WatchArea | None = None

    def as_fields(self) -> dict[str, Any]:
        """Return it as the model's fields; persons in a band where the kind says so."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        count = found.pop("participants")
        low = high = count
        if count is not None and self.kind.banded:
            band = band_of(count)
            low, high = band.low, band.high
        found |= {"participants_low": low, "participants_high": high}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
        }


@dataclass(frozen=True)
class ShiftEntry:
    """What a team saw: counts by code, kept as bands."""

    role: ShiftRole
    daypart: str
    contacts: Mapping[str, int]
    topics: Mapping[str, int]
    referrals: Mapping[str, int]

    def as_fields(self) -> dict[str, Any]:
        """Return it as the model's fields: the lower ends of bands."""
        return {
            "role": str(self.role),
            "daypart": self.daypart,
            "contacts": _banded(self.contacts),
            "topics": _banded(self.topics),
            "referrals": _banded(self.referrals),
        }


@recorder.atomic()
def log(
    *,
    organisation_id: int,
    key: UUID,
    entry: Entry,
    with_whom: Sequence[Organisation] = (),
    shift: ShiftEntry | None = None,
    taken_in: UUID | None = None,
    by: User,
    now: datetime,
) -> Activity:
    """Log what was done; the same key again changes nothing. `taken_in` names the file it is of.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.ACTIVITY_EDIT, organisation)
    had = Activity.objects.filter(key=key).first()
    if had is not None and had.owner_id != organisation.pk:
        raise NotAllowed(Reason.TAKEN_KEY)
    if had is not None:
        return had
    _check(organisation.municipality_id, entry, with_whom, now)
    entry = _in_an_area(entry)
    activity = Activity.objects.create(
        municipality_id=organisation.municipality_id,
        owner=organisation,
        key=key,
        taken_in=taken_in,
        entered_at=now,
        **entry.as_fields(),
    )
    activity.with_whom.set(with_whom)
    if shift is not None:
        Shift.objects.create(activity=activity, **shift.as_fields())
    recorder.record(
        event="activities.activity.logged",
        target=activity,
        by=by,
        at=now,
        after={"kind": entry.kind.code, "on": entry.on.isoformat()},
    )
    return activity


def _banded(counts: Mapping[str, int]) -> dict[str, int]:
    return {code: band_of(n).low for code, n in counts.items() if n}


def _check(
    municipality_id: int, entry: Entry, with_whom: Sequence[Organisation], now: datetime
) -> None:
    rules.check_day(entry.on, timezone.localdate(now))
    here: list[Any] = [entry.area, entry.place, entry.watch_area, *with_whom]
    if entry.kind.municipality_id is not None:
        here.append(entry.kind)
    if any(one is not None and one.municipality_id != municipality_id for one in here):
        raise NotAllowed(Reason.ELSEWHERE)


def _in_an_area(entry: Entry, had: Activity | None = None) -> Entry:
    """Return an entry with the area of its place, or of its watch area, where it says none.

    An area that came of a place which is another now goes with it.
    """
    from samlad.places.queries import area_of  # geometry: a web worker starts without it

    moved = had is not None and had.place_id != (entry.place.pk if entry.place else None)
    if entry.area is not None and not (moved and had and entry.area.pk == had.area_id):
        return entry
    area = area_of(entry.place, entry.on)
    if area is None and entry.watch_area is not None:
        area = entry.watch_area.area
    return entry if area is None else replace(entry, area=area)


def differs(activity: Activity, entry: Entry) -> bool:
    """Tell whether an activity that is logged says otherwise than an entry."""
    entry = _in_an_area(entry)
    return any(getattr(activity, name) != value for name, value in entry.as_fields().items())


def _locked(activity_id: int, by: User) -> Activity:
    activity = (
        Activity.objects.select_for_update(of=("self",)).select_related("kind").get(pk=activity_id)
    )
    policy.require(by, Permission.ACTIVITY_EDIT, activity)
    if activity.removed_at is not None:
        raise NotAllowed(Reason.REMOVED)
    return activity


@recorder.atomic()
def change(
    *,
    activity_id: int,
    entry: Entry,
    with_whom: Sequence[Organisation] = (),
    shift: ShiftEntry | None = None,
    by: User,
    now: datetime,
) -> Activity:
    """Change what was logged; how it stood is kept.

    What is counted of a shift is changed with `shift`. Raises `PermissionDenied` or `NotAllowed`.
    """
    activity = _locked(activity_id, by)
    if entry.kind.is_shift != activity.kind.is_shift:
        raise NotAllowed(Reason.SHIFT)
    _check(activity.municipality_id, entry, with_whom, now)
    changed = _in_an_area(entry, activity).as_fields()
    band = (activity.participants_low, activity.participants_high)
    if band[0] != band[1] and entry.participants == band[0]:  # not said anew: it is no exact count
        changed |= {"participants_low": band[0], "participants_high": band[1]}
    before = {name: getattr(activity, name) for name in changed}
    names = sorted(name for name, value in changed.items() if before[name] != value)
    there = {one.pk for one in activity.with_whom.all()}
    if there != {one.pk for one in with_whom}:
        names.append("with_whom")
    counted = {} if shift is None else shift.as_fields()
    had = Shift.objects.filter(activity=activity).first()
    names += [name for name, value in counted.items() if had and getattr(had, name) != value]
    if not names:
        return activity
    ActivityVersion.objects.create(
        activity=activity,
        number=activity.versions.count() + 1,
        content=history.content(activity, banded=entry.kind.banded),
        replaced_at=now,
    )
    for name, value in changed.items():
        setattr(activity, name, value)
    activity.save()
    activity.with_whom.set(with_whom)
    if had is not None and counted:
        for name, value in counted.items():
            setattr(had, name, value)
        had.save()
    recorder.record(
        event="activities.activity.changed", target=activity, by=by, at=now, changed=names
    )
    return activity


@recorder.atomic()
def remove(*, activity_id: int, by: User, now: datetime) -> None:
    """Take an activity out of every count; it stays in the log's history.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    activity = _locked(activity_id, by)
    activity.removed_at = now
    activity.save(update_fields=["removed_at"])
    recorder.record(event="activities.activity.removed", target=activity, by=by, at=now)


@recorder.atomic()
def undo_file(*, taken_in: UUID, by: User, now: datetime) -> int:
    """Take the activities of a file out of every count; return how many.

    Raises `PermissionDenied` if one of them is not `by`'s to change.
    """
    rows = Activity.objects.filter(taken_in=taken_in, removed_at=None).values_list("pk", flat=True)
    for pk in list(rows):
        remove(activity_id=pk, by=by, now=now)
    return len(rows)


@recorder.atomic()
def add_kind(
    *,
    municipality_id: int,
    code: str,
    label_sv: str,
    label_en: str,
    banded: bool,
    by: User,
    now: datetime,
) -> ActivityKind:
    """Add a kind of a municipality's own. Raises `PermissionDenied` or `NotAllowed`."""
    policy.require_in(by, Permission.CATEGORY_MANAGE, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    if (
        ActivityKind.objects.filter(code=code).filter(municipality__in=[municipality_id]).exists()
        or ActivityKind.objects.filter(code=code, municipality=None).exists()
    ):
        raise NotAllowed(Reason.TAKEN)
    kind = ActivityKind.objects.create(
        municipality=municipality, code=code, label_sv=label_sv, label_en=label_en, banded=banded
    )
    recorder.record(
        event="activities.kind.added",
        target=kind,
        by=by,
        at=now,
        municipality=municipality_id,
        owner=municipality.process_authority_id,
        after={"code": code},
    )
    return kind


@recorder.atomic()
def save_watch_area(
    *,
    watch_id: int | None = None,
    organisation_id: int,
    name: str,
    area: Area | None,
    started_on: date,
    ends_before: date | None,
    by: User,
    now: datetime,
) -> WatchArea:
    """Note an area of neighbourhood watch, or its end.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.ACTIVITY_EDIT, organisation)
    if area is not None and area.municipality_id != organisation.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if ends_before is not None and ends_before <= started_on:
        raise NotAllowed(Reason.PERIOD)
    if watch_id is None:
        watch = WatchArea(municipality_id=organisation.municipality_id)
    else:
        watch = WatchArea.objects.select_for_update().get(pk=watch_id)
        policy.require(by, Permission.ACTIVITY_EDIT, watch)
        if watch.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    watch.owner, watch.name, watch.area = organisation, name, area
    watch.started_on, watch.ends_before = started_on, ends_before
    watch.save()
    recorder.record(
        event="activities.watch.saved",
        target=watch,
        by=by,
        at=now,
        after={"started_on": started_on.isoformat(), "new": watch_id is None},
    )
    return watch


@recorder.atomic()
def staff(
    *,
    organisation_id: int,
    month: date,
    planned: int,
    actual: int | None,
    speciality: str = "",
    by: User,
    now: datetime,
) -> Staffing:
    """Say how many a team is to be in a month, and was; saying it again changes it.

    Raises `PermissionDenied`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.ACTIVITY_EDIT, organisation)
    row, _made = Staffing.objects.update_or_create(
        owner=organisation,
        month=month.replace(day=1),
        speciality=speciality,
        defaults={
            "municipality_id": organisation.municipality_id,
            "planned": planned,
            "actual": actual,
        },
    )
    recorder.record(
        event="activities.staffing.said",
        target=row,
        by=by,
        at=now,
        after={"month": row.month.isoformat(), "planned": planned, "actual": actual},
    )
    return row
