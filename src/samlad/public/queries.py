"""Every read of this room that is not a finished page."""

from __future__ import annotations

from datetime import date
from typing import Any

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


def of_page(path: str) -> dict[str, Any]:
    """Return who answers for a page, where it is of one municipality, and when it changed last."""
    newest = Publication.objects.filter(withdrawn_at=None).order_by("-published_at")
    own = newest.filter(slug__in=path.split("/")).first()
    last = own or newest.first()
    return {
        "publisher": own.publisher if own else {},
        "changed": last.published_at if last else None,
    }


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
