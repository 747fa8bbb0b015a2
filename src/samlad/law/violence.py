"""Figures on violence that a lägesbild seldom holds: counts of years, never less than five.

Brå names violence in close relations and honour-related violence and oppression. Those harmed
are few and known to somebody: a number below `FEWEST` is said to be that and nothing more, and
so is the only one that could be computed from the others, since no total is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.indicators import queries as indicators
from samlad.indicators.models import Indicator, Unit
from samlad.organisations.models import Municipality

CATEGORIES = ("vald-nara", "hedersrelaterat")
YEARS, FEWEST = 3, 5


def figures(
    municipality: Municipality, chosen: Sequence[Indicator], user: User, *, today: date
) -> list[str]:
    """Return sentences on the last whole years and this one: of incidents, then of indicators.

    Incidents are counted in the whole municipality, by source, where `user` may read them.
    """
    return [*_incidents(municipality, user, today), *(_indicator(one) for one in chosen)]


def _incidents(municipality: Municipality, user: User, today: date) -> list[str]:
    first = today.year - YEARS
    rows = (
        Incident.objects.where_user_can(user, Permission.INCIDENT_READ)
        .filter(
            pk__in=Incident.objects.accepted().values("pk"),
            municipality=municipality,
            category__code__in=CATEGORIES,
            happened_on__gte=date(first, 1, 1),
        )
        .annotate(year=ExtractYear("happened_on"))
        .values_list("category__label_sv", "source__name", "year")
        .annotate(n=Count("pk"))
        .order_by("category__label_sv", "source__name", "year")
    )
    found: dict[tuple[str, str], dict[int, int]] = {}
    for category, source, year, n in rows:
        found.setdefault((category, source), {})[year] = n
    return [
        f"{category}, {source}: "
        + ", ".join(
            f"{year}{'' if year < today.year else ' (' + _('so far') + ')'}: "
            f"{shown(years.get(year, 0))}"
            for year in range(first, today.year + 1)
        )
        for (category, source), years in found.items()
    ]


def shown(count: int) -> str:
    """Return a count as it may be said; none is no secret where nobody is said to be harmed."""
    return _("fewer than five") if count < FEWEST else number_format(count, force_grouping=True)


def _indicator(one: Indicator) -> str:
    years = sorted(indicators.by_year(one).items())[-YEARS:]
    few = one.unit == Unit.COUNT
    values = ", ".join(
        f"{year}: {shown(round(value)) if few else indicators.shown(value)}"
        for year, value in years
    )
    unit = "" if few else f", {one.get_unit_display()}"
    return f"{one.name} ({one.geography}{unit}): {values}"
