"""A promise as residents are to see it: in words, in both languages, without a single person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from samlad.activities import queries as activities
from samlad.places.models import Area, AreaKind
from samlad.promises import queries, telling
from samlad.promises.models import Promise
from samlad.promises.queries import Progress
from samlad.releases.documents import district


def of_promise(promise: Promise, *, today: date) -> dict[str, Any]:
    """Return a promise with its progress as it is computed today, in each language."""
    found = {}
    for language in ("sv", "en"):
        with translation.override(language):
            found[language] = _promise(promise, today)
    return found


def _promise(promise: Promise, today: date) -> dict[str, Any]:
    rows = [_commitment(one) for one in queries.progress(promise, today=today)]
    met = sum(row["status"] == "uppfyllt" for row in rows)
    return {
        "title": promise.name,
        "summary": _("%(met)s of %(n)s commitments are met.") % {"met": met, "n": len(rows)},
        "text": promise.text,
        "remark": promise.remark,
        "parties": [one.name for one in promise.parties.all()],
        "signatories": list(promise.signatories) if promise.signed_on else [],
        "starts_on": promise.starts_on.isoformat() if promise.starts_on else "",
        "ends_on": promise.ends_on.isoformat() if promise.ends_on else "",
        "computed_on": today.isoformat(),
        "goals": [
            {"text": goal.text, "seen_by": [one.name for one in goal.indicators.all()]}
            for goal in promise.goals.all()
        ],
        "dialogues": [
            f"{activities.label(one.kind)} {one.on}"
            for one in promise.dialogues.filter(removed_at=None).select_related("kind")
        ],
        "commitments": rows,
    }


def _commitment(one: Progress) -> dict[str, Any]:
    """Return a commitment: of individuals nothing but begun or not begun."""
    told = telling.tell(one)
    if one.hides_count:
        return {
            "text": told.text, "status": "pagar" if told.status != "ej_paborjat" else told.status,
            "label": told.label, "said": "", "rule": "", "share": None, "lines": [],
            "judged": "", "is_deviation": False, "counted": [],
        }  # fmt: skip
    counted, _missed = queries.what_counts(one)
    return {
        "text": told.text,
        "status": told.status,
        "label": told.label,
        "said": told.said,
        "rule": told.rule,
        "share": told.share,
        "lines": [list(line) for line in told.lines],
        "judged": told.judged,
        "is_deviation": one.is_deviation,
        "counted": [
            ", ".join(
                part
                for part in (
                    activities.label(row.kind),
                    row.on.isoformat(),
                    _where(row.area),
                )
                if part
            )
            for row in counted
        ],
    }


def _where(area: Area | None) -> str:
    """Return an area a promise can be of: one's own, or a kommundel; no finer is told."""
    return area.name if area is not None and area.kind == AreaKind.OWN else district(area)
