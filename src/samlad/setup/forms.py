"""The shape of what is sent in week 1."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.guard.entries import ConfirmsDoubt, TextField


class BeginForm(ConfirmsDoubt, forms.Form):
    """The municipality, its board, and who begins."""

    code = forms.RegexField(
        r"^[0-9]{4}$", label=_("Municipality code"), help_text=_("SCB's four digits, like 1260.")
    )
    name = TextField(label=_("Municipality"), max_length=80)
    board = TextField(
        label=_("Responsible board: the controller"), max_length=120, initial="Kommunstyrelsen"
    )
    person = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)


class PeopleFileForm(forms.Form):
    """One spreadsheet of organisations and people."""

    file = forms.FileField(label=_("Spreadsheet (Excel or CSV)"))


class PasswordForm(forms.Form):
    """A password of one's own, and whose phone it is."""

    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence is good."),
    )
    own = forms.BooleanField(
        label=_("This is my own phone or computer: stay signed in for 90 days"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        """Refuse a password that is too easy."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self._user)
        return password
