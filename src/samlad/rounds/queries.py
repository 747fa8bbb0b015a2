"""Every read on rounds: starts at who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import GRANTS, Permission
from samlad.calendar import queries as calendar
from samlad.guard import refusing
from samlad.guard.refusing import Piece
from samlad.incidents import report_actions, twins
from samlad.incidents.models import FORM, Incident
from samlad.incidents.workflow import TextState
from samlad.organisations.models import Municipality, Organisation
from samlad.picture import periods
from samlad.picture.queries import language
from samlad.places.models import Area
from samlad.rounds import rules
from samlad.rounds.clock import Cadence
from samlad.rounds.models import (
    ExpectedReporter,
    PlannedPresence,
    Priority,
    Process,
    Recipient,
    ReviewedReport,
    Round,
    SeriesBreak,
)
from samlad.rounds.workflow import Outcome, Status

PRESENCE_SHOWN = timedelta(days=14)
COMING_SHOWN = timedelta(days=92)
LEFT_OUT = (Outcome.ASKED, Outcome.REJECTED)


@dataclass(frozen=True)
class RoundRow:
    """A round in a list."""

    pk: int
    label: str
    municipality: str
    status: str
    status_label: str
    closes_at: datetime
    picture_id: int | None
    picture_label: str


def readable(user: User) -> QuerySet[Round]:
    """Return the rounds `user` may read, the newest first."""
    rows = Round.objects.where_user_can(user, Permission.ROUND_READ)
    return (
        rows.select_related("municipality", "process", "picture")
        .defer("picture__compiled", "picture__charts", "picture__tables", "picture__frozen")
        .order_by("-ends_before", "process__name")
    )


def rounds(chosen: Iterable[Round], *, now: datetime) -> list[RoundRow]:
    """Return rounds as they stand in a list."""
    return [
        RoundRow(
            pk=one.pk,
            label=label(one),
            municipality=one.municipality.name,
            status=rules.status_at(one, now).value,
            status_label=str(rules.status_at(one, now).label),
            closes_at=one.closes_at,
            picture_id=one.picture_id,
            picture_label=str(one.picture.get_status_display()) if one.picture else "",
        )
        for one in chosen
    ]


def label(round_: Round) -> str:
    """Return a round's period as it stands in a sentence."""
    cadence = round_.process.cadence
    short = cadence in {Cadence.WEEKLY, Cadence.FORTNIGHTLY}
    kind = "week" if short else ("month" if cadence == Cadence.MONTHLY else "season")
    return periods.label(round_.starts_on, round_.ends_before, kind, language())


def find(user: User, pk: int) -> Round | None:
    """Return a round `user` may read, or None."""
    found: Round | None = (
        Round.objects.where_user_can(user, Permission.ROUND_READ)
        .select_related("municipality", "process", "picture")
        .filter(pk=pk)
        .first()
    )
    return found


def processes(user: User) -> list[Process]:
    """Return the processes `user` runs."""
    own = Process.objects.where_user_can(user, Permission.ROUND_RUN)
    return list(own.filter(ends_before=None).prefetch_related("with_municipalities"))


def current(user: User, *, now: datetime) -> list[Round]:
    """Return the rounds `user` may read that are not ready, the oldest first."""
    readable = Round.objects.where_user_can(user, Permission.ROUND_READ)
    return list(
        readable.exclude(status=Status.READY)
        .filter(opens_at__lte=now)
        .select_related("municipality", "process", "picture")
        .order_by("ends_before")
    )


def to_answer(user: User, *, now: datetime) -> list[tuple[Round, Organisation]]:
    """Return the rounds each of one's expected organisations has not answered, the oldest first.

    A round is answered from its period's last days on, and until it is ready.
    """
    today = timezone.localdate(now)
    found = []
    for organisation in report_actions.organisations_to_report_for(user):
        rounds_here = (
            Round.objects.filter(municipality=organisation.municipality_id)
            .exclude(status=Status.READY)
            .exclude(answers__organisation=organisation)
            .filter(opens_at__lte=now)
            .select_related("process", "municipality")
            .order_by("ends_before")
        )
        called = {
            one.organisation_id for one in expected(organisation.municipality_id, today=today)
        }
        if organisation.pk in called:
            found += [(one, organisation) for one in rounds_here if rules.may_answer(one, now)]
    return found


@dataclass(frozen=True)
class ReportToReview:
    """One report with its likely twins and what the guard marked."""

    incident: Incident
    outcome: str
    outcome_label: str
    reason: str
    is_late: bool
    decided_at: datetime | None
    pieces: list[Piece]
    place_pieces: list[Piece]
    is_held: bool
    twins: list[Incident]


def first_opened_at(municipality_id: int) -> datetime | None:
    """Return when the municipality's first round opened: older reports need no review."""
    rounds = Round.objects.filter(municipality=municipality_id).select_related("process")
    began = [
        max(one.opens_at, timezone.make_aware(datetime.combine(one.process.first_on, time(0))))
        for one in rounds.order_by("process", "opens_at").only("opens_at", "process__first_on")
    ]
    return min(began, default=None)


def _reports(municipality_id: int, *, until: date) -> Q:
    opened = first_opened_at(municipality_id)
    return Q(
        municipality=municipality_id,
        batch__reader=FORM,
        batch__accepted_at__gte=opened or timezone.now(),
        happened_on__lt=until,
    )


def reports_to_review(round_: Round, user: User) -> list[ReportToReview]:
    """Return the reports a round reviews: not decided before, or decided in it, oldest first."""
    incidents = list(
        Incident.objects.accepted()
        .filter(_reports(round_.municipality_id, until=round_.ends_before))
        .filter(
            Q(review__isnull=True)
            | Q(review__round=round_)
            | Q(review__outcome=Outcome.ASKED)  # until somebody has answered, in any round
        )
        .select_related(
            "source", "category", "area", "place", "written", "review", "owner", "batch", "urgent"
        )
        .order_by("happened_on", "starts_at", "pk")
    )
    likely = _likely_twins(round_, incidents, user)
    return [_to_review(round_, one, likely.get(one.pk, [])) for one in incidents]


def _to_review(round_: Round, one: Incident, likely: list[Incident]) -> ReportToReview:
    review: ReviewedReport | None = getattr(one, "review", None)
    written = getattr(one, "written", None)
    text = written.text if written is not None else ""
    return ReportToReview(
        incident=one,
        outcome=review.outcome if review else "",
        outcome_label=str(review.get_outcome_display()) if review else "",
        reason=str(review.get_rejection_display() or review.get_question_display())
        if review and (review.rejection or review.question)
        else "",
        is_late=one.batch.accepted_at is not None and one.batch.accepted_at > round_.closes_at,
        decided_at=review.at if review else None,
        pieces=refusing.pieces(text),
        place_pieces=refusing.pieces(written.place_text if written is not None else ""),
        is_held=written is not None and written.state == TextState.HELD,
        twins=likely,
    )


def _likely_twins(
    round_: Round, incidents: list[Incident], user: User
) -> dict[int, list[Incident]]:
    """Return, per report, the rows of other sources that may tell of the same."""
    if not incidents:
        return {}
    pairs = twins.likely(
        user=user,
        starts_on=min(one.happened_on for one in incidents) - timedelta(1),
        ends_before=max(one.happened_on for one in incidents) + timedelta(2),
    )
    own = {one.pk for one in incidents}
    found: dict[int, list[Incident]] = {}
    for pair in pairs:
        for mine, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if mine.pk in own and mine.municipality_id == round_.municipality_id:
                found.setdefault(mine.pk, []).append(other)
    return {pk: others[:3] for pk, others in found.items()}


def left_out(municipality_id: int, *, until: date) -> tuple[list[int], int]:
    """Return the reports that do not count in a picture until a day, and how many wait."""
    reports = Incident.objects.accepted().filter(_reports(municipality_id, until=until))
    waiting = list(reports.filter(review__isnull=True).values_list("pk", flat=True))
    refused = reports.filter(review__outcome__in=LEFT_OUT).values_list("pk", flat=True)
    return sorted([*waiting, *refused]), len(waiting)


def areas_now(round_: Round) -> list[Area]:
    """Return the areas in force at the round's period, wholes before their parts."""
    return list(
        Area.objects.valid_on(round_.starts_on)
        .filter(municipality=round_.municipality_id)
        .defer("boundary")
    )


def police_of(municipality_id: int) -> Organisation | None:
    """Return the police in a municipality: whose words are noted first."""
    return Organisation.objects.filter(
        municipality=municipality_id, kind__actor_class="police", active=True
    ).first()


def priorities(round_: Round) -> list[Priority]:
    """Return the areas in order: need × influence, then need, then name. Reproducible."""
    rows = round_.priorities.select_related("area")
    return sorted(rows, key=lambda row: (-row.need * row.influence, -row.need, row.area.name))


def recipients(municipality_id: int) -> list[Recipient]:
    """Return who is sent the adopted pictures."""
    rows = Recipient.objects.filter(municipality=municipality_id)
    return list(rows.select_related("organisation").order_by("organisation__name"))


def presences(user: User, *, today: date) -> list[PlannedPresence]:
    """Return the lines in force that `user` may see: their organisation's, or all."""
    readable = PlannedPresence.objects.where_user_can(user, Permission.PRESENCE_READ)
    return list(
        readable.filter(round__ends_before__gt=today - PRESENCE_SHOWN)
        .select_related("round__process", "area", "owner")
        .prefetch_related("moves__from_area")
        .order_by("-round__ends_before", "rank")
    )


def find_presence(user: User, pk: int) -> PlannedPresence | None:
    """Return a line `user` may see, or None."""
    found: PlannedPresence | None = (
        PlannedPresence.objects.where_user_can(user, Permission.PRESENCE_READ)
        .select_related("round__process", "round__municipality", "municipality", "area", "owner")
        .filter(pk=pk)
        .first()
    )
    return found


def expected(municipality_id: int, *, today: date) -> list[ExpectedReporter]:
    """Return who is in the roll-call today, by name."""
    rows = ExpectedReporter.objects.filter(municipality=municipality_id, starts_on__lte=today)
    return list(
        rows.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=today))
        .select_related("organisation")
        .prefetch_related("areas", "categories")
        .order_by("organisation__name")
    )


def breaks(municipality_id: int) -> list[SeriesBreak]:
    """Return the breaks in the series, the newest first."""
    rows = SeriesBreak.objects.filter(municipality=municipality_id)
    return list(rows.select_related("organisation").order_by("-on", "organisation__name"))


def organisations_with(user: User, permission: Permission) -> list[Organisation]:
    """Return the organisations `user` holds a permission for, by name."""
    condition = policy.scope_filter(policy.scopes_where(user, permission), owner="pk")
    return list(
        Organisation.objects.filter(condition, active=True)
        .select_related("municipality")
        .order_by("name")
    )


def coming(organisations: list[Organisation], *, today: date) -> list[calendar.Coming]:
    """Return what is coming the next three months where these organisations are."""
    return [
        event
        for municipality in {one.municipality for one in organisations}
        for event in calendar.coming(
            municipality, starts_on=today, ends_before=today + COMING_SHOWN
        )
    ]


def special_days(organisations: list[Organisation], *, today: date) -> list[tuple[date, str]]:
    """Return the breaks, holiday weeks and red days of the next three months."""
    county = organisations[0].municipality.code[:2]
    return calendar.special_days(starts_on=today, ends_before=today + COMING_SHOWN, county=county)


def reviewers(municipality_id: int) -> list[User]:
    """Return who reviews reports in a municipality: they can be on duty."""
    roles = [role for role, held in GRANTS.items() if Permission.ROUND_REVIEW in held]
    return list(
        User.objects.filter(
            memberships__organisation__municipality=municipality_id,
            memberships__role__in=roles,
            memberships__ends_before=None,
            is_active=True,
        ).distinct()
    )


def other_municipalities(user: User, own: int) -> list[Municipality]:
    """Return the other municipalities whose rounds `user` runs: they may share a process."""
    whole = {
        scope.municipality
        for scope in policy.scopes_where(user, Permission.ROUND_RUN)
        if scope.organisation is None
    }
    return list(Municipality.objects.filter(pk__in=whole - {own}))


def is_here(round_: Round, incident: str) -> bool:
    """Tell whether a key as it was sent is of an incident in the round's municipality."""
    if not incident.isdecimal() or len(incident) > 18:
        return False
    return Incident.objects.filter(pk=int(incident), municipality=round_.municipality_id).exists()
