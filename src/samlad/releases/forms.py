"""The shape of a release's parts: who answers, a table, a reason."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category, Source
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
    """A table by kommundel and quarter: the levels are fixed."""

    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), empty_label=None)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), empty_label=None
    )
    starts_on = forms.DateField(label=_("From"), widget=day_input())
    ends_on = forms.DateField(label=_("Until"), widget=day_input())


class WithdrawForm(ConfirmsDoubt, forms.Form):
    """Why a release is withdrawn."""

    reason = TextField(label=_("Why it is withdrawn"), max_length=300)
