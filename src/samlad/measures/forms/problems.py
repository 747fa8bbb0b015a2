"""The shape of a problem, its causes and goals, of a programme, and of what the year holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from samlad.calendar.models import SchoolBreakKind
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category, Source
from samlad.indicators.models import Indicator
from samlad.measures.forms.measures import NONE, several
from samlad.measures.models import Problem
from samlad.measures.vocabulary import Bone, Funding, TargetGroup, Unit
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import Offers, day_input


class ProblemForm(ConfirmsDoubt, Offers):
    """What the problem is, where and when: places and situations, no persons."""

    name = TextField(label=_("The problem, in a few words"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Category"), required=False, empty_label="—"
    )
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("Areas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.none(), label=_("Places"), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("Seen from"), required=False, widget=day_input())
    ends_on = forms.DateField(label=_("Seen until"), required=False, widget=day_input())
    description = TextField(
        label=_("What is known, and what is not"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )


class CauseForm(ConfirmsDoubt, forms.Form):
    """A likely cause."""

    bone = forms.ChoiceField(label=_("Where it belongs"), choices=Bone.choices)
    text = TextField(label=_("Likely cause"), max_length=160)


class GoalForm(ConfirmsDoubt, Offers):
    """What is to be reached, when, and how it is seen (SMART)."""

    what = TextField(label=_("What is to be reached"), max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Owned by"),
        empty_label=None,
        help_text=_("An organisation or a group."),
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label=_("Measured by the incidents of"),
        required=False,
        empty_label="—",
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label=_("or by an indicator"), required=False, empty_label="—"
    )
    baseline = forms.FloatField(label=_("Value to begin with"), required=False)
    baseline_year = forms.IntegerField(
        label=_("of the year"), required=False, min_value=1990, max_value=2100
    )
    target = forms.FloatField(label=_("Target"))
    target_year = forms.IntegerField(
        label=_("at the end of the year"), min_value=2000, max_value=2100
    )
    is_accepted = forms.BooleanField(
        label=_("Accepted by those who are to do the work"), required=False
    )
    is_realistic = forms.BooleanField(
        label=_("Realistic with the resources there are"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two ways of measuring."""
        sent: dict[str, Any] = super().clean() or {}
        if sent.get("source") and sent.get("indicator"):
            self.add_error("indicator", _("Choose incidents or an indicator, not both."))
        return sent


class ProgrammeForm(ConfirmsDoubt, Offers):
    """A programme: purpose, period, what and whom it gathers."""

    name = TextField(label=_("Name"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Owner"), empty_label=None
    )
    purpose = TextField(label=_("Purpose"), max_length=2000, required=False, widget=forms.Textarea)
    starts_on = forms.DateField(label=_("From"), widget=day_input())
    ends_on = forms.DateField(label=_("Until"), required=False, widget=day_input())
    tags = TextField(
        label=_("Tags"), max_length=300, required=False, help_text=_("With commas between.")
    )
    problems = forms.ModelMultipleChoiceField(
        Problem.objects.none(),
        label=_("Problems"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ResourceForm(ConfirmsDoubt, forms.Form):
    """A line of what a programme is given."""

    what = TextField(label=_("What"), max_length=120)
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=12, decimal_places=2)
    funding = forms.ChoiceField(label=_("Paid by"), choices=Funding.choices)


class ActivityForm(ConfirmsDoubt, Offers):
    """An ordinary activity of the catalogue."""

    name = TextField(label=_("Name"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Whose it is"), empty_label=None
    )
    description = TextField(label=_("What it is"), max_length=400, required=False)
    target_groups = several(_("For whom"), TargetGroup.choices)


class WheelForm(ConfirmsDoubt, Offers):
    """Something that comes every year."""

    what = TextField(label=_("What comes every year"), max_length=160)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    month = forms.TypedChoiceField(label=_("Month"), choices=MONTHS.items, coerce=int)
    before_break = forms.ChoiceField(
        label=_("Before a school break"), choices=NONE + SchoolBreakKind.choices, required=False
    )
    weeks_before = forms.IntegerField(
        label=_("Remind how many weeks before"), min_value=0, max_value=26, initial=4
    )


class SchoolBreakForm(forms.Form):
    """When a school break is, as the municipality has decided."""

    kind = forms.ChoiceField(label=_("Break"), choices=SchoolBreakKind.choices)
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())


class CameraForm(ConfirmsDoubt, Offers):
    """A place under surveillance, and what the law asks for."""

    place = forms.ModelChoiceField(Place.objects.none(), label=_("Place"), empty_label=None)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    purpose = TextField(label=_("Purpose"), max_length=200)
    alternatives = TextField(
        label=_("What else has been tried"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
    )
    weighing = TextField(
        label=_("Weighing of interests"),
        max_length=200,
        required=False,
        help_text=_("A link or a diarienummer. Nothing is uploaded here."),
    )
    impact_assessment = TextField(
        label=_("Assessed need of an impact assessment"),
        max_length=200,
        required=False,
        help_text=_("A link or a diarienummer. Nothing is uploaded here."),
    )
    sign_posted = forms.BooleanField(label=_("A sign informs at the place"), required=False)
    in_register = forms.BooleanField(
        label=_("Entered in the register (förteckning)"), required=False
    )
    started_on = forms.DateField(label=_("In use from"), required=False, widget=day_input())
    review_on = forms.DateField(label=_("To be reviewed"), required=False, widget=day_input())
    ended_on = forms.DateField(label=_("Ended"), required=False, widget=day_input())


class HandListForm(ConfirmsDoubt, forms.Form):
    """To whom a list is handed, and where that is noted."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("To"), empty_label=None
    )
    reference = TextField(label=_("Diarienummer"), max_length=120, required=False)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = organisations
