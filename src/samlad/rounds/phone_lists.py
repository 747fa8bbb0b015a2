"""What the phone keeps to be filled in without a network: lists, and one's own weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.incidents import browsing, report_actions
from samlad.incidents.models import FORM, Category, Incident
from samlad.organisations.models import Organisation
from samlad.places.models import Place, PlaceKind
from samlad.rounds import queries, roll_call, rules, shift_receiving, urgent
from samlad.rounds.models import Round
from samlad.rounds.workflow import Presence

USUAL = 6
USED_SINCE = timedelta(days=365)
# Before an organisation has reported anything: what EST pages name first (domain.md 1.4).
FIRST_CHOICES = (
    "skadegorelse", "klotter", "nedskrapning", "otrygg-plats", "storande-samling", "buskorning",
)  # fmt: skip


def lists(user: User, *, now: datetime) -> dict[str, Any]:
    """Return the choices for each organisation a person reports for, as JSON."""
    today = timezone.localdate(now)
    categories = [one for one in Category.objects.all() if one.valid_on(today)]
    return {
        "categories": [{"code": one.code, "label": str(one)} for one in categories],
        "organisations": [
            _of_organisation(organisation, {one.code for one in categories}, now)
            | {"shift": shift_receiving.usual(user, organisation)}
            for organisation in report_actions.organisations_to_report_for(user)
        ],
        "read_at": now.isoformat(),
    }


def _of_organisation(organisation: Organisation, known: set[str], now: datetime) -> dict[str, Any]:
    since = timezone.localdate(now) - USED_SINCE
    own = Incident.objects.filter(owner=organisation, batch__reader=FORM, happened_on__gte=since)
    used = [
        code
        for code, _ in own.values_list("category__code")
        .annotate(n=Count("pk"))
        .order_by("-n", "category__code")
        if code in known
    ]
    usual = list(dict.fromkeys([*used, *(c for c in FIRST_CHOICES if c in known), *sorted(known)]))
    recent = [
        place
        for place, _ in own.filter(place__isnull=False)
        .values_list("place_id")
        .annotate(n=Count("pk"))
        .order_by("-n")[:USUAL]
    ]
    places = list(
        Place.objects.filter(municipality=organisation.municipality_id)
        .order_by("name")
        .values_list("pk", "name", "owner_id", "kind")
    )
    # Until one has used six: one's own, and landmarks before streets.
    nearest = sorted(places, key=lambda p: (p[2] != organisation.pk, p[3] == PlaceKind.ROAD))
    areas = browsing.areas_to_browse(organisation.municipality, timezone.localdate(now))
    return {
        "id": organisation.pk,
        "name": organisation.name,
        "usual": usual[:USUAL],
        "recent": list(dict.fromkeys([*recent, *(pk for pk, *_ in nearest)]))[:USUAL],
        "places": [{"id": pk, "name": name} for pk, name, *_ in places],
        "areas": [{"id": area.pk, "name": area.name} for area in areas],
        "urgent": urgent.is_on(organisation.municipality_id),
        "on_duty": bool(urgent.on_duty(organisation.municipality_id, now=now)),
        "rounds": [_of_round(one, organisation) for one in _rounds(organisation, now)],
    }


def _rounds(organisation: Organisation, now: datetime) -> list[Round]:
    """Return the rounds one can still answer, the one that closes first first."""
    return list(
        Round.objects.filter(municipality=organisation.municipality_id, opens_at__lte=now)
        .exclude(status="klar")
        .select_related("process")
        .order_by("ends_before")
    )


def _dates(round_: Round) -> str:
    first, last = round_.starts_on, round_.ends_before - timedelta(1)
    return f"{date_format(first, 'j/n')}–{date_format(last, 'j/n')}"


def _said(presence: Presence) -> str:
    """Return what the organisation has said of its week, to itself."""
    return {
        Presence.SUBMITTED: _("done for the week"),
        Presence.NOTHING: _("nothing to report"),
        Presence.STARTED: _("begun, not done"),
        Presence.SILENT: _("not answered yet"),
    }[presence]


def _of_round(round_: Round, organisation: Organisation) -> dict[str, Any]:
    answer = round_.answers.filter(organisation=organisation).first()
    reports = roll_call.reports_by_organisation(round_).get(organisation.pk, 0)
    presence = roll_call.presence_of(answer, reports)
    return {
        "id": round_.pk,
        "label": f"{queries.label(round_)} ({_dates(round_)})",
        "state": _said(presence),
        "submitted": presence in {Presence.SUBMITTED, Presence.NOTHING},
        "reports": reports,
        "closes": date_format(timezone.localtime(round_.closes_at), "D j/n H:i"),
        "may_answer": rules.may_answer(round_, timezone.now()),
    }
