"""The shape of what people send when they report one incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.detecting import find_hits
from samlad.guard.entries import Doubt, TextField
from samlad.guard.kinds import Kind
from samlad.incidents import whens
from samlad.incidents.models import Category, PropertyOwner
from samlad.incidents.whens import When
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place


class ReportForm(forms.Form):
    """One incident, phone first: what, when, where; the rest if there is time."""

    GROUP = "send_group"

    key = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("I report for"), empty_label=None
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What happened"), empty_label=_("Choose")
    )
    when = forms.ChoiceField(
        label=_("When"), choices=When.choices, initial=When.NOW, widget=forms.RadioSelect
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    clock = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    end_day = forms.DateField(
        label=_("Until day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    end_clock = forms.TimeField(
        label=_("Until time"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label=_("Not on the list")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("Area, if the place is not on the list"),
        required=False,
        empty_label=_("Do not know"),
    )
    latitude = forms.FloatField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )
    longitude = forms.FloatField(
        required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )
    where = TextField(
        label=_("The place in words"),
        required=False,
        max_length=200,
        doubt=Doubt.HELD,
        help_text=_("For example: the path behind the sports hall. No home address."),
    )
    quantity = forms.IntegerField(label=_("Number"), min_value=1, max_value=100_000, initial=1)
    police_reported = forms.TypedChoiceField(
        label=_("Reported to the police"),
        choices=[("", _("Do not know")), ("1", _("Yes")), ("0", _("No"))],
        coerce=lambda value: value == "1",
        empty_value=None,
        required=False,
    )
    cost_kr = forms.IntegerField(
        label=_("Damage cost, SEK"), min_value=0, max_value=1_000_000_000, required=False
    )
    property_owner = forms.ChoiceField(
        label=_("Owner of what was damaged"),
        choices=[("", _("Do not know")), *PropertyOwner.choices],
        required=False,
    )
    text = TextField(
        label=_("What you saw"),
        required=False,
        max_length=2000,
        doubt=Doubt.HELD,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Describe the place and what happened, no persons."),
    )

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[Organisation],
        areas: Sequence[Area],
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        )
        if len(organisations) == 1:
            fields["organisation"].widget = forms.HiddenInput()
            fields["organisation"].initial = organisations[0].pk
        in_use = [c.pk for c in Category.objects.all() if c.valid_on(now.date())]
        fields["category"].queryset = Category.objects.filter(pk__in=in_use)
        municipalities = {one.municipality_id for one in organisations}
        fields["place"].queryset = Place.objects.filter(municipality__in=municipalities)
        fields["area"].queryset = Area.objects.filter(pk__in=[one.pk for one in areas]).order_by(
            "name"
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a day where one is needed, and for a place of some kind."""
        cleaned = super().clean() or {}
        when = cleaned.get("when")
        if when == When.CHOSEN and not self.errors:
            self._clean_chosen(cleaned)
        elif when and not self.errors:
            cleaned["span"] = whens.span(When(when), self._now)
        has_point = cleaned.get("latitude") is not None and cleaned.get("longitude") is not None
        if not (has_point or any(cleaned.get(name) for name in ("place", "area", "where"))):
            self.add_error("place", _("Say where: a place, an area, the map or words."))
        self._warn_of_small_groups(cleaned)
        return cleaned

    def _clean_chosen(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("day"):
            self.add_error("day", _("Choose the day."))
            return
        try:
            span = whens.chosen(
                cleaned["day"], cleaned["clock"], cleaned["end_day"], cleaned["end_clock"]
            )
        except ValueError:
            self.add_error("end_day", _("The end is before the start."))
            return
        if span.starts > self._now:
            self.add_error("day", _("It has not happened yet."))
        cleaned["span"] = span

    def _warn_of_small_groups(self, cleaned: dict[str, Any]) -> None:
        """Ask once before a text is sent that lets people be worked out."""
        text = cleaned.get("text", "")
        groups = [hit for hit in find_hits(text) if hit.kind is Kind.SMALL_GROUP]
        if not groups or self.data.get(self.GROUP):
            return
        self.fields[self.GROUP] = forms.BooleanField(
            label=_("Send it so: nobody sees the text until a reviewer has looked at it"),
            required=False,
        )
        words = ", ".join(f"”{text[hit.start : hit.end]}”" for hit in groups)
        self.add_error(
            "text",
            _("So few in so small a setting can be worked out: %(words)s. Can you say it wider?")
            % {"words": words},
        )
