"""Every read on pictures: starts at who may see which state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality, Organisation
from samlad.picture import memo, sentences
from samlad.picture.models import ADOPTED, Finding, Picture, PictureQuerySet, PictureShare
from samlad.picture.periods import Cadence
from samlad.picture.workflow import Compilation, Decision, SectionKind, Status


@dataclass(frozen=True)
class PictureRow:
    """A picture in a list."""

    pk: int
    title: str
    headline: str
    status: str
    status_label: str
    number: int | None
    undecided: int
    ends_before: date


def visible(user: User) -> PictureQuerySet:
    """Return the pictures `user` may see: adopted ones, and drafts where that is allowed."""
    adopted = Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED).values("pk")
    drafts = Picture.objects.where_user_can(user, Permission.PICTURE_READ_DRAFT).values("pk")
    return Picture.objects.filter(
        Q(pk__in=adopted, status__in=ADOPTED) | Q(pk__in=drafts)
    ).select_related("municipality")


def find(user: User, pk: int) -> Picture | None:
    """Return a picture `user` may see, or None."""
    return visible(user).filter(pk=pk).select_related("adopted_by").first()


def drafts(user: User) -> list[PictureRow]:
    """Return the drafts `user` may see, newest period first."""
    return _rows(visible(user).exclude(status__in=ADOPTED), user)


def adopted(user: User) -> list[PictureRow]:
    """Return the adopted pictures `user` may see, newest period first."""
    return _rows(visible(user).filter(status__in=ADOPTED), user)


def _rows(pictures: PictureQuerySet, user: User) -> list[PictureRow]:
    annotated = pictures.annotate(
        undecided=Count("findings", filter=Q(findings__decision=Decision.OPEN))
    ).defer("tables", "charts", "frozen")
    return [
        PictureRow(
            pk=picture.pk,
            title=_title(picture),
            headline=_headline(picture),
            status=picture.status,
            status_label=str(Status(picture.status).label),
            number=picture.number,
            undecided=picture.undecided,  # type: ignore[attr-defined]
            ends_before=picture.ends_before,
        )
        for picture in annotated.order_by("-ends_before", "-created_at")[:100]
    ]


def _title(picture: Picture) -> str:
    return memo.title(
        {
            "municipality": {"name": picture.municipality.name},
            "period": {
                "cadence": picture.cadence,
                "starts_on": picture.starts_on.isoformat(),
                "ends_before": picture.ends_before.isoformat(),
            },
        },
        language(),
    )


def _headline(picture: Picture) -> str:
    if picture.compilation != Compilation.DONE:
        return ""
    return sentences.headline(picture.compiled, language())


def language() -> str:
    """Return the language the page is shown in: sv or en."""
    return "en" if get_language() == "en" else "sv"


def decisions(picture: Picture) -> list[dict[str, Any]]:
    """Return what was decided of each finding: frozen once the picture is adopted."""
    if picture.frozen:
        return list(picture.frozen["decisions"])
    return [_decision(finding) for finding in picture.findings.all()]


def _decision(finding: Finding) -> dict[str, Any]:
    return {
        "position": finding.position,
        "decision": finding.decision,
        "reason": finding.reason,
        "wording": finding.wording,
    }


def notes(picture: Picture) -> list[dict[str, str]]:
    """Return what was said at the table: frozen once the picture is adopted."""
    return list(picture.frozen.get("notes", []) if picture.frozen else picture.notes)


def sections(picture: Picture) -> dict[str, str]:
    """Return what people wrote, by kind: frozen once the picture is adopted."""
    if picture.frozen:
        return dict(picture.frozen["sections"])
    written = {section.kind: section.text for section in picture.sections.all()}
    return {kind: written.get(kind, "") for kind in SectionKind}


def ongoing(picture: Picture) -> list[dict[str, Any]]:
    """Return what the adopted picture just before found and kept, and since when it goes on."""
    before = _adopted_of(picture).filter(ends_before=picture.starts_on).first()
    if before is None or before.cadence != picture.cadence:
        return []
    left_out = {
        one["position"] for one in decisions(before) if one["decision"] == Decision.DISMISSED
    }
    return [
        {
            "source": finding["source"]["code"],
            "category": finding["category"]["code"],
            "area": finding["area"]["code"],
            "since": finding.get("since") or before.starts_on.isoformat(),
        }
        for position, finding in enumerate(before.compiled["findings"])
        if position not in left_out
    ]


def adopted_within(picture: Picture) -> list[dict[str, Any]]:
    """Return the adopted pictures of shorter periods within a picture's, which it deepens."""
    if picture.cadence == Cadence.WEEK:
        return []
    within = (
        _adopted_of(picture)
        .filter(starts_on__gte=picture.starts_on, ends_before__lte=picture.ends_before)
        .exclude(starts_on=picture.starts_on, ends_before=picture.ends_before)
    )
    return [
        {
            "number": one.number,
            "cadence": one.cadence,
            "starts_on": one.starts_on,
            "ends_before": one.ends_before,
            "findings": [
                f"{f['category']['label']}, {f['area']['name']}"
                for position, f in enumerate(one.compiled["findings"])
                if decided.get(position) != Decision.DISMISSED
            ],
        }
        for one in within.order_by("starts_on")
        for decided in [{d["position"]: d["decision"] for d in decisions(one)}]
    ]


def _adopted_of(picture: Picture) -> PictureQuerySet:
    return Picture.objects.filter(
        municipality_id=picture.municipality_id, status=Status.ADOPTED
    ).order_by("-ends_before")


def municipalities_to_edit(user: User) -> list[Municipality]:
    """Return the municipalities whose pictures `user` may edit."""
    scopes = policy.scopes_where(user, Permission.PICTURE_EDIT)
    whole = [scope.municipality for scope in scopes if scope.organisation is None]
    return list(Municipality.objects.filter(pk__in=whole))


def shares(picture: Picture) -> list[PictureShare]:
    """Return who the picture has been made available to, also what has ended."""
    return list(picture.shares.select_related("organisation").order_by("starts_at"))


def organisations_to_share_with(picture: Picture) -> list[Organisation]:
    """Return the active organisations outside the authority that have it not yet."""
    has = picture.shares.in_force().values("organisation_id")
    return list(
        Organisation.objects.filter(municipality_id=picture.municipality_id, active=True)
        .exclude(pk=picture.owner_id)
        .exclude(parent_id=picture.owner_id)
        .exclude(pk__in=has)
    )
