"""Parts of forms that several rooms use."""

from __future__ import annotations

from typing import Any

from django import forms


def day_input() -> forms.DateInput:
    """Return the browser's own date control."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Offers(forms.Form):
    """A form whose choices are rows that the view has looked up for this person."""

    def __init__(self, *args: Any, offered: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, rows in offered.items():
            model = fields[name].queryset.model
            fields[name].queryset = model.objects.filter(pk__in=[one.pk for one in rows])
