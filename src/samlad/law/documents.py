"""The law's documents, as a page and as PDF/UA: what is written, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.law.models import ActionPlan, StatutoryPicture
from samlad.measures.models import Measure
from samlad.measures.queries import status_label
from samlad.ui import typesetting
from samlad.ui.typesetting import Part


@dataclass(frozen=True)
class Document:
    """A document in parts; `state` says who adopted it and when."""

    title: str
    author: str
    state: str
    parts: Sequence[Part]

    def pdf(self) -> bytes:
        """Return it as PDF/UA."""
        return typesetting.document(
            title=self.title, author=self.author, state=self.state, parts=self.parts
        )


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def of_picture(one: StatutoryPicture) -> Document:
    """Return a version of the lägesbild of 4 §."""
    state = (
        _("draft")
        if one.adopted_on is None
        else _("adopted %(day)s by %(body)s") % {"day": one.adopted_on, "body": one.body}
    )
    return Document(
        title=_("Lägesbild (4 §), version %(n)s") % {"n": one.version},
        author=one.municipality.name,
        state=" · ".join(word for word in (state, one.diarienummer) if word),
        parts=[
            Part(_("Mapping: how much crime, where and when"), _paragraphs(one.extent)),
            Part(_("Mapping: what it leads to"), _paragraphs(one.consequences)),
            Part(
                _("Violence in close relations, honour-related violence and oppression"),
                _paragraphs(one.violence),
                one.violence_figures,
            ),
            Part(_("Other information that matters"), _paragraphs(one.other)),
            Part(_("Analysis"), _paragraphs(one.analysis)),
            Part(_("Sources used"), points=one.sources),
            Part(_("Sources that are missing"), points=one.missing),
        ],
    )


def of_plan(one: ActionPlan) -> Document:
    """Return a plan with its measures: what each is to change, and what came of it."""
    measures = one.measures.select_related("owner", "problem").prefetch_related(
        "evaluation__readings"
    )
    state = (
        _("draft")
        if one.decided_on is None
        else _("decided %(day)s by %(body)s") % {"day": one.decided_on, "body": one.body}
    )
    rests_on = _("Version %(n)s (%(day)s)") % {
        "n": one.picture.version, "day": one.picture.adopted_on or _("draft")
    }  # fmt: skip
    return Document(
        title=one.name,
        author=one.municipality.name,
        state=" · ".join(word for word in (state, one.diarienummer) if word),
        parts=[
            Part(_("Rests on the lägesbild"), [rests_on]),
            Part(_("The plan in words"), _paragraphs(one.text)),
            Part(_("Measures"), points=[_measure(m) for m in measures.order_by("due_on")]),
            Part(_("Follow-up"), points=[f"{f.on}: {f.text}" for f in one.follow_ups.all()]),
        ],
    )


def _measure(one: Measure) -> str:
    said = [
        f"{one.what} ({one.owner.name}, {one.due_on}): {status_label(one, timezone.localdate())}."
    ]
    if one.problem is not None:
        said.append(_("Problem: %(what)s.") % {"what": one.problem.name})
    else:
        said.append(_("No problem is linked."))
    if one.expected_effect:
        said.append(_("Expected effect: %(what)s.") % {"what": one.expected_effect})
    evaluation = getattr(one, "evaluation", None)
    reading = next(iter(evaluation.readings.all()), None) if evaluation is not None else None
    if reading is not None:
        said.append(_("Effect as read: %(what)s.") % {"what": reading.get_reading_display()})
    return " ".join(said)
