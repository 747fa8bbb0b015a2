"""The shape of what people send about areas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.places.models import Access, Area, AreaKind, PlaceKind


class AreaFileForm(forms.Form):
    """A file of areas: what kind, and from which day."""

    file = forms.FileField(
        label=_("File"), help_text=_("GeoJSON or GeoPackage, in degrees or SWEREF 99 TM.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (k.value, k.label)
            for k in AreaKind
            if k not in {AreaKind.MUNICIPALITY, AreaKind.DISTRICT}
        ],
        initial=AreaKind.REGSO,
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("Days before the first version use the first."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    code = forms.CharField(label=_("Property with the code"), required=False, max_length=60)
    name = forms.CharField(label=_("Property with the name"), required=False, max_length=60)


class PlaceForm(ConfirmsDoubt, forms.Form):
    """A place people know by name."""

    name = TextField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=PlaceKind.choices)
    access = forms.ChoiceField(label=_("Access"), choices=Access.choices)
    latitude = forms.FloatField(label=_("Latitude (north, degrees)"), min_value=-90, max_value=90)
    longitude = forms.FloatField(
        label=_("Longitude (east, degrees)"), min_value=-180, max_value=180
    )


class MergeForm(ConfirmsDoubt, forms.Form):
    """The parts of a district."""

    name = TextField(label=_("The district's name"), max_length=120)
    code = forms.SlugField(label=_("Code"), max_length=40)
    parts = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("Areas"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, areas: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].queryset = Area.objects.filter(pk__in=areas)  # type: ignore[attr-defined]
