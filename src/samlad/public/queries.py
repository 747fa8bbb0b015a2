"""Every read of this room that is not a finished page."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Sum

from samlad.public import pages
from samlad.public.models import Answer, Defect, File, PageFeedback, Publication


def question(release: str, today: date) -> Publication | None:
    """Return a question to residents that is asked today, or None."""
    if not release.isdecimal() or len(release) > 9:
        return None
    found: Publication | None = Publication.objects.filter(
        release=int(release),
        kind="campaign",
        withdrawn_at=None,
        shown_from__lte=today,
        shown_before__gt=today,
    ).first()
    return found


def pages_of(slug: str) -> list[str]:
    """Return the addresses of a municipality's pages, none where there is no such municipality."""
    if not Publication.objects.filter(slug=slug, withdrawn_at=None).exists():
        return []
    rows = File.objects.filter(content_type=pages.HTML).values_list("path", flat=True)
    return [path for path in rows if f"/{slug}/" in path or path.count("/") == 2]


def publisher(slug: str) -> dict[str, str]:
    """Return who answers for a municipality's pages, as the newest release says."""
    found = Publication.objects.filter(slug=slug, withdrawn_at=None).order_by("-published_at")
    newest = found.first()
    return {} if newest is None else dict(newest.publisher)


def changed(path: str) -> datetime | None:
    """Return when the newest of what a page shows was released."""
    found = Publication.objects.filter(withdrawn_at=None)
    slugs = [one for one in path.split("/") if one]
    own = found.filter(slug__in=slugs) if found.filter(slug__in=slugs).exists() else found
    newest = own.order_by("-published_at").first()
    return None if newest is None else newest.published_at


def answers(release: int) -> list[tuple[str, str, str, str, int]]:
    """Return (place, feeling, reason, time, number) of a question's answers."""
    rows = Answer.objects.filter(release=release).values_list("place", "feeling", "reason", "time")
    return list(rows.annotate(n=Sum("number")).order_by("place", "feeling", "reason", "time"))


def defects(slug: str) -> list[Defect]:
    """Return the faults that have been told of and not handled, the newest first."""
    return list(Defect.objects.filter(slug=slug, handled_on=None))


def feedback(slug: str) -> list[tuple[str, int, int]]:
    """Return how many found each of a municipality's pages of use, and how many did not."""
    rows = (
        PageFeedback.objects.filter(path__contains=f"/{slug}/")
        .values_list("path")
        .annotate(yes=Sum("yes"), no=Sum("no"))
        .order_by("path")
    )
    return list(rows)
