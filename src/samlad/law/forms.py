"""The shape of the law's documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.indicators.models import Indicator
from samlad.law.models import Leads, StatutoryPicture
from samlad.measures.models import Measure
from samlad.organisations.models import Organisation
from samlad.ui.fields import Offers, day_input


def long_text(label: Any, longest: int, help_text: Any = "") -> TextField:
    """Return a field of a part of a document."""
    return TextField(
        label=label,
        max_length=longest,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class PictureForm(ConfirmsDoubt, Offers):
    """The parts of the lägesbild of 4 §."""

    extent = long_text(_("Mapping: how much crime, where and when"), 12000)
    consequences = long_text(_("Mapping: what it leads to"), 12000)
    violence = long_text(
        _("Violence in close relations, honour-related violence and oppression"),
        8000,
        _("From sums only, never of single persons or families."),
    )
    indicators = forms.ModelMultipleChoiceField(
        Indicator.objects.none(),
        label=_("Series the section on violence rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Reported violence in close relations and honour-related violence is counted by itself."
        ),
    )
    other = long_text(_("Other information that matters"), 12000)
    analysis = long_text(_("Analysis"), 12000)
    sources = long_text(_("Sources used"), 3000, _("One a line."))
    missing = long_text(_("Sources that are missing"), 3000, _("One a line."))


class AdoptForm(ConfirmsDoubt, forms.Form):
    """Which body, on which day, under which number."""

    on = forms.DateField(label=_("Day"), widget=day_input())
    body = TextField(label=_("Decided by"), max_length=120, help_text=_("As kommunstyrelsen."))
    diarienummer = TextField(label=_("Diarienummer"), max_length=60, required=False)


class PlanForm(ConfirmsDoubt, forms.Form):
    """A plan on a version of the lägesbild."""

    name = TextField(label=_("Name"), max_length=160)
    picture = forms.ModelChoiceField(
        StatutoryPicture.objects.none(), label=_("Rests on the lägesbild"), empty_label=None
    )
    text = long_text(_("The plan in words"), 12000)
    measures = forms.ModelMultipleChoiceField(
        Measure.objects.none(),
        label=_("Measures"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, pictures: Any, measures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["picture"].queryset = pictures
        fields["picture"].label_from_instance = lambda one: (
            _("Version %(n)s (%(day)s)")
            % {
                "n": one.version,
                "day": one.adopted_on or _("draft"),
            }
        )
        fields["measures"].queryset = measures


class FollowUpForm(ConfirmsDoubt, forms.Form):
    """A follow-up of the plan."""

    on = forms.DateField(label=_("Day"), widget=day_input())
    text = TextField(
        label=_("What was found"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    diarienummer = TextField(label=_("Diarienummer"), max_length=60, required=False)


class OtherPlanForm(ConfirmsDoubt, forms.Form):
    """A plan under another statute."""

    name = TextField(label=_("Plan under another statute"), max_length=160)
    reference = TextField(label=_("Link or diarienummer"), max_length=200, required=False)


class ReportForm(ConfirmsDoubt, forms.Form):
    """A report to fullmäktige."""

    on = forms.DateField(label=_("Day"), widget=day_input())
    what = TextField(label=_("What was reported"), max_length=300)
    diarienummer = TextField(label=_("Diarienummer"), max_length=60, required=False)


class FunctionForm(ConfirmsDoubt, forms.Form):
    """The coordinating function, its contact, and who leads."""

    name = TextField(label=_("Name of the function"), max_length=120)
    unit = forms.ModelChoiceField(Organisation.objects.none(), label=_("Unit"), empty_label=None)
    mailbox = forms.EmailField(
        label=_("The function's mailbox"),
        required=False,
        help_text=_("A function's, not a person's."),
    )
    switchboard = forms.CharField(label=_("Switchboard"), max_length=40, required=False)
    information = TextField(label=_("Where residents are informed"), max_length=200, required=False)
    leads = forms.ChoiceField(label=_("Led by"), choices=Leads.choices)
    led_by = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Which board"), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = organisations
        fields["led_by"].queryset = organisations
