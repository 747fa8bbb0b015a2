"""What the guard looks for, and how sure a hit is."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What may point out a person in a text."""

    PERSONNUMMER = "personnummer"
    EMAIL = "email"
    PHONE = "phone"
    PERSONNUMMER_LIKE = "personnummer_like"
    PLATE = "plate"
    SMALL_GROUP = "small_group"
    DWELLING = "dwelling"
    NAME = "name"


CERTAIN = frozenset({Kind.PERSONNUMMER, Kind.EMAIL, Kind.PHONE})

LABELS: dict[Kind, str | Promise] = {
    Kind.PERSONNUMMER: _("personal identity number"),
    Kind.EMAIL: _("e-mail address"),
    Kind.PHONE: _("phone number"),
    Kind.PERSONNUMMER_LIKE: _("digits like a personal identity number"),
    Kind.PLATE: _("registration plate"),
    Kind.SMALL_GROUP: _("small group that can be worked out"),
    Kind.DWELLING: _("address of a home"),
    Kind.NAME: _("personal name"),
}
