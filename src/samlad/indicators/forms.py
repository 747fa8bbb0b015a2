"""The shape of a series, a value, a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.indicators.models import Dimension, Direction, GeographyType, Unit
from samlad.indicators.speed_file import LIMITS
from samlad.organisations.models import Organisation
from samlad.places.models import Place
from samlad.ui.fields import Offers, day_input


class IndicatorForm(ConfirmsDoubt, forms.Form):
    """What is measured, of which area, on which scale."""

    name = TextField(label=_("Name of the series"), max_length=160)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    geography_type = forms.ChoiceField(label=_("Sort of area"), choices=GeographyType.choices)
    geography = TextField(
        label=_("Area"),
        max_length=120,
        help_text=_("As the source names it. A local police area is not the municipality."),
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    dimension = forms.ChoiceField(label=_("What it is of"), choices=Dimension.choices)
    direction = forms.ChoiceField(label=_("Which way is good"), choices=Direction.choices)
    scale_min = forms.FloatField(label=_("Lowest on the scale"), required=False)
    scale_max = forms.FloatField(label=_("Highest on the scale"), required=False)

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        )


class ValueForm(ConfirmsDoubt, forms.Form):
    """One value as a source gives it."""

    value = forms.FloatField(label=_("Value"), localize=True)
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())
    source = TextField(
        label=_("Source"),
        max_length=300,
        help_text=_("Page, report or register, so that it can be found again."),
    )
    retrieved_on = forms.DateField(label=_("Retrieved"), widget=day_input())
    n = forms.IntegerField(
        label=_("Number of answers (n)"), min_value=1, max_value=100_000_000, required=False
    )
    response_rate = forms.FloatField(
        label=_("Response rate, percent"), min_value=0, max_value=100, required=False
    )
    counted_as = TextField(
        label=_("Counted as"),
        max_length=80,
        required=False,
        help_text=_("Cases, police reports … Two that are counted otherwise cannot be compared."),
    )
    is_preliminary = forms.BooleanField(label=_("Preliminary"), required=False)


class SeriesFileForm(forms.Form):
    """A CSV file of values."""

    file = forms.FileField(label=_("CSV file"))


class SpeedForm(Offers):
    """A speed measurement of one place."""

    place = forms.ModelChoiceField(Place.objects.none(), label=_("Place"), empty_label=None)
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())
    limit_kmh = forms.TypedChoiceField(
        label=_("Speed limit, km/h"), choices=[(n, n) for n in LIMITS], coerce=int, initial=40
    )
    mean_kmh = forms.FloatField(label=_("Mean speed, km/h"), min_value=1)
    p85_kmh = forms.FloatField(label=_("85th percentile, km/h"), min_value=1, required=False)
    share_over = forms.FloatField(
        label=_("Share over the limit, percent"), min_value=0, max_value=100
    )
    vehicles = forms.IntegerField(label=_("Vehicles"), min_value=1, max_value=10_000_000)


class SpeedFileForm(forms.Form):
    """A file of measurements."""

    file = forms.FileField(label=_("File (CSV or Excel)"))
