"""The shape of what people send to a picture."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.organisations.models import Municipality, Organisation
from samlad.picture import periods
from samlad.picture.periods import Cadence, Period
from samlad.picture.workflow import Decision, DismissalReason, SectionKind


class StartForm(forms.Form):
    """Which period a new picture is about."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=_("Municipality"), empty_label=None
    )
    cadence = forms.ChoiceField(
        label=_("Period"),
        choices=[
            (Cadence.WEEK, _("Week")),
            (Cadence.MONTH, _("Month")),
            (
                Cadence.SEASON,
                _("Season: from a day to a day, compared with the same days of earlier years"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=Cadence.WEEK,
    )
    day = forms.DateField(
        label=_("A day in the period, or its first day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=_("Last day, for a season"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, municipalities: list[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["municipality"]
        field.queryset = Municipality.objects.filter(pk__in=[m.pk for m in municipalities])  # type: ignore[attr-defined]
        field.initial = municipalities[0].pk if municipalities else None
        if len(municipalities) == 1:
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any]:
        """Refuse a season without an end, or longer than a year."""
        cleaned = super().clean() or {}
        if cleaned.get("cadence") == Cadence.SEASON and cleaned.get("day"):
            last: date | None = cleaned.get("last_day")
            if last is None:
                self.add_error("last_day", _("A season needs its last day."))
            elif not cleaned["day"] <= last < periods.years_after(cleaned["day"], 1):
                self.add_error("last_day", _("A season ends after it begins, within a year."))
        return cleaned

    def period(self) -> Period:
        """Return the period chosen."""
        day = self.cleaned_data["day"]
        if self.cleaned_data["cadence"] == Cadence.WEEK:
            return periods.week_of(day)
        if self.cleaned_data["cadence"] == Cadence.MONTH:
            return periods.month_of(day)
        return Period(Cadence.SEASON, day, self.cleaned_data["last_day"] + timedelta(1))


class DecisionForm(ConfirmsDoubt, forms.Form):
    """What is decided of a finding."""

    decision = forms.ChoiceField(choices=Decision.choices, required=False)
    reason = forms.ChoiceField(choices=DismissalReason.choices, required=False)
    wording = TextField(
        label=_("New wording"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words to reword with; a reason alone dismisses."""
        cleaned = super().clean() or {}
        if cleaned.get("reason"):
            cleaned["decision"] = Decision.DISMISSED
        elif not cleaned.get("decision"):
            self.add_error("decision", _("Choose what to do with the finding."))
        if cleaned.get("decision") == Decision.DISMISSED and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        if cleaned.get("decision") == Decision.REWORDED and not cleaned.get("wording"):
            self.add_error("wording", _("Write the new wording."))
        return cleaned


class SectionsForm(ConfirmsDoubt, forms.Form):
    """The parts people write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in SectionKind:
            self.fields[kind.value] = TextField(
                label=kind.label,
                required=False,
                max_length=8000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def texts(self) -> dict[str, str]:
        """Return the parts as written."""
        return {kind.value: self.cleaned_data[kind.value] for kind in SectionKind}


class ShareForm(forms.Form):
    """Who an adopted picture is made available to."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Make available to"), empty_label=None
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            pk__in=[organisation.pk for organisation in organisations]
        )


class FilterForm(forms.Form):
    """What the table and the map show."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    bins = forms.ChoiceField(label=_("Window"), required=False)

    def __init__(self, *args: Any, compiled: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = compiled["table"]
        used = {row["source"] for row in rows}
        names = {c["source"]["code"]: c["source"]["name"] for c in compiled["coverage"]}
        labels = compiled["category_labels"]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", _("All sources")),
            *sorted(((code, names[code]) for code in used), key=lambda pair: pair[1]),
        ]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("All categories")),
            *sorted(labels.items(), key=lambda pair: pair[1]),
        ]
        lengths = sorted({row["bins"] for row in rows}, reverse=True)
        self.fields["bins"].choices = [  # type: ignore[attr-defined]
            (n, _window(compiled, n)) for n in lengths
        ]


def _window(compiled: dict[str, Any], length: int) -> str:
    period = compiled["period"]
    end = date.fromisoformat(period["ends_before"])
    start = date.fromisoformat(period["starts_on"])
    if period["cadence"] == Cadence.WEEK:
        start = end - timedelta(7 * length)
    return periods.label(start, end, period["cadence"])
