"""The shape of what is logged: an activity, a shift, an area of neighbourhood watch."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from samlad.activities.models import ActivityKind, Shift, WatchArea
from samlad.activities.vocabulary import (
    Audience,
    Channel,
    Contact,
    Orientation,
    Recipient,
    ShiftRole,
    Theme,
    Topic,
)
from samlad.calendar.dayparts import Daypart
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import Offers, day_input

NONE: list[tuple[str, Any]] = [("", "—")]


def several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    """Return boxes to tick, none needed."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def count(label: Any, help_text: Any = "") -> forms.IntegerField:
    """Return a field for a count that is not needed."""
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=1_000_000, help_text=help_text
    )


class ActivityForm(ConfirmsDoubt, Offers):
    """What was done, when and where; the first fields are enough."""

    kind = forms.ModelChoiceField(ActivityKind.objects.none(), label=_("What sort"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who did it"), empty_label=None
    )
    on = forms.DateField(label=_("Day"), widget=day_input())
    what = TextField(
        label=_("In a few words"), max_length=160, required=False,
        help_text=_("Nobody who was met or helped."),
    )  # fmt: skip
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label="—"
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label="—"
    )
    with_whom = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("Together with"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    watch_area = forms.ModelChoiceField(
        WatchArea.objects.none(), label=_("Of the neighbourhood watch"), required=False,
        empty_label="—", help_text=_("For start-up and repetition meetings."),
    )  # fmt: skip
    audiences = several(_("For whom"), Audience.choices)
    orientations = several(_("Orientation"), Orientation.choices)
    channels = several(_("How"), Channel.choices)
    themes = several(_("What it was about"), Theme.choices)
    participants = count(_("Took part"), _("Few are kept as a band, where persons are met."))
    handed_out = count(_("Handed out"))
    controls = count(_("Controls"))
    reports = count(_("Reported offences"))
    hours = forms.DecimalField(
        label=_("Hours"), required=False, min_value=0, max_digits=8, decimal_places=2
    )
    evidence = TextField(
        label=_("Evidence"), max_length=200, required=False,
        help_text=_("A link or a diarienummer. Nothing is uploaded here."),
    )  # fmt: skip

    LATER = (
        "with_whom", "watch_area", "audiences", "orientations", "channels", "themes",
        "participants", "handed_out", "controls", "reports", "hours", "evidence",
    )  # fmt: skip

    def first(self) -> list[forms.BoundField]:
        """Return the fields that are asked for at once."""
        return [self[name] for name in self.fields if name not in self.LATER]

    def later(self) -> list[forms.BoundField]:
        """Return the other fields."""
        return [self[name] for name in self.LATER]

    @property
    def has_more(self) -> bool:
        """Tell whether one of the other fields holds something, or is wrong."""
        return any(one.errors or one.value() for one in self.later())


class ShiftForm(ConfirmsDoubt, Offers):
    """A shift in under a minute: where, when, how long, and counts of whom was met."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Team"), empty_label=None
    )
    role = forms.ChoiceField(label=_("Role"), choices=ShiftRole.choices)
    on = forms.DateField(label=_("Day"), widget=day_input())
    daypart = forms.ChoiceField(
        label=_("When"), choices=[(part.value, part.value) for part in Daypart]
    )
    hours = forms.DecimalField(
        label=_("Hours"), min_value=0, max_value=24, max_digits=4, decimal_places=1
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label="—"
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label="—"
    )
    orientations = several(_("Orientation"), Orientation.choices)

    GROUPS = (
        ("contacts", _("Contacts"), Contact),
        ("topics", _("What it was about"), Topic),
        ("referrals", _("Shown the way to"), Recipient),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, _label, codes in self.GROUPS:
            for code in codes:
                self.fields[f"{group}-{code.value}"] = count(code.label)

    def plain(self) -> list[forms.BoundField]:
        """Return the fields that are no counts."""
        return [self[name] for name in self.fields if "-" not in name]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the counts by what they count."""
        return [
            (label, [self[f"{group}-{code.value}"] for code in codes])
            for group, label, codes in self.GROUPS
        ]

    @classmethod
    def initial_of(cls, shift: Shift) -> dict[str, Any]:
        """Return what the fields hold of a shift that was logged."""
        found: dict[str, Any] = {"role": shift.role, "daypart": shift.daypart}
        for group, _label, _codes in cls.GROUPS:
            found |= {f"{group}-{code}": low for code, low in getattr(shift, group).items()}
        return found

    def counts(self, group: str) -> dict[str, int]:
        """Return what was counted of a group, by code."""
        codes = next(codes for name, _label, codes in self.GROUPS if name == group)
        found = {code.value: self.cleaned_data.get(f"{group}-{code.value}") for code in codes}
        return {code: n for code, n in found.items() if n}


class WeekLine(ConfirmsDoubt, Offers):
    """One line of a week: empty where no sort is chosen."""

    on = forms.ChoiceField(label=_("Day"))
    kind = forms.ModelChoiceField(
        ActivityKind.objects.none(), label=_("What sort"), required=False, empty_label="—"
    )
    what = TextField(label=_("In a few words"), max_length=160, required=False)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label="—"
    )
    participants = count(_("Took part"))
    handed_out = count(_("Handed out"))
    controls = count(_("Controls"))
    reports = count(_("Reported offences"))
    hours = forms.DecimalField(
        label=_("Hours"), required=False, min_value=0, max_digits=8, decimal_places=2
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, days: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["on"].choices = [(day.isoformat(), date_format(day, "D j/n")) for day in days]
        if not self.is_bound and self.initial.get("on"):
            self.initial["on"] = self.initial["on"].isoformat()
        for field in fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        """Ask for the sort where anything else is written."""
        sent: dict[str, Any] = super().clean() or {}
        written = ("what", "participants", "handed_out", "controls", "reports", "hours")
        if not sent.get("kind") and any(sent.get(name) not in (None, "") for name in written):
            self.add_error("kind", _("Choose the sort."))
        return sent


class StaffingForm(ConfirmsDoubt, Offers):
    """How many a team is to be in a month, and was."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Team"), empty_label=None
    )
    month = forms.DateField(
        label=_("Month"),
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        input_formats=["%Y-%m", "%Y-%m-%d"],
    )
    speciality = TextField(
        label=_("Especially for"),
        max_length=80,
        required=False,
        help_text=_("As parents' support. Left empty: the whole team."),
    )
    planned = forms.IntegerField(label=_("Planned"), min_value=0, max_value=10_000)
    actual = forms.IntegerField(label=_("Actual"), min_value=0, max_value=10_000, required=False)


class WatchForm(ConfirmsDoubt, Offers):
    """An area of neighbourhood watch."""

    name = TextField(label=_("Name"), max_length=120, help_text=_("As a street. No names."))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label="—"
    )
    started_on = forms.DateField(label=_("Started"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=day_input())


class KindForm(ConfirmsDoubt, forms.Form):
    """A kind of activity of the municipality's own."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    label_sv = TextField(label=_("In Swedish"), max_length=80)
    label_en = TextField(label=_("In English"), max_length=80)
    banded = forms.BooleanField(
        label=_("Persons who are met or helped are counted in bands"), required=False
    )


class ChoiceForm(Offers):
    """What the log is narrowed to."""

    kind = forms.ModelChoiceField(
        ActivityKind.objects.none(), label=_("What sort"), required=False, empty_label="—"
    )
    audience = forms.ChoiceField(
        label=_("For whom"), choices=NONE + Audience.choices, required=False
    )
    orientation = forms.ChoiceField(
        label=_("Orientation"), choices=NONE + Orientation.choices, required=False
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area, with its parts"), required=False, empty_label="—"
    )
    since = forms.DateField(label=_("From"), required=False, widget=day_input())
    until = forms.DateField(label=_("Until"), required=False, widget=day_input())


class FileForm(forms.Form):
    """A file of activities."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who did it"), empty_label=None
    )
    file = forms.FileField(label=_("File (CSV or Excel)"))

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        )
