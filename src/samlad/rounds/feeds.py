"""A person's calendar: rounds, meetings, what is coming, and measures due. No content."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar import queries as calendar
from samlad.councils import queries as councils
from samlad.measures import queries as measures
from samlad.organisations.models import Municipality
from samlad.rounds import queries
from samlad.rounds.models import CalendarFeed, Round

VALID = timedelta(days=365)
BACK, AHEAD = timedelta(days=30), timedelta(days=120)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def has_feed(user: User) -> bool:
    """Tell whether a person has an address open."""
    return CalendarFeed.objects.filter(user=user).exists()


@recorder.atomic()
def open_feed(*, user: User, now: datetime) -> str:
    """Make a new address for a person's own calendar; an earlier one is closed."""
    secret = secrets.token_urlsafe(24)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"digest": _digest(secret), "made_at": now}
    )
    recorder.record(event="rounds.feed.opened", target=user, by=user, at=now)
    return secret


@recorder.atomic()
def close_feed(*, user: User, now: datetime) -> None:
    """Close a person's own address, for good."""
    if CalendarFeed.objects.filter(user=user).delete()[0]:
        recorder.record(event="rounds.feed.closed", target=user, by=user, at=now)


def holder_of(secret: str) -> User | None:
    """Return whose calendar an address is, while the account is open."""
    found = (
        CalendarFeed.objects.filter(
            digest=_digest(secret[:200]), user__is_active=True, made_at__gt=timezone.now() - VALID
        )
        .select_related("user")
        .first()
    )
    return found.user if found else None


def calendar_of(user: User, *, now: datetime) -> bytes:
    """Return the calendar as iCalendar (RFC 5545)."""
    today = timezone.localdate(now)
    made = Calendar()
    made.add("prodid", "-//Samlad//sv")
    made.add("version", "2.0")
    made.add("name", "Samlad")
    made.add("x-wr-calname", "Samlad")
    with translation.override("sv"):
        for round_ in _rounds(user, today):
            week = queries.label(round_)
            _moment(made, round_, "closes", round_.closes_at, _("Reports close, %s") % week, now)
            if policy.can(user, Permission.ROUND_READ, round_):
                _moment(made, round_, "adopt", round_.adopt_by, _("Adoption, %s") % week, now)
        for municipality in _municipalities(user):
            coming = calendar.coming(
                municipality, starts_on=today - BACK, ends_before=today + AHEAD
            )
            for one in coming:
                _day(made, f"coming-{one.pk}", one.starts_on, one.ends_on, one.name, now)
        for meeting in councils.coming_meetings(user, since=today - BACK):
            title = _("Meeting: %s") % meeting.group
            _at(made, f"meeting-{meeting.pk}", meeting.starts_at, title, now)
        planned, _closed = measures.measures(user, today=today)
        for measure in planned:
            title = _("A measure is due")
            _day(made, f"measure-{measure.pk}", measure.due_on, measure.due_on, title, now)
    return bytes(made.to_ical())


def _rounds(user: User, today: date) -> list[Round]:
    municipalities = {
        scope.municipality
        for permission in (Permission.ROUND_READ, Permission.INCIDENT_IMPORT)
        for scope in policy.scopes_where(user, permission)
    }
    return list(
        Round.objects.filter(municipality__in=municipalities, ends_before__gte=today - BACK)
        .select_related("process")
        .order_by("closes_at")
    )


def _municipalities(user: User) -> list[Municipality]:
    found = {
        membership.organisation.municipality_id: membership.organisation.municipality
        for membership in policy.memberships(user)
    }
    return list(found.values())


def _moment(
    made: Calendar, round_: Round, kind: str, at: datetime, title: str, now: datetime
) -> None:
    _at(made, f"round-{round_.pk}-{kind}", at, title, now)


def _at(made: Calendar, key: str, at: datetime, title: str, now: datetime) -> None:
    event = Event()
    event.add("uid", f"{key}@{_host()}")
    event.add("dtstamp", now)
    event.add("dtstart", at)
    event.add("dtend", at + timedelta(minutes=30))
    event.add("summary", title)
    made.add_component(event)


def _day(made: Calendar, key: str, first: date, last: date, title: str, now: datetime) -> None:
    event = Event()
    event.add("uid", f"{key}@{_host()}")
    event.add("dtstamp", now)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(1))
    event.add("summary", title)
    made.add_component(event)


def _host() -> str:
    return urlsplit(settings.ENVIRONMENT.url).hostname or "samlad"
