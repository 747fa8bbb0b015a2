"""The law's documents as PDF/UA: what is written, and what it rests on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from samlad.law.models import ActionPlan, StatutoryPicture
from samlad.ui import typesetting
from samlad.ui.typesetting import Part


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def of_picture(one: StatutoryPicture) -> bytes:
    """Return a version of the lägesbild of 4 §."""
    titles = {
        "extent": _("Mapping: how much crime, where and when"),
        "consequences": _("Mapping: what it leads to"),
        "violence": _("Violence in close relations, honour-related violence and oppression"),
        "other": _("Other information that matters"),
        "analysis": _("Analysis"),
    }
    parts = [
        Part(title, paragraphs=_paragraphs(getattr(one, name))) for name, title in titles.items()
    ]
    parts.append(Part(_("Sources used"), points=one.sources))
    parts.append(Part(_("Sources that are missing"), points=one.missing))
    state = (
        _("draft")
        if one.adopted_on is None
        else _("adopted %(day)s by %(body)s") % {"day": one.adopted_on, "body": one.body}
    )
    return typesetting.document(
        title=_("Lägesbild (4 §), version %(n)s") % {"n": one.version},
        author=one.municipality.name,
        state=" · ".join(word for word in (state, one.diarienummer) if word),
        parts=parts,
    )


def of_plan(one: ActionPlan) -> bytes:
    """Return a plan with its measures."""
    measures = one.measures.select_related("owner").order_by("due_on")
    state = (
        _("draft")
        if one.decided_on is None
        else _("decided %(day)s by %(body)s") % {"day": one.decided_on, "body": one.body}
    )
    return typesetting.document(
        title=one.name,
        author=one.municipality.name,
        state=" · ".join(word for word in (state, one.diarienummer) if word),
        parts=[
            Part(
                _("Rests on the lägesbild"),
                paragraphs=[
                    _("Version %(n)s (%(day)s)")
                    % {"n": one.picture.version, "day": one.picture.adopted_on or _("draft")}
                ],
            ),
            Part(_("The plan in words"), paragraphs=_paragraphs(one.text)),
            Part(
                _("Measures"),
                points=[
                    f"{m.what} · {m.owner.name} · {m.due_on} · {m.get_status_display()}"
                    for m in measures
                ],
            ),
            Part(
                _("Follow-up"),
                points=[f"{f.on}: {f.text}" for f in one.follow_ups.all()],
            ),
        ],
    )
