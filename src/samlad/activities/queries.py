"""Every read on activities: starts at who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.activities.bands import Interval, band_of, total
from samlad.activities.models import Activity, ActivityKind, Shift, Staffing, WatchArea
from samlad.activities.vocabulary import (
    Audience,
    Channel,
    Contact,
    Orientation,
    Recipient,
    Theme,
    Topic,
)
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.authorization.policy import AuthorizedQuerySet
from samlad.calendar.dayparts import Daypart
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import within


@dataclass(frozen=True)
class Choice:
    """What the log is narrowed to; "" or None is everything. `area` is a code, with its parts."""

    kind: str = ""
    audience: str = ""
    orientation: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None

    def condition(self) -> Q:
        """Return what the activities chosen fulfil."""
        found = Q()
        if self.kind:
            found &= Q(kind__code=self.kind)
        if self.audience:  # of a fixed list: a code in quotes is in no other
            found &= Q(audiences__icontains=f'"{self.audience}"')
        if self.orientation:
            found &= Q(orientations__icontains=f'"{self.orientation}"')
        if self.area:
            found &= within([self.area])
        if self.since:
            found &= Q(on__gte=self.since)
        if self.until:
            found &= Q(on__lte=self.until)
        return found


EVERYTHING = Choice()
WEEKS_SHOWN = 8


def log(user: User, choice: Choice = EVERYTHING) -> AuthorizedQuerySet[Activity]:
    """Return the activities `user` may read and has chosen, the newest first."""
    readable = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
    rows: AuthorizedQuerySet[Activity] = (
        readable.filter(choice.condition(), removed_at=None)
        .select_related("kind", "owner", "area", "place")
        .defer("area__boundary")
    )
    return rows


def find(user: User, pk: int) -> Activity | None:
    """Return an activity `user` may read, removed ones too, or None."""
    readable = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
    found: Activity | None = (
        readable.select_related("kind", "owner", "area", "place", "shift")
        .prefetch_related("with_whom", "versions")
        .filter(pk=pk)
        .first()
    )
    return found


def kinds(municipalities: set[int]) -> QuerySet[ActivityKind]:
    """Return the kinds of the default list and of these municipalities."""
    return ActivityKind.objects.filter(Q(municipality=None) | Q(municipality__in=municipalities))


def label(kind: ActivityKind) -> str:
    """Return a kind's name in the reader's language."""
    return kind.label_en if get_language() == "en" else kind.label_sv


def organisations_logging(user: User) -> list[Organisation]:
    """Return the organisations `user` may log for, by name."""
    scopes = policy.scopes_where(user, Permission.ACTIVITY_EDIT)
    condition = policy.scope_filter(scopes, owner="pk")
    return list(Organisation.objects.filter(condition, active=True).order_by("name"))


def own_first(user: User, organisations: list[Organisation]) -> Organisation:
    """Return the organisation a person most often logs for: the first they have a role in."""
    own = [one.organisation_id for one in policy.memberships(user)]
    return min(organisations, key=lambda one: own.index(one.pk) if one.pk in own else len(own))


@dataclass(frozen=True)
class Sums:
    """What a part of the log comes to, by kind; persons as an interval."""

    by_kind: list[tuple[str, int]]
    participants: Interval
    handed_out: int
    controls: int
    reports: int
    hours: Decimal
    shifts: list[tuple[str, list[tuple[str, Interval]]]]


def sums(rows: QuerySet[Activity]) -> Sums:
    """Return the sums of activities."""
    plain = rows.order_by()
    counted = plain.values_list("kind__label_sv").annotate(n=Count("pk")).order_by("-n")
    added = plain.aggregate(
        handed_out=Sum("handed_out"), controls=Sum("controls"), reports=Sum("reports"),
        hours=Sum("hours"),
    )  # fmt: skip
    bands = plain.filter(participants_low__isnull=False).values_list(
        "participants_low", "participants_high"
    )
    return Sums(
        by_kind=list(counted),
        participants=total(Interval(low or 0, high) for low, high in bands),
        handed_out=added["handed_out"] or 0,
        controls=added["controls"] or 0,
        reports=added["reports"] or 0,
        hours=added["hours"] or Decimal(0),
        shifts=_shift_sums(plain),
    )


LISTS: dict[str, Any] = {
    "audiences": Audience, "channels": Channel, "themes": Theme, "orientations": Orientation,
}  # fmt: skip
COUNTED: tuple[tuple[str, Any, type[TextChoices]], ...] = (
    ("contacts", _("Contacts"), Contact),
    ("topics", _("What it was about"), Topic),
    ("referrals", _("Shown the way to"), Recipient),
)


def _shift_sums(rows: QuerySet[Activity]) -> list[tuple[str, list[tuple[str, Interval]]]]:
    """Return what shifts counted, by what it is and code: bands added to intervals."""
    found: dict[tuple[str, str], list[Interval]] = {}
    names = [name for name, _label, _codes in COUNTED]
    for counted in Shift.objects.filter(activity__in=rows).values_list(*names):
        for name, counts in zip(names, counted, strict=True):
            for code, low in counts.items():
                found.setdefault((name, code), []).append(band_of(low))
    return [
        (str(label), told)
        for name, label, codes in COUNTED
        if (
            told := [
                (str(code.label), total(found[name, code.value]))
                for code in codes
                if (name, code.value) in found
            ]
        )
    ]


def shift_words(shift: Shift) -> list[tuple[str, list[tuple[str, Interval]]]]:
    """Return what one shift counted in words, in bands."""
    return [
        (str(label), told)
        for name, label, codes in COUNTED
        if (
            told := [
                (str(codes(code).label), band_of(low))
                for code, low in getattr(shift, name).items()
                if code in codes.values
            ]
        )
    ]


@dataclass(frozen=True)
class Hours:
    """Hours by place and week: `weeks` by their Monday, each row with its weeks and its sum."""

    weeks: list[date]
    rows: list[tuple[str, list[Decimal], Decimal]]


def hours_by_place(rows: QuerySet[Activity], *, today: date) -> Hours | None:
    """Return the hours of the last weeks by place, or area where no place is said; None of none."""
    monday = today - timedelta(today.weekday())
    weeks = [monday - timedelta(7 * back) for back in range(WEEKS_SHOWN - 1, -1, -1)]
    found: dict[str, list[Decimal]] = {}
    counted = rows.order_by().filter(hours__isnull=False, on__gte=weeks[0], on__lte=today)
    for place, area, on, hours in counted.values_list("place__name", "area__name", "on", "hours"):
        row = found.setdefault(place or area or "–", [Decimal(0)] * WEEKS_SHOWN)
        row[(on - weeks[0]).days // 7] += hours or Decimal(0)
    if not found:
        return None
    return Hours(weeks, [(name, row, sum(row, Decimal(0))) for name, row in sorted(found.items())])


def words(activity: Activity) -> dict[str, list[str]]:
    """Return an activity's codes in words, by what they are."""
    return {
        name: [str(labels(code).label) for code in getattr(activity, name) if code in labels.values]
        for name, labels in LISTS.items()
    }


def participants(activity: Activity) -> Interval | None:
    """Return how many took part, as it is known."""
    if activity.participants_low is None:
        return None
    return Interval(activity.participants_low, activity.participants_high)


@dataclass(frozen=True)
class StaffingRow:
    """A month's staffing of a team, or of a part of it with a speciality."""

    month: date
    team: str
    speciality: str
    planned: int
    actual: int | None


def staffing(user: User) -> list[StaffingRow]:
    """Return how many each team `user` may read of was to be, and was, the latest month first."""
    rows = Staffing.objects.where_user_can(user, Permission.ACTIVITY_READ).select_related("owner")
    return [
        StaffingRow(one.month, one.owner.name, one.speciality, one.planned, one.actual)
        for one in rows.order_by("-month", "owner__name", "speciality")
    ]


def staffing_trend(user: User) -> list[tuple[date, int, int]]:
    """Return (month, planned, actual) over the teams that told both, without their parts.

    A month a team has told nothing of holds what it told last: a team does not vanish by
    silence.
    """
    rows = Staffing.objects.where_user_can(user, Permission.ACTIVITY_READ).filter(
        speciality="", actual__isnull=False
    )
    held: dict[int, tuple[int, int]] = {}
    found: dict[date, tuple[int, int]] = {}
    for month, team, planned, actual in rows.order_by("month").values_list(
        "month", "owner", "planned", "actual"
    ):
        held[team] = (planned, actual)
        found[month] = (sum(p for p, _a in held.values()), sum(a for _p, a in held.values()))
    return [(month, *both) for month, both in found.items()]


def watch_areas(user: User) -> list[WatchArea]:
    """Return the areas of neighbourhood watch `user` may read, by name."""
    return list(WatchArea.objects.where_user_can(user, Permission.ACTIVITY_READ))


MEETINGS = {"uppstartsmote", "repetitionsmote"}


def meetings(areas: list[WatchArea]) -> dict[int, dict[str, date]]:
    """Return the last start-up and repetition meeting of each area, by kind."""
    rows = (
        Activity.objects.filter(watch_area__in=areas, removed_at=None, kind__code__in=MEETINGS)
        .order_by("on")
        .values_list("watch_area", "kind__code", "on")
    )
    found: dict[int, dict[str, date]] = {}
    for area, kind, on in rows:
        found.setdefault(area, {})[kind] = on
    return found


def shifts_by_part(
    rows: QuerySet[Activity],
) -> tuple[list[str], list[tuple[str, list[int]]]] | None:
    """Return how many shifts there were by place and part of the week; None of none."""
    parts = [part.value for part in Daypart]
    found: dict[str, list[int]] = {}
    counted = Shift.objects.filter(activity__in=rows.order_by()).values_list(
        "activity__place__name", "activity__area__name", "daypart"
    )
    for place, area, part in counted:
        row = found.setdefault(place or area or "–", [0] * len(parts))
        if part in parts:
            row[parts.index(part)] += 1
    return (parts, sorted(found.items())) if found else None


def referrals_by_month(rows: QuerySet[Activity]) -> list[tuple[date, list[tuple[str, Interval]]]]:
    """Return the referrals of each month by recipient, as intervals, the latest month first."""
    found: dict[date, dict[str, list[Interval]]] = {}
    counted = Shift.objects.filter(activity__in=rows.order_by()).values_list(
        "activity__on", "referrals"
    )
    for on, referrals in counted:
        for code, low in referrals.items():
            month = found.setdefault(on.replace(day=1), {})
            month.setdefault(code, []).append(band_of(low))
    return [
        (
            month,
            [
                (str(code.label), total(told[code.value]))
                for code in Recipient
                if code.value in told
            ],
        )
        for month, told in sorted(found.items(), reverse=True)
    ]


def stock(municipality: Municipality) -> list[tuple[date, date | None]]:
    """Return when each area of neighbourhood watch began, and before which day it ended."""
    rows = WatchArea.objects.filter(municipality=municipality)
    return list(rows.values_list("started_on", "ends_before"))


def week(user: User, organisation: Organisation, monday: date) -> list[Activity]:
    """Return what an organisation has logged in a week, by day."""
    rows = log(user, Choice(since=monday, until=monday + timedelta(6)))
    return list(rows.filter(owner=organisation).order_by("on", "pk"))
