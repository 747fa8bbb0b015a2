"""Every write of this room: publish, withdraw, take feedback. Files are made anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from samlad.audit import recorder
from samlad.guard.detecting import find_hits
from samlad.guard.refusing import PersonalData
from samlad.public import content as contents
from samlad.public import pages
from samlad.public.models import Answer, Defect, Edition, File, PageFeedback, Publication

DEFECT_TEXTS_KEPT = timedelta(days=90)


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
    shown_from: date | None = None,
    shown_before: date | None = None,
) -> Publication:
    """Publish a release; an older one of the same subject gives way to it.

    `content` is a document in each of `contents.LANGUAGES`, shown from a day and before one
    where they are said. Raises `contents.NotPublishable`.
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
        shown_from=shown_from,
        shown_before=shown_before,
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
    today = timezone.localdate(now)
    in_force = Publication.objects.filter(
        Q(shown_from=None) | Q(shown_from__lte=today),
        Q(shown_before=None) | Q(shown_before__gt=today),
        withdrawn_at=None,
    )
    wanted = pages.files(list(in_force), today=today)
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
    Edition.objects.filter(pk=edition.pk).update(number=F("number") + 1, built_on=today)
    return changed + gone


@recorder.atomic()
def rebuild_whole(*, now: datetime) -> int:
    """Make every file anew, as when the program starts: its pages may look otherwise now."""
    return rebuild(now)


def rebuild_for_the_day(*, now: datetime) -> bool:
    """Make the files anew when a day has begun: what is shown from it, or no longer."""
    if Edition.objects.filter(built_on=timezone.localdate(now)).exists():
        return False
    rebuild_whole(now=now)
    old = timezone.localdate(now) - DEFECT_TEXTS_KEPT
    Defect.objects.filter(on__lt=old).exclude(text="").update(text="")
    return True


@recorder.atomic()
def take_answer(
    *, release: int, place: str, feeling: str, reason: str, time: str, now: datetime
) -> bool:
    """Count one answer to a question; False unless it is asked now with those choices."""
    today = timezone.localdate(now)
    asked = Publication.objects.filter(
        release=release,
        kind="campaign",
        withdrawn_at=None,
        shown_from__lte=today,
        shown_before__gt=today,
    ).first()
    if asked is None:
        return False
    content = asked.content["sv"]
    if place not in content["places"] or any(
        given not in [code for code, _label in content[name]]
        for name, given in (("feelings", feeling), ("reasons", reason), ("times", time))
    ):
        return False
    row, _made = Answer.objects.select_for_update().get_or_create(
        release=release, on=today, place=place, feeling=feeling, reason=reason, time=time
    )
    Answer.objects.filter(pk=row.pk).update(number=F("number") + 1)
    return True


@recorder.atomic()
def take_defect(*, slug: str, path: str, what: str, text: str, now: datetime) -> Defect:
    """Take in a fault in a page's accessibility.

    Raises `PersonalData` for a text that may point out anybody: nobody reads it before it is kept.
    """
    if find_hits(text):
        raise PersonalData(tuple(hit.kind for hit in find_hits(text)))
    return Defect.objects.create(
        slug=slug, path=path, what=what, text=text, on=timezone.localdate(now)
    )


@recorder.atomic()
def handle_defect(*, slug: str, defect_id: int, on: date) -> bool:
    """Note that a fault was handled; False where there is none that waits."""
    waiting = Defect.objects.filter(pk=defect_id, slug=slug, handled_on=None)
    return bool(waiting.update(handled_on=on, text=""))


@recorder.atomic()
def take_feedback(*, path: str, is_yes: bool, on: date) -> None:
    """Count one answer to whether a page was of use: the number and the day alone."""
    row, _made = PageFeedback.objects.select_for_update().get_or_create(path=path, on=on)
    name = "yes" if is_yes else "no"
    PageFeedback.objects.filter(pk=row.pk).update(**{name: F(name) + 1})
