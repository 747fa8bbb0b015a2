"""One shift as the phone sends it after it has ended: read, checked, and logged once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.activities import actions, queries
from samlad.activities.actions import Entry, ShiftEntry
from samlad.activities.models import Activity
from samlad.activities.rules import NotAllowed
from samlad.activities.vocabulary import Contact, Orientation, Recipient, ShiftRole, Topic
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.dayparts import Daypart, daypart
from samlad.organisations.models import Organisation
from samlad.rounds.receiving import Reading, Unreadable

HOURS_USUAL, LONGEST_HOURS = 4, 24
PLACES_USUAL = 6
OLDEST = timedelta(days=60)
MOST_COUNTED = 10_000
PARTS = {"dag": 12, "kvall": 19, "natt": 1}  # an hour of each; a night is of the day it began on
COUNTS: dict[str, type[TextChoices]] = {
    "contacts": Contact,
    "topics": Topic,
    "referrals": Recipient,
}


def usual(user: User, organisation: Organisation) -> dict[str, Any] | None:
    """Return what the phone offers first of a shift, or None for who is on no shifts.

    That is those who are out: whoever may say where they are, and log what is done.
    """
    if not policy.can(user, Permission.PRESENCE_MOVE, organisation) or not policy.can(
        user, Permission.ACTIVITY_EDIT, organisation
    ):
        return None
    own = Activity.objects.filter(owner=organisation, removed_at=None, shift__isnull=False)
    last = own.select_related("shift").order_by("-on", "-pk").first()
    places = own.filter(place__isnull=False).order_by("-on", "-pk").values_list("place", flat=True)
    return {
        "role": _first_role(user, organisation) if last is None else last.shift.role,
        "hours": HOURS_USUAL if last is None or last.hours is None else float(last.hours),
        "places": list(dict.fromkeys(places[:100]))[:PLACES_USUAL],
    }


def _first_role(user: User, organisation: Organisation) -> str:
    roles = {m.role for m in policy.memberships(user) if m.organisation_id == organisation.pk}
    return ShiftRole.GUARD if "guard" in roles else ShiftRole.FIELD


def part_of_week(on: date, part: str) -> Daypart:
    """Return the part of the week of a shift: day, evening or night of the day it began on.

    >>> part_of_week(date(2026, 11, 20), "natt"), part_of_week(date(2026, 11, 18), "kvall")
    (<Daypart.WEEKEND_NIGHT: 'helgnatt'>, <Daypart.WEEKDAY_EVENING: 'vardagskväll'>)
    """
    day = on + timedelta(1) if part == "natt" else on
    return daypart(day.weekday(), PARTS[part])


def receive(sent: Any, *, organisation_id: int, by: User, now: datetime) -> Activity:
    """Log a shift for a team, once however often it is sent.

    Raises `Unreadable` with what is wrong by field, or `PermissionDenied`.
    """
    if not isinstance(sent, Mapping):
        raise Unreadable({"": [_("The shift could not be read.")]})
    organisation = Organisation.objects.filter(pk=organisation_id, active=True).first()
    if organisation is None:
        raise Unreadable({"organisation": [_("There is no such organisation.")]})
    reading = Reading(sent, {})
    role = str(sent.get("role"))
    if role not in ShiftRole.values:
        reading.wrong("role", _("Choose a role."))
    on = _day(reading, timezone.localdate(now))
    part = str(sent.get("part"))
    if part not in PARTS:
        reading.wrong("part", _("Say when."))
    hours = _hours(reading)
    place, area, _words = reading.where(organisation.municipality_id)
    orientations = reading.codes("orientations", Orientation.values)
    counts = {name: _counts(reading, name, codes) for name, codes in COUNTS.items()}
    key = reading.key()
    if reading.errors or key is None or on is None or hours is None:
        raise Unreadable(reading.errors)
    kind = queries.kinds({organisation.municipality_id}).get(
        code=actions.SHIFT_KINDS[ShiftRole(role)]
    )
    try:
        return actions.log(
            organisation_id=organisation.pk,
            key=key,
            entry=Entry(
                kind=kind, on=on, area=area, place=place, hours=hours, orientations=orientations
            ),
            shift=ShiftEntry(role=ShiftRole(role), daypart=part_of_week(on, part), **counts),
            by=by,
            now=now,
        )
    except NotAllowed as refusal:
        raise Unreadable({"": [str(refusal)]}) from None


def _day(reading: Reading, today: date) -> date | None:
    try:
        day = date.fromisoformat(str(reading.sent.get("day", "")))
    except ValueError:
        reading.wrong("day", _("Choose the day."))
        return None
    if not today - OLDEST <= day <= today:
        reading.wrong("day", _("Choose a day of the last two months."))
    return day


def _hours(reading: Reading) -> Decimal | None:
    value = reading.sent.get("hours")
    try:
        hours = Decimal(str(value))
    except InvalidOperation:
        hours = Decimal(-1)
    if isinstance(value, bool) or not hours.is_finite() or not 0 < hours <= LONGEST_HOURS:
        reading.wrong("hours", _("Say how many hours: at most 24."))
        return None
    return hours.quantize(Decimal("0.1"))


def _counts(reading: Reading, name: str, codes: type[TextChoices]) -> dict[str, int]:
    """Return counts by code; what is sent may be the lower end of a band."""
    sent = reading.sent.get(name) or {}
    if not isinstance(sent, Mapping):
        reading.wrong(name, _("Not one of the choices."))
        return {}
    found: dict[str, int] = {}
    for code, number in sent.items():
        known = code in codes.values
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not known or not whole or not 0 <= number <= MOST_COUNTED:
            reading.wrong(name, _("Not one of the choices."))
            return {}
        if number:
            found[code] = number
    return found
