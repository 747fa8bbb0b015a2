"""Every write of this room: publish, withdraw, take feedback. Files are made anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F

from samlad.audit import recorder
from samlad.public import content as contents
from samlad.public import pages
from samlad.public.models import Edition, File, PageFeedback, Publication


@recorder.atomic()
def publish(
    *,
    release: int,
    kind: str,
    subject: str,
    slug: str,
    municipality: str,
    publisher: Mapping[str, str],
    content: Mapping[str, Any],
    by: Any,
    owner: int,
    municipality_id: int,
    now: datetime,
) -> Publication:
    """Publish a release; an older one of the same subject gives way to it.

    `content` is a document in each of `contents.LANGUAGES`. Raises `contents.NotPublishable`.
    """
    digest = contents.checked(content)
    before = Publication.objects.filter(slug=slug, kind=kind, subject=subject, withdrawn_at=None)
    before.update(withdrawn_at=now, reason="")
    made = Publication.objects.create(
        release=release,
        kind=kind,
        subject=subject,
        slug=slug,
        municipality=municipality,
        publisher=dict(publisher),
        content=dict(content),
        digest=digest,
        published_at=now,
    )
    rebuild(now)
    recorder.record(
        event="public.release.published",
        target=made,
        by=by,
        at=now,
        municipality=municipality_id,
        owner=owner,
        after={"release": release, "kind": kind},
    )
    return made


@recorder.atomic()
def withdraw(
    *, release: int, reason: str, by: Any, owner: int, municipality_id: int, now: datetime
) -> None:
    """Take a release away from residents; what it was, and why it is gone, stays here."""
    found = Publication.objects.select_for_update().get(release=release)
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at, found.reason = now, reason
    found.save(update_fields=["withdrawn_at", "reason"])
    rebuild(now)
    recorder.record(
        event="public.release.withdrawn",
        target=found,
        by=by,
        at=now,
        municipality=municipality_id,
        owner=owner,
        after={"release": release},
    )


def rebuild(now: datetime) -> int:
    """Make the files of what is in force; return how many changed. Within the caller's write."""
    Edition.objects.get_or_create(pk=1)
    edition = Edition.objects.select_for_update().get(pk=1)  # one at a time: what is read holds
    wanted = pages.files(list(Publication.objects.filter(withdrawn_at=None)))
    had = dict(File.objects.values_list("path", "etag"))
    changed = 0
    for path, (content_type, body) in wanted.items():
        etag = pages.etag(body)
        if had.get(path) != etag:
            File.objects.update_or_create(
                path=path,
                defaults={
                    "content_type": content_type, "body": body, "etag": etag, "changed_at": now,
                },
            )  # fmt: skip
            changed += 1
    gone, _each = File.objects.filter(path__in=set(had) - set(wanted)).delete()
    Edition.objects.filter(pk=edition.pk).update(number=F("number") + 1)
    return changed + gone


@recorder.atomic()
def rebuild_whole(*, now: datetime) -> int:
    """Make every file anew, as when the program starts: its pages may look otherwise now."""
    return rebuild(now)


@recorder.atomic()
def take_feedback(*, path: str, is_yes: bool, on: date) -> None:
    """Count one answer to whether a page was of use: the number and the day alone."""
    row, _made = PageFeedback.objects.select_for_update().get_or_create(path=path, on=on)
    name = "yes" if is_yes else "no"
    PageFeedback.objects.filter(pk=row.pk).update(**{name: F(name) + 1})
