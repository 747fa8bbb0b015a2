"""What a release can be, and what may follow."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What is released."""

    PROMISE = "promise", _("promise")
    TABLE = "table", _("table")
    PICTURE = "picture", _("situational picture for residents")
    ADVICE = "advice", _("advice")
    CENTRE = "centre", _("safety centre")
    ACTIVITIES = "activities", _("list of what was done")
    CAMPAIGN = "campaign", _("question to residents")
    STATEMENT = "statement", _("accessibility statement")


class ByArea(TextChoices):
    """The areas of a table's rows: the levels are fixed."""

    DISTRICT = "district", _("districts")
    MUNICIPALITY = "municipality", _("the whole municipality")


class ByTime(TextChoices):
    """The times of a table's columns: the levels are fixed."""

    QUARTER = "quarter", _("quarter")
    MONTH = "month", _("month")


class Compliance(TextChoices):
    """What a tillgänglighetsredogörelse may say (2018:1937, MDFFS 2019:2)."""

    FULL = "helt", _("fully compliant")
    PARTLY = "delvis", _("partly compliant")
    NOT = "inte", _("not compliant")


class Feeling(TextChoices):
    """How a place feels: the two answers there are."""

    SAFE = "trygg", _("safe")
    UNSAFE = "otrygg", _("unsafe")


class Daytime(TextChoices):
    """When of a day a place feels so."""

    DAY = "dag", _("in the daytime")
    EVENING = "kvall", _("in the evening")
    NIGHT = "natt", _("at night")
    ALWAYS = "alltid", _("always")


class Status(TextChoices):
    """Drafted by one, released by another, withdrawn with a reason; or discarded as a draft."""

    DRAFT = "draft", _("waits for a second person")
    RELEASED = "released", _("released")
    SUPERSEDED = "superseded", _("replaced by a newer one")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISCARDED = "discarded", _("discarded")


NEXT = {
    Status.DRAFT: {Status.RELEASED, Status.DISCARDED},
    Status.RELEASED: {Status.WITHDRAWN, Status.SUPERSEDED},
    Status.SUPERSEDED: set[Status](),
    Status.WITHDRAWN: set[Status](),
    Status.DISCARDED: set[Status](),
}


class Refusal(StrEnum):
    """Why the disclosure check says no."""

    PERSONAL_DATA = "personal_data"
    DIFFERENCE = "difference"
    TOO_SMALL = "too_small"
