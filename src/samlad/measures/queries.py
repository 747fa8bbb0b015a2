"""Every read on measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.measures.models import Measure
from samlad.measures.workflow import Status
from samlad.organisations.models import Organisation
from samlad.picture import memo
from samlad.picture.models import Picture
from samlad.picture.queries import language

CLOSED_SHOWN = 50


@dataclass(frozen=True)
class MeasureRow:
    """One measure as a list shows it; `because` names what it follows from."""

    pk: int
    what: str
    where: str
    responsible: str
    due_on: date
    status: str
    status_label: str
    reason: str
    closed_on: date | None
    overdue: bool
    because: str
    picture_id: int | None
    may_edit: bool


def measures(user: User, *, today: date) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """Return the planned measures `user` may read, the soonest first, and the last closed."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ).select_related(
        "owner", "area", "place", "picture__municipality", "incident__category"
    )
    planned = list(readable.filter(status=Status.PLANNED))
    closed = list(readable.exclude(status=Status.PLANNED).order_by("-closed_on")[:CLOSED_SHOWN])
    return _rows(planned, user, today), _rows(closed, user, today)


def of_picture(
    picture: Picture, user: User, *, today: date, whole: bool = False
) -> list[MeasureRow]:
    """Return the measures that follow from a picture, as `user` may read them.

    `whole` is for who has been sent the working version: that says who does what.
    """
    readable = (
        Measure.objects.all()
        if whole
        else Measure.objects.where_user_can(user, Permission.MEASURE_READ)
    )
    rows = readable.filter(picture=picture).select_related(
        "owner", "area", "place", "picture__municipality", "incident__category"
    )
    return _rows(list(rows), user, today)


def find(user: User, pk: int) -> Measure | None:
    """Return a measure `user` may read, or None."""
    found: Measure | None = (
        Measure.objects.where_user_can(user, Permission.MEASURE_READ).filter(pk=pk).first()
    )
    return found


def count_overdue(user: User, *, today: date) -> int:
    """Return how many of the measures `user` may change are overdue."""
    mine = Measure.objects.where_user_can(user, Permission.MEASURE_EDIT)
    return int(mine.filter(status=Status.PLANNED, due_on__lt=today).count())


def organisations_to_charge(user: User) -> list[Organisation]:
    """Return the organisations `user` may decide measures for, by name."""
    scopes = policy.scopes_where(user, Permission.MEASURE_EDIT)
    condition = policy.scope_filter(scopes, owner="pk")
    return list(Organisation.objects.filter(condition, active=True).order_by("name"))


def _rows(found: list[Measure], user: User, today: date) -> list[MeasureRow]:
    return [
        MeasureRow(
            pk=one.pk,
            what=one.what,
            where=", ".join(str(part) for part in (one.place, one.area) if part),
            responsible=one.owner.name,
            due_on=one.due_on,
            status=one.status,
            status_label=str(one.get_status_display()),
            reason=str(one.get_reason_display()) if one.reason else "",
            closed_on=one.closed_on,
            overdue=one.status == Status.PLANNED and one.due_on < today,
            because=_because(one),
            picture_id=one.picture_id,
            may_edit=policy.can(user, Permission.MEASURE_EDIT, one),
        )
        for one in found
    ]


def _because(one: Measure) -> str:
    if one.picture is not None and one.picture.compiled:
        title = memo.title(one.picture.compiled, language())
        return " · ".join(part for part in (one.because, title) if part)
    if one.incident is not None:
        return f"{one.incident.category or ''} {one.incident.happened_on}".strip()
    return ""
