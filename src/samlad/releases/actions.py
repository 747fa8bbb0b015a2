"""Every write on releases: drafted, released by a second person, withdrawn. No way round."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Category, Source
from samlad.organisations.models import Municipality
from samlad.picture.models import Picture
from samlad.picture.workflow import Decision
from samlad.picture.workflow import Status as PictureStatus
from samlad.promises.models import Promise
from samlad.public import actions as public
from samlad.public import content as contents
from samlad.releases import drafting, rules
from samlad.releases.models import Publisher, Release, ReleasedTable
from samlad.releases.rules import NotAllowed, Reason
from samlad.releases.workflow import ByArea, ByTime, Kind, Status

YEARS_AT_MOST = 10
# The usual levels have the plain address.
OF_LEVEL = {
    ByArea.DISTRICT: "", ByArea.MUNICIPALITY: "-kommun", ByTime.QUARTER: "", ByTime.MONTH: "-manad"
}  # fmt: skip


@recorder.atomic()
def name_publisher(
    *,
    municipality_id: int,
    slug: str,
    editor: str,
    mailbox: str,
    phone: str,
    by: User,
    now: datetime,
) -> Publisher:
    """Say who answers for the public pages, and at which address they stand.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.RELEASE_DRAFT, municipality_id)
    municipality = Municipality.objects.get(pk=municipality_id)
    if Publisher.objects.filter(slug=slug).exclude(municipality=municipality).exists():
        raise NotAllowed(Reason.TAKEN)
    released = Release.objects.filter(released_at__isnull=False)
    if released.exclude(municipality=municipality).filter(checked__publisher__slug=slug).exists():
        raise NotAllowed(Reason.TAKEN)
    own = released.filter(municipality=municipality)
    if own.exclude(checked__publisher__slug=slug).exists():
        raise NotAllowed(Reason.PUBLISHED)
    made, _new = Publisher.objects.update_or_create(
        municipality=municipality,
        defaults={"slug": slug, "editor": editor, "mailbox": mailbox, "phone": phone},
    )
    recorder.record(event="releases.publisher.named", target=municipality, by=by, at=now)
    return made


@recorder.atomic()
def draft_promise(*, promise_id: int, by: User, now: datetime) -> Release:
    """Draft a promise's release as it is computed now.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    promise = Promise.objects.select_for_update(of=("self",)).get(pk=promise_id)
    policy.require(by, Permission.RELEASE_DRAFT, promise)
    if promise.starts_on is None:
        raise NotAllowed(Reason.NO_PERIOD)
    content = drafting.of_promise(promise, today=timezone.localdate(now))
    return draft_release(
        promise.municipality, Kind.PROMISE, promise.name, str(promise.pk), content,
        {"individuals": "begun_or_not", "persons": 0}, by, now, promise=promise,
    )  # fmt: skip


@recorder.atomic()
def draft_table(
    *,
    source_id: int,
    category_id: int,
    by_area: ByArea,
    by_time: ByTime,
    starts_on: date,
    ends_before: date,
    by: User,
    now: datetime,
) -> Release:
    """Draft a table of a source's incidents of a category, at one of the fixed levels.

    The check covers every table of the same source and category that was ever released. Raises
    `PermissionDenied` or `NotAllowed`.
    """
    from samlad.releases import counting, tables  # the arithmetic: a web worker starts without it

    source = Source.objects.select_for_update(of=("self",)).get(pk=source_id)
    policy.require(by, Permission.RELEASE_DRAFT, source)
    policy.require(by, Permission.INCIDENT_READ, source)
    category = Category.objects.get(pk=category_id)
    years = ends_before.year - starts_on.year
    if ends_before <= starts_on:
        raise NotAllowed(Reason.PERIOD)
    if ends_before > timezone.localdate(now) or years > YEARS_AT_MOST:
        raise NotAllowed(Reason.NOT_OVER)
    if category.finest == "municipality" and by_area != ByArea.MUNICIPALITY:
        raise NotAllowed(Reason.PERSON_NEAR)
    try:
        made = counting.table(
            source, category, by_area=by_area, by_time=by_time,
            starts_on=starts_on, ends_before=ends_before,
        )  # fmt: skip
    except tables.TooSmall:
        raise NotAllowed(Reason.TOO_SMALL) from None
    except tables.Differs:
        raise NotAllowed(Reason.DIFFERENCE) from None
    except tables.Changed:
        raise NotAllowed(Reason.CHANGED) from None
    if made is None:
        raise NotAllowed(Reason.NO_INCIDENTS)
    subject = slugify(
        f"{source.code}-{source.pk}-{category.code}-{made.starts_on:%Y%m}-{made.ends_before:%Y%m}"
        f"{OF_LEVEL[by_area]}{OF_LEVEL[by_time]}"
    )
    release = draft_release(
        source.municipality, Kind.TABLE, made.content["sv"]["title"], subject[:120], made.content,
        {"below": made.told.below, "hidden": made.hidden, "earlier": made.earlier}, by, now,
    )  # fmt: skip
    ReleasedTable.objects.create(
        release=release,
        source=source,
        category=category,
        by_area=by_area,
        by_time=by_time,
        below=made.told.below,
        starts_on=made.starts_on,
        ends_before=made.ends_before,
        grid=[[area, month, n] for ((area, month),), n in made.told.grid.items()],
        shown=[{"atoms": one.atoms, "value": one.value} for one in made.told.shown],
    )
    return release


def draft_release(
    municipality: Municipality,
    kind: Kind,
    title: str,
    subject: str,
    content: dict[str, Any],
    checked: dict[str, Any],
    by: User,
    now: datetime,
    promise: Promise | None = None,
    shown_from: date | None = None,
    shown_before: date | None = None,
) -> Release:
    """Draft a release of any kind within the caller's write; a waiting draft gives way to it.

    Raises `NotAllowed` without a publisher, or where a text holds personal data.
    """
    if shown_from is not None and shown_before is not None and shown_before <= shown_from:
        raise NotAllowed(Reason.PERIOD)
    authority = municipality.process_authority
    publisher = Publisher.objects.filter(municipality=municipality).first()
    if authority is None or publisher is None:
        raise NotAllowed(Reason.NO_PUBLISHER)
    if kind == Kind.TABLE and not publisher.mailbox:
        raise NotAllowed(Reason.NO_MAILBOX)
    checked["publisher"] = {
        "name": municipality.name, "slug": publisher.slug, "editor": publisher.editor,
        "mailbox": publisher.mailbox, "phone": publisher.phone,
    }  # fmt: skip
    try:
        contents.checked(content)
    except contents.NotPublishable:
        raise NotAllowed(Reason.PERSONAL_DATA) from None
    waiting = Release.objects.filter(
        municipality=municipality, kind=kind, subject=subject, status=Status.DRAFT
    )
    for one in waiting.select_for_update(of=("self",)):
        _gives_way(one, Status.DISCARDED, by, now)
    release = Release.objects.create(
        municipality=municipality,
        owner=authority,
        kind=kind,
        title=title[:160],
        subject=subject,
        promise=promise,
        shown_from=shown_from,
        shown_before=shown_before,
        content=content,
        checked=checked,
        drafted_by=by,
        drafted_at=now,
    )
    recorder.record(
        event="releases.release.drafted", target=release, by=by, at=now, after={"kind": kind}
    )
    return release


def _gives_way(release: Release, status: Status, by: User, now: datetime) -> None:
    """Let a draft or a release give way to a newer one of the same subject."""
    release.status = status
    release.save(update_fields=["status"])
    recorder.record(event=f"releases.release.{status.value}", target=release, by=by, at=now)


def _locked(release_id: int, permission: Permission, by: User) -> Release:
    release = (
        Release.objects.select_for_update(of=("self",))
        .select_related("municipality")
        .get(pk=release_id)
    )
    policy.require(by, permission, release)
    return release


@recorder.atomic()
def release_it(*, release_id: int, by: User, now: datetime) -> Release:
    """Release a draft to residents. Raises `PermissionDenied`, or `NotAllowed` to its drafter."""
    release = _locked(release_id, Permission.RELEASE_APPROVE, by)
    rules.check_next(release, Status.RELEASED)
    if release.drafted_by_id == by.pk:
        raise NotAllowed(Reason.SAME_PERSON)
    if release.kind == Kind.TABLE:
        _check_again(release)
    if release.kind == Kind.PICTURE:
        _check_picture(release)
    municipality = release.municipality
    publisher = dict(release.checked["publisher"])  # as the second person has seen it
    earlier = Release.objects.filter(
        municipality=municipality, kind=release.kind, subject=release.subject
    )
    for one in earlier.filter(status=Status.RELEASED).select_for_update(of=("self",)):
        _gives_way(one, Status.SUPERSEDED, by, now)
    release.status, release.released_by, release.released_at = Status.RELEASED, by, now
    release.save(update_fields=["status", "released_by", "released_at"])
    public.publish(
        release=release.pk,
        kind=release.kind,
        subject=release.subject,
        slug=publisher.pop("slug"),
        municipality=municipality.name,
        publisher=publisher,
        content=release.content,
        shown_from=release.shown_from,
        shown_before=release.shown_before,
        by=by,
        owner=release.owner_id,
        municipality_id=municipality.pk,
        now=now,
    )  # fmt: skip
    recorder.record(event="releases.release.released", target=release, by=by, at=now)
    return release


def _check_picture(release: Release) -> None:
    """Refuse the situation by a picture that has been replaced since, or by dismissed findings."""
    picture = Picture.objects.get(pk=release.checked["picture"])
    dismissed = picture.findings.filter(decision=Decision.DISMISSED)
    if picture.status != PictureStatus.ADOPTED or dismissed.filter(
        position__in=release.checked["positions"]
    ):
        raise NotAllowed(Reason.NOT_ADOPTED)


def _check_again(release: Release) -> None:
    """Check a table against what was released since it was drafted."""
    from samlad.releases import counting, tables

    table = release.table
    Source.objects.select_for_update(of=("self",)).get(pk=table.source_id)  # one table at a time
    category = table.category
    is_split = table.by_area != ByArea.MUNICIPALITY
    if table.below < counting.below(category) or (is_split and category.finest == "municipality"):
        raise NotAllowed(Reason.PERSON_NEAR)
    try:
        counting.check_again(table)
    except tables.Differs:
        raise NotAllowed(Reason.DIFFERENCE) from None
    except tables.Changed:
        raise NotAllowed(Reason.CHANGED) from None


@recorder.atomic()
def discard(*, release_id: int, by: User, now: datetime) -> Release:
    """Discard a draft. Raises `PermissionDenied` or `NotAllowed`."""
    release = _locked(release_id, Permission.RELEASE_READ, by)
    rules.check_next(release, Status.DISCARDED)
    release.status = Status.DISCARDED
    release.save(update_fields=["status"])
    recorder.record(event="releases.release.discarded", target=release, by=by, at=now)
    return release


@recorder.atomic()
def withdraw(*, release_id: int, reason: str, by: User, now: datetime) -> Release:
    """Withdraw a release, with the reason. Raises `PermissionDenied` or `NotAllowed`."""
    release = _locked(release_id, Permission.RELEASE_APPROVE, by)
    rules.check_next(release, Status.WITHDRAWN)
    if not reason:
        raise NotAllowed(Reason.NO_REASON)
    release.status, release.withdrawn_at, release.reason = Status.WITHDRAWN, now, reason
    release.save(update_fields=["status", "withdrawn_at", "reason"])
    public.withdraw(
        release=release.pk,
        reason=reason,
        by=by,
        owner=release.owner_id,
        municipality_id=release.municipality_id,
        now=now,
    )
    recorder.record(event="releases.release.withdrawn", target=release, by=by, at=now)
    return release
