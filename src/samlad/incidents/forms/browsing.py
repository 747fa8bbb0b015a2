"""The shape of what people send when they look at incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.browsing import Chosen
from samlad.incidents.models import Category, Source
from samlad.places.models import Area

WEEKDAYS = {
    1: _("Monday"), 2: _("Tuesday"), 3: _("Wednesday"), 4: _("Thursday"), 5: _("Friday"),
    6: _("Saturday"), 7: _("Sunday"),
}  # fmt: skip


class ChosenForm(forms.Form):
    """Which incidents the list, the table and the map show."""

    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), empty_label=None)
    category = forms.ChoiceField(label=_("Category"), required=False)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("All areas")
    )
    starts_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Until and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), coerce=int, empty_value=None, required=False
    )
    hour_from = forms.TypedChoiceField(
        label=_("From hour"), coerce=int, empty_value=None, required=False
    )
    hour_to = forms.TypedChoiceField(
        label=_("To hour"), coerce=int, empty_value=None, required=False
    )

    unplaced = forms.BooleanField(label=_("Only those without a place"), required=False)
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, sources: Sequence[Source], areas: Sequence[Area], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["source"].queryset = Source.objects.filter(pk__in=[s.pk for s in sources])
        fields["area"].queryset = Area.objects.filter(pk__in=[a.pk for a in areas]).order_by("name")
        fields["category"].choices = [
            ("", _("All categories")),
            *sorted(((c.code, str(c)) for c in Category.objects.all()), key=lambda pair: pair[1]),
            ("-", _("Without a category")),
        ]
        fields["weekday"].choices = [("", _("All days")), *WEEKDAYS.items()]
        hours = [(hour, f"{hour:02}") for hour in range(24)]
        fields["hour_from"].choices = [("", _("All day")), *hours]
        fields["hour_to"].choices = [("", _("All day")), *hours[1:], (24, "24")]

    def chosen(self) -> Chosen:
        """Return the choice."""
        found = self.cleaned_data
        return Chosen(
            source=found["source"].pk,
            category=found["category"],
            area=found["area"].pk if found["area"] else None,
            starts_on=found["starts_on"],
            ends_on=found["ends_on"],
            weekday=found["weekday"],
            hour_from=found["hour_from"],
            hour_to=found["hour_to"],
            unplaced=found["unplaced"],
            batch=found["batch"],
        )


class SaveForm(ConfirmsDoubt, forms.Form):
    """A name for a choice."""

    name = TextField(label=_("Save this choice as"), max_length=60)


class BoxForm(forms.Form):
    """What part of the map, and how near."""

    west = forms.FloatField(min_value=-180, max_value=180)
    south = forms.FloatField(min_value=-90, max_value=90)
    east = forms.FloatField(min_value=-180, max_value=180)
    north = forms.FloatField(min_value=-90, max_value=90)
    zoom = forms.FloatField(min_value=0, max_value=22)
