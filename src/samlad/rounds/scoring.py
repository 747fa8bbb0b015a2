"""How well a round's deployment list caught what came in the period after."""

from __future__ import annotations

import numpy as np
import shapely

from samlad.accounts.models import User
from samlad.incidents import queries as incidents
from samlad.incidents.models import Incident, SourceKind
from samlad.places import shapes
from samlad.rounds import presence
from samlad.rounds.models import Round
from samlad.rounds.presence import Score


def scores(round_: Round, user: User) -> list[Score]:
    """Return the list's score for each source of reports, once the next round has closed.

    Over the smallest areas: a line for a larger area counts for each of its parts. Sources
    are never added up. Empty without a list, or before the next period is over and reviewed.
    """
    after = Round.objects.filter(
        process=round_.process_id,
        municipality=round_.municipality_id,
        starts_on=round_.ends_before,
        reviewed_at__isnull=False,
    ).first()
    lines = list(round_.presences.order_by("rank"))
    if after is None or not lines:
        return []
    versions = shapes.areas_on(round_.municipality, round_.starts_on)
    parents = {version.parent for version in versions}
    smallest = [version for version in versions if version.pk not in parents]
    index = {version.pk: i for i, version in enumerate(smallest)}
    within: dict[int, list[int]] = {version.pk: [] for version in versions}
    parent_of = {version.pk: version.parent for version in versions}
    for version in smallest:
        one: int | None = version.pk
        while one is not None and one in within:
            within[one].append(index[version.pk])
            one = parent_of[one]
    ranked = [i for line in lines for i in within.get(line.area_id, [])]
    size = shapely.area([version.boundary for version in smallest])
    found = []
    for source in incidents.sources(round_.municipality, user):
        if source.kind != SourceKind.REPORTS:
            continue
        counts = [_counts(source.pk, one, index, len(smallest)) for one in (round_, after)]
        scored = presence.score(
            source=source.name, ranked=ranked, before=counts[0], after=counts[1], size=size
        )
        if scored is not None:
            found.append(scored)
    return found


def _counts(source_id: int, round_: Round, index: dict[int, int], n: int) -> np.ndarray:
    counts = np.zeros(n, dtype=np.int64)
    rows = (
        Incident.objects.accepted()
        .filter(
            source=source_id,
            happened_on__gte=round_.starts_on,
            happened_on__lt=round_.ends_before,
            area__isnull=False,
        )
        .values_list("area_id", flat=True)
    )
    for area in rows:
        if area in index:
            counts[index[area]] += 1
    return counts
