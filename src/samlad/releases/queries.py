"""Every read on releases: starts at who may see them."""

from __future__ import annotations

from typing import Any

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.promises.models import Promise
from samlad.releases.models import Release
from samlad.releases.workflow import Status

SHOWN = 50


def releases(user: User) -> list[Release]:
    """Return the releases `user` may read, the newest first."""
    readable = Release.objects.where_user_can(user, Permission.RELEASE_READ)
    rows = readable.exclude(status=Status.DISCARDED).select_related("municipality")
    return list(rows.defer("content")[:SHOWN])


def find(user: User, pk: int) -> Release | None:
    """Return a release `user` may read, or None."""
    found: Release | None = (
        Release.objects.where_user_can(user, Permission.RELEASE_READ)
        .select_related("municipality", "promise")
        .filter(pk=pk)
        .first()
    )
    return found


def waiting_for(user: User) -> int:
    """Return how many drafts wait for `user` to release: those of others."""
    mine = Release.objects.where_user_can(user, Permission.RELEASE_APPROVE)
    return int(mine.filter(status=Status.DRAFT).exclude(drafted_by=user).count())


def of_promise(user: User, promise: Promise) -> tuple[str, dict[str, Any]] | None:
    """Return what of a promise residents see, for its own page."""
    if not policy.can(user, Permission.RELEASE_READ, promise):
        return None
    last = promise.releases.filter(status=Status.RELEASED).first()
    draft = promise.releases.filter(status=Status.DRAFT).first()
    context = {
        "last": last,
        "draft": draft,
        "promise": promise,
        "may_draft": policy.can(user, Permission.RELEASE_DRAFT, promise)
        and promise.starts_on is not None,
    }
    return "releases/_of_promise.html", context
