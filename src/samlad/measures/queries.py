"""Every read on measures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.activities.models import Activity
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.authorization.policy import AuthorizedQuerySet
from samlad.measures.models import Evaluation, Measure, MeasurePartner
from samlad.measures.vocabulary import Kind
from samlad.measures.workflow import Status
from samlad.organisations.models import ActorClass, Organisation
from samlad.picture import memo
from samlad.picture.models import Picture
from samlad.picture.queries import language
from samlad.places.models import Area, within

CLOSED_SHOWN = 50
EARLIER_OFFERED = 100
ACTIVITIES_OFFERED = 100


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
    kind: str
    is_priority: bool
    follow_up_due: bool
    reading: str
    has_begun: bool
    problem_id: int | None
    mechanism: str


@dataclass(frozen=True)
class Choice:
    """What a list of measures is narrowed to; "" or None is everything.

    `area` is a code: of every version of the area, and of its parts.
    """

    kind: str = ""
    level: str = ""
    field: str = ""
    work_area: str = ""
    target_group: str = ""
    daypart: str = ""
    area: str = ""
    place: int | None = None
    programme: int | None = None
    problem: int | None = None
    only_priority: bool = False
    only_early: bool = False
    only_extra: bool = False
    only_overdue: bool = False

    def condition(self, today: date) -> Q:
        """Return what the measures chosen fulfil."""
        plain = {
            "kind": self.kind,
            "level": self.level,
            "field": self.field,
            "place": self.place,
            "programme": self.programme,
            "problem": self.problem,
            "is_priority": self.only_priority,
            "is_early": self.only_early,
            "is_extra": self.only_extra,
        }
        listed = {
            "work_areas": self.work_area,
            "target_groups": self.target_group,
            "dayparts": self.daypart,
        }
        found = Q(**{name: value for name, value in plain.items() if value})
        for name, code in listed.items():
            if code:  # of a fixed list: a code in quotes is in no other
                # as the two databases write it: PostgreSQL's letters, SQLite's escapes
                found &= Q(**{f"{name}__icontains": f'"{code}"'}) | Q(
                    **{f"{name}__icontains": json.dumps(code)}
                )
        if self.area:
            found &= within([self.area])
        if self.only_overdue:
            found &= Q(status=Status.PLANNED, due_on__lt=today) | Q(follow_up_on__lte=today)
        return found


EVERYTHING = Choice()
HEAVY = (  # of what a measure follows from: a list needs none of it
    "picture__charts", "picture__tables", "picture__frozen", "picture__given", "picture__notes",
    "area__boundary",
)  # fmt: skip
LISTED = ("owner", "area", "place", "picture__municipality", "incident__category", "problem")


def measures(
    user: User, *, today: date, choice: Choice = EVERYTHING
) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """Return the planned measures `user` may read, the soonest first, and the last closed."""
    found = chosen(user, today=today, choice=choice)
    return rows(found.filter(status=Status.PLANNED), user, today), closed(found, user, today)


def chosen(user: User, *, today: date, choice: Choice = EVERYTHING) -> AuthorizedQuerySet[Measure]:
    """Return the measures `user` may read and has chosen."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ)
    return readable.filter(choice.condition(today))


def closed(found: QuerySet[Measure], user: User, today: date) -> list[MeasureRow]:
    """Return the last closed of some measures."""
    ended = found.exclude(status=Status.PLANNED).order_by("-closed_on")
    return rows(ended[:CLOSED_SHOWN], user, today)


def rows(found: QuerySet[Measure], user: User, today: date) -> list[MeasureRow]:
    """Return measures that `user` may read as a list shows them."""
    listed = found.select_related(*LISTED).defer(*HEAVY).prefetch_related("evaluation__readings")
    return _rows(list(listed), user, today)


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
    rows = readable.filter(picture=picture).select_related(*LISTED).defer(*HEAVY)
    rows = rows.prefetch_related("evaluation__readings")
    return _rows(list(rows), user, today)


def find(user: User, pk: int) -> Measure | None:
    """Return a measure `user` may read, or None."""
    found: Measure | None = (
        Measure.objects.where_user_can(user, Permission.MEASURE_READ)
        .select_related(
            *LISTED, "municipality", "cause", "goal", "programme", "existing__owner", "continues"
        )
        .filter(pk=pk)
        .first()
    )
    return found


@dataclass(frozen=True)
class Counts:
    """How many of the measures `user` may read are of each sort; unlinked have no problem."""

    by_kind: dict[str, int]
    planned: int
    overdue: int
    to_follow_up: int
    unlinked: int
    no_follow_up: int
    ordinary: int
    extra: int
    without: list[str]


def counts(user: User, *, today: date) -> Counts:
    """Return the sums of the list, and which departments have no measure (E09)."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ).order_by()
    planned = Q(status=Status.PLANNED)
    sums = {
        "planned": planned,
        "overdue": planned & Q(due_on__lt=today),
        "to_follow_up": Q(follow_up_on__lte=today),
        "unlinked": planned & Q(problem=None),
        "no_follow_up": planned & Q(follow_up_on=None),
        "ordinary": Q(is_extra=False),
        "extra": Q(is_extra=True),
    }
    kinds = {kind.value: Q(kind=kind) for kind in Kind}
    found = readable.aggregate(
        **{name: Count("pk", filter=one) for name, one in (sums | kinds).items()}
    )
    whole = [
        scope.municipality
        for scope in policy.scopes_where(user, Permission.MEASURE_READ)
        if scope.organisation is None
    ]
    offices = Organisation.objects.filter(
        municipality__in=whole, kind__actor_class=ActorClass.OFFICE, active=True
    ).exclude(kind__code="grupp")
    lately = planned | Q(closed_on__gt=today - timedelta(365))
    with_one = set(readable.filter(lately).values_list("owner", flat=True).distinct())
    return Counts(
        by_kind={str(kind.label): found[kind.value] for kind in Kind},
        **{name: found[name] for name in sums},
        without=[one.name for one in offices.order_by("name") if one.pk not in with_one],
    )


def is_linked(one: Measure) -> bool:
    """Tell whether a measure follows from a problem, a finding or an observation (A04)."""
    return bool(one.problem_id or one.picture_id or one.incident_id)


def partners(measure: Measure) -> list[MeasurePartner]:
    """Return who has been asked to take part, by name."""
    return list(measure.shares.in_force().select_related("organisation"))


def done_for(measure: Measure, user: User) -> list[Activity]:
    """Return the activities done for a measure that `user` may read, the newest first."""
    readable = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
    linked = measure.activities.values("activity")
    rows = readable.filter(pk__in=linked, removed_at=None).select_related("kind", "owner", "area")
    return list(rows.defer("area__boundary"))


def activities_to_link(measure: Measure, user: User) -> list[Activity]:
    """Return the newest activities that may be said to have been done for a measure."""
    readable = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
    rows = readable.filter(municipality=measure.municipality_id, removed_at=None)
    linked = measure.activities.values("activity")
    return list(rows.exclude(pk__in=linked).select_related("kind")[:ACTIVITIES_OFFERED])


def answering_for(measure: Measure, user: User) -> list[Organisation]:
    """Return the asked organisations `user` may answer for."""
    asked = [one.organisation for one in partners(measure)]
    return [one for one in asked if policy.can(user, Permission.MEASURE_EDIT, one)]


def evaluation_of(measure: Measure) -> Evaluation | None:
    """Return how a measure's effect is read, or None where nothing is decided."""
    found: Evaluation | None = (
        Evaluation.objects.filter(measure=measure)
        .select_related("source", "category")
        .prefetch_related("readings")
        .first()
    )
    return found


def area_names(evaluation: Evaluation) -> dict[str, list[str]]:
    """Return the names of the areas an evaluation reads, by what they are."""
    codes = [code for part in evaluation.areas.values() for code in part]
    rows = Area.objects.filter(municipality=evaluation.measure.municipality_id, code__in=codes)
    names = dict(rows.order_by("valid_from").values_list("code", "name"))
    return {
        what: [names.get(code, code) for code in part] for what, part in evaluation.areas.items()
    }


def to_assess(user: User, *, today: date) -> list[Evaluation]:
    """Return the evaluations whose weeks are over and that have no reading since."""
    mine = Measure.objects.where_user_can(user, Permission.EFFECT_ASSESS).values("pk")
    due = Evaluation.objects.filter(
        measure__in=mine, ends_before__lte=today, frozen_at__isnull=False, readings=None
    ).exclude(measure__status=Status.NOT_DONE)
    return list(due.select_related("measure"))


def count_overdue(user: User, *, today: date) -> int:
    """Return how many of the measures `user` may change are overdue."""
    mine = Measure.objects.where_user_can(user, Permission.MEASURE_EDIT)
    return int(mine.filter(status=Status.PLANNED, due_on__lt=today).count())


def count_to_follow_up(user: User, *, today: date) -> int:
    """Return how many of the measures `user` may change are to be followed up by now."""
    mine = Measure.objects.where_user_can(user, Permission.MEASURE_EDIT)
    return int(mine.filter(follow_up_on__lte=today).count())


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
            status_label=status_label(one, today),
            reason=str(one.get_reason_display()) if one.reason else "",
            closed_on=one.closed_on,
            overdue=one.status == Status.PLANNED and one.due_on < today,
            because=because(one),
            picture_id=one.picture_id,
            may_edit=policy.can(user, Permission.MEASURE_EDIT, one),
            kind=str(one.get_kind_display()),
            is_priority=one.is_priority,
            follow_up_due=one.follow_up_on is not None and one.follow_up_on <= today,
            reading=reading_of(one),
            problem_id=one.problem_id,
            mechanism=str(one.get_mechanism_display()) if one.mechanism else "",
            has_begun=one.starts_on is not None and one.starts_on <= today,
        )
        for one in found
    ]


def status_label(one: Measure, today: date) -> str:
    """Return a measure's status in a word: one that is planned and has started goes on."""
    if one.status == Status.PLANNED and one.starts_on is not None and one.starts_on <= today:
        return _("Goes on now")
    return str(one.get_status_display())


def reading_of(one: Measure) -> str:
    """Return the last reading of a measure's effect, "" where there is none."""
    evaluation = getattr(one, "evaluation", None)
    readings = list(evaluation.readings.all()) if evaluation is not None else []
    return str(readings[0].get_reading_display()) if readings else ""


def because(one: Measure) -> str:
    """Return what a measure follows from, in words."""
    if one.problem is not None:
        return one.problem.name
    if one.picture is not None and one.picture.compiled:
        title = memo.title(one.picture.compiled, language())
        return " · ".join(part for part in (one.because, title) if part)
    if one.incident is not None:
        return f"{one.incident.category or ''} {one.incident.happened_on}".strip()
    return ""


def organisations_here(measure: Measure) -> QuerySet[Organisation]:
    """Return the other organisations of a measure's municipality, by name."""
    return (
        Organisation.objects.filter(municipality=measure.municipality_id, active=True)
        .exclude(pk=measure.owner_id)
        .order_by("name")
    )


def earlier(user: User) -> list[Measure]:
    """Return the closed measures `user` may read: a new one may continue one of them."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ)
    return list(readable.exclude(status=Status.PLANNED).order_by("-closed_on")[:EARLIER_OFFERED])


def own_organisation(user: User) -> int | None:
    """Return the organisation a person has their first role in: what they most often mean."""
    held = policy.memberships(user)
    return held[0].organisation_id if held else None
