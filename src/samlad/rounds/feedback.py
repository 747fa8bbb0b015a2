"""What became of each report, in coded text, for the one who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents import authorship
from samlad.incidents.models import FORM, Incident
from samlad.measures.workflow import Status as MeasureStatus
from samlad.picture.models import ADOPTED
from samlad.rounds import queries
from samlad.rounds.models import ReviewedReport
from samlad.rounds.workflow import Outcome

SHOWN = 50


@dataclass(frozen=True)
class OwnReport:
    """One of a person's own reports: what it was, and what became of it."""

    pk: int
    category: str
    where: str
    happened_on: date
    said: list[str]
    question: str


def own_incidents(user: User) -> QuerySet[Incident]:
    """Return the reports a person or program has sent, while the link is kept.

    Those of the organisations they still report for, and that have not been undone.
    """
    return (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_IMPORT)
        .filter(batch__in=authorship.batches_of(user), batch__reader=FORM)
        .select_related(
            "category",
            "area",
            "place",
            "written",
            "review__round__process",
            "review__round__picture",
        )
        .prefetch_related("measures")
    )


def own_reports(user: User) -> list[OwnReport]:
    """Return the reports a person has sent, the newest first."""
    rows = own_incidents(user).order_by("-happened_on", "-pk")[:SHOWN]
    return [
        OwnReport(
            pk=row.pk,
            category=str(row.category or ""),
            where=str(row.place or row.area or _own_words(row)),
            happened_on=row.happened_on,
            said=became_of(row),
            question=_question(row),
        )
        for row in rows
    ]


def _own_words(row: Incident) -> str:
    """Return the place in the writer's own words, while nobody has taken them away."""
    written = getattr(row, "written", None)
    return written.place_text if written is not None else ""


def _question(row: Incident) -> str:
    review: ReviewedReport | None = getattr(row, "review", None)
    return str(review.get_question_display()) if review and review.question else ""


def became_of(row: Incident) -> list[str]:
    """Return what became of a report: reviewed, in which picture, what it led to."""
    review: ReviewedReport | None = getattr(row, "review", None)
    if review is None:
        return [_("Received. Nobody has looked at it yet.")]
    said = []
    picture = review.round.picture
    week = queries.label(review.round)
    if review.outcome == Outcome.REJECTED:
        said.append(
            _("Did not go into the picture: %(reason)s.")
            % {"reason": str(review.get_rejection_display()).lower()}
        )
    elif review.outcome == Outcome.ASKED:
        said.append(_("Came back with a question."))
    elif picture is not None and picture.status in ADOPTED:
        said.append(_("Went into the situational picture of %(week)s.") % {"week": week})
    else:
        said.append(
            _("Reviewed: linked to another report of the same.")
            if review.outcome == Outcome.LINKED
            else _("Reviewed: goes into the picture of %(week)s.") % {"week": week}
        )
    for measure in row.measures.all():
        words: dict[str, object] = {
            "what": measure.what,
            "day": measure.closed_on or measure.due_on,
        }
        if measure.status == MeasureStatus.DONE:
            said.append(_("Led to a measure: %(what)s, done %(day)s.") % words)
        elif measure.status == MeasureStatus.PLANNED:
            said.append(_("Led to a measure: %(what)s, planned until %(day)s.") % words)
        else:
            words["state"] = str(measure.get_status_display()).lower()
            said.append(_("Led to a measure: %(what)s, %(state)s.") % words)
    return said
