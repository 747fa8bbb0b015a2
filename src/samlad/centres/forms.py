"""The shape of a centre: its hours, closures, bookings and visits."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samlad.centres.models import Centre, Topic, Weekday
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.organisations.models import Organisation
from samlad.ui.fields import Offers, day_input

SPAN = re.compile(r"(\d{1,2})[:.]?(\d{2})?\s*[-\N{EN DASH}]\s*(\d{1,2})[:.]?(\d{2})?")


def spans(text: str) -> list[tuple[time, time]]:
    """Return the spans of a day as people write them: "9-12, 13.30-17"; empty is closed.

    Raises `ValidationError`.
    """
    found = []
    for part in (one.strip() for one in text.split(",")):
        if not part:
            continue
        match = SPAN.fullmatch(part)
        try:
            if match is None:
                raise ValueError
            a, b, c, d = (int(one or 0) for one in match.groups())
            found.append((time(a, b), time(c, d)))
        except ValueError:
            raise forms.ValidationError(_("Write the hours as 9-12, 13.30-17.")) from None
    return found


class CentreForm(ConfirmsDoubt, Offers):
    """A centre and its ordinary week."""

    name = TextField(label=_("Name"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    address = TextField(label=_("Address"), max_length=160)
    covers = TextField(
        label=_("For whom"), max_length=160, required=False,
        help_text=_("As the whole municipality."),
    )  # fmt: skip
    about = TextField(
        label=_("What one can come for"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            self.fields[f"day{day.value}"] = forms.CharField(
                label=day.label, required=False, max_length=60
            )

    @classmethod
    def initial_of(cls, centre: Centre) -> dict[str, Any]:
        """Return what the fields hold of a centre."""
        found: dict[str, Any] = {
            name: getattr(centre, name) for name in ("name", "address", "covers", "about")
        }
        found["organisation"] = centre.owner_id
        for one in centre.hours.all():
            told = f"{one.opens:%H:%M}-{one.closes:%H:%M}"
            name = f"day{one.weekday}"
            found[name] = f"{found[name]}, {told}" if name in found else told
        return found

    def clean(self) -> dict[str, Any]:
        """Read each day's hours."""
        sent: dict[str, Any] = super().clean() or {}
        sent["hours"] = []
        for day in Weekday:
            name = f"day{day.value}"
            try:
                sent["hours"] += [(day.value, *span) for span in spans(sent.pop(name, "") or "")]
            except forms.ValidationError as refusal:
                self.add_error(name, refusal)
        return sent


class ClosureForm(ConfirmsDoubt, forms.Form):
    """Days a centre is closed."""

    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())
    reason = TextField(label=_("Why"), max_length=160, help_text=_("Residents read this."))


class BookingForm(ConfirmsDoubt, Offers):
    """A booking for an organisation."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("For"), empty_label=None
    )
    what = TextField(label=_("For what"), max_length=120, help_text=_("No names."))
    on = forms.DateField(label=_("Day"), widget=day_input())
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}))

    def moments(self) -> dict[str, datetime]:
        """Return the start and the end."""
        sent = self.cleaned_data
        return {
            "starts_at": _at(sent["on"], sent["begins"]),
            "ends_at": _at(sent["on"], sent["ends"]),
        }


def _at(day: date, clock: time) -> datetime:
    known = min(max(day, date(1900, 1, 1)), date(9000, 1, 1))
    return timezone.make_aware(datetime.combine(known, clock))


class VisitsForm(forms.Form):
    """A day's visits by topic."""

    on = forms.DateField(label=_("Day"), widget=day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in Topic:
            self.fields[f"topic-{topic.value}"] = forms.IntegerField(
                label=topic.label, required=False, min_value=0, max_value=10_000
            )

    def counts(self) -> dict[Topic, int]:
        """Return what was counted."""
        return {topic: self.cleaned_data.get(f"topic-{topic.value}") or 0 for topic in Topic}
