"""One incident entered on a page: a batch of one row, through the same door as a file."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import GRANTS, Permission
from samlad.incidents import actions, authorship, storing
from samlad.incidents.models import FORM, Batch, BatchAuthor, Category, Incident, Source
from samlad.incidents.naming import word_key
from samlad.incidents.staging import Stager
from samlad.incidents.whens import Span
from samlad.incidents.workflow import BatchStatus
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Row
from samlad.organisations.models import Organisation
from samlad.places import projection


@dataclass(frozen=True)
class Report:
    """What a person says happened. Place, area, a point or words: as much as is known.

    `latitude`, `longitude` are degrees (WGS 84). `key` is made with the form: sending the
    form twice reports once.
    """

    key: uuid.UUID
    category: Category
    span: Span
    place: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    quantity: int = 1
    police_reported: bool | None = None
    cost_kr: int | None = None
    property_owner: str = ""
    text: str = ""


def organisations_to_report_for(user: User) -> list[Organisation]:
    """Return the organisations a person may report for, by name."""
    found = {
        membership.organisation
        for membership in policy.memberships(user)
        if Permission.INCIDENT_IMPORT in GRANTS[membership.role]
    }
    return sorted(found, key=lambda organisation: organisation.name)


@recorder.atomic()
def report(*, organisation_id: int, report: Report, by: User, now: datetime) -> Incident:
    """Report an incident for an organisation; return it, also when it is sent again.

    Raises `PermissionDenied`, or `PersonalData` for a certain hit in the words.
    """
    organisation = Organisation.objects.select_related("municipality").get(pk=organisation_id)
    policy.require(by, Permission.INCIDENT_IMPORT, organisation)
    source = actions.add_source(
        owner_id=organisation.pk,
        code=f"rapporter-{organisation.pk}",
        name=f"Rapporter: {organisation.name}"[:120],
        kind="reports",
        by=by,
        now=now,
    )
    Source.objects.select_for_update().get(pk=source.pk)  # two of the same wait for each other
    external_id = f"rapport:{report.key}"
    earlier = Incident.objects.filter(source=source, external_id=external_id).first()
    if earlier is not None:
        return earlier
    row = _row(report, external_id)
    batch = Batch.objects.create(
        source=source,
        municipality=organisation.municipality,
        owner=organisation,
        importer=organisation,
        status=BatchStatus.ACCEPTED,
        sha256=hashlib.sha256(row.fingerprint).hexdigest(),
        reader=FORM,
        mapping=Mapping().as_json(),
        created_at=now,
        accepted_at=now,
        rows=1,
        accepted=1,
    )
    BatchAuthor.objects.create(key=batch.author_key, user=by)
    incident = _incident(batch, row, report.category, lambda: now)
    storing.store([incident], [incident.written] if hasattr(incident, "written") else [])
    recorder.record(
        event="incidents.incident.reported",
        target=incident,
        actor=authorship.author_of(batch),
        at=now,
        municipality=batch.municipality_id,
        owner=organisation.pk,
    )
    return incident


def _incident(batch: Batch, row: Row, category: Category, now: Callable[[], datetime]) -> Incident:
    stager = Stager(batch, Mapping(), crs=projection.WGS84, now=now)
    stager.words = {word_key(row.category): category.pk}
    (incident,) = stager.incidents([(row, batch.source)])
    incident.property_owner = row.property_owner
    batch.held, batch.removed = stager.tally.held, stager.tally.removed
    batch.unmapped, batch.outside = stager.tally.unmapped, stager.tally.outside
    batch.unplaced, batch.notes = stager.tally.unplaced, dict(+stager.tally.notes)
    batch.save(update_fields=["held", "removed", "unmapped", "outside", "unplaced", "notes"])
    return incident


def _row(report: Report, external_id: str) -> Row:
    return Row(
        number=1,
        starts=report.span.starts,
        ends=report.span.ends,
        precision=report.span.precision,
        category=report.category.code,
        x=report.longitude,
        y=report.latitude,
        area=report.area,
        place=report.place,
        external_id=external_id,
        quantity=report.quantity,
        police_reported=report.police_reported,
        cost_kr=report.cost_kr,
        link="",
        fingerprint=hashlib.blake2b(external_id.encode(), digest_size=16).digest(),
        text=report.text,
        property_owner=report.property_owner,
    )
