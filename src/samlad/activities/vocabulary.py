"""For whom, how, and by whom: codes that are stored; a new one is a line here."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Audience(TextChoices):
    """Whom an activity is for: the nine of Bromölla's promises, and visitors (text B)."""

    RESIDENTS = "medborgare", _("residents")
    SENIORS = "seniorer", _("seniors")
    YOUNG = "barn_unga", _("children and young people")
    PARENTS = "foraldrar", _("parents")
    BUSINESS = "naringsliv", _("businesses")
    ASSOCIATIONS = "foreningar", _("associations")
    SCHOOLS = "skolor", _("schools")
    HOME_CARE = "hemtjanst", _("home care")
    MEDIA = "media", _("media")
    VISITORS = "besokare", _("visitors")


class Channel(TextChoices):
    """How people are reached."""

    SOCIAL = "sociala_medier", _("social media")
    MEETING = "mote", _("meeting")
    LETTER = "brev", _("letter")
    WEB = "webb", _("website")
    PRESS = "press", _("press")


class Theme(TextChoices):
    """What a dialogue was about."""

    LIGHT = "belysning", _("lighting")
    TRAFFIC = "trafik", _("traffic")
    VANDALISM = "skadegorelse", _("vandalism")
    DRUGS = "droger", _("drugs")
    BURGLARY = "inbrott", _("burglary")
    FRAUD = "bedragerier", _("fraud")
    GATHERINGS = "samlingar", _("gatherings")
    ADULTS = "vuxennarvaro", _("adults present")
    SSPF = "sspf", _("SSPF")
    OTHER = "annat", _("other")


class Orientation(TextChoices):
    """How those who are out work (text B)."""

    SOCIAL = "social", _("social")
    RELATIONS = "relationsskapande", _("building relations")
    OUTREACH = "uppsokande", _("outreach")


class ShiftRole(TextChoices):
    """Who was out: three sorts of guards, and the field team."""

    FIELD = "falt", _("field team")
    GUARD = "vaktare", _("guard (väktare)")
    PUBLIC_ORDER = "ordningsvakt", _("public order guard (ordningsvakt)")
    HOST = "trygghetsvard", _("safety host (trygghetsvärd)")


class Contact(TextChoices):
    """Sorts of contact, counted and never named."""

    NEW = "ny", _("new")
    RETURNING = "aterkommande", _("returning")
    SINGLE = "enskild", _("one person")
    GROUP = "grupp", _("group")


class Topic(TextChoices):
    """What was talked about in the field."""

    CRIME = "kriminalitet", _("crime")
    HEALTH = "psykisk_ohalsa", _("mental ill-health")
    DRUGS = "droger", _("drugs")
    OTHER = "annat", _("other")


class Recipient(TextChoices):
    """To whom somebody was shown the way."""

    VICTIMS = "stodcentrum", _("support centre for young victims of crime")
    SOCIAL = "socialtjanst", _("social services")
    SCHOOL = "elevhalsa", _("student health")
    CARE = "vard", _("health care")
    OTHER = "annan", _("other")
