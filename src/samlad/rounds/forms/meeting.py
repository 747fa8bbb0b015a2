"""The shape of what is sent at the review and the meeting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.calendar.dayparts import Daypart
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.measures.vocabulary import Kind
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area
from samlad.rounds.models import SCORES
from samlad.rounds.workflow import Outcome, Question, RejectionReason, ReopenReason

DAYPARTS = [(part.value, part.value) for part in Daypart]


class OfMunicipality(forms.Form):
    """A form that offers one municipality's organisations and areas."""

    def __init__(self, *args: Any, municipality: Municipality, areas: list[Area], **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if "organisation" in fields:
            fields["organisation"].queryset = Organisation.objects.filter(
                municipality=municipality, active=True
            )
        if "area" in fields:
            fields["area"].queryset = Area.objects.filter(
                pk__in=[area.pk for area in areas]
            ).order_by("name")


class ReviewForm(forms.Form):
    """One decision on one report."""

    outcome = forms.ChoiceField(choices=Outcome.choices)
    rejection = forms.ChoiceField(choices=RejectionReason.choices, required=False)
    question = forms.ChoiceField(choices=Question.choices, required=False)
    twin = forms.IntegerField(required=False)

    def reason(self) -> str:
        """Return the coded reason that goes with the outcome."""
        outcome = self.cleaned_data["outcome"]
        if outcome == Outcome.REJECTED:
            return str(self.cleaned_data["rejection"])
        return str(self.cleaned_data["question"]) if outcome == Outcome.ASKED else ""


class ReopenForm(forms.Form):
    """Why a closed round is opened again."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ReopenReason.choices)


class NoteForm(ConfirmsDoubt, OfMunicipality):
    """What was said at the table."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Said by"), empty_label=None
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )
    text = TextField(
        label=_("What was said, of places and situations"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No intelligence, no open investigations, no persons."),
    )


class FocusForm(ConfirmsDoubt, OfMunicipality):
    """What an organisation looks at in the coming period."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who"), empty_label=_("Choose")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )
    what = TextField(label=_("Looks at"), max_length=200)


class PriorityForm(ConfirmsDoubt, OfMunicipality):
    """An area's need and how far one can influence it."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("Area"), empty_label=None)
    need = forms.TypedChoiceField(label=_("Need"), choices=SCORES, coerce=int)
    influence = forms.TypedChoiceField(label=_("Influence"), choices=SCORES, coerce=int)
    reason = TextField(label=_("Reason"), max_length=300)


class ActionForm(ConfirmsDoubt, OfMunicipality):
    """An action decided at once."""

    what = TextField(label=_("What is to be done"), max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible"), empty_label=_("Choose")
    )
    due_on = forms.DateField(
        label=_("Done by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        label=_("Sort of work"), choices=Kind.choices, widget=forms.RadioSelect
    )


class AssignForm(OfMunicipality):
    """Who is to be there."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), required=False)


class MoveForm(ConfirmsDoubt, OfMunicipality):
    """Another place or time for a planned presence."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("Area"), empty_label=None)
    spot = TextField(label=_("Spot"), required=False, max_length=120)
    daypart = forms.ChoiceField(label=_("When"), choices=DAYPARTS)


class SummaryForm(ConfirmsDoubt, forms.Form):
    """The picture's summary, as it is adopted."""

    summary = TextField(
        label=_("Summary"), max_length=8000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DispatchForm(forms.Form):
    """Whether the letter may hold the PDF."""

    pdf_is_open = forms.BooleanField(
        label=_("The general version has no secrecy and no personal data: the PDF may go along"),
        required=False,
    )
