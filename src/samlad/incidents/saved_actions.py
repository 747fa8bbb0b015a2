"""Writes on a person's saved choices."""

from __future__ import annotations

from samlad.accounts.models import User
from samlad.incidents.browsing import Chosen
from samlad.incidents.models import SavedFilter


def save(*, name: str, chosen: Chosen, by: User) -> SavedFilter:
    """Save a choice under a name; the same name again replaces it. One's own only."""
    saved, _ = SavedFilter.objects.update_or_create(
        user=by, name=name, defaults={"chosen": chosen.as_json()}
    )
    return saved


def forget(*, filter_id: int, by: User) -> None:
    """Remove one of a person's own saved choices."""
    SavedFilter.objects.filter(pk=filter_id, user=by).delete()
