"""Every write on pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import actions as incident_actions
from samlad.incidents import rules as incident_rules
from samlad.organisations.models import Municipality, Organisation
from samlad.picture import document, rules, tasks
from samlad.picture.models import ADOPTED, Finding, Picture, PictureShare, Section
from samlad.picture.periods import Period
from samlad.picture.rules import NotAllowed, Reason
from samlad.picture.workflow import Compilation, Decision, SectionKind, Status


@recorder.atomic()
def start(
    *,
    municipality_id: int,
    period: Period,
    by: User,
    now: datetime,
    in_round: bool = False,
) -> Picture:
    """Open a draft for a period and have it compiled.

    Raises `PermissionDenied` unless `by` may edit the municipality's pictures, and
    `NotAllowed` if the period is not over or has a draft already.
    """
    policy.require_in(by, Permission.PICTURE_EDIT, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    authority = municipality.process_authority
    if authority is None:
        raise NotAllowed(Reason.NO_AUTHORITY)
    if period.ends_before - timedelta(1) > timezone.localdate(now):
        raise NotAllowed(Reason.PERIOD_NOT_OVER)
    same = Picture.objects.filter(
        municipality=municipality,
        cadence=period.cadence,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
    )
    if same.filter(status__in=[Status.DRAFT, Status.REVIEWED]).exists():
        raise NotAllowed(Reason.ALREADY_DRAFT)
    picture = Picture.objects.create(
        municipality=municipality,
        owner=authority,
        cadence=period.cadence,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        created_at=now,
        in_round=in_round,
        replaces=same.filter(status=Status.ADOPTED).first(),
    )
    Section.objects.bulk_create(Section(picture=picture, kind=kind) for kind in SectionKind)
    recorder.record(
        event="picture.picture.started",
        target=picture,
        by=by,
        at=now,
        after={"status": picture.status, "starts_on": period.starts_on.isoformat()},
    )
    transaction.on_commit(partial(tasks.compile_draft.enqueue, picture.pk, by.pk))
    return picture


@recorder.atomic()
def recompile(*, picture_id: int, by: User, now: datetime, in_round: bool = False) -> Picture:
    """Have a draft compiled anew, with the incidents of now. An adopted one never is.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    rules.check_compile(picture)
    picture.compilation = Compilation.WAITING
    picture.in_round = picture.in_round or in_round
    picture.save(update_fields=["compilation", "in_round"])
    recorder.record(event="picture.picture.recompiled", target=picture, by=by, at=now)
    transaction.on_commit(partial(tasks.compile_draft.enqueue, picture.pk, by.pk))
    return picture


@recorder.atomic()
def store_compiled(
    *,
    picture_id: int,
    compiled: dict[str, Any],
    charts: dict[str, Any],
    tables: bytes,
    batch_ids: list[int],
    given: Mapping[str, Any],
    by: User,
    now: datetime,
) -> Picture:
    """Keep what was compiled, and what was passed in for it.

    Decisions on findings that are the same as before stay.

    Raises `PermissionDenied`, or `NotAllowed` if it is no longer a draft.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    rules.check_compile(picture)
    before = {
        _key(finding): decided
        for finding, decided in zip(
            picture.compiled.get("findings", []), picture.findings.all(), strict=False
        )
    }
    picture.findings.all().delete()
    made = []
    for position, finding in enumerate(compiled["findings"]):
        old = before.get(_key(finding))
        made.append(
            Finding(
                picture=picture,
                position=position,
                decision=old.decision if old else Decision.OPEN,
                reason=old.reason if old else "",
                wording=old.wording if old else "",
            )
        )
    Finding.objects.bulk_create(made)
    picture.compiled, picture.charts, picture.tables = compiled, charts, tables
    picture.batch_ids, picture.given = batch_ids, dict(given)
    picture.compilation, picture.compiled_at = Compilation.DONE, now
    picture.save(
        update_fields=[
            "compiled",
            "charts",
            "tables",
            "batch_ids",
            "given",
            "compilation",
            "compiled_at",
        ]
    )
    recorder.record(
        event="picture.picture.compiled",
        target=picture,
        by=by,
        at=now,
        after={"hash": compiled["hash"]},
        counts={"findings": len(made), "tested": compiled["tested"]["series"]},
    )
    return picture


@recorder.atomic()
def note_failed_compilation(*, picture_id: int, by: User, now: datetime) -> None:
    """Say that a draft's compilation failed, so that nobody waits for it.

    One that came too late, when the picture had been reviewed or adopted, changes nothing.
    """
    picture = _locked(picture_id)
    if picture.status != Status.DRAFT:
        return
    picture.compilation = Compilation.FAILED
    picture.save(update_fields=["compilation"])
    recorder.record(event="picture.picture.not_compiled", target=picture, by=by, at=now)


@recorder.atomic()
def decide(
    *,
    picture_id: int,
    position: int,
    decision: Decision,
    by: User,
    now: datetime,
    reason: str = "",
    wording: str = "",
) -> Finding:
    """Keep, reword or dismiss a finding.

    Raises `PermissionDenied` or `NotAllowed`; a dismissal needs its coded reason.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    rules.check_edit(picture)
    finding = picture.findings.get(position=position)
    before = {"decision": finding.decision, "reason": finding.reason}
    finding.decision = decision
    finding.reason = reason if decision == Decision.DISMISSED else ""
    finding.wording = wording if decision == Decision.REWORDED else ""
    finding.save(update_fields=["decision", "reason", "wording"])
    recorder.record(
        event="picture.finding.decided",
        target=picture,
        by=by,
        at=now,
        before=before,
        after={"position": position, "decision": decision, "reason": finding.reason},
        changed=["wording"] if decision == Decision.REWORDED else [],
    )
    return finding


@recorder.atomic()
def write_sections(
    *, picture_id: int, texts: Mapping[str, str], by: User, now: datetime
) -> Picture:
    """Save the parts people write.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    rules.check_edit(picture)
    changed = []
    for section in picture.sections.all():
        text = texts.get(section.kind, section.text)
        if text != section.text:
            section.text = text
            section.save(update_fields=["text"])
            changed.append(section.kind)
    if changed:
        recorder.record(
            event="picture.section.written", target=picture, by=by, at=now, changed=changed
        )
    return picture


@recorder.atomic()
def review(*, picture_id: int, by: User, now: datetime) -> Picture:
    """Say that the picture is reviewed.

    Raises `PermissionDenied`, or `NotAllowed` while a finding is undecided or the summary
    is empty.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    summary = picture.sections.get(kind=SectionKind.SUMMARY).text
    rules.check_review(
        picture,
        decisions=list(picture.findings.values_list("decision", flat=True)),
        summary=summary,
    )
    _set_status(picture, Status.REVIEWED, event="picture.picture.reviewed", by=by, now=now)
    return picture


@recorder.atomic()
def reopen(*, picture_id: int, by: User, now: datetime) -> Picture:
    """Take a reviewed picture back to draft.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    rules.check_reopen(picture)
    _set_status(picture, Status.DRAFT, event="picture.picture.reopened", by=by, now=now)
    return picture


@recorder.atomic()
def adopt(*, picture_id: int, by: User, now: datetime, in_round: bool = False) -> Picture:
    """Adopt a reviewed picture: numbered, frozen with all it rests on, hashed.

    From here on it is an allmän handling. An adopted picture of the same period becomes
    *ersatt*; both stay readable. Raises `PermissionDenied` or `NotAllowed`, also if a file it
    was counted from has been undone since.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_ADOPT, picture)
    rules.check_adopt(picture)
    if picture.in_round and not in_round:
        raise NotAllowed(Reason.IN_A_ROUND)
    try:
        incident_actions.mark_used(batch_ids=picture.batch_ids, by=by, now=now)
    except incident_rules.NotAllowed as refusal:
        raise NotAllowed(Reason.NO_LONGER_COUNTED) from refusal
    municipality = Municipality.objects.select_for_update().get(pk=picture.municipality_id)
    highest = Picture.objects.filter(municipality=municipality).aggregate(n=Max("number"))["n"]
    earlier = Picture.objects.select_for_update().filter(
        municipality=municipality,
        cadence=picture.cadence,
        starts_on=picture.starts_on,
        ends_before=picture.ends_before,
        status=Status.ADOPTED,
    )
    for replaced in earlier:
        _set_status(replaced, Status.REPLACED, event="picture.picture.replaced", by=by, now=now)
    picture.number = (highest or 0) + 1
    picture.adopted_at, picture.adopted_by = now, by
    picture.frozen = _frozen(picture, now)
    picture.frozen_hash = picture.frozen["hash"]
    before, picture.status = picture.status, Status.ADOPTED
    picture.save(
        update_fields=[
            "number",
            "adopted_at",
            "adopted_by",
            "frozen",
            "frozen_hash",
            "status",
        ]
    )
    recorder.record(
        event="picture.picture.adopted",
        target=picture,
        by=by,
        at=now,
        before={"status": before},
        after={
            "status": picture.status,
            "number": picture.number,
            "hash": picture.frozen_hash,
        },
    )
    return picture


@recorder.atomic()
def keep_notes(
    *, picture_id: int, notes: Sequence[Mapping[str, str]], by: User, now: datetime
) -> None:
    """Keep what was said at the table about a picture, until it is adopted with it.

    Raises `PermissionDenied`, or `NotAllowed` once it is adopted.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_EDIT, picture)
    if picture.status in ADOPTED:
        raise NotAllowed(Reason.NOT_A_DRAFT)
    picture.notes = [dict(note) for note in notes]
    picture.save(update_fields=["notes"])
    recorder.record(event="picture.notes.kept", target=picture, by=by, at=now, changed=["notes"])


@recorder.atomic()
def share(*, picture_id: int, organisation_id: int, by: User, now: datetime) -> PictureShare:
    """Make an adopted picture available to an organisation.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = _locked(picture_id)
    policy.require(by, Permission.PICTURE_SHARE, picture)
    rules.check_share(picture)
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    made, is_new = PictureShare.objects.get_or_create(
        picture=picture,
        organisation=organisation,
        ended_at=None,
        defaults={"starts_at": now},
    )
    if is_new:
        recorder.record(
            event="picture.picture.shared",
            target=picture,
            by=by,
            at=now,
            after={"organisation": organisation.pk},
        )
    return made


@recorder.atomic()
def end_share(*, share_id: int, by: User, now: datetime) -> PictureShare:
    """End an organisation's access, from now on; what it has received it has received.

    Raises `PermissionDenied`.
    """
    ended = PictureShare.objects.select_for_update(of=("self",)).get(pk=share_id)
    picture = _locked(ended.picture_id)
    policy.require(by, Permission.PICTURE_SHARE, picture)
    if ended.ended_at is None:
        ended.ended_at = now
        ended.save(update_fields=["ended_at"])
        recorder.record(
            event="picture.picture.share_ended",
            target=picture,
            by=by,
            at=now,
            after={"organisation": ended.organisation_id},
        )
    return ended


@recorder.atomic()
def note_export(*, picture: Picture, form: str, by: User, now: datetime) -> None:
    """Record that a picture left the system as a file. The caller has found it for `by`."""
    recorder.record(
        event="picture.picture.exported",
        target=picture,
        by=by,
        at=now,
        after={"form": form},
    )


def _locked(picture_id: int) -> Picture:
    return (
        Picture.objects.select_for_update(of=("self",))
        .select_related("municipality")
        .get(pk=picture_id)
    )


def _set_status(picture: Picture, status: Status, *, event: str, by: User, now: datetime) -> None:
    """Change the state with its audit event: neither can be had without the other."""
    before, picture.status = picture.status, status
    picture.save(update_fields=["status"])
    recorder.record(
        event=event,
        target=picture,
        by=by,
        at=now,
        before={"status": before},
        after={"status": status},
    )


def _frozen(picture: Picture, now: datetime) -> dict[str, Any]:
    """Return the adopted picture as one hashed document."""
    return document.sealed(
        {
            "schema": "samlad/adopted-picture/1",
            "number": picture.number,
            "adopted_at": now.isoformat(),
            "picture": picture.compiled,
            "notes": picture.notes,
            "decisions": [
                {
                    "position": finding.position,
                    "decision": finding.decision,
                    "reason": finding.reason,
                    "wording": finding.wording,
                }
                for finding in picture.findings.all()
            ],
            "sections": {s.kind: s.text for s in picture.sections.order_by("kind")},
        }
    )


def _key(finding: dict[str, Any]) -> tuple:
    """Return what makes two findings the same over two compilations."""
    return (
        finding["kind"],
        finding["source"]["code"],
        finding["category"]["code"],
        finding["area"]["code"],
        finding["parameters"]["bins"],
        finding["observed"],
    )
