"""A first text of the lägesbild's parts, from what Samlad holds; people write on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.indicators import queries as indicators
from samlad.indicators.models import Dimension, Indicator
from samlad.law import violence
from samlad.measures import property_damage
from samlad.measures.models import Problem
from samlad.measures.workflow import Status
from samlad.organisations.models import Municipality
from samlad.picture import sentences
from samlad.picture.models import ADOPTED, Picture

YEARS = timedelta(days=730)
CATEGORIES, FINDINGS = 8, 20


@dataclass(frozen=True)
class Draft:
    """Proposed texts, and the sources they come from."""

    extent: str
    consequences: str
    other: str
    analysis: str
    sources: list[str]


PARTS = ("extent", "consequences", "other", "analysis")


def draft(municipality: Municipality, user: User, *, today: date) -> Draft:
    """Return what two years of incidents, adopted pictures and problems say, by source."""
    lines, sources = [], []
    since = today - YEARS
    seen = Incident.objects.where_user_can(user, Permission.INCIDENT_READ).filter(
        pk__in=Incident.objects.accepted().values("pk"),
        municipality=municipality,
        happened_on__gte=since,
    )
    by_source: dict[str, list[tuple[str, int]]] = {}
    rows = (
        seen.exclude(category=None)
        .exclude(category__code__in=violence.CATEGORIES)  # told in their own section, in sums
        .values_list("source__name", "category__label_sv")
        .annotate(n=Count("pk"))
        .order_by("source__name", "-n")
    )
    for source, category, n in rows:
        by_source.setdefault(source, []).append((category, n))
    for source, counted in by_source.items():
        sources.append(source)
        most = ", ".join(f"{category} {n}" for category, n in counted[:CATEGORIES])
        total = sum(n for _category, n in counted)
        lines.append(
            _("%(source)s, since %(since)s: %(total)s incidents; %(most)s.")
            % {"source": source, "since": since, "total": total, "most": most}
        )
    perceived, factual = _series(municipality, user)
    return Draft(
        extent="\n".join(lines),
        consequences="\n".join([*_damage(municipality, user, today), *perceived]),
        other="\n".join(factual),
        analysis=_analysis(municipality, user, since),
        sources=sources,
    )


def _damage(municipality: Municipality, user: User, today: date) -> list[str]:
    """Return what damage at the municipality's own places has cost, this year and the last."""
    lines = []
    for year in (today.year - 1, today.year):
        rows = property_damage.by_place(municipality, user, year=year)
        if not rows:
            continue
        counted = {
            "year": year,
            "n": sum(row.number for row in rows),
            "places": len(rows),
            "kr": number_format(sum(row.cost_kr for row in rows), force_grouping=True),
        }
        lines.append(
            _("%(year)s: damage at %(places)s of our own places, %(n)s noted, %(kr)s kr.") % counted
            + " "
            + _("Counted in each source: the same damage may stand in several.")
        )
    return lines


def _series(municipality: Municipality, user: User) -> tuple[list[str], list[str]]:
    """Return the last value of each series, of what is felt and of what has happened."""
    readable = Indicator.objects.where_user_can(user, Permission.INDICATOR_READ)
    found: dict[str, list[str]] = {dimension: [] for dimension in Dimension}
    rows = readable.filter(municipality=municipality).prefetch_related("values")
    for one in rows:
        values = list(one.values.all())
        if not values:
            continue
        last = values[-1]
        line = f"{one}: {indicators.shown(last.value)} ({one.get_unit_display()}"
        line += f", {indicators.period(last.starts_on, last.ends_before)}, {last.source})."
        found[one.dimension].append(line)
    return found[Dimension.PERCEIVED], found[Dimension.FACTUAL]


def plan_text(municipality: Municipality, user: User) -> str:
    """Return a first text of the plan: each open problem, its causes, goals and measures."""
    lines = []
    problems = Problem.objects.where_user_can(user, Permission.MEASURE_READ)
    rows = problems.filter(municipality=municipality, closed_on=None)
    for problem in rows.prefetch_related("causes", "goals", "measures__owner"):
        lines.append(problem.name)
        causes = [cause.text for cause in problem.causes.all()]
        if causes:
            lines.append(_("Likely causes: %(causes)s") % {"causes": "; ".join(causes)})
        for goal in problem.goals.all():
            told = {"goal": goal.what, "target": indicators.shown(goal.target)}
            lines.append(
                _("Goal: %(goal)s, %(target)s at the end of %(year)s")
                % (told | {"year": goal.target_year})
            )
        for one in problem.measures.all():
            if one.status == Status.PLANNED:
                done = {"what": one.what, "who": one.owner.name, "day": one.due_on}
                lines.append(_("Measure: %(what)s (%(who)s, done by %(day)s)") % done)
        lines.append("")
    return "\n".join(lines).strip()


def _analysis(municipality: Municipality, user: User, since: date) -> str:
    lines = []
    pictures = (
        Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED)
        .filter(municipality=municipality, status__in=ADOPTED, starts_on__gte=since)
        .order_by("starts_on")
    )
    for picture in pictures.defer("charts", "tables", "frozen"):
        for finding in picture.compiled["findings"]:
            lines.append(f"{picture.starts_on}: {sentences.finding_title(finding)}")
    problems = Problem.objects.where_user_can(user, Permission.MEASURE_READ)
    for problem in problems.filter(municipality=municipality).prefetch_related("causes"):
        causes = "; ".join(cause.text for cause in problem.causes.all())
        lines.append(f"{problem.name}: {causes}" if causes else problem.name)
    return "\n".join(lines[-FINDINGS:])


def beside(earlier: str, proposed: str) -> str:
    """Return the last version's text with what is counted now beneath, to be worked in."""
    if not (earlier and proposed):
        return earlier or proposed
    return "\n".join([earlier, "", _("Counted since then:"), proposed])
