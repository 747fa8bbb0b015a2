"""What a finding says, in one plain sentence, from its fields alone. Swedish is frozen with
an adopted picture; English is rendered from the same fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from samlad.picture import periods

RAREST = 10_000  # further out in the tail the model is not to be trusted with a number
NBSP = "\u00a0"
CELLS_NAMED = 5

CERTAINTY = {
    "tydlig": {"sv": "Tydlig avvikelse", "en": "Clear deviation"},
    "möjlig": {"sv": "Möjlig avvikelse", "en": "Possible deviation"},
    "ingen": {"sv": "Ingen avvikelse", "en": "No deviation"},
}


def number(value: float, language: str = "sv", decimals: int = 1) -> str:
    """Return a number as it is written in the language.

    >>> number(4.234), number(12345.6, decimals=0)
    ('4,2', '12\\xa0346')
    """
    text = f"{value:,.{decimals}f}"
    if language == "sv":
        return text.replace(",", NBSP).replace(".", ",").replace("-", "−")
    return text.replace("-", "−")


def cell(place: Sequence[int], side_m: int, language: str = "sv") -> str:
    """Return the name of a cell: its south-western corner in kilometres east and north.

    >>> cell([1480, 24871], 250), cell([1480, 24871], 250, "en")
    ('ruta 370:6217,75', 'cell 370:6217.75')
    """
    east, north = (f"{part * side_m / 1000:g}" for part in place)
    if language == "en":
        return f"cell {east}:{north}"
    return f"ruta {east}:{north}".replace(".", ",")


def chance_of(p: float, tested: int) -> float:
    """Return in how many pictures so strong a result is expected once: 1 / (tested p).

    Two significant digits; at least 1, and at most `RAREST`.
    """
    often = min(1.0 / (tested * p), RAREST * 10)
    rounded = float(f"{often:.2g}")
    return max(rounded, 1.0)


def chance_sentence(p: float, tested: int, language: str) -> str:
    """Return how often chance would show as much among everything tested."""
    often = chance_of(p, tested)
    expected = number(max(round(tested * p), 1), language, 0)
    if tested * p > 0.5:
        total = number(tested, language, 0)
        if language == "en":
            return (
                f"Among the {total} series tested, chance is expected to show about {expected} "
                "results so strong in every picture."
            )
        return (
            f"Bland de {total} serier som prövades väntas slumpen ge ungefär {expected} så "
            "starka utslag vid varje prövning."
        )
    many, times = number(tested, language, 0), number(min(often, RAREST), language, 0)
    if language == "en":
        how = "more rarely than once in" if often > RAREST else "about once in"
        return (
            f"Among the {many} series tested, chance is expected to show so strong a result "
            f"{how} {times} pictures tested."
        )
    how = "mer sällan än en gång på" if often > RAREST else "ungefär en gång på"
    return (
        f"Bland de {many} serier som prövades väntas ett så starkt utslag av slumpen "
        f"{how} {times} prövningar."
    )


def incidents_of(finding: dict[str, Any]) -> int:
    """Return how many incidents a finding is of; a cluster's are those of it and its neighbours."""
    if finding["kind"] == "cluster":
        return round(finding["parameters"]["neighbourhood_observed"])
    return round(finding["observed"])


def finding_sentence(finding: dict[str, Any], tested: int, language: str = "sv") -> str:
    """Return the finding's sentence. `finding` is as in picture.json, without `sentence`."""
    when = _when(finding, language)
    # a share of the budget above or below one test's makes it as rare among all as p / weight
    rare = chance_sentence(finding["p"] / finding.get("weight", 1.0), tested, language)
    low, high = finding["lower"], finding["upper"]
    category, area = finding["category"]["label"], finding["area"]["name"]
    source = finding["source"]["name"]
    if finding["kind"] == "emerging":
        return _emerging(finding, when, rare, language)
    if finding["kind"] == "near_repeat":
        return _near_repeat(finding, rare, language)
    if finding["kind"] == "cluster":
        unit = finding["parameters"]
        count = number(unit["neighbourhood_observed"], language, 0)
        expected = number(unit["neighbourhood_expected"], language)
        around, drawn = unit["neighbours"], number(unit["permutations"], language, 0)
        z, low_z, high_z = (number(v, language) for v in (finding["observed"], low, high))
        if language == "en":
            return (
                f"{category} around {area}, {when} ({source}): {count} against {expected} "
                f"expected in the area and its {around} neighbours together. The measure of "
                f"clustering Gi* is {z}; the highest of a reshuffled map lies between {low_z} "
                f"and {high_z} in 95% of {drawn}. {rare}"
            )
        return (
            f"{category} kring {area} {when} ({source}): {count} mot väntade {expected} i "
            f"området och dess {around} grannar tillsammans. Samlingsmåttet Gi* är {z}; det "
            f"högsta på en omkastad karta är {low_z}–{high_z} i 95 % av {drawn} "
            f"omkastningar. {rare}"
        )
    observed, expected = (
        number(finding["observed"], language, 0),
        number(finding["expected"], language),
    )
    span = f"{number(low, language, 0)}–{number(high, language, 0)}"
    if language == "en":
        of = " reports" if finding["parameters"].get("voluntary") else ""
        return (
            f"{category} in {area}, {when} ({source}): {observed}{of} against {expected} expected "
            f"(95% of such periods: {span}). {rare}"
        )
    of = " rapporter" if finding["parameters"].get("voluntary") else ""
    return (
        f"{category} i {area} {when} ({source}): {observed}{of} mot väntade {expected} "
        f"(95 % av sådana perioder: {span}). {rare}"
    )


def _emerging(finding: dict[str, Any], when: str, rare: str, language: str) -> str:
    """Return what a space-time cluster says: counts, cells, radius, and how often alone."""
    found = finding["parameters"]
    category, area = finding["category"]["label"], finding["area"]["name"]
    source = finding["source"]["name"]
    observed, low, high = (
        number(finding[key], language, 0) for key in ("observed", "lower", "upper")
    )
    expected = number(finding["expected"], language)
    cells, side = len(found["cells"]), found["cell_m"]
    middle = cell(found["cells"][0], side, language)
    radius = number(found["radius_m"] + side / 2, language, 0)
    weeks = number(float(f"{found['recurrence_weeks']:.2g}"), language, 0)
    if language == "en":
        where = f"{cells} cells around {middle}" if cells > 1 else middle
        return (
            f"{category} near {area}, {when} ({source}): {observed} in {where} ({side} m), "
            f"within {radius} m, against {expected} expected if place and week were unrelated "
            f"({low}–{high} in 95%). By itself, chance gives so strong a cluster about once in "
            f"{weeks} weeks. {rare}"
        )
    where = f"{cells} rutor kring {middle}" if cells > 1 else middle
    return (
        f"{category} nära {area} {when} ({source}): {observed} i {where} ({side} m), inom "
        f"{radius} m, mot väntade {expected} om plats och vecka inte hörde ihop ({low}–{high} i "
        f"95 %). För sig ger slumpen en så stark anhopning ungefär en gång på {weeks} "
        f"veckor. {rare}"
    )


def _near_repeat(finding: dict[str, Any], rare: str, language: str) -> str:
    """Return what the pairs say, and where and how long to be attentive: areas, no dwelling."""
    found = finding["parameters"]
    category, source = finding["category"]["label"], finding["source"]["name"]
    observed, low, high = (
        number(finding[key], language, 0) for key in ("observed", "lower", "upper")
    )
    expected = number(finding["expected"], language)
    metres, days = number(found["near_m"], language, 0), number(found["near_days"], language, 0)
    until = date.fromisoformat(str(found["watch_until"]))
    month = periods.MONTH_NAMES[language][until.month - 1]
    places = [
        f"{one['area']} ({cell(one['cell'], found['cell_m'], language)})"
        for one in found["watch"][:CELLS_NAMED]
    ]
    more = found["watch_cells"] > CELLS_NAMED
    if language == "en":
        where = ", ".join(places) + (" and elsewhere" if more else "")
        return (
            f"{category}, last twelve months ({source}): {observed} pairs within {metres} m and "
            f"{days} days of each other against {expected} expected ({low}–{high} in 95%). The "
            f"latest were in {where}: be attentive there until {until.day} {month}. {rare}"
        )
    where = ", ".join(places) + (" med flera" if more else "")
    return (
        f"{category} senaste tolv månaderna ({source}): {observed} par inom {metres} m och "
        f"{days} dagar från varandra mot väntade {expected} ({low}–{high} i 95 %). De senaste "
        f"var i {where}: var uppmärksam där till och med {until.day} {month}. {rare}"
    )


def finding_title(finding: dict[str, Any], language: str = "sv") -> str:
    """Return the finding's heading."""
    category, area = finding["category"]["label"], finding["area"]["name"]
    if finding["kind"] == "emerging":
        return (
            f"{category} emerging near {area}"
            if language == "en"
            else f"{category} tilltar nära {area}"
        )
    if finding["kind"] == "near_repeat":
        return (
            f"{category} repeats nearby" if language == "en" else f"{category} upprepas i närheten"
        )
    if finding["kind"] == "cluster":
        return (
            f"{category} clustered around {area}"
            if language == "en"
            else f"{category} samlas kring {area}"
        )
    observed = number(finding["observed"], language, 0)
    expected = number(finding["expected"], language)
    if language == "en":
        return f"{category} in {area}: {observed} against {expected} expected"
    return f"{category} i {area}: {observed} mot väntade {expected}"


def tested_sentence(document: dict[str, Any], language: str = "sv") -> str:
    """Return what was tested and what it came to."""
    tested, short = document["tested"]["series"], document["tested"]["too_short"]
    count = len(document["findings"])
    if language == "en":
        if not tested:
            return f"Nothing was tested ({short} series too short): the picture only describes."
        start = "Nothing deviates" if not count else f"{count} findings"
        return f"{start} ({tested} series tested, {short} too short)."
    if not tested:
        return f"Inget prövades ({short} serier för korta): lägesbilden beskriver bara."
    start = "Inget avviker" if not count else f"{count} fynd"
    return f"{start} ({tested} serier prövade, {short} för korta)."


def budget_sentence(document: dict[str, Any], language: str = "sv") -> str:
    """Return the false-alarm rate of the whole picture."""
    if not document["tested"]["series"]:
        return ""
    if language == "en":
        return (
            "When nothing has changed, at most one picture in twenty shows any finding, "
            "as an average over many."
        )
    return "När inget har förändrats visar i genomsnitt högst en lägesbild av tjugo något fynd."


METHODS = {
    "describe": {
        "sv": "under 8 veckors historik: beskrivs, prövas inte",
        "en": "less than 8 weeks of history: described, not tested",
    },
    "ears": {
        "sv": "jämförs med de sju veckorna före (EARS), säsong ej beaktad",
        "en": "compared with the seven weeks before (EARS), season not considered",
    },
    "farrington": {
        "sv": "jämförs med en modell av säsong och trend ur minst fyra år (Farrington); "
        "helgveckor med samma helg tidigare år",
        "en": "compared with a model of season and trend from at least four years (Farrington); "
        "holiday weeks with the same holiday of earlier years",
    },
    "recent": {
        "sv": "jämförs med de senaste veckorna, säsong ej beaktad",
        "en": "compared with recent weeks, season not considered",
    },
    "season": {
        "sv": "jämförs med samma tid på året tidigare år, matchat på datum och helg",
        "en": "compared with the same season of earlier years, matched by date and holiday",
    },
    "same_dates": {
        "sv": "jämförs med samma datum tidigare år",
        "en": "compared with the same dates of earlier years",
    },
    "notices": {
        "sv": "publicerade polishändelser: listas, prövas inte, är inte statistik",
        "en": "published police notices: listed, not tested, not statistics",
    },
    "irregular": {
        "sv": "frivillig källa som inte svarat i 80 % av veckorna: beskrivs, prövas inte",
        "en": "voluntary source heard in fewer than 80% of the weeks: described, not tested",
    },
    "silent": {
        "sv": "tyst under perioden: saknas, är inte noll",
        "en": "silent in the period: missing, not zero",
    },
}


DISTRIBUTION = {
    "sv": (
        "Intervallet och p kommer ur samma fördelning, en negativ binomialfördelning vars "
        "spridning skattas av hur fel samma regel haft för tidigare perioder. Tydlig "
        "avvikelse: q under 0,01; möjlig: q under 0,05 (Benjamini–Hochberg över allt som "
        "prövats). Orden gäller antalet rapporter, inte orsaker."
    ),
    "en": (
        "The interval and p come from the same distribution, a negative binomial one whose "
        "spread is estimated from how wrong the same rule was for earlier periods. Clear "
        "deviation: q below 0.01; possible: q below 0.05 (Benjamini–Hochberg over everything "
        "tested). The words speak of reported counts, not of causes."
    ),
}


def headline(document: dict[str, Any], language: str = "sv") -> str:
    """Return the picture's one line: the clearest finding, or that nothing deviates."""
    swedish = language == "sv"
    if not document["coverage"]:
        return "Inget har rapporterats ännu." if swedish else "Nothing has been reported yet."
    if all(one["kind"] == "notices" for one in document["coverage"]):
        return (
            "Publicerade polishändelser listas; inget prövas."
            if swedish
            else "Published police notices are listed; nothing is tested."
        )
    if document["findings"]:
        first = document["findings"][0]  # the clearest comes first
        words = {"tydlig": ("tydligt", "clearly"), "möjlig": ("möjligen", "possibly")}
        word = words[first["certainty"]][0 if swedish else 1]
        category, area = first["category"]["label"], first["area"]["name"]
        if first["kind"] in {"emerging", "near_repeat"}:
            return f"{finding_title(first, language)}: {CERTAINTY[first['certainty']][language]}."
        if swedish:
            return f"{category} i {area}: {word} fler rapporter än väntat."
        return f"{category} in {area}: {word} more reports than expected."
    serious = len(document["serious"])
    if swedish:
        start = "Inget avviker från det väntade."
        short = "Det finns inte historik nog att jämföra med."
        more = f" {serious} allvarliga händelser listas." if serious > 1 else ""
        more = " En allvarlig händelse listas." if serious == 1 else more
    else:
        start = "Nothing deviates from what is expected."
        short = "There is not enough history to compare with."
        more = f" {serious} serious incidents are listed." if serious > 1 else ""
        more = " One serious incident is listed." if serious == 1 else more
    return (start if document["tested"]["series"] else short) + more


def _when(finding: dict[str, Any], language: str) -> str:
    return periods.label(
        date.fromisoformat(str(finding["starts_on"])),
        date.fromisoformat(str(finding["ends_before"])),
        finding["parameters"]["cadence"],
        language,
    )
