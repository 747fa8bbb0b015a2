"""The shape of a release's parts: who answers, a table, a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category, Source
from samlad.measures.models import Measure
from samlad.releases.workflow import ByArea, ByTime, Compliance
from samlad.ui.fields import Offers, day_input


class PublisherForm(ConfirmsDoubt, forms.Form):
    """Who answers for the public pages."""

    slug = forms.SlugField(
        label=_("Address"), max_length=60,
        help_text=_("The municipality's name as it stands in addresses, as upplands-bro."),
    )  # fmt: skip
    editor = TextField(
        label=_("Responsible for the pages"), max_length=120, help_text=_("A unit. No names.")
    )
    mailbox = forms.EmailField(
        label=_("The function's mailbox"), required=False,
        help_text=_("A function's, not a person's."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Switchboard"), max_length=40, required=False)


class TableForm(Offers):
    """A table of one source and category at one of the fixed levels."""

    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), empty_label=None)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), empty_label=None
    )
    by_area = forms.ChoiceField(label=_("Told by"), choices=ByArea.choices)
    by_time = forms.ChoiceField(label=_("And by"), choices=ByTime.choices)
    starts_on = forms.DateField(label=_("From"), widget=day_input())
    ends_on = forms.DateField(label=_("Until"), widget=day_input())


class WithdrawForm(ConfirmsDoubt, forms.Form):
    """Why a release is withdrawn."""

    reason = TextField(label=_("Why it is withdrawn"), max_length=300)


def in_english(label: Any, longest: int, **how: Any) -> TextField:
    """Return a field for the same words in English, not needed."""
    return TextField(label=label, max_length=longest, required=False, **how)


class PictureForm(ConfirmsDoubt, forms.Form):
    """The situation for residents: words, findings without numbers, and what is being done."""

    text = TextField(
        label=_("In your own words"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Places and situations, no persons and no small numbers."),
    )  # fmt: skip
    text_en = in_english(_("The same in English"), 2000, widget=forms.Textarea(attrs={"rows": 5}))
    findings = forms.MultipleChoiceField(
        label=_("What differs from the usual"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Told without numbers, by district at the finest."),
    )  # fmt: skip
    measures = forms.ModelMultipleChoiceField(
        Measure.objects.none(), label=_("What is being done"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, *args: Any, findings: list[tuple[int, str]], measures: list[Measure], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["findings"].choices = findings
        fields["measures"].queryset = Measure.objects.filter(pk__in=[one.pk for one in measures])


class AdviceForm(ConfirmsDoubt, forms.Form):
    """Advice to residents, with the days it is shown."""

    title = TextField(label=_("Heading"), max_length=120)
    text = TextField(
        label=_("The advice"), max_length=3000, widget=forms.Textarea(attrs={"rows": 6})
    )
    title_en = in_english(_("Heading in English"), 120)
    text_en = in_english(_("The advice in English"), 3000, widget=forms.Textarea(attrs={"rows": 6}))
    link = forms.URLField(
        label=_("Read more at"), required=False, max_length=200, assume_scheme="https"
    )
    starts_on = forms.DateField(label=_("Shown from"), widget=day_input())
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=day_input(),
        help_text=_("Left empty: until it is withdrawn."),
    )  # fmt: skip


class CampaignForm(ConfirmsDoubt, forms.Form):
    """A dated question to residents; all answers are fixed."""

    title = TextField(
        label=_("Question"), max_length=120, help_text=_("As: How safe do you feel outdoors?")
    )
    text = TextField(
        label=_("What it is for"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    title_en = in_english(_("Question in English"), 120)
    text_en = in_english(
        _("What it is for, in English"), 1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    places = TextField(
        label=_("Places to choose among"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}), help_text=_("One a line. No dwellings."),
    )  # fmt: skip
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())


class ActivitiesForm(forms.Form):
    """A list of what was done, for media."""

    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())
    kinds = forms.MultipleChoiceField(
        label=_("What sort"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Sorts that meet persons cannot be listed."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = kinds


class TestForm(ConfirmsDoubt, forms.Form):
    """A manual test of the public pages."""

    on = forms.DateField(label=_("Day"), widget=day_input())
    method = TextField(
        label=_("How it was tested"), max_length=300,
        help_text=_("As: keyboard, NVDA and 200 % text on every page, by which unit."),
    )  # fmt: skip
    result = forms.ChoiceField(label=_("Result"), choices=Compliance.choices)
    faults = TextField(
        label=_("What does not work"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line."),
    )  # fmt: skip
