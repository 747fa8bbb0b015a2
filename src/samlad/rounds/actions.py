"""Every write on a round's course: open, answer, close, reopen, finish, adopt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality, Organisation
from samlad.picture import actions as picture_actions
from samlad.picture.models import Picture
from samlad.picture.periods import Cadence as PictureCadence
from samlad.picture.periods import Period
from samlad.picture.workflow import SectionKind
from samlad.picture.workflow import Status as PictureStatus
from samlad.rounds import clock, presence, roll_call, rules
from samlad.rounds.clock import Cadence, HolidayWeeks, Span
from samlad.rounds.models import (
    PlannedPresence,
    Process,
    RollCallAnswer,
    Round,
)
from samlad.rounds.rules import NotAllowed, Reason
from samlad.rounds.workflow import Answer, ReopenReason, Status

AHEAD = 2  # rounds opened at a tick, for a process whose clock has stood still
PICTURE_CADENCE = {
    Cadence.WEEKLY: PictureCadence.WEEK,
    Cadence.FORTNIGHTLY: PictureCadence.WEEK,
    Cadence.MONTHLY: PictureCadence.MONTH,
}


@recorder.atomic()
def open_rounds(*, process_id: int, now: datetime) -> list[Round]:
    """Open the round whose period has begun, in each municipality of the process; once.

    After a standstill the one before is opened too, so that its reports are reviewed.
    """
    process = Process.objects.select_for_update(of=("self",)).get(pk=process_id)
    today = timezone.localdate(now)
    if process.ends_before is not None and today >= process.ends_before:
        return []
    cadence = Cadence(process.cadence)
    span = clock.span_of(cadence, today, first_on=process.first_on)
    spans = [span]
    for _ in range(AHEAD - 1):
        spans.append(
            clock.span_of(
                cadence, spans[-1].starts_on.fromordinal(spans[-1].starts_on.toordinal() - 1),
                first_on=process.first_on,
            )
        )  # fmt: skip
    made = []
    everywhere = [process.municipality, *process.with_municipalities.all()]
    for one in reversed(spans):
        if one.ends_before <= process.first_on:
            continue
        for municipality in everywhere:
            opened = _open(process, municipality, one, now)
            if opened is not None:
                made.append(opened)
    return made


def _open(process: Process, municipality: Municipality, span: Span, now: datetime) -> Round | None:
    holidays = HolidayWeeks(process.holidays)
    authority = municipality.process_authority
    if authority is None or clock.is_skipped(span, holidays, county=municipality.code[:2]):
        return None
    zone = ZoneInfo(settings.TIME_ZONE)
    at = clock.moments(span, process.clock, holidays, zone=zone)
    round_, made = Round.objects.get_or_create(
        process=process,
        municipality=municipality,
        starts_on=span.starts_on,
        defaults={
            "owner": authority,
            "ends_before": span.ends_before,
            "opens_at": at.opens,
            "reminds_at": at.reminds,
            "closes_at": at.closes,
            "review_by": at.review_by,
            "adopt_by": at.adopt_by,
            "dispatch_by": at.dispatch_by,
        },
    )
    if not made:
        return None
    recorder.record(
        event="rounds.round.opened",
        target=round_,
        at=now,
        after={"starts_on": span.starts_on.isoformat()},
    )
    return round_


@recorder.atomic()
def answer(
    *, round_id: int, organisation_id: int, answer: Answer, by: User, now: datetime
) -> RollCallAnswer:
    """Say that an organisation's week is done, or that there is nothing to report.

    Saying it again changes nothing but the answer. Raises `PermissionDenied`, or `NotAllowed`
    if nothing is said to have happened in a week it has reports from.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.INCIDENT_IMPORT, organisation)
    if organisation.municipality_id != round_.municipality_id:
        raise NotAllowed(Reason.NOT_EXPECTED)
    rules.check_answer(round_, now)
    reports = roll_call.reports_by_organisation(round_).get(organisation.pk, 0)
    if answer == Answer.NOTHING and reports:
        raise NotAllowed(Reason.HAS_REPORTED)
    given, made = RollCallAnswer.objects.get_or_create(
        round=round_,
        organisation=organisation,
        defaults={"answer": answer, "at": now, "is_late": now > round_.closes_at},
    )
    if not made and given.answer != answer:  # when it was first said, and how late, stays
        given.answer = answer
        given.save(update_fields=["answer"])
    recorder.record(
        event="rounds.answer.given",
        target=round_,
        actor=f"org:{organisation.pk}",  # who it was would tell who wrote the report beside it
        at=now,
        owner=organisation.pk,
        after={"organisation": organisation.pk, "answer": answer, "late": given.is_late},
    )
    return given


@recorder.atomic()
def note_readings(*, round_id: int, now: datetime) -> int:
    """Note that connected sources were read: their organisations' week is submitted."""
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    answered = set(round_.answers.values_list("organisation", flat=True))
    expected = {
        one.organisation_id
        for one in roll_call.expected_in(
            round_.municipality_id, starts_on=round_.starts_on, ends_before=round_.ends_before
        )
    }
    noted = 0
    for reading in roll_call.readings(round_):
        if reading.organisation_id in answered or reading.organisation_id not in expected:
            continue
        RollCallAnswer.objects.create(
            round=round_,
            organisation_id=reading.organisation_id,
            answer=Answer.SOURCE,
            at=reading.at,
            is_late=reading.at > round_.closes_at,
        )
        noted += 1
        recorder.record(
            event="rounds.answer.given",
            target=round_,
            at=now,
            owner=reading.organisation_id,
            after={"organisation": reading.organisation_id, "answer": Answer.SOURCE},
        )
    return noted


@recorder.atomic()
def close(*, round_id: int, now: datetime, by: User | None = None) -> Round:
    """Close a round: when its clock says so (`by` is None), or before, by hand.

    Raises `PermissionDenied`, or `NotAllowed` before the period is over.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if by is not None:
        policy.require(by, Permission.ROUND_RUN, round_)
    if round_.status != Status.OPEN:
        return round_
    if timezone.localdate(now) < round_.ends_before:
        raise NotAllowed(Reason.PERIOD_NOT_OVER)
    _set_status(round_, Status.CLOSED, event="rounds.round.closed", by=by, now=now)
    return round_


@recorder.atomic()
def reopen(*, round_id: int, reason: ReopenReason, by: User, now: datetime) -> Round:
    """Open a closed round again until it is closed by hand; the reason is kept.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    policy.require(by, Permission.ROUND_RUN, round_)
    rules.check_reopen(round_, now)
    round_.reopened_for = reason
    round_.save(update_fields=["reopened_for"])
    _set_status(round_, Status.OPEN, event="rounds.round.reopened", by=by, now=now, why=reason)
    return round_


@recorder.atomic()
def finish_review(*, round_id: int, by: User, now: datetime) -> Round:
    """Finish the review: the picture is compiled of what was reviewed, and all other sources.

    Reports nobody has decided on are left out, and the picture says how many. Raises
    `PermissionDenied` or `NotAllowed`.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    policy.require(by, Permission.ROUND_REVIEW, round_)
    rules.check_finish(round_, now)
    note_readings(round_id=round_id, now=now)
    round_.reviewed_by, round_.reviewed_at = by, now
    before, round_.status = round_.status, Status.READY
    round_.picture = _picture(round_, by, now)
    round_.save(update_fields=["reviewed_by", "reviewed_at", "status", "picture"])
    recorder.record(
        event="rounds.round.reviewed",
        target=round_,
        by=by,
        at=now,
        before={"status": before},
        after={"status": round_.status, "picture": round_.picture.pk},
    )
    return round_


def _picture(round_: Round, by: User, now: datetime) -> Picture:
    """Return the round's draft, compiled anew with what the round passes in."""
    cadence = PICTURE_CADENCE.get(Cadence(round_.process.cadence), PictureCadence.SEASON)
    drafts = Picture.objects.filter(
        municipality_id=round_.municipality_id,
        cadence=cadence,
        starts_on=round_.starts_on,
        ends_before=round_.ends_before,
        status__in=[PictureStatus.DRAFT, PictureStatus.REVIEWED],
    )
    draft = round_.picture or drafts.first()
    if draft is None:
        return picture_actions.start(
            municipality_id=round_.municipality_id,
            period=Period(cadence, round_.starts_on, round_.ends_before),
            by=by,
            now=now,
            in_round=True,
        )
    if draft.status == PictureStatus.REVIEWED:
        picture_actions.reopen(picture_id=draft.pk, by=by, now=now)
    return picture_actions.recompile(picture_id=draft.pk, by=by, now=now, in_round=True)


@recorder.atomic()
def review_again(*, round_id: int, by: User, now: datetime) -> Round:
    """Take a finished review up again, until the picture is adopted.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    policy.require(by, Permission.ROUND_REVIEW, round_)
    rules.check_again(round_)
    round_.reviewed_by = round_.reviewed_at = None
    round_.save(update_fields=["reviewed_by"])
    before, round_.status = round_.status, Status.REVIEW
    round_.save(update_fields=["reviewed_at", "status"])
    recorder.record(
        event="rounds.round.review_resumed",
        target=round_,
        by=by,
        at=now,
        before={"status": before},
        after={"status": round_.status},
    )
    return round_


@recorder.atomic()
def adopt(*, round_id: int, summary: str, by: User, now: datetime) -> Picture:
    """Write the summary, finish the picture's review and adopt it; make its deployment list.

    All of it or nothing. Raises `PermissionDenied`; `NotAllowed` where two persons are demanded
    and `by` reviewed; and the picture's own refusals.
    """
    round_ = (
        Round.objects.select_for_update(of=("self",))
        .select_related("picture", "process")
        .get(pk=round_id)
    )
    rules.check_meeting(round_)
    if round_.process.two_persons and round_.reviewed_by_id == by.pk:
        raise NotAllowed(Reason.SAME_PERSON)
    if round_.picture_id is None:
        raise NotAllowed(Reason.NOT_REVIEWED)
    picture = round_.picture
    if picture is not None and picture.status == PictureStatus.REVIEWED:
        picture_actions.reopen(picture_id=round_.picture_id, by=by, now=now)
    picture_actions.write_sections(
        picture_id=round_.picture_id, texts={SectionKind.SUMMARY: summary}, by=by, now=now
    )
    picture_actions.review(picture_id=round_.picture_id, by=by, now=now)
    picture = picture_actions.adopt(picture_id=round_.picture_id, by=by, now=now, in_round=True)
    plan_presence(round_, picture)
    return picture


def plan_presence(round_: Round, picture: Picture) -> list[PlannedPresence]:
    """Store the deployment list of an adopted picture: place × daypart, ordered by findings."""
    if round_.presences.exists():
        return []
    areas = presence.areas_in_force(round_.municipality, picture.ends_before)
    decided = {finding.position: finding.decision for finding in picture.findings.all()}
    rows = presence.proposed(
        picture.compiled, decided, list(areas), presence.landmarks(round_.municipality)
    )
    return PlannedPresence.objects.bulk_create(
        PlannedPresence(
            round=round_,
            municipality_id=round_.municipality_id,
            rank=rank,
            area_id=areas[row.area],
            spot=row.spot,
            daypart=row.daypart,
            finding=row.finding,
            because=row.because,
        )
        for rank, row in enumerate(rows, start=1)
    )


def due_to_open() -> list[int]:
    """Return the processes in force: each tick asks whether a round of theirs begins."""
    today = timezone.localdate()
    running = Process.objects.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=today))
    return list(running.filter(first_on__lte=today).values_list("pk", flat=True))


def _set_status(
    round_: Round,
    status: Status,
    *,
    event: str,
    by: User | None,
    now: datetime,
    why: str = "",
) -> None:
    """Change the state with its audit event: neither can be had without the other."""
    before, round_.status = round_.status, status
    round_.save(update_fields=["status"])
    recorder.record(
        event=event,
        target=round_,
        by=by,
        at=now,
        before={"status": before},
        after={"status": status, "reason": why} if why else {"status": status},
    )
