"""What the roll-call says of a source's weeks: heard, silent, or not comparable with before.

Silence is not zero: only where an organisation has said that its week is done does a week
without reports count as one with none, and only for what that organisation covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from samlad.incidents.tables import CountTable

REGULAR_SHARE = 0.8  # of the baseline weeks a voluntary source must have answered in


@dataclass(frozen=True)
class Heard:
    """One source's answers: `weeks` by Monday; `since` the last break in its series.

    `areas` and `categories` are the codes its organisation covers, empty for all.
    """

    weeks: Mapping[date, bool] = field(default_factory=dict)
    since: date | None = None
    voluntary: bool = False
    areas: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as a picture keeps it."""
        return {
            "weeks": {monday.isoformat(): said for monday, said in sorted(self.weeks.items())},
            "since": self.since and self.since.isoformat(),
            "voluntary": self.voluntary,
            "areas": list(self.areas),
            "categories": list(self.categories),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Heard:
        """Return what `as_json` kept."""
        return cls(
            weeks={date.fromisoformat(day): said for day, said in kept["weeks"].items()},
            since=date.fromisoformat(kept["since"]) if kept["since"] else None,
            voluntary=kept["voluntary"],
            areas=tuple(kept["areas"]),
            categories=tuple(kept["categories"]),
        )


def with_roll_call(table: CountTable, heard: Heard) -> CountTable:
    """Return the table with what the roll-call knows of its weeks.

    A week it does not know keeps what was estimated from the reports themselves. A bin longer
    than a week is heard when all its known weeks are.
    """
    observed = table.observed.copy()
    for i, (start, end) in enumerate(zip(table.bins.starts, table.bins.ends, strict=True)):
        said = [answer for monday, answer in heard.weeks.items() if start <= monday < end]
        if said:
            observed[i] = all(said)
        if heard.since is not None and start < heard.since:
            observed[i] = False
    return replace(
        table,
        source=replace(table.source, voluntary=heard.voluntary),
        observed=observed,
        covered=_covered(table, heard),
        regular=not heard.voluntary or _is_regular(table, observed, heard.since),
    )


def _is_regular(table: CountTable, observed: np.ndarray, since: date | None) -> bool:
    """Tell whether a voluntary source answers now and did in most of its baseline."""
    begun = np.flatnonzero(table.counts[0].sum(axis=0))
    starts = np.array([start >= (since or start) for start in table.bins.starts])
    first = max(int(begun[0]) if len(begun) else 0, int(np.argmax(starts)))
    baseline = observed[first:-1]
    return bool(observed[-1]) and (not len(baseline) or baseline.mean() >= REGULAR_SHARE)


def _covered(table: CountTable, heard: Heard) -> np.ndarray | None:
    """Return which (area, category) the organisation answers for, None for all.

    An area is answered for where it is named, or lies in one that is; the whole only by
    somebody who covers every area.
    """
    if not heard.areas and not heard.categories:
        return None
    named = np.ones(len(table.areas), dtype=bool)
    if heard.areas:
        named[:] = [area.code in heard.areas for area in table.areas]
        for i, area in enumerate(table.areas):  # parts come after wholes
            if area.parent is not None and named[area.parent]:
                named[i] = True
    kinds = np.ones(len(table.categories), dtype=bool)
    if heard.categories:
        kinds[:] = [category.code in heard.categories for category in table.categories]
    covered: np.ndarray = named[:, None] & kinds[None, :]
    return covered
