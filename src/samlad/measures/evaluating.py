"""An evaluation and the incidents it reads: which areas, which weeks, from the database."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Q

from samlad.accounts.models import User
from samlad.calendar.dayparts import Daypart
from samlad.calendar.holidays import week_start
from samlad.incidents import count_queries, tables
from samlad.incidents.models import Category, Source
from samlad.incidents.tables import CountTable
from samlad.measures.assessing import Assessment, Design, Weeks, assess, design
from samlad.measures.models import Evaluation, Measure
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.workflow import Method, Status
from samlad.organisations.models import Municipality
from samlad.picture import passed_in
from samlad.picture.heard import Heard, with_roll_call
from samlad.places import queries as places
from samlad.places import shapes

YEAR = timedelta(days=365)
BUFFER_M = 250.0  # an area this near may take over what is moved
HOURS_KNOWN = 0.8  # share of the incidents in the area whose hour must be known to read by hours
Counted = dict[tuple[int, date, frozenset[Daypart]], "CountTable | None"]


@dataclass(frozen=True)
class Hours:
    """By area and week how many incidents there were, and of how many the hour is known."""

    counts: np.ndarray
    known: np.ndarray

    def are_told(self, weeks: Weeks, starts_on: date) -> bool:
        """Tell whether hours are known well enough to be read by.

        In the treated area and in those compared with, before the start and after it: where hours
        stop being noted, incidents seem to vanish.
        """
        start = max(weeks.index(starts_on), 0)
        for areas in (weeks.treated, weeks.comparison):
            for columns in (slice(None, start), slice(start, None)):
                n = self.counts[areas][:, columns].sum()
                if self.known[areas][:, columns].sum() < HOURS_KNOWN * n:
                    return False
        return True


@dataclass(frozen=True)
class Read:
    """Weekly counts, the last break in the source's series, and whether it answers regularly.

    An area its organisation does not answer for is neither treated nor compared with.
    """

    weeks: Weeks
    broken_since: date | None
    is_regular: bool
    hours: Hours | None = None


def areas_of(measure: Measure) -> dict[str, list[str]]:
    """Return the codes of the areas a measure is read in: treated, comparison, buffer.

    Areas of the same kind are compared with, never one that lies within the buffer, nor one
    where another measure against the same problem, or the same sort of incidents, is decided.
    """
    if measure.area is None:
        return {"treated": [], "comparison": [], "buffer": []}
    day = measure.starts_on or measure.due_on
    versions = shapes.areas_on(measure.municipality, day)
    treated = next((one for one in versions if one.pk == measure.area_id), None)
    if treated is None:
        treated = next((one for one in versions if one.code == measure.area.code), None)
    if treated is None:
        return {"treated": [measure.area.code], "comparison": [], "buffer": []}
    alike = [one for one in versions if one.kind == treated.kind and one.code != treated.code]
    near = {one.code for one in alike if one.boundary.distance(treated.boundary) < BUFFER_M}
    same = Q(problem=measure.problem_id)
    if measure.problem is not None and measure.problem.category_id is not None:
        same |= Q(problem__category=measure.problem.category_id)
    busy = set(
        Measure.objects.filter(same, municipality=measure.municipality, area__isnull=False)
        .exclude(pk=measure.pk)
        .exclude(problem=None)
        .exclude(status=Status.NOT_DONE)
        .values_list("area__code", flat=True)
    )
    return {
        "treated": [treated.code],
        "comparison": sorted(one.code for one in alike if one.code not in near | busy),
        "buffer": sorted(near),
    }


EVERY_PART = frozenset(Daypart)


def dayparts_of(measure: Measure) -> list[str]:
    """Return the parts of the week a measure goes on in, none where that is all of them."""
    own = list(measure.dayparts)
    return [] if frozenset(own) >= EVERY_PART else own


def designed(weeks: Weeks, measure: Measure, *, starts_on: date, ends_before: date) -> Design:
    """Return the design for a measure: the pictures it follows from are in no baseline.

    Neither is the time the problem has been seen, if it began in the year before the start.
    """
    led_to = [starts_on]
    if measure.picture is not None:
        led_to.append(measure.picture.starts_on)
    problem = measure.problem
    if problem is not None:
        led_to += [one.picture.starts_on for one in problem.findings.select_related("picture")]
        if problem.starts_on is not None and problem.starts_on >= starts_on - YEAR:
            led_to.append(problem.starts_on)
    return design(
        weeks, starts_on=starts_on, ends_before=ends_before, peak_from=week_start(min(led_to))
    )


def weeks(
    source: Source,
    category: Category,
    areas: Mapping[str, Sequence[str]],
    municipality: Municipality,
    user: User,
    *,
    until: date,
    parts: Sequence[str] = (),
    counted: Counted | None = None,
) -> Read | None:
    """Return the weeks before a Monday, or None where the source has no incidents.

    Raises `PermissionDenied` unless `user` may read the whole source.
    """
    known = {} if counted is None else counted
    wanted = frozenset(Daypart(part) for part in parts)

    def counted_in(parts: frozenset[Daypart]) -> CountTable | None:
        key = (source.pk, until, parts)
        if key not in known:
            known[key] = _table(source, municipality, user, until, parts)
        return known[key]

    table = counted_in(frozenset())
    if table is None:
        return None
    index = {one.code: i for i, one in enumerate(table.categories)}
    if category.code not in index:
        return None
    codes = [area.code for area in table.areas]
    column = index[category.code]
    answered = np.ones(len(codes), bool) if table.covered is None else table.covered[:, column]
    counts, hours = table.counts[:, column, :], None
    if wanted:  # a week without incidents in those hours is no silent week: that is of all hours
        inside, told = counted_in(wanted), counted_in(EVERY_PART)
        if inside is None or told is None:
            return None
        hours = Hours(counts=counts, known=told.counts[:, column, :])
        counts = inside.counts[:, column, :]
    return Read(
        Weeks(
            mondays=table.bins.starts,
            counts=counts,
            observed=table.observed,
            **{what: np.isin(codes, list(areas[what])) & answered for what in areas},
        ),
        _broken_since(source, municipality, until),
        table.regular,
        hours,
    )


def _table(
    source: Source,
    municipality: Municipality,
    user: User,
    until: date,
    parts: frozenset[Daypart],
) -> CountTable | None:
    span = count_queries.span(source)
    if span is None or span[0] >= until:
        return None
    bins = tables.weeks(span[0], until)
    if not len(bins):
        return None
    given = passed_in.of(municipality, starts_on=until - timedelta(7), ends_before=until)
    last = until - timedelta(1)
    table = count_queries.counts(
        source=source,
        user=user,
        areas=shapes.areas_on(municipality, last),
        every_version=places.area_versions(municipality),
        bins=bins,
        began_on=span[0],
        weekly=True,
        window=(until - timedelta(7), until),
        excluded=frozenset(given.get("excluded", ())),
        parts=parts,
    )
    heard = given.get("roll_call", {}).get(source.code)
    return table if heard is None else with_roll_call(table, Heard.from_json(heard))


def _broken_since(source: Source, municipality: Municipality, until: date) -> date | None:
    given = passed_in.of(municipality, starts_on=until - timedelta(7), ends_before=until)
    heard = given.get("roll_call", {}).get(source.code)
    return None if heard is None else Heard.from_json(heard).since


def read_effect(
    evaluation: Evaluation, municipality: Municipality, user: User, counted: Counted
) -> dict[str, Any]:
    """Return the assessment of an evaluation, as it is kept."""
    made = from_json(evaluation.design)
    read = weeks(
        evaluation.source,
        evaluation.category,
        evaluation.areas,
        municipality,
        user,
        until=evaluation.ends_before,
        parts=evaluation.dayparts,
        counted=counted,
    )
    if read is None:
        raise NotAllowed(Reason.NO_INCIDENTS)
    broken = read.broken_since is not None and read.broken_since > made.peak_from
    broken = broken or not read.is_regular
    untold = read.hours is not None and not read.hours.are_told(read.weeks, made.starts_on)
    return assessment_as_json(assess(read.weeks, made, broken=broken, untold=untold))


def as_json(made: Design) -> dict[str, Any]:
    """Return a design as it is kept; NaN as null."""
    return {
        key: value.isoformat() if isinstance(value, date) else _number(value)
        for key, value in dataclasses.asdict(made).items()
    }


def from_json(kept: Mapping[str, Any]) -> Design:
    """Return what `as_json` kept."""
    return Design(
        method=Method(kept["method"]),
        starts_on=date.fromisoformat(kept["starts_on"]),
        ends_before=date.fromisoformat(kept["ends_before"]),
        peak_from=date.fromisoformat(kept["peak_from"]),
        includes_peak=kept["includes_peak"],
        expected=_float(kept["expected"]),
        fall=_float(kept["fall"]),
        rise=_float(kept["rise"]),
    )


def _float(kept: float | None) -> float:
    return math.nan if kept is None else float(kept)


def assessment_as_json(found: Assessment) -> dict[str, Any]:
    """Return an assessment as it is kept; NaN and infinity as null."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [kept(one) for one in value]
        return _number(value)

    result: dict[str, Any] = kept(dataclasses.asdict(found))
    return result


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
