"""The shape of what people send of a measure: what, who, when, how, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.activities.models import Activity
from samlad.calendar.dayparts import Daypart
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category, Source
from samlad.measures.models import Cause, ExistingActivity, Goal, Measure, Problem, Programme
from samlad.measures.rules import REASONS, Reason
from samlad.measures.vocabulary import (
    Answer,
    Approach,
    EveryTime,
    Field,
    Funding,
    Kind,
    Level,
    Mechanism,
    Orientation,
    Purpose,
    TargetGroup,
    WorkArea,
)
from samlad.measures.workflow import NotDoneReason, Status
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import Offers, day_input

MOST = 2_000_000_000  # what a whole number of the database holds
NONE: list[tuple[str, Any]] = [("", "—")]
DAYPARTS = [(part.value, part.value) for part in Daypart]
ONE_DAY = timedelta(1)


def several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    """Return boxes to tick, none needed."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _is_filled(field: forms.BoundField) -> bool:
    """Tell whether a field holds something else than what stands there from the beginning."""
    return bool(field.value()) and field.value() != field.field.initial


class MeasureForm(ConfirmsDoubt, forms.Form):
    """A measure: the first fields are enough, the others are there when they are known."""

    what = TextField(label=_("What is to be done"), max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("Sort of work"), choices=Kind.choices, widget=forms.RadioSelect
    )
    due_on = forms.DateField(label=_("Done by"), widget=day_input())
    problem = forms.ModelChoiceField(
        Problem.objects.none(),
        label=_("Problem it is to change"),
        required=False,
        empty_label=_("None: it is counted as without a problem"),
    )
    cause = forms.ModelChoiceField(
        Cause.objects.none(), label=_("Cause it acts on"), required=False, empty_label="—"
    )
    goal = forms.ModelChoiceField(
        Goal.objects.none(), label=_("Goal it works towards"), required=False, empty_label="—"
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label="—"
    )
    starts_on = forms.DateField(label=_("Starts"), required=False, widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=day_input())
    follow_up_on = forms.DateField(
        label=_("To be followed up"),
        required=False,
        widget=day_input(),
        help_text=_("Left empty: four weeks after it is to be done."),
    )
    expected_effect = TextField(label=_("Expected effect"), max_length=300, required=False)
    approach = forms.ChoiceField(
        label=_("Situational or social"), choices=NONE + Approach.choices, required=False
    )
    mechanism = forms.ChoiceField(
        label=_("How it is thought to work"), choices=NONE + Mechanism.choices, required=False
    )
    field = forms.ChoiceField(
        label=_("What it concerns"), choices=NONE + Field.choices, required=False
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.OPERATIVE)
    target_groups = several(_("For whom"), TargetGroup.choices)
    dayparts = several(_("When in the week"), DAYPARTS)
    purposes = several(_("Purpose"), Purpose.choices)
    work_areas = several(_("Work area"), WorkArea.choices)
    orientations = several(_("Orientation"), Orientation.choices)
    is_priority = forms.BooleanField(label=_("Highest priority"), required=False)
    is_early = forms.BooleanField(label=_("Early intervention"), required=False)
    is_extra = forms.BooleanField(label=_("Beside the ordinary work"), required=False)
    existing = forms.ModelChoiceField(
        ExistingActivity.objects.none(),
        label=_("Uses an activity that goes on already"),
        required=False,
        empty_label="—",
    )
    continues = forms.ModelChoiceField(
        Measure.objects.none(), label=_("Continues"), required=False, empty_label="—"
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), required=False, empty_label="—"
    )
    hours = forms.IntegerField(
        label=_("Working hours"), required=False, min_value=0, max_value=MOST
    )
    cost_kr = forms.IntegerField(
        label=_("Cost, kronor"), required=False, min_value=0, max_value=MOST
    )
    funding = forms.ChoiceField(label=_("Paid by"), choices=Funding.choices, initial=Funding.OWN)
    grant_applied_on = forms.DateField(
        label=_("Grant applied for"), required=False, widget=day_input()
    )
    grant_report_on = forms.DateField(
        label=_("Grant to be reported"), required=False, widget=day_input()
    )
    grant_reported_on = forms.DateField(
        label=_("Grant reported"), required=False, widget=day_input()
    )

    PARTS = (
        (
            _("When and why"),
            ("starts_on", "ends_on", "follow_up_on", "cause", "goal", "expected_effect"),
        ),
        (
            _("How and for whom"),
            (
                "approach", "mechanism", "field", "level", "target_groups", "dayparts",
                "purposes", "work_areas", "orientations", "is_priority", "is_early",
            ),
        ),
        (
            _("Resources"),
            (
                "is_extra", "existing", "continues", "programme", "hours", "cost_kr", "funding",
                "grant_applied_on", "grant_report_on", "grant_reported_on",
            ),
        ),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        organisations: list[Organisation],
        problems: list[Problem],
        programmes: list[Programme],
        activities: list[ExistingActivity],
        areas: list[Area],
        earlier: list[Measure],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[Any]] = {
            "organisation": organisations,
            "problem": problems,
            "programme": programmes,
            "existing": activities,
            "area": areas,
            "continues": earlier,
        }
        fields: dict[str, Any] = self.fields
        for name, rows in offered.items():
            model = fields[name].queryset.model
            fields[name].queryset = model.objects.filter(pk__in=[one.pk for one in rows])
        for name, field in (("cause", "text"), ("goal", "what")):
            aims = fields[name].queryset.model.objects.filter(problem__in=problems)
            fields[name].queryset = aims.select_related("problem").order_by("problem", "pk")
            fields[name].label_from_instance = lambda one, field=field: (
                f"{one.problem.name}: {getattr(one, field)}"
            )
        fields["place"].queryset = Place.objects.filter(
            municipality__in={one.municipality_id for one in organisations}
        )

    def first(self) -> list[forms.BoundField]:
        """Return the fields that are asked for at once."""
        later = {name for _label, names in self.PARTS for name in names}
        return [self[name] for name in self.fields if name not in later]

    def parts(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """Return the other fields in parts: label, fields, and whether one holds something."""
        return [
            (label, fields, any(one.errors or _is_filled(one) for one in fields))
            for label, names in self.PARTS
            if (fields := [self[name] for name in names])
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the dates of a grant, and for an end after the start."""
        sent: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = sent.get("starts_on"), sent.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The end comes after the start."))
        for name in ("cause", "goal"):
            aim = sent.get(name)
            if aim is None:
                continue
            if sent.get("problem") is None:
                sent["problem"] = aim.problem
            elif aim.problem_id != sent["problem"].pk:
                self.add_error(name, REASONS[Reason.OTHER_PROBLEM])
        if sent.get("funding") == Funding.STATE and not sent.get("grant_applied_on"):
            self.add_error("grant_applied_on", _("Say when the grant is applied for."))
        if sent.get("funding") == Funding.STATE and not starts_on:
            self.add_error(
                "starts_on", _("A state grant is for one calendar year: say when the work starts.")
            )
        return sent

    def described(self) -> dict[str, Any]:
        """Return what `actions.Description` holds."""
        sent = dict(self.cleaned_data)
        sent.pop(self.CONFIRM, None)
        for name in ("what", "organisation", "due_on", "area", "place"):
            sent.pop(name)
        last = sent.pop("ends_on")
        sent["ends_before"] = last + ONE_DAY if last else None
        return {
            name: tuple(value) if isinstance(value, list) else value for name, value in sent.items()
        }


class StatusForm(forms.Form):
    """What became of a measure."""

    status = forms.ChoiceField(choices=Status.choices)
    reason = forms.ChoiceField(choices=[("", "—"), *NotDoneReason.choices], required=False)


class OrganisationForm(forms.Form):
    """One organisation, chosen."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = organisations


class ActivityLinkForm(Offers):
    """An activity that was done for a measure."""

    activity = forms.ModelChoiceField(
        Activity.objects.none(), label=_("Activity"), empty_label=None
    )


class AnswerForm(ConfirmsDoubt, OrganisationForm):
    """Whether one's organisation takes part."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (Answer.ACCEPTED, Answer.ACCEPTED.label),
            (Answer.DECLINED, Answer.DECLINED.label),
        ],
        widget=forms.RadioSelect,
    )
    reason = TextField(label=_("Why not"), max_length=200, required=False)


class HandoverForm(ConfirmsDoubt, OrganisationForm):
    """Who is to be responsible instead, and why."""

    reason = TextField(label=_("Why"), max_length=200)


class FollowUpForm(ConfirmsDoubt, forms.Form):
    """What was found: what became of it, and whether it was done every time."""

    status = forms.ChoiceField(label=_("What became of it"), choices=Status.choices)
    reason = forms.ChoiceField(
        label=_("If it was not done, or in part: why"),
        choices=NONE + NotDoneReason.choices,
        required=False,
    )
    every_time = forms.ChoiceField(
        label=_("Carried out as planned"), choices=EveryTime.choices, widget=forms.RadioSelect
    )
    note = TextField(
        label=_("What was seen"), max_length=1000, required=False, widget=forms.Textarea
    )
    hours_used = forms.IntegerField(
        label=_("Working hours used"), required=False, min_value=0, max_value=MOST
    )
    next_on = forms.DateField(label=_("Next follow-up"), required=False, widget=day_input())


class EvaluationForm(forms.Form):
    """Which incidents are to change, and for how long they are read."""

    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), empty_label=None)
    category = forms.ModelChoiceField(Category.objects.all(), label=_("Category"), empty_label=None)
    weeks = forms.IntegerField(
        label=_("Weeks after the start"), min_value=4, max_value=52, initial=26
    )

    def __init__(self, *args: Any, sources: list[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["source"].queryset = Source.objects.filter(pk__in=[one.pk for one in sources])


class ChoiceForm(Offers):
    """What the list of measures is narrowed to."""

    kind = forms.ChoiceField(label=_("Sort"), choices=NONE + Kind.choices, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=NONE + Level.choices, required=False)
    work_area = forms.ChoiceField(
        label=_("Work area"), choices=NONE + WorkArea.choices, required=False
    )
    target_group = forms.ChoiceField(
        label=_("For whom"), choices=NONE + TargetGroup.choices, required=False
    )
    daypart = forms.ChoiceField(
        label=_("When in the week"), choices=NONE + DAYPARTS, required=False
    )
    field = forms.ChoiceField(label=_("Concerns"), choices=NONE + Field.choices, required=False)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area, with its parts"), required=False, empty_label="—"
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Place"), required=False, empty_label="—"
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), required=False, empty_label="—"
    )
    only_overdue = forms.BooleanField(label=_("Overdue"), required=False)
    only_priority = forms.BooleanField(label=_("Highest priority"), required=False)
    only_early = forms.BooleanField(label=_("Early intervention"), required=False)
    only_extra = forms.BooleanField(label=_("Beside the ordinary work"), required=False)
