"""The shape of a process, its reporters, its recipients, and what is coming."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.calendar.models import Attendance
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area
from samlad.rounds import clock
from samlad.rounds.clock import Cadence, HolidayWeeks
from samlad.rounds.workflow import BreakReason, Level
from samlad.ui.fields import day_input

CADENCES = [
    (Cadence.WEEKLY, _("Every week")),
    (Cadence.FORTNIGHTLY, _("Every second week")),
    (Cadence.TWICE_A_MONTH, _("Twice a month")),
    (Cadence.MONTHLY, _("Every month")),
    (Cadence.QUARTERLY, _("Every quarter: deepens the rounds before")),
    (Cadence.TERTIAL, _("Every four months: deepens the rounds before")),
    (Cadence.YEARLY, _("Every year: deepens the rounds before")),
]
HOLIDAYS = [
    (HolidayWeeks.MOVED, _("Moved to the next working day")),
    (HolidayWeeks.SKIPPED, _("Skipped at midsummer, Christmas and New Year")),
    (HolidayWeeks.HELD, _("Held as usual")),
]
WEEKDAYS = [
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
]  # fmt: skip
MOMENT_LABELS = {
    "reminds": (_("Reminder: days after the period"), _("Reminder: time")),
    "closes": (_("Closes: days after the period"), _("Closes: time")),
    "review_by": (_("Reviewed: days after the period"), _("Reviewed: time")),
    "adopt_by": (_("Adopted: days after the period"), _("Adopted: time")),
    "dispatch_by": (_("Sent: days after the period"), _("Sent: time")),
}


AHEAD = timedelta(days=366)


class ProcessForm(ConfirmsDoubt, forms.Form):
    """The cadence and the clock: days after the period's last day, and a time of the day."""

    name = TextField(label=_("Name"), max_length=120, initial="EST")
    cadence = forms.ChoiceField(label=_("How often"), choices=CADENCES)
    first_on = forms.DateField(label=_("First day of the first round"), widget=day_input())
    holidays = forms.ChoiceField(label=_("Holiday weeks and red days"), choices=HOLIDAYS)
    two_persons = forms.BooleanField(
        label=_("Somebody else than the one who reviewed adopts"), required=False
    )

    with_municipalities = forms.ModelMultipleChoiceField(
        Municipality.objects.none(),
        label=_("Together with"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("The same cadence and clock; each has its own round and picture."),
    )

    def __init__(self, *args: Any, others: list[Municipality], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if others:
            fields["with_municipalities"].queryset = Municipality.objects.filter(
                pk__in=[one.pk for one in others]
            )
        else:
            del fields["with_municipalities"]
        for name in clock.MOMENTS:
            days, clock_time = clock.TRELLEBORG[name]
            label, time_label = MOMENT_LABELS[name]
            self.fields[f"{name}_day"] = forms.IntegerField(
                label=label,
                min_value=1,
                max_value=60,
                initial=days,
            )
            self.fields[f"{name}_time"] = forms.TimeField(
                label=time_label,
                initial=clock_time,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )

    def moments(self) -> dict[str, tuple[int, str]]:
        """Return the clock as a process keeps it."""
        sent = self.cleaned_data
        return {
            name: (sent[f"{name}_day"], f"{sent[f'{name}_time']:%H:%M}") for name in clock.MOMENTS
        }


class ReporterForm(forms.Form):
    """An organisation of the roll-call, and what it answers for."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    starts_on = forms.DateField(
        label=_("In the roll-call from"),
        widget=day_input(),
        help_text=_("Expected in rounds that end after this day. Kept when the line is changed."),
    )
    voluntary = forms.BooleanField(
        label=_("Voluntary: reports when it has something"),
        required=False,
        help_text=_("Tested only while it answers in at least four weeks of five."),
    )
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label=_("Areas it answers for"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all."),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(),
        label=_("Categories it answers for"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None chosen: all."),
    )

    def __init__(self, *args: Any, municipality: Municipality, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            municipality=municipality, active=True
        )
        fields["areas"].queryset = (
            Area.objects.valid_on(today).filter(municipality=municipality).order_by("name")
        )

        fields["starts_on"].initial = today
        fields["starts_on"].widget.attrs["max"] = (today + AHEAD).isoformat()

    def narrowing(self) -> list[forms.BoundField]:
        """Return the fields that say less than everything; few need them."""
        return [self["areas"], self["categories"]]


class BreakForm(forms.Form):
    """A day from which an organisation's reports cannot be compared with those before."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    on = forms.DateField(label=_("From"), widget=day_input())
    reason = forms.ChoiceField(label=_("Why"), choices=BreakReason.choices)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            municipality=municipality, active=True
        )


class DutyForm(forms.Form):
    """Hours when somebody reads urgent reports."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=list(enumerate(WEEKDAYS)), coerce=int
    )
    starts_at = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends_at = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=[one.pk for one in people]
        ).order_by("name")


class RecipientForm(forms.Form):
    """Who is sent the adopted pictures."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    level = forms.ChoiceField(label=_("Version"), choices=Level.choices, initial=Level.GENERAL)
    with_pdf = forms.BooleanField(
        label=_("The letter may hold the general version as PDF"), required=False
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            municipality=municipality, active=True
        )


class ComingForm(ConfirmsDoubt, forms.Form):
    """Something that is coming."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("We are"), empty_label=_("Choose")
    )
    name = TextField(label=_("What"), max_length=120)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )
    where = TextField(label=_("Place"), max_length=120, required=False)
    starts_on = forms.DateField(label=_("From"), widget=day_input())
    ends_on = forms.DateField(label=_("To and including"), required=False, widget=day_input())
    attendance = forms.ChoiceField(
        label=_("How many are expected"), choices=Attendance.choices, required=False
    )

    def __init__(
        self, *args: Any, organisations: list[Organisation], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(
            pk__in=[one.pk for one in organisations]
        )
        fields["area"].queryset = (
            Area.objects.valid_on(today)
            .filter(municipality__in={one.municipality_id for one in organisations})
            .order_by("name")
        )

    def clean(self) -> dict[str, Any]:
        """Let one day be enough, and refuse an end before the start."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The end is before the start."))
        elif first:
            cleaned["ends_before"] = (last or first) + timedelta(1)
        return cleaned
