"""A first text of the lägesbild's parts, from what Samlad holds; people write on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.law import violence
from samlad.measures.models import Problem
from samlad.organisations.models import Municipality
from samlad.picture import sentences
from samlad.picture.models import ADOPTED, Picture

YEARS = timedelta(days=730)
CATEGORIES, FINDINGS = 8, 20


@dataclass(frozen=True)
class Draft:
    """Proposed texts, and the sources they come from."""

    extent: str
    analysis: str
    sources: list[str]


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
    return Draft("\n".join(lines), _analysis(municipality, user, since), sources)


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
