"""Every read on releases: starts at who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from samlad.accounts.models import User
from samlad.activities import queries as activities
from samlad.activities.bands import band_of
from samlad.activities.vocabulary import Theme
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.centres.models import Centre
from samlad.measures.models import Measure, Problem
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import Municipality
from samlad.picture.models import Picture
from samlad.picture.workflow import Status as PictureStatus
from samlad.places.models import Area, AreaKind, Place
from samlad.promises.models import Promise
from samlad.public import queries as public
from samlad.public.content import LANGUAGES, texts
from samlad.releases import documents
from samlad.releases.models import Release
from samlad.releases.workflow import Feeling, Kind, Status

SHOWN = 50
MEASURES_OFFERED = 40
FEW = 5
OF_NUMBERS = {"rows", "columns", "column_totals", "total", "shapes"}


def releases(user: User) -> list[Release]:
    """Return the releases `user` may read, the newest first."""
    readable = Release.objects.where_user_can(user, Permission.RELEASE_READ)
    rows = readable.exclude(status=Status.DISCARDED).select_related("municipality")
    return list(rows.defer("content")[:SHOWN])


def find(user: User, pk: int) -> Release | None:
    """Return a release `user` may read, or None."""
    found: Release | None = (
        Release.objects.where_user_can(user, Permission.RELEASE_READ)
        .select_related("municipality", "promise")
        .filter(pk=pk)
        .first()
    )
    return found


def word_by_word(release: Release) -> list[tuple[str, list[str]]]:
    """Return every text that is published, in each language: what the second person answers for.

    Of a table the words alone: its numbers and outlines stand above.
    """
    found = []
    for language in LANGUAGES:
        content = release.content[language]
        if release.kind == Kind.TABLE:
            names = [row["name"] for row in content["rows"]]
            content = {k: v for k, v in content.items() if k not in OF_NUMBERS} | {"rows": names}
        found.append((language, list(dict.fromkeys(one for one in texts(content) if one))))
    return found


def waiting_for(user: User) -> int:
    """Return how many drafts wait for `user` to release: those of others."""
    mine = Release.objects.where_user_can(user, Permission.RELEASE_APPROVE)
    return int(mine.filter(status=Status.DRAFT).exclude(drafted_by=user).count())


def of_promise(user: User, promise: Promise) -> tuple[str, dict[str, Any]] | None:
    """Return what of a promise residents see, for its own page."""
    if not policy.can(user, Permission.RELEASE_READ, promise):
        return None
    last = promise.releases.filter(status=Status.RELEASED).first()
    draft = promise.releases.filter(status=Status.DRAFT).first()
    context = {
        "last": last,
        "draft": draft,
        "promise": promise,
        "may_draft": policy.can(user, Permission.RELEASE_DRAFT, promise)
        and promise.starts_on is not None,
    }
    return "releases/_of_promise.html", context


def measures_to_tell_of(picture: Picture, user: User) -> list[Measure]:
    """Return the measures residents may be told of with a picture: its own, and what goes on."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ)
    here = readable.filter(municipality=picture.municipality_id).select_related("owner")
    shown_by = Problem.objects.filter(findings__picture=picture).values("pk")
    rows = here.filter(
        Q(picture=picture) | Q(problem__in=shown_by) | Q(status=MeasureStatus.PLANNED)
    )
    return list(rows.distinct().order_by("due_on", "pk")[:MEASURES_OFFERED])


def place_names(municipality: Municipality) -> list[str]:
    """Return the names a question to residents offers first: the districts and the places."""
    areas = Area.objects.filter(
        municipality=municipality, kind=AreaKind.DISTRICT, ends_before=None
    ).order_by("name")
    places = Place.objects.filter(municipality=municipality).order_by("name")
    names = [*areas.values_list("name", flat=True), *places.values_list("name", flat=True)]
    return list(dict.fromkeys(names))


def kinds_to_list(municipality: Municipality) -> list[tuple[str, str]]:
    """Return (code, label) of the kinds of activities a public list may hold: none of persons."""
    rows = activities.kinds({municipality.pk}).filter(banded=False)
    return [(one.code, activities.label(one)) for one in rows]


@dataclass(frozen=True)
class Told:
    """What residents have answered: by place with bands, the reasons most first, in all."""

    places: list[tuple[str, str, str]]
    reasons: list[tuple[str, str]]
    themes: list[str]
    total: int
    said: str
    is_over: bool


def answers(release: Release, *, today: date) -> Told:
    """Return a question's answers, fewer than five as a band."""
    rows = public.answers(release.pk)
    by_place: dict[str, dict[str, int]] = {}
    by_reason: dict[str, int] = {}
    for place, feeling, reason, _time, n in rows:
        counted = by_place.setdefault(place, dict.fromkeys(Feeling.values, 0))
        counted[feeling] += n
        if feeling == Feeling.UNSAFE:
            by_reason[reason] = by_reason.get(reason, 0) + n
    cells = [n for counted in by_place.values() for n in counted.values()]
    most = sorted(by_reason.items(), key=lambda one: (-one[1], one[0]))
    return Told(
        places=[
            (place, _few(counted[Feeling.SAFE]), _few(counted[Feeling.UNSAFE]))
            for place, counted in sorted(by_place.items())
        ],
        reasons=[(str(Theme(code).label), _few(n)) for code, n in most],
        themes=[code for code, n in most if n >= FEW],
        total=(whole := sum(row[-1] for row in rows)),
        said=str(whole if not any(0 < n < FEW for n in cells) else band_of(whole)),
        is_over=release.shown_before is not None and release.shown_before <= today,
    )


def _few(n: int) -> str:
    return str(band_of(n)) if 0 < n < FEW else str(n)


def of_thing(user: User, kind: Kind, subject: str, thing: Any) -> dict[str, Any] | None:
    """Return what residents see of a thing, and where a draft of it is begun."""
    if not policy.can(user, Permission.RELEASE_READ, thing):
        return None
    rows = Release.objects.filter(municipality=thing.municipality_id, kind=kind, subject=subject)
    return {
        "last": rows.filter(status=Status.RELEASED).first(),
        "draft": rows.filter(status=Status.DRAFT).first(),
        "thing": thing,
        "may_draft": policy.can(user, Permission.RELEASE_DRAFT, thing),
    }


def of_centre(user: User, centre: Centre) -> tuple[str, dict[str, Any]] | None:
    """Return what residents see of a safety centre, for its own page."""
    found = of_thing(user, Kind.CENTRE, str(centre.pk), centre)
    return None if found is None else ("releases/_of_centre.html", found)


def of_picture(user: User, picture: Picture) -> tuple[str, dict[str, Any]] | None:
    """Return what residents see of an adopted picture, for its own page."""
    if picture.status != PictureStatus.ADOPTED:
        return None
    found = of_thing(user, Kind.PICTURE, documents.subject(picture), picture)
    return None if found is None else ("releases/_of_picture.html", found)
