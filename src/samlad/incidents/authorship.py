"""Who stands behind a batch in the audit chain: an organisation and a key that can be forgotten."""

from __future__ import annotations

import uuid
from datetime import datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import GRANTS, Permission
from samlad.incidents.models import Batch, BatchAuthor, Source
from samlad.organisations.models import Organisation


def author_of(batch: Batch) -> str:
    """Return who, for the audit chain: the organisation and a key that can be forgotten."""
    return f"org:{batch.importer_id}:{batch.author_key.hex}"


def acting(user: User, batch: Batch) -> str:
    """Return who acts on a batch now: its author's key, or a new one for somebody else."""
    if BatchAuthor.objects.filter(key=batch.author_key, user=user).exists():
        return author_of(batch)
    key = BatchAuthor.objects.create(key=uuid.uuid4(), user=user).key
    return f"org:{organisation_of(user, batch).pk}:{key.hex}"


def organisation_of(user: User, thing: Source | Batch) -> Organisation:
    """Return the organisation a person imports for: the owner's if it is theirs, else their own."""
    own = [
        membership.organisation
        for membership in policy.memberships(user)
        if membership.municipality_id == thing.municipality_id
        and Permission.INCIDENT_IMPORT in GRANTS[membership.role]
    ]
    return next((o for o in own if o.pk == thing.owner_id), own[0])


def batches_of(user: User) -> list[int]:
    """Return the batches a person has sent that still know it."""
    keys = list(BatchAuthor.objects.filter(user=user).values_list("key", flat=True))
    return list(Batch.objects.filter(author_key__in=keys).values_list("pk", flat=True))


@recorder.atomic()
def forget_authors(*, batch_ids: list[int], municipality_id: int, now: datetime) -> int:
    """Erase who sent these batches; return how many links were erased."""
    keys = Batch.objects.filter(pk__in=batch_ids).values("author_key")
    erased, _ = BatchAuthor.objects.filter(key__in=keys).delete()
    if erased:
        recorder.record(
            event="incidents.authors.erased",
            at=now,
            municipality=municipality_id,
            counts={"links": erased},
        )
    return erased
