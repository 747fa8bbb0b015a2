"""How an activity stood before it was changed, as it is kept and as it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from samlad.activities import queries
from samlad.activities.bands import Interval, band_of
from samlad.activities.models import Activity, ActivityKind, Shift
from samlad.activities.vocabulary import ShiftRole


def content(activity: Activity, *, banded: bool) -> dict[str, Any]:
    """Return an activity as its version keeps it: words and numbers, days in ISO form.

    `banded` is of the kind it becomes: then an exact number of persons is not kept either.
    """
    lists = ("audiences", "channels", "themes", "orientations")
    numbers = (
        "participants_low", "participants_high", "handed_out", "controls", "reports",
    )  # fmt: skip
    found: dict[str, Any] = {name: getattr(activity, name) for name in (*lists, *numbers)}
    if banded and activity.participants_low is not None:
        band = band_of(activity.participants_low)
        found |= {"participants_low": band.low, "participants_high": band.high}
    return (
        found
        | {
            "kind": activity.kind.code,
            "on": activity.on.isoformat(),
            "what": activity.what,
            "area": activity.area.name if activity.area else "",
            "place": activity.place.name if activity.place else "",
            "hours": None if activity.hours is None else str(activity.hours),
            "evidence": activity.evidence,
            "with_whom": [one.name for one in activity.with_whom.all()],
        }
        | _shift_content(activity)
    )


def _shift_content(activity: Activity) -> dict[str, Any]:
    shift = Shift.objects.filter(activity=activity).first()
    if shift is None:
        return {}
    names = ("role", "daypart", "contacts", "topics", "referrals")
    return {"shift": {name: getattr(shift, name) for name in names}}


def changes(activity: Activity) -> list[tuple[datetime, list[tuple[str, str]]]]:
    """Return each change, the newest first: when, and what stood before of what it changed."""
    versions = sorted(activity.versions.all(), key=lambda one: one.number)
    stood = [one.content for one in versions]
    stood.append(content(activity, banded=activity.kind.banded))
    kinds = {one.code: one for one in ActivityKind.objects.all()}
    found = []
    for version, after in zip(versions, stood[1:], strict=True):
        before = _in_words(version.content, kinds)
        now = _in_words(after, kinds)
        told = [(label, words) for label, words in before.items() if words != now.get(label, "")]
        told += [(label, "") for label, words in now.items() if words and label not in before]
        found.append((version.replaced_at, told))
    return found[::-1]


def _in_words(content: dict[str, Any], kinds: dict[str, ActivityKind]) -> dict[str, str]:
    kind = kinds.get(content["kind"])
    low, high = content.get("participants_low"), content.get("participants_high")
    found: dict[str, Any] = {
        _("Kind"): content["kind"] if kind is None else queries.label(kind),
        _("Day"): content["on"],
        _("Heading"): content["what"],
        _("Where"): ", ".join(word for word in (content["place"], content["area"]) if word),
        _("Together with"): ", ".join(content.get("with_whom", [])),
        _("For whom"): _labels(content, "audiences"),
        _("Orientation"): _labels(content, "orientations"),
        _("How"): _labels(content, "channels"),
        _("What it was about"): _labels(content, "themes"),
        _("Took part"): "" if low is None else Interval(low, high),
        _("Handed out"): content.get("handed_out"),
        _("Controls"): content.get("controls"),
        _("Reported offences"): content.get("reports"),
        _("Hours"): content.get("hours"),
        _("Evidence"): content.get("evidence"),
    }
    shift = content.get("shift")
    if shift is not None:
        counted = [
            f"{labels(code).label} {band_of(low)}"
            for name, _label, labels in queries.COUNTED
            for code, low in sorted(shift[name].items())
            if code in labels.values
        ]
        found |= {
            _("Role"): ShiftRole(shift["role"]).label,
            _("When"): shift["daypart"],
            _("Counted"): ", ".join(counted),
        }
    return {label: "" if value is None else str(value) for label, value in found.items()}


def _labels(content: dict[str, Any], name: str) -> str:
    labels = queries.LISTS[name]
    return ", ".join(str(labels(code).label) for code in content[name] if code in labels.values)
