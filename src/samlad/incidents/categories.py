"""The categories an installation starts with: data to edit, not rules (domain.md 1.4).

Code, Swedish, English, whether a single case is serious (listed first and singly, never
tested), the finest geography it may be kept at, the words suppliers use for it, and whether
it is near persons (else it happens to things, and small numbers of it may be told).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finest(StrEnum):
    """The finest geography a category is kept at, enforced when a row comes in."""

    POINT = "point"
    CELL_250_M = "cell250"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class DefaultCategory:
    """One category of the default list."""

    code: str
    label_sv: str
    label_en: str
    words: tuple[str, ...] = ()
    serious: bool = False
    finest: Finest = Finest.POINT
    person_near: bool = True


CELL_M = 250

DEFAULT_CATEGORIES = (
    DefaultCategory("skadegorelse", "Skadegörelse", "Vandalism", ("vandalisering", "krossad ruta", "vandalism"), person_near=False),
    DefaultCategory("klotter", "Klotter", "Graffiti", ("graffiti", "klotter/graffiti"), person_near=False),
    DefaultCategory("nedskrapning", "Nedskräpning", "Littering", ("dumpning", "skräp", "litter"), person_near=False),
    DefaultCategory("otrygg-plats", "Otrygg plats", "Unsafe place", ("ödslig plats", "mörk plats")),
    DefaultCategory("belysning", "Bristande belysning", "Faulty lighting", ("belysning", "trasig belysning", "gatubelysning", "lampa släckt"), person_near=False),
    DefaultCategory("storande-samling", "Störande samling", "Disorderly gathering", ("ordningsstörning", "samling ungdomar", "tillhåll", "bråk")),
    DefaultCategory("narkotika", "Misstänkt narkotikahantering", "Suspected drug dealing", ("narkotika", "narkotikabrott")),
    DefaultCategory("vald", "Våld", "Violence", ("misshandel", "slagsmål")),
    DefaultCategory("hot", "Hot", "Threats", ("olaga hot", "ofredande", "ofredande/förargelse", "hot och våld")),
    DefaultCategory("buskorning", "Buskörning", "Reckless driving", ("a-traktor", "moped", "trafikbuse", "vårdslöshet i trafik")),
    DefaultCategory("bostadsinbrott", "Bostadsinbrott", "Residential burglary", ("inbrott bostad", "inbrott villa", "inbrott lägenhet"), finest=Finest.CELL_250_M),
    DefaultCategory("fritidshusinbrott", "Fritidshusinbrott", "Burglary in holiday homes", ("inbrott fritidshus",), finest=Finest.CELL_250_M),
    DefaultCategory("inbrott-lokal", "Inbrott i lokal", "Burglary in premises", ("inbrott", "inbrott skola", "inbrott förråd")),
    DefaultCategory("stold", "Stöld", "Theft", ("cykelstöld", "snatteri", "stöld/inbrott")),
    DefaultCategory("bedrageri", "Bedrägeri", "Fraud", ("bedrägerier",)),
    DefaultCategory("incident-anstalld", "Incident mot anställd", "Incident against staff", ("hot mot tjänsteman", "arbetsmiljöincident")),
    DefaultCategory("arrangemang", "Arrangemang", "Event", ("evenemang",)),
    DefaultCategory("ryktesspridning", "Ryktesspridning i sociala medier", "Rumours on social media", ("ryktesspridning",)),
    DefaultCategory("trafik", "Trafikproblem", "Traffic problem", ("fortkörning", "parkering")),
    DefaultCategory("skjutning", "Skjutning", "Shooting", ("skottlossning", "mord/dråp, försök"), serious=True),
    DefaultCategory("sprangning", "Sprängning", "Explosion", ("detonation", "allmänfarlig ödeläggelse"), serious=True),
    DefaultCategory("anlagd-brand", "Anlagd brand", "Arson", ("mordbrand", "anlagda bränder"), serious=True),
    DefaultCategory("vald-i-skola", "Våld i skolan", "Violence at school", ("våld skola",), serious=True),
    DefaultCategory("vald-nara", "Våld i nära relationer", "Violence in close relations", ("relationsvåld",), finest=Finest.MUNICIPALITY),
    DefaultCategory("hedersrelaterat", "Hedersrelaterat våld och förtryck", "Honour-related violence", ("heder",), finest=Finest.MUNICIPALITY),
    DefaultCategory("annat", "Annat", "Other", ("övrigt", "other")),
)  # fmt: skip
