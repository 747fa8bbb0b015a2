"""What residents read beside promises and tables: the public lägesbild, advice, hours, statements.

Each is a document in Swedish and English. An author's own words are in Swedish, and in English
where they were written so too; `words` says which language they are in, for the page's `lang`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from samlad.activities import queries as activities
from samlad.activities.models import Activity
from samlad.activities.vocabulary import Theme
from samlad.centres import queries as centres
from samlad.centres.models import Centre
from samlad.measures import queries as measures
from samlad.measures.models import Measure
from samlad.picture.models import Picture
from samlad.picture.workflow import Decision
from samlad.places.models import Area, AreaKind
from samlad.releases.models import AccessibilityTest
from samlad.releases.workflow import Compliance, Daytime, Feeling

LANGUAGES = ("sv", "en")
FEWEST = 5  # incidents behind a finding that residents are told of


@dataclass(frozen=True)
class Words:
    """What an author has written, in Swedish and perhaps in English."""

    sv: str = ""
    en: str = ""

    def told(self) -> dict[str, str]:
        """Return the words for the language in force, and which language they are in."""
        if translation.get_language() == "en" and self.en:
            return {"text": self.en, "words": "en"}
        return {"text": self.sv, "words": "sv"}


def in_both(make: Callable[[], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what `make` says in each language."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = make()
    return found


def findings(picture: Picture) -> list[tuple[int, dict[str, Any]]]:
    """Return (number, finding) of those a public lägesbild may tell of.

    Of five incidents or more, told without a number; never of one dwelling after another, and
    none that the review dismissed.
    """
    dismissed = set(
        picture.findings.filter(decision=Decision.DISMISSED).values_list("position", flat=True)
    )
    return [
        (number, finding)
        for number, finding in enumerate(picture.compiled.get("findings", []))
        if finding["kind"] == "level"
        and number not in dismissed
        and max(finding["observed"], finding["expected"]) >= FEWEST
    ]


def finding_words(picture: Picture, finding: dict[str, Any]) -> str:
    """Return a finding as residents read it: what, which way, where, whose reports, how sure.

    What is of a smaller area is said to be of a part of its kommundel: never of the whole.
    """
    name, is_part = _where(picture, finding)
    told = {
        "what": _category(finding),
        "where": _("a part of %(where)s") % {"where": name} if is_part else name,
        "source": finding["source"]["name"],
    }
    is_clear, more = finding["certainty"] == "tydlig", finding["observed"] > finding["expected"]
    if more and is_clear:
        return _("%(what)s: clearly more than usual in %(where)s (%(source)s).") % told
    if more:
        return _("%(what)s: possibly more than usual in %(where)s (%(source)s).") % told
    if is_clear:
        return _("%(what)s: clearly fewer than usual in %(where)s (%(source)s).") % told
    return _("%(what)s: possibly fewer than usual in %(where)s (%(source)s).") % told


def _category(finding: dict[str, Any]) -> str:
    from samlad.incidents.models import Category

    category = Category.objects.filter(code=finding["category"]["code"]).first()
    if category is None:
        return str(finding["category"]["label"])
    return category.label_en if translation.get_language() == "en" else category.label_sv


def _where(picture: Picture, finding: dict[str, Any]) -> tuple[str, bool]:
    """Return the kommundel of a finding's area, or the municipality, and whether it is a part."""
    from samlad.incidents.models import Category

    category = Category.objects.filter(code=finding["category"]["code"]).first()
    whole = finding["area"]["code"] == picture.municipality.code
    if category is None or category.finest == "municipality":
        return picture.municipality.name, not whole
    area = (
        Area.objects.filter(municipality=picture.municipality, code=finding["area"]["code"])
        .select_related("parent__parent")
        .order_by("-valid_from")
        .first()
    )
    own = area
    while area is not None and area.kind != AreaKind.DISTRICT:
        area = area.parent
    if area is None:
        return picture.municipality.name, not whole
    return area.name, area != own


def subject(picture: Picture) -> str:
    """Return what a public lägesbild is of: a period; a corrected picture takes its place."""
    return f"lage-{picture.cadence}-{picture.starts_on}"


def of_picture(
    picture: Picture,
    *,
    words: Words,
    chosen: Sequence[int],
    doing: Sequence[Measure],
    today: date,
) -> dict[str, Any]:
    """Return the public lägesbild: chosen findings without numbers, and what is being done."""
    kept = [finding for number, finding in findings(picture) if number in set(chosen)]
    last = picture.ends_before - timedelta(1)

    def make() -> dict[str, Any]:
        return {
            "title": _("The situation %(first)s to %(last)s")
            % {"first": picture.starts_on, "last": last},
            "summary": _("What the municipality and the police see together, and what is done."),
            **words.told(),
            "findings": [finding_words(picture, finding) for finding in kept],
            "doing": [
                {
                    "what": one.what,
                    "who": one.owner.name,
                    "state": measures.status_label(one, today),
                }
                for one in doing
            ],
            "starts_on": picture.starts_on.isoformat(),
            "ends_on": last.isoformat(),
        }

    return in_both(make)


def of_advice(*, title: Words, words: Words, link: str) -> dict[str, Any]:
    """Return advice to residents."""

    def make() -> dict[str, Any]:
        return {
            "title": title.told()["text"],
            "summary": words.told()["text"][:160],
            **words.told(),
            "link": link,
        }

    return in_both(make)


def of_centre(centre: Centre, *, today: date) -> dict[str, Any]:
    """Return a safety centre: where it is, its ordinary week, and the days it is closed."""

    def make() -> dict[str, Any]:
        return {
            "title": centre.name,
            "summary": centre.address,
            "where": centre.address,
            "covers": centre.covers,
            "about": centre.about,
            "week": [
                {"day": str(day.label), "spans": spans} for day, spans in centres.weekly(centre)
            ],
            "closures": [
                {
                    "starts_on": one.starts_on.isoformat(),
                    "ends_on": one.ends_on.isoformat(),
                    "reason": one.reason,
                }
                for one in centres.coming_closures(centre, today)
            ],
        }

    return in_both(make)


def of_activities(rows: Sequence[Activity], *, starts_on: date, ends_on: date) -> dict[str, Any]:
    """Return a list of what was done, for media and others: what, when, where, who."""

    def make() -> dict[str, Any]:
        return {
            "title": _("What was done %(first)s to %(last)s")
            % {"first": starts_on, "last": ends_on},
            "summary": _("%(n)s activities.") % {"n": len(rows)},
            "rows": [
                {
                    "on": one.on.isoformat(),
                    "what": activities.label(one.kind),
                    "where": district(one.area),
                    "who": one.owner.name,
                }
                for one in rows
            ],
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
        }

    return in_both(make)


def district(area: Area | None) -> str:
    """Return the kommundel an area lies in, "" where it is not known: no finer is told."""
    while area is not None and area.kind != AreaKind.DISTRICT:
        area = area.parent
    return "" if area is None else area.name


def of_statement(
    municipality: str, test: AccessibilityTest | None, *, today: date
) -> dict[str, Any]:
    """Return the tillgänglighetsredogörelse: fully compliant only by a recorded manual test."""
    compliance = Compliance(test.result) if test is not None else Compliance.PARTLY

    def make() -> dict[str, Any]:
        if test is None:
            how = _(
                "The pages are tested automatically with axe-core at every change. Nobody has "
                "recorded a manual test yet: that is why nothing better is claimed."
            )
        else:
            how = _("Tested by hand %(day)s: %(how)s. Tested automatically at every change.") % {
                "day": test.on, "how": test.method,
            }  # fmt: skip
        return {
            "title": _("Accessibility of these pages"),
            "summary": str(compliance.label),
            "status": compliance.value,
            "label": _("These pages are %(status)s with the law (2018:1937) on digital public "
                       "service.") % {"status": compliance.label},
            "how": how,
            "faults": list(test.faults) if test is not None else [],
            "tested_on": "" if test is None else test.on.isoformat(),
            "written_on": today.isoformat(),
            "municipality": municipality,
        }  # fmt: skip

    return in_both(make)


def of_campaign(
    *, title: Words, words: Words, places: Sequence[str], starts_on: date, ends_on: date
) -> dict[str, Any]:
    """Return a dated question to residents: fixed answers only, and nothing about anybody."""

    def make() -> dict[str, Any]:
        return {
            "title": title.told()["text"],
            "summary": words.told()["text"][:160],
            **words.told(),
            "places": list(places),
            "feelings": [[code, str(label)] for code, label in Feeling.choices],
            "reasons": [[code, str(label)] for code, label in Theme.choices],
            "times": [[code, str(label)] for code, label in Daytime.choices],
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
        }

    return in_both(make)
