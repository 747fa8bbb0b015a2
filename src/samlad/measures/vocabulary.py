"""The words a measure is described with. Codes are stored; a new one is a line here.

Sources: Brå's working process (situational and social, cause to measure), lag (2023:196), and
the four founding texts (docs/adr/0011).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What sort of work it is. Required."""

    PROMOTING = "framjande", _("promoting")
    PREVENTING = "forebyggande", _("preventing")
    REMEDYING = "atgardande", _("remedying")


class Approach(TextChoices):
    """Whether the situation or the social conditions are changed."""

    SITUATIONAL = "situationell", _("situational")
    SOCIAL = "social", _("social")


class Mechanism(TextChoices):
    """How it is thought to work."""

    DETECTION = "upptacktsrisk", _("a greater chance of being seen")
    EFFORT = "svarare", _("more difficult to carry out")
    REWARD = "mindre_vinst", _("less to gain")
    PROVOCATION = "farre_anledningar", _("fewer occasions and provocations")
    EXCUSES = "tydliga_regler", _("clear rules, fewer excuses")
    PROTECTIVE = "skyddsfaktorer", _("stronger protective factors")
    RELATIONS = "relationer", _("trusting relations with adults")


class Purpose(TextChoices):
    """What it is for; several may hold."""

    SAFETY = "trygghetsskapande", _("to create safety")
    CRIME = "brottsforebyggande", _("to prevent crime")
    HEALTH = "halsoframjande", _("to promote health")
    INFORMATION = "information", _("to inform")


class WorkArea(TextChoices):
    """The four areas a municipality's unit works in."""

    SAFETY = "trygghet", _("work for safety")
    VIOLENCE = "vald", _("work against violence")
    DRUGS = "droger", _("work against drugs")
    HEALTH = "folkhalsa", _("public health")


class Field(TextChoices):
    """What part of the place or of everyday life it concerns."""

    TRAFFIC = "trafik", _("traffic")
    LIGHTING = "belysning", _("lighting")
    CAMERA = "kamerabevakning", _("camera surveillance")
    UPKEEP = "skotsel", _("upkeep of the place")
    PRESENCE = "narvaro", _("presence of adults")
    SCHOOL = "skola", _("school")
    LEISURE = "fritid", _("leisure")
    OTHER = "annat", _("other")


class TargetGroup(TextChoices):
    """Whom it is for; a group, never a person."""

    CHILDREN = "barn", _("children")
    YOUTH = "ungdomar", _("young people")
    PARENTS = "foraldrar", _("parents")
    ELDERLY = "aldre", _("older people")
    RESIDENTS = "invanare", _("residents")
    VISITORS = "besokare", _("visitors")
    BUSINESS = "naringsliv", _("businesses")
    STAFF = "personal", _("staff")


class Orientation(TextChoices):
    """How those who are out work."""

    SOCIAL = "social", _("social")
    RELATIONS = "relationsskapande", _("building relations")
    OUTREACH = "uppsokande", _("outreach")


class Level(TextChoices):
    """Where it is decided and followed."""

    STRATEGIC = "strategisk", _("strategic")
    OPERATIVE = "operativ", _("operative")


class Funding(TextChoices):
    """Where the money comes from."""

    OWN = "egen", _("own budget")
    STATE = "statsbidrag", _("state grant (2023:442)")
    OTHER = "annan", _("other")


class Bone(TextChoices):
    """The bones of Brå's fishbone, and the steps of a chain of events."""

    VICTIM = "brottsutsatt", _("those exposed")
    OFFENDER = "garningsperson", _("those who do it")
    PLACE = "objekt_plats", _("object or place")
    CHAIN = "handelsekedja", _("step in the chain of events")


class Answer(TextChoices):
    """What a partner has said."""

    ASKED = "tillfragad", _("asked")
    ACCEPTED = "med", _("takes part")
    DECLINED = "nej", _("declined")


class EveryTime(TextChoices):
    """Whether it was carried out as planned: the process, apart from the effect."""

    ALWAYS = "alltid", _("every time")
    MOSTLY = "oftast", _("most times")
    SELDOM = "sallan", _("seldom")
    UNKNOWN = "vet_ej", _("not known")


class Unit(TextChoices):
    """What a resource is counted in."""

    HOURS = "timmar", _("hours")
    POSTS = "tjanster", _("full-time posts")
    KRONOR = "kronor", _("kronor")
