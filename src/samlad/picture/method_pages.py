"""What each method of a picture asks, how, under which assumption and with which limits.

In Swedish, for whoever reads a lägesbild in a municipality: a file each in `methods`. The page
`metoder/<slug>/` shows it; docs/methods holds the same with worked examples from tests/spec.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("methods")
SLUGS = (
    "recent-weeks",
    "same-season",
    "season-and-trend",
    "clusters",
    "emerging-clusters",
    "near-repeats",
    "dense-places",
    "hours",
    "false-alarms",
    "effects",
)
# Which page explains a finding, by its method.
PAGE_OF = {
    "ears_baseline": "recent-weeks",
    "recent_baseline": "recent-weeks",
    "season_baseline": "same-season",
    "same_dates_baseline": "same-season",
    "farrington_baseline": "season-and-trend",
    "getis_ord_conditional_permutation": "clusters",
    "space_time_scan": "emerging-clusters",
    "knox": "near-repeats",
}


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: paragraphs, and then points."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]


@dataclass(frozen=True)
class MethodPage:
    """One method: its title, the question it answers, and the rest."""

    slug: str
    title: str
    asks: str
    sections: tuple[Section, ...]


@cache
def page(slug: str) -> MethodPage:
    """Return a method's page. Raises `KeyError` for a slug that is none."""
    if slug not in SLUGS:
        raise KeyError(slug)
    head, *rest = (FOLDER / f"{slug}.md").read_text().split("\n## ")
    title, asks = _blocks(head)
    return MethodPage(slug, title.removeprefix("# "), asks, tuple(_section(text) for text in rest))


def _section(text: str) -> Section:
    title, _, body = text.partition("\n")
    blocks = _blocks(body)
    points = [
        " ".join(point.split())
        for block in body.split("\n\n")
        if block.strip().startswith("* ")
        for point in ("\n" + block.strip()).split("\n* ")[1:]
    ]
    return Section(title, tuple(b for b in blocks if not b.startswith("* ")), tuple(points))


def _blocks(text: str) -> list[str]:
    return [" ".join(block.split()) for block in text.split("\n\n") if block.strip()]
