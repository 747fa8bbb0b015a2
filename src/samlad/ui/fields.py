"""Parts of forms that several rooms use, and how a refused action is shown in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms


def day_input() -> forms.DateInput:
    """Return the browser's own date control."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def day_after(day: date) -> date:
    """Return the day before which a period ends whose last day this is; the calendar's end too."""
    return day + timedelta(1) if day < date.max else day


class Offers(forms.Form):
    """A form whose choices are rows that the view has looked up for this person."""

    def __init__(self, *args: Any, offered: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, rows in offered.items():
            model = fields[name].queryset.model
            fields[name].queryset = model.objects.filter(pk__in=[one.pk for one in rows])


def attempting(
    *refused: type[Exception],
) -> Callable[[forms.BaseForm, Callable[[], Any]], Any]:
    """Return a runner of actions that shows a room's refusals in the form that was sent."""

    def attempt(form: forms.BaseForm, act: Callable[[], Any]) -> Any:
        """Run an action for a valid form; return what it made, or None with the refusal shown."""
        try:
            return act()
        except refused as refusal:
            form.add_error(None, str(refusal))
            return None

    return attempt
