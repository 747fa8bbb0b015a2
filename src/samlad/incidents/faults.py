"""What can be wrong with the place a row gives."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceFault(TextChoices):
    """What was wrong with the place a row gave. Shown; never put right by guessing."""

    NOT_GIVEN = "not_given", _("No place given")
    ZERO = "zero", _("Coordinates 0 and 0")
    IMPOSSIBLE = "impossible", _("Coordinates that are nowhere")
    SWAPPED = "swapped", _("North and east changed places")
    OUTSIDE = "outside", _("Outside the municipality")
    UNKNOWN_PLACE = "unknown_place", _("Place or address that is not on the list")
    UNKNOWN_AREA = "unknown_area", _("Area that is not on the list")
