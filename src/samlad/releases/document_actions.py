"""Every draft of a document to residents; released, withdrawn and checked as any other release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.utils import timezone
from django.utils.text import slugify

from samlad.accounts.models import User
from samlad.activities import actions as activity_actions
from samlad.activities import queries as activities
from samlad.activities.actions import Entry
from samlad.activities.models import Activity, ActivityKind
from samlad.activities.vocabulary import Audience, Channel
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.centres.models import Centre
from samlad.measures.models import Measure
from samlad.organisations.models import Municipality
from samlad.picture.models import Picture
from samlad.picture.workflow import Status as PictureStatus
from samlad.public import actions as public
from samlad.releases import documents, queries
from samlad.releases.actions import draft_release
from samlad.releases.documents import Words
from samlad.releases.models import AccessibilityTest, Release
from samlad.releases.rules import NotAllowed, Reason
from samlad.releases.workflow import Compliance, Kind
from samlad.ui.fields import day_after

LONGEST_LIST = timedelta(days=366)
LONGEST_PLACE = 80


@recorder.atomic()
def draft_picture(
    *,
    picture_id: int,
    words: Words,
    findings: Sequence[int],
    measures: Sequence[Measure],
    by: User,
    now: datetime,
) -> Release:
    """Draft the public lägesbild of an adopted picture: chosen findings and measures.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = Picture.objects.select_related("municipality").get(pk=picture_id)
    policy.require(by, Permission.RELEASE_DRAFT, picture)
    if picture.status != PictureStatus.ADOPTED:
        raise NotAllowed(Reason.NOT_ADOPTED)
    if not (words.sv or findings or measures):
        raise NotAllowed(Reason.NOTHING_CHOSEN)
    for one in measures:
        policy.require(by, Permission.MEASURE_READ, one)
        if one.municipality_id != picture.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    content = documents.of_picture(
        picture, words=words, chosen=findings, doing=measures, today=timezone.localdate(now)
    )
    return draft_release(
        picture.municipality, Kind.PICTURE, content["sv"]["title"], documents.subject(picture),
        content, {"picture": picture.pk, "positions": list(findings)}, by, now,
    )  # fmt: skip


@recorder.atomic()
def draft_advice(
    *,
    municipality_id: int,
    title: Words,
    words: Words,
    link: str,
    shown_from: date,
    shown_before: date | None,
    by: User,
    now: datetime,
) -> Release:
    """Draft advice with the days it is shown. Raises `PermissionDenied` or `NotAllowed`."""
    municipality = _municipality(municipality_id, by)
    content = documents.of_advice(title=title, words=words, link=link)
    return draft_release(
        municipality, Kind.ADVICE, title.sv, f"rad-{uuid4().hex[:12]}", content, {}, by, now,
        shown_from=shown_from, shown_before=shown_before,
    )  # fmt: skip


def _municipality(municipality_id: int, by: User) -> Municipality:
    policy.require_in(by, Permission.RELEASE_DRAFT, municipality_id)
    return Municipality.objects.select_for_update().get(pk=municipality_id)


@recorder.atomic()
def draft_centre(*, centre_id: int, by: User, now: datetime) -> Release:
    """Draft a safety centre's hours as they are now. Raises `PermissionDenied` or `NotAllowed`."""
    centre = Centre.objects.select_related("municipality").get(pk=centre_id)
    policy.require(by, Permission.RELEASE_DRAFT, centre)
    content = documents.of_centre(centre, today=timezone.localdate(now))
    return draft_release(
        centre.municipality, Kind.CENTRE, centre.name, str(centre.pk), content, {}, by, now
    )


@recorder.atomic()
def draft_activities(
    *,
    municipality_id: int,
    starts_on: date,
    ends_on: date,
    kinds: Sequence[str],
    by: User,
    now: datetime,
) -> Release:
    """Draft a list of what was done between two days, of some kinds.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    municipality = _municipality(municipality_id, by)
    if ends_on < starts_on or ends_on - starts_on > LONGEST_LIST:
        raise NotAllowed(Reason.PERIOD)
    chosen = activities.Choice(since=starts_on, until=ends_on)
    rows = list(
        activities.log(by, chosen)
        .filter(municipality=municipality, kind__code__in=kinds, kind__banded=False)
        .select_related("area__parent__parent")
        .order_by("on", "pk")
    )
    if not rows:
        raise NotAllowed(Reason.NOTHING_CHOSEN)
    content = documents.of_activities(rows, starts_on=starts_on, ends_on=ends_on)
    return draft_release(
        municipality, Kind.ACTIVITIES, content["sv"]["title"], f"{starts_on}-{ends_on}", content,
        {"rows": len(rows)}, by, now,
    )  # fmt: skip


@recorder.atomic()
def draft_campaign(
    *,
    municipality_id: int,
    title: Words,
    words: Words,
    places: Sequence[str],
    starts_on: date,
    ends_on: date,
    by: User,
    now: datetime,
) -> Release:
    """Draft a dated question to residents. Raises `PermissionDenied` or `NotAllowed`."""
    municipality = _municipality(municipality_id, by)
    named = list(dict.fromkeys(one.strip() for one in places if one.strip()))
    if len(named) < 2 or any(len(one) > LONGEST_PLACE for one in named):
        raise NotAllowed(Reason.NO_PLACES)
    content = documents.of_campaign(
        title=title, words=words, places=named, starts_on=starts_on, ends_on=ends_on
    )
    subject = slugify(f"{title.sv}-{starts_on}")[:120]
    return draft_release(
        municipality, Kind.CAMPAIGN, title.sv, subject, content, {"places": len(named)}, by, now,
        shown_from=starts_on, shown_before=day_after(ends_on),
    )  # fmt: skip


@recorder.atomic()
def record_test(
    *,
    municipality_id: int,
    on: date,
    method: str,
    result: Compliance,
    faults: Sequence[str],
    by: User,
    now: datetime,
) -> AccessibilityTest:
    """Record a manual test of the public pages. Raises `PermissionDenied` or `NotAllowed`."""
    municipality = _municipality(municipality_id, by)
    kept = [one.strip() for one in faults if one.strip()]
    if (result == Compliance.FULL) is bool(kept):
        raise NotAllowed(Reason.FAULTS)
    if on > timezone.localdate(now):
        raise NotAllowed(Reason.NOT_OVER)
    if municipality.process_authority is None:
        raise NotAllowed(Reason.NO_PUBLISHER)
    test = AccessibilityTest.objects.create(
        municipality=municipality, owner=municipality.process_authority, on=on, method=method,
        result=result, faults=kept, at=now,
    )  # fmt: skip
    recorder.record(
        event="releases.test.recorded",
        target=test,
        by=by,
        at=now,
        after={"on": on.isoformat(), "result": result},
    )
    return test


@recorder.atomic()
def draft_statement(*, municipality_id: int, by: User, now: datetime) -> Release:
    """Draft the tillgänglighetsredogörelse by the last recorded manual test, if there is one.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    municipality = _municipality(municipality_id, by)
    test = AccessibilityTest.objects.filter(municipality=municipality).first()
    content = documents.of_statement(municipality.name, test, today=timezone.localdate(now))
    checked: dict[str, Any] = {"test": None if test is None else test.on.isoformat()}
    return draft_release(
        municipality, Kind.STATEMENT, content["sv"]["title"], "tillganglighet", content, checked,
        by, now,
    )  # fmt: skip


@recorder.atomic()
def handle_defect(
    *, municipality_id: int, slug: str, defect_id: int, by: User, now: datetime
) -> None:
    """Note that a fault residents told of has been handled. Raises `PermissionDenied`."""
    municipality = _municipality(municipality_id, by)
    if public.handle_defect(slug=slug, defect_id=defect_id, on=timezone.localdate(now)):
        recorder.record(
            event="releases.defect.handled",
            target=municipality,
            by=by,
            at=now,
            after={"defect": defect_id},
        )


@recorder.atomic()
def log_dialogue(*, release_id: int, by: User, now: datetime) -> Activity:
    """Log a question that is over as a dialogue: how many answered, and its themes. Once.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    release = Release.objects.select_for_update(of=("self",)).get(pk=release_id)
    policy.require(by, Permission.RELEASE_DRAFT, release)
    told = queries.answers(release, today=timezone.localdate(now))
    if not told.is_over or release.shown_before is None or release.released_at is None:
        raise NotAllowed(Reason.NOT_NOW)
    kind = ActivityKind.objects.get(municipality=None, code="medborgardialog")
    return activity_actions.log(
        organisation_id=release.owner_id,
        key=uuid5(NAMESPACE_URL, f"samlad-question-{release.pk}"),
        entry=Entry(
            kind=kind,
            on=release.shown_before - timedelta(1),
            what=release.title,
            audiences=(Audience.RESIDENTS,),
            channels=(Channel.WEB,),
            themes=tuple(told.themes),
            # told within two numbers so that no few can be worked out: then no sum is kept
            participants=told.total if told.said == str(told.total) else None,
        ),
        by=by,
        now=now,
    )
