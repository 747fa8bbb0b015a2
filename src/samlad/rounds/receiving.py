"""One report as it is sent by a phone or a program: read, checked, and taken in once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.guard import refusing
from samlad.guard.detecting import clean
from samlad.incidents import report_actions, whens
from samlad.incidents.models import Category, Incident, PropertyOwner
from samlad.incidents.report_actions import Report
from samlad.incidents.whens import Span, When
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place

LONGEST_WAIT = timedelta(days=14)  # on a phone without a network
CLOCK_ASKEW = timedelta(minutes=10)
LONGEST_TEXT, LONGEST_PLACE = 2000, 200


class Unreadable(ValueError):
    """The report cannot be taken as it is; `errors` says what, by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(str(errors))


@dataclass
class Reading:
    """Reads fields one by one and collects what was wrong with each."""

    sent: Mapping[str, Any]
    errors: dict[str, list[str]]

    def wrong(self, field: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(field, []).append(message)

    def text(self, field: str, longest: int) -> str:
        """Return a text without what points a person out for certain."""
        value = self.sent.get(field) or ""
        if not isinstance(value, str):
            self.wrong(field, _("This must be a text."))
            return ""
        value = clean(value).strip()
        if len(value) > longest:
            self.wrong(field, _("At most %(n)s characters.") % {"n": longest})
        kinds = refusing.certain_kinds(value)
        if kinds:
            self.wrong(field, refusing.refusal(kinds))
        return value

    def whole(self, field: str, lowest: int, highest: int) -> int | None:
        """Return a whole number within limits, or None."""
        value = self.sent.get(field)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.wrong(
                field, _("A whole number from %(a)s to %(b)s.") % {"a": lowest, "b": highest}
            )
            return None
        return value

    def degrees(self, field: str, most: float) -> float | None:
        """Return a coordinate, or None."""
        value = self.sent.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
            self.wrong(field, _("Not a coordinate in degrees."))
            return None
        return float(value)

    def key(self) -> uuid.UUID | None:
        """Return the key that makes sending twice the same as once."""
        try:
            return uuid.UUID(str(self.sent.get("key", "")))
        except ValueError:
            self.wrong("key", _("A report needs a key of its own (UUID)."))
            return None

    def codes(self, field: str, known: list[str]) -> tuple[str, ...]:
        """Return codes of a fixed list, none needed."""
        value = self.sent.get(field) or []
        if not isinstance(value, list) or any(one not in known for one in value):
            self.wrong(field, _("Not one of the choices."))
            return ()
        return tuple(dict.fromkeys(value))

    def where(self, municipality_id: int) -> tuple[Place | None, Area | None, str]:
        """Return a place, an area, and words where no place is said."""
        place = area = None
        number = self.whole("place", 1, 2**31)
        if number is not None:
            place = Place.objects.filter(pk=number, municipality=municipality_id).first()
            if place is None:
                self.wrong("place", _("There is no such place here."))
        number = self.whole("area", 1, 2**31)
        if number is not None:
            area = Area.objects.filter(
                pk=number, municipality=municipality_id, ends_before=None
            ).first()
            if area is None:
                self.wrong("area", _("There is no such area here."))
        return place, area, "" if place else self.text("where", LONGEST_PLACE)


def receive(
    sent: Any,
    *,
    organisation_id: int,
    written_at: datetime | None,
    by: User,
    now: datetime,
) -> Incident:
    """Take one report in for an organisation, once however often it is sent.

    `written_at` is the phone's clock when it was written; what is said as "just now" is of
    then. Raises `Unreadable`, `PermissionDenied`, or `PersonalData`.
    """
    report = read(sent, organisation_id=organisation_id, written_at=written_at, now=now)
    return report_actions.report(organisation_id=organisation_id, report=report, by=by, now=now)


def read(sent: Any, *, organisation_id: int, written_at: datetime | None, now: datetime) -> Report:
    """Return a report from its JSON. Raises `Unreadable`."""
    if not isinstance(sent, Mapping):
        raise Unreadable({"": [_("The report could not be read.")]})
    reading = Reading(sent, {})
    organisation = Organisation.objects.filter(pk=organisation_id, active=True).first()
    if organisation is None:
        raise Unreadable({"organisation": [_("There is no such organisation.")]})
    key = reading.key()
    category = _category(reading, timezone.localdate(now))
    span = _span(reading, _written(written_at, now))
    place, area, words = reading.where(organisation.municipality_id)
    latitude, longitude = reading.degrees("latitude", 90), reading.degrees("longitude", 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    if not (place or area or words or latitude is not None):
        reading.wrong("place", _("Say where: a place, an area, the map or words."))
    owner = sent.get("property_owner") or ""
    if not isinstance(owner, str) or owner not in {"", *PropertyOwner.values}:
        reading.wrong("property_owner", _("Not one of the choices."))
    police = sent.get("police_reported")
    if police is not None and not isinstance(police, bool):
        reading.wrong("police_reported", _("Say true, false or nothing."))
    quantity = reading.whole("quantity", 1, 100_000)
    cost = reading.whole("cost_kr", 0, 1_000_000_000)
    text = reading.text("text", LONGEST_TEXT)
    if reading.errors or key is None or category is None or span is None:
        raise Unreadable(reading.errors)
    return Report(
        key=key,
        category=category,
        span=span,
        place=place.name if place else words,
        area=area.name if area else "",
        latitude=latitude,
        longitude=longitude,
        quantity=quantity or 1,
        police_reported=police,
        cost_kr=cost,
        property_owner=owner,
        text=text,
    )


def _written(written_at: datetime | None, now: datetime) -> datetime:
    """Return the local clock time the words are of. A clock too far off is not believed."""
    if written_at is None or not now - LONGEST_WAIT <= written_at <= now + CLOCK_ASKEW:
        written_at = now
    return timezone.localtime(min(written_at, now)).replace(tzinfo=None)


def _category(reading: Reading, today: date) -> Category | None:
    code = reading.sent.get("category")
    found = Category.objects.filter(code=code).first() if isinstance(code, str) else None
    if found is None or not found.valid_on(today):
        reading.wrong("category", _("Choose what happened."))
        return None
    return found


def _span(reading: Reading, written: datetime) -> Span | None:
    when = reading.sent.get("when")
    if not isinstance(when, str) or when not in When.values:
        reading.wrong("when", _("Say when."))
        return None
    if when != When.CHOSEN:
        return whens.span(When(when), written)
    try:
        day = date.fromisoformat(str(reading.sent.get("day", "")))
        end_day = reading.sent.get("end_day")
        span = whens.chosen(
            day,
            _clock(reading.sent.get("clock")),
            date.fromisoformat(str(end_day)) if end_day else None,
            _clock(reading.sent.get("end_clock")),
        )
    except ValueError:
        reading.wrong("day", _("Choose the day; the end is not before the start."))
        return None
    if span.starts > written:
        reading.wrong("day", _("It has not happened yet."))
    elif span.starts.year < written.year - 10:
        reading.wrong("day", _("That is too long ago."))
    return span


def _clock(value: Any) -> time | None:
    if not value:
        return None
    found = time.fromisoformat(str(value))
    if found.tzinfo is not None:
        raise ValueError("a clock time has no zone")
    return found
