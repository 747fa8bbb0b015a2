"""Form fields for texts: a certain hit is refused, an uncertain one is asked about.

A form that writes what the authority itself stands for asks the writer to look at the marked
words and say that they point out nobody (`ConfirmsDoubt`). A report's text is instead kept
from view until a reviewer has seen it, so its form only warns (`doubt=Doubt.HELD`).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from samlad.guard import refusing
from samlad.guard.detecting import clean, find_hits
from samlad.guard.kinds import LABELS


class Doubt(StrEnum):
    """What becomes of a text with an uncertain hit."""

    ASKED = "asked"
    HELD = "held"


class TextField(forms.CharField):
    """A text people write. Refuses a certain hit without keeping the text anywhere."""

    def __init__(self, *args: Any, doubt: Doubt = Doubt.ASKED, **kwargs: Any) -> None:
        self.doubt = doubt
        super().__init__(*args, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the page say at once what the rules see: the text stays in the browser."""
        labels = {kind.value: gettext(str(label)) for kind, label in LABELS.items()}
        labels["certain"] = gettext("It cannot be sent.")
        labels["doubt"] = (
            gettext("Nobody will see the text until a reviewer has looked at it.")
            if self.doubt == Doubt.HELD
            else gettext("Can it point out a person?")
        )
        return {**super().widget_attrs(widget), "data-guard": json.dumps(labels)}

    def clean(self, value: Any) -> str:
        """Return the text as it is stored; refuse a certain hit."""
        text: str = super().clean(clean(value) if isinstance(value, str) else value)
        kinds = refusing.certain_kinds(text)
        if kinds:
            raise forms.ValidationError(refusing.refusal(kinds), code="personal_data")
        return text


class ConfirmsDoubt(forms.BaseForm):
    """A form whose uncertain hits the writer answers for, by ticking a box that then appears."""

    CONFIRM = "points_out_nobody"

    def full_clean(self) -> None:
        """Clean as ever; then ask about uncertain hits that nobody has answered for."""
        super().full_clean()
        if not self.is_bound or self.errors:
            return
        doubtful = {name: words for name in self.fields if (words := self._doubtful_words(name))}
        if not doubtful or self.data.get(self.add_prefix(self.CONFIRM)):
            return
        self.fields[self.CONFIRM] = forms.BooleanField(
            label=_("I have looked at the words: they point out no private person"), required=False
        )
        for name, words in doubtful.items():
            self.add_error(
                name,
                ngettext(
                    "This may point out a person: %(words)s. Change it, or answer below.",
                    "These may point out a person: %(words)s. Change them, or answer below.",
                    len(words),
                )
                % {"words": ", ".join(words)},
            )

    def _doubtful_words(self, name: str) -> list[str]:
        field = self.fields[name]
        if not isinstance(field, TextField) or field.doubt != Doubt.ASKED:
            return []
        text = self.cleaned_data.get(name) or ""
        if text == self.initial.get(name):
            return []
        hits = [hit for hit in find_hits(text) if not hit.is_certain]
        return [f"”{text[hit.start : hit.end]}” ({LABELS[hit.kind]})" for hit in hits]


def sent_by(form: forms.BaseForm) -> dict[str, Any]:
    """Return what a valid form holds, without the answer to the question about doubt."""
    sent = dict(form.cleaned_data)
    sent.pop(ConfirmsDoubt.CONFIRM, None)
    return sent
