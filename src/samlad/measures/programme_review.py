"""What a programme's year came to: problems, measures, follow-ups, resources (B01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.measures import problem_queries, queries
from samlad.measures.models import FollowUp, Measure, Programme
from samlad.measures.problem_queries import Progress
from samlad.measures.queries import MeasureRow
from samlad.picture.periods import years_after
from samlad.ui import typesetting
from samlad.ui.typesetting import Part


@dataclass(frozen=True)
class Year:
    """The programme's nth year: from its first day to before `ends_before`."""

    n: int
    starts_on: date
    ends_before: date

    @property
    def last_day(self) -> date:
        """Return the year's last day."""
        return self.ends_before - timedelta(1)


@dataclass(frozen=True)
class Review:
    """A year of a programme in rows and sums; `hours_used` are those of its follow-ups."""

    name: str
    owner: str
    municipality: str
    purpose: str
    year: Year
    is_over: bool
    decided: list[MeasureRow]
    finished: list[MeasureRow]
    follow_ups: list[FollowUp]
    goals: list[tuple[str, list[Progress]]]
    sums: list[tuple[str, Decimal]]
    hours_planned: int
    hours_used: int
    cost_kr: int


def years(programme: Programme, *, today: date) -> list[Year]:
    """Return the years of a programme that have begun, the first first."""
    end = today + timedelta(1)
    if programme.ends_before is not None:
        end = min(end, programme.ends_before)
    found: list[Year] = []
    while True:
        n = len(found) + 1
        first = years_after(programme.starts_on, n - 1)
        if first >= end:
            return found
        found.append(Year(n, first, years_after(programme.starts_on, n)))


def review(programme: Programme, user: User, *, year: Year, today: date) -> Review:
    """Return what `user` may read of a year of a programme."""
    readable = Measure.objects.where_user_can(user, Permission.MEASURE_READ)
    mine = readable.filter(programme=programme)
    start, end = _midnight(year.starts_on), _midnight(year.ends_before)
    before = Q(decided_at__lt=start) if year.n > 1 else Q(pk=None)  # what was decided beforehand
    decided = mine.filter(decided_at__lt=end).exclude(before)
    finished = mine.filter(closed_on__gte=year.starts_on, closed_on__lt=year.ends_before)
    follow_ups = FollowUp.objects.filter(
        measure__in=mine.values("pk"), on__gte=year.starts_on, on__lt=year.ends_before
    ).select_related("measure")
    sums = mine.filter(pk__in=decided.values("pk")).aggregate(h=Sum("hours"), kr=Sum("cost_kr"))
    return Review(
        name=programme.name,
        owner=programme.owner.name,
        municipality=programme.municipality.name,
        purpose=programme.purpose,
        year=year,
        is_over=today >= year.ends_before,
        decided=queries.rows(decided, user, today),
        finished=queries.rows(finished, user, today),
        follow_ups=list(follow_ups),
        goals=[
            (problem.name, problem_queries.progress(problem, user))
            for problem in programme.problems.all()
        ],
        sums=[(str(unit), amount) for unit, amount in problem_queries.sums(programme)],
        hours_planned=sums["h"] or 0,
        hours_used=follow_ups.aggregate(h=Sum("hours_used"))["h"] or 0,
        cost_kr=sums["kr"] or 0,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def pdf(one: Review) -> bytes:
    """Return a review as PDF/UA."""
    state = f"{one.year.starts_on} – {one.year.last_day}"
    if not one.is_over:
        state += " · " + _("so far")
    return typesetting.document(
        title=_("%(name)s: year %(n)s") % {"name": one.name, "n": one.year.n},
        author=one.municipality,
        state=state,
        parts=[
            Part(_("Purpose"), paragraphs=[one.purpose] if one.purpose else []),
            Part(_("Decided in the year"), points=[_line(row) for row in one.decided]),
            Part(_("Finished in the year"), points=[_line(row) for row in one.finished]),
            Part(
                _("Followed up"),
                points=[
                    f"{f.on} · {f.measure.what}: {f.get_every_time_display()}. {f.note}".strip()
                    for f in one.follow_ups
                ],
            ),
            Part(
                _("Goals"),
                points=[
                    f"{problem}: {goal.what} ({_('target')} {_shown(goal.target)}, "
                    f"{goal.target_year}); "
                    + ", ".join(_of_year(year, value) for year, value in goal.years)
                    for problem, goals in one.goals
                    for goal in goals
                ],
            ),
            Part(
                _("Resources"),
                points=[
                    *(f"{unit}: {_shown(amount)}" for unit, amount in one.sums),
                    _("Hours planned in measures: %(n)s") % {"n": _shown(one.hours_planned)},
                    _("Hours used by the follow-ups: %(n)s") % {"n": _shown(one.hours_used)},
                    _("Cost of measures, kronor: %(n)s") % {"n": _shown(one.cost_kr)},
                ],
            ),
        ],
    )


def _shown(value: float | Decimal) -> str:
    return floatformat(value, "-2g")


def _of_year(year: int, value: float) -> str:
    so_far = f" ({_('so far')})" if year == timezone.localdate().year else ""
    return f"{year}: {_shown(value)}{so_far}"


def _line(row: MeasureRow) -> str:
    parts = [row.what, row.responsible, row.status_label]
    if row.reading:
        parts.append(_("Effect") + ": " + row.reading)
    return " · ".join(parts)
