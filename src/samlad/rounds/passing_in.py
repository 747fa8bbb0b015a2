"""What rounds pass in to every picture of a municipality: the roll-call, what is left out."""

from __future__ import annotations

from datetime import date
from typing import Any

from samlad.organisations.models import Municipality
from samlad.rounds import queries, roll_call
from samlad.rounds.models import Round


def pass_in(municipality: Municipality, starts_on: date, ends_before: date) -> dict[str, Any]:
    """Return the answers of each week, and which reports do not count, by now.

    Coverage is said where a round is of the very period. Without rounds nothing is passed in.
    """
    if not Round.objects.filter(municipality=municipality).exists():
        return {}
    excluded, waiting = queries.left_out(municipality.pk, until=ends_before)
    found = {
        "roll_call": roll_call.given_to_statistics(municipality, until=ends_before),
        "excluded": excluded,
        "unreviewed": waiting,
    }
    round_ = Round.objects.filter(
        municipality=municipality, starts_on=starts_on, ends_before=ends_before
    ).first()
    if round_ is not None:
        found["reporters"] = roll_call.coverage(roll_call.roll_call(round_))
    return found
