"""The shape of what administrators send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.authorization.models import TokenScope
from samlad.authorization.permissions import Role
from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.organisations.models import ActorClass, Municipality, Organisation, OrganisationKind


class MembershipForm(forms.Form):
    """A role for a person."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    is_deputy = forms.BooleanField(
        label=_("As a deputy"),
        required=False,
        help_text=_("May do the same, and is shown as the one who stands in."),
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            municipality=municipality, active=True
        )


class InviteForm(MembershipForm):
    """A person, their organisation and their role."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)

    field_order = ("name", "email", "organisation", "role", "is_deputy")


class OrganisationKindForm(ConfirmsDoubt, forms.Form):
    """A kind of organisation: its class says what it may see."""

    label_sv = TextField(label=_("In Swedish"), max_length=80)
    label_en = TextField(label=_("In English"), max_length=80)
    actor_class = forms.ChoiceField(label=_("Class"), choices=ActorClass.choices)


class OrganisationForm(ConfirmsDoubt, forms.Form):
    """One organisation of the register."""

    name = TextField(label=_("Name"), max_length=120)
    kind = forms.ModelChoiceField(OrganisationKind.objects.all(), label=_("Kind"), empty_label=None)
    parent = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Part of the authority"), required=False
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(
        self, *args: Any, municipality: Municipality, own: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._municipality, self._own = municipality, own
        others = Organisation.objects.filter(municipality=municipality, active=True)
        self.fields["parent"].queryset = others.exclude(pk=own or 0)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Refuse a name another organisation has."""
        name: str = self.cleaned_data["name"]
        same = Organisation.objects.filter(municipality=self._municipality, name=name)
        if same.exclude(pk=self._own or 0).exists():
            raise forms.ValidationError(_("There is already an organisation of that name."))
        return name


class ProgramForm(ConfirmsDoubt, forms.Form):
    """A program's key."""

    name = TextField(label=_("Name of the program"), max_length=80)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Reports for"), empty_label=_("Choose")
    )
    scope = forms.ChoiceField(
        label=_("May do"), choices=TokenScope.choices, initial=TokenScope.READ
    )
    expires_on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            municipality=municipality, active=True
        )


class EventsForm(forms.Form):
    """What to look for in the record."""

    text = forms.CharField(
        label=_("Event, target or actor"),
        required=False,
        max_length=60,
        help_text=_("A word of what was done, or a number."),
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
