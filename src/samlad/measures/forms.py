"""The shape of what people send of a measure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.measures.workflow import NotDoneReason, Status
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area


class MeasureForm(ConfirmsDoubt, forms.Form):
    """What is to be done, by whom, until when, where."""

    what = TextField(label=_("What is to be done"), max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    due_on = forms.DateField(
        label=_("Done by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )

    def __init__(
        self,
        *args: Any,
        organisations: list[Organisation],
        municipality: Municipality,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        )
        fields["area"].queryset = (
            Area.objects.valid_on(today).filter(municipality=municipality).order_by("name")
        )


class StatusForm(forms.Form):
    """What became of a measure."""

    status = forms.ChoiceField(choices=Status.choices)
    reason = forms.ChoiceField(choices=[("", "—"), *NotDoneReason.choices], required=False)
