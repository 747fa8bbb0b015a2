"""The shape of a group, a seat, a meeting, a decision, an agreement, a unit's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.councils.models import Decision, Group, GroupMember
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.measures.models import Measure, Problem, Programme
from samlad.measures.vocabulary import Kind, Level
from samlad.measures.workflow import NotDoneReason
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import Organisation
from samlad.places.models import Area
from samlad.ui.fields import Offers, day_input


class GroupForm(ConfirmsDoubt, Offers):
    """A group: its name is free, its sort is one of the list."""

    name = TextField(label=_("Name"), max_length=120)
    type_ = forms.ChoiceField(label=_("Sort of group"), choices=GroupType.choices)
    status = forms.ChoiceField(label=_("State"), choices=GroupStatus.choices)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    is_strategic_council = forms.BooleanField(
        label=_("This is the strategic council of 10 §"), required=False
    )
    chair = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Led by"), required=False, empty_label="—"
    )
    remit = TextField(label=_("Remit"), max_length=1000, required=False, widget=forms.Textarea)
    founded_on = forms.DateField(label=_("Founded"), required=False, widget=day_input())
    quorum = forms.IntegerField(
        label=_("Organisations needed to decide"), required=False, min_value=1, max_value=50
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label=_("Make it part of the programme"),
        required=False,
        empty_label="—",
    )


class SeatForm(ConfirmsDoubt, Offers):
    """An organisation's seat, by position and not by name."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    position = TextField(
        label=_("Position"),
        max_length=80,
        required=False,
        help_text=_("As head of department. No names."),
    )
    is_leading = forms.BooleanField(label=_("A leading position (10 §)"), required=False)
    is_substitute = forms.BooleanField(label=_("Substitute"), required=False)
    substitutes_for = forms.ModelChoiceField(
        GroupMember.objects.none(), label=_("Stands in for"), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["substitutes_for"].label_from_instance = lambda one: ", ".join(
            part for part in (one.organisation.name, one.position) if part
        )


class MeetingForm(ConfirmsDoubt, forms.Form):
    """When and where a meeting is."""

    starts_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    where = TextField(label=_("Where"), max_length=120, required=False)


class AgendaForm(ConfirmsDoubt, forms.Form):
    """The agenda as lines; a line with an exclamation mark first is internal."""

    lines = TextField(
        label=_("Agenda"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "One line for each item. A line that begins with ! is seen inside the authority alone."
        ),
    )


class HoldForm(ConfirmsDoubt, Offers):
    """Who was there, and what was said."""

    attended = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Present"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = TextField(label=_("Minutes"), max_length=8000, required=False, widget=forms.Textarea)
    diarienummer = TextField(label=_("Diarienummer"), max_length=60, required=False)


class DecisionForm(ConfirmsDoubt, Offers):
    """A decision: a measure, a position, a question put on, or an answer."""

    kind = forms.ChoiceField(label=_("What it is"), choices=OutcomeKind.choices)
    text = TextField(label=_("The decision"), max_length=1000, widget=forms.Textarea)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("A new measure: responsible"),
        required=False,
        empty_label="—",
    )
    due_on = forms.DateField(label=_("A new measure: done by"), required=False, widget=day_input())
    work = forms.ChoiceField(
        label=_("A new measure: sort of work"), choices=[("", "—"), *Kind.choices], required=False
    )
    problem = forms.ModelChoiceField(
        Problem.objects.none(),
        label=_("A new measure: problem it is to change"),
        required=False,
        empty_label=_("None: it is counted as without a problem"),
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("A new measure: area"), required=False, empty_label="—"
    )
    measure = forms.ModelChoiceField(
        Measure.objects.none(), label=_("or one that is there"), required=False, empty_label="—"
    )
    new_day = forms.DateField(
        label=_("One that is there: moved to"), required=False, widget=day_input()
    )
    becomes = forms.ChoiceField(
        label=_("One that is there: becomes"),
        choices=[("", _("unchanged")), *MeasureStatus.choices],
        required=False,
    )
    why_not = forms.ChoiceField(
        label=_("Why, if it is not done"),
        choices=[("", "—"), *NotDoneReason.choices],
        required=False,
    )
    put_to = forms.ModelChoiceField(
        Group.objects.none(), label=_("Put to the group"), required=False, empty_label="—"
    )
    answers = forms.ModelChoiceField(
        Decision.objects.none(), label=_("Answers the question"), required=False, empty_label="—"
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of decision needs."""
        sent: dict[str, Any] = super().clean() or {}
        needs = {OutcomeKind.ESCALATED: "put_to", OutcomeKind.ANSWERED: "answers"}
        name = needs.get(sent.get("kind", ""))
        if name and not sent.get(name):
            self.add_error(name, _("Choose one."))
        if sent.get("kind") == OutcomeKind.MEASURE and not sent.get("measure"):
            for needed in ("organisation", "due_on", "work"):
                if not sent.get(needed) and needed not in self.errors:
                    self.add_error(needed, _("A new measure needs this."))
        for name in ("new_day", "becomes"):
            if sent.get(name) and not sent.get("measure"):
                self.add_error(name, _("Choose the measure it is about."))
        return sent


class AgreementForm(ConfirmsDoubt, Offers):
    """An agreement: purposes and areas are what the law asks for."""

    name = TextField(label=_("Name"), max_length=160)
    parties = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("Parties"), widget=forms.CheckboxSelectMultiple
    )
    purposes = TextField(
        label=_("Purposes"), max_length=1000, required=False, widget=forms.Textarea
    )
    areas = TextField(
        label=_("Areas of cooperation"), max_length=1000, required=False, widget=forms.Textarea
    )
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), required=False, widget=day_input())
    signed_on = forms.DateField(label=_("Signed"), required=False, widget=day_input())
    signatories = TextField(
        label=_("Signed by (roles)"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One role a line, as kommunstyrelsens ordförande. No names."),
    )
    diarienummer = TextField(label=_("Diarienummer"), max_length=60, required=False)
    reason = TextField(
        label=_("Why it is changed"),
        max_length=200,
        required=False,
        help_text=_("Needed once it is signed: the version before is kept."),
    )


class UnitForm(ConfirmsDoubt, forms.Form):
    """What a unit does, struggles with, and can help with."""

    tasks = TextField(label=_("What we do"), max_length=1000, required=False, widget=forms.Textarea)
    challenges = TextField(
        label=_("What is difficult now"), max_length=1000, required=False, widget=forms.Textarea
    )
    competence = TextField(
        label=_("What we can help others with"),
        max_length=600,
        required=False,
        help_text=_("With commas between."),
    )
    mailbox = forms.EmailField(
        label=_("The unit's mailbox"), required=False, help_text=_("A function's, not a person's.")
    )


class HelpForm(ConfirmsDoubt, Offers):
    """A question to another unit."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("From"), empty_label=None
    )
    text = TextField(
        label=_("What do you need help with?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nothing about single persons."),
    )


class ContactForm(ConfirmsDoubt, forms.Form):
    """What one can be asked about."""

    competence = TextField(
        label=_("You can ask me about"),
        max_length=400,
        required=False,
        help_text=_("With commas between."),
    )
    is_protected = forms.BooleanField(
        label=_("Do not show me: my identity is protected"), required=False
    )
