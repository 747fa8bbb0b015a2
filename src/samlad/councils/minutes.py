"""A meeting's minutes as an accessible PDF, drafted from what is known and edited by people."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from samlad.councils.models import Meeting
from samlad.councils.queries import DecisionRow
from samlad.ui import typesetting
from samlad.ui.typesetting import Part


def pdf(meeting: Meeting, agenda: list[dict[str, Any]], decisions: list[DecisionRow]) -> bytes:
    """Return the minutes. `agenda` and `decisions` are as the reader may see them."""
    group = meeting.group
    at = timezone.localtime(meeting.starts_at)
    state = date_format(at, "j F Y H:i")
    if meeting.where:
        state += f", {meeting.where}"
    if meeting.diarienummer:
        state += f" · {meeting.diarienummer}"
    parts = [
        Part(
            _("Present"),
            points=[
                one.organisation.name for one in meeting.attendances.select_related("organisation")
            ],
        ),
        Part(_("Agenda"), points=[str(one["text"]) for one in agenda]),
        Part(
            _("Minutes"), paragraphs=[text for text in meeting.minutes.split("\n") if text.strip()]
        ),
        Part(_("Decisions"), points=[_said(one) for one in decisions]),
    ]
    return typesetting.document(
        title=_("Minutes: %(group)s") % {"group": group},
        author=group.chair.name if group.chair else str(group),
        state=state,
        parts=parts,
    )


def _said(one: DecisionRow) -> str:
    text = f"§ {one.number}. {one.text}"
    if one.measure:
        text += " " + _("Measure: %(what)s (%(state)s).") % {
            "what": one.measure,
            "state": one.measure_status,
        }
    if one.put_to:
        text += " " + _("Put to %(group)s.") % {"group": one.put_to}
    return text
