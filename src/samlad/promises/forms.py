"""The shape of a promise, a commitment, and what people say of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.activities.models import Activity, ActivityKind
from samlad.activities.vocabulary import Audience, Theme
from samlad.councils.models import Agreement
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.indicators.models import Indicator
from samlad.measures.models import Problem
from samlad.organisations.models import Organisation
from samlad.places.models import Area
from samlad.promises.counting import Rule
from samlad.promises.workflow import Status, Type, Unit
from samlad.ui.fields import Offers, day_input


class PromiseForm(ConfirmsDoubt, Offers):
    """A promise: parties, period with both days inside, and what it came from."""

    name = TextField(label=_("Name"), max_length=160)
    text = TextField(
        label=_("To residents, in a few sentences"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    remark = TextField(
        label=_("Remark that stands wherever it is shown"), max_length=300, required=False
    )
    parties = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("Parties"), widget=forms.CheckboxSelectMultiple
    )
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label=_("Part of the agreement"), required=False, empty_label="—"
    )
    starts_on = forms.DateField(label=_("First day"), required=False, widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=day_input())
    signed_on = forms.DateField(label=_("Signed"), required=False, widget=day_input())
    signatories = TextField(
        label=_("Signed by (roles)"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One role a line, as kommunstyrelsens ordförande. No names."),
    )  # fmt: skip
    dialogues = forms.ModelMultipleChoiceField(
        Activity.objects.none(), label=_("Dialogues it came from"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    problems = forms.ModelMultipleChoiceField(
        Problem.objects.none(), label=_("Problems it came from"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class GoalForm(ConfirmsDoubt, Offers):
    """What a promise is for."""

    text = TextField(label=_("Goal"), max_length=200)
    indicators = forms.ModelMultipleChoiceField(
        Indicator.objects.none(), label=_("Seen by"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class CommitmentForm(ConfirmsDoubt, Offers):
    """One thing that is promised, and how it is counted."""

    text = TextField(label=_("What is promised"), max_length=300)
    type = forms.ChoiceField(label=_("Of which sort"), choices=Type.choices)
    target = forms.IntegerField(
        label=_("At least"), required=False, min_value=1, max_value=1_000_000
    )
    unit = forms.ChoiceField(label=_("What is counted"), choices=Unit.choices)
    kinds = forms.ModelMultipleChoiceField(
        ActivityKind.objects.none(), label=_("Kinds of activity that count"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    audiences = forms.MultipleChoiceField(
        label=_("For whom"), choices=Audience.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    themes = forms.MultipleChoiceField(
        label=_("What it was about"), choices=Theme.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    must_rise = forms.BooleanField(
        label=_("Is to rise: more in the last year than in the first"), required=False,
        help_text=_("For what is continuous. It is judged when the period is over."),
    )  # fmt: skip
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("Named areas"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    partners = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("Counts only together with"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    responsible = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), required=False, empty_label="—"
    )
    reason = TextField(
        label=_("Why it is changed"), max_length=200, required=False,
        help_text=_("Needed once it is signed: the version before is kept."),
    )  # fmt: skip

    def rule(self) -> Rule:
        """Return what the commitment counts."""
        sent: dict[str, Any] = self.cleaned_data
        return Rule(
            type=Type(sent["type"]),
            target=sent["target"],
            unit=Unit(sent["unit"]),
            kinds=tuple(sorted(one.code for one in sent["kinds"])),
            audiences=tuple(sent["audiences"]),
            themes=tuple(sent["themes"]),
            must_rise=sent["must_rise"],
            areas=tuple(sorted({one.code for one in sent["areas"]})),
            partners=tuple(sorted(one.pk for one in sent["partners"])),
        )


class JudgementForm(ConfirmsDoubt, forms.Form):
    """What people say of a commitment, and why."""

    status = forms.ChoiceField(label=_("How it stands"), choices=Status.choices)
    reason = TextField(
        label=_("Why"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands beside, for everybody. Nothing about single persons."),
    )  # fmt: skip


class IndividualsForm(forms.Form):
    """With how many individuals work has begun."""

    number = forms.IntegerField(label=_("Begun with"), min_value=0, max_value=2)
