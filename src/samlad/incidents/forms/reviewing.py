"""The shape of what people send when they review texts and link rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import Doubt, TextField
from samlad.incidents.models import Source
from samlad.incidents.workflow import ClearReason

LARGEST_KEY = 2**62


class DecisionForm(forms.Form):
    """What is decided of a held text."""

    decision = forms.ChoiceField(
        choices=[(one, one) for one in ("clear", "redact", "reword", "refuse", "hold")]
    )
    reason = forms.ChoiceField(choices=ClearReason.choices, required=False)
    text = TextField(max_length=2000, required=False, doubt=Doubt.HELD)
    place_text = TextField(max_length=200, required=False, doubt=Doubt.HELD)

    def clean(self) -> dict[str, Any]:
        """Ask for the reason a text is cleared for."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "clear" and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return cleaned


class PairForm(forms.Form):
    """Two rows that may be one occurrence."""

    first = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    second = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    decision = forms.ChoiceField(choices=[("link", "link"), ("refuse", "refuse")])


class RuleForm(forms.Form):
    """A written rule for two sources."""

    first = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), empty_label=None)
    second = forms.ModelChoiceField(
        Source.objects.none(), label=_("The other source"), empty_label=None
    )
    within_m = forms.IntegerField(
        label=_("Within metres"), min_value=1, max_value=1000, initial=100
    )
    within_hours = forms.IntegerField(label=_("Within hours"), min_value=0, max_value=72, initial=2)

    def __init__(self, *args: Any, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            self.fields[name].queryset = Source.objects.filter(  # type: ignore[attr-defined]
                pk__in=[s.pk for s in sources]
            )
        if len(sources) > 1:
            self.fields["second"].initial = sources[1].pk
