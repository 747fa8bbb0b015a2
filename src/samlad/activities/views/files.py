"""HTTP only: a file of activities, looked at first, taken in, undone."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, activity_file, queries
from samlad.activities.activity_file import BadActivityFile, Fault, Names
from samlad.activities.forms import FileForm
from samlad.activities.models import Activity
from samlad.activities.rules import NotAllowed
from samlad.activities.views.offered import logging_for
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place

FILE_AT_MOST = 5 * 1024 * 1024
REJECTED_SHOWN = 1000


def take_in(request: SignedInRequest) -> HttpResponse:
    """Look at a file of activities, or take it in; what cannot be read is named, row by row."""
    form = FileForm(request.POST or None, request.FILES or None, organisations=logging_for(request))
    context: dict[str, Any] = {"form": form, "columns": activity_file.COLUMNS}
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        organisation: Organisation = form.cleaned_data["organisation"]
        try:
            if (upload.size or 0) > FILE_AT_MOST:
                raise BadActivityFile(_("The file is larger than 5 MB."))
            rows, faults = _read(upload, organisation)
        except BadActivityFile as fault:
            form.add_error("file", str(fault))
        else:
            if "look" in request.POST:
                context |= _looked_at(rows, faults)
            else:
                context |= _taken(request, organisation, rows, faults)
    return render(request, "activities/take_in.html", context)


def _looked_at(rows: list[activity_file.Row], faults: list[Fault]) -> dict[str, Any]:
    """Return how a file is understood; nothing of it is kept."""
    known = set(
        Activity.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True)
    )
    return {
        "looked": {
            "new": sum(row.key not in known for row in rows),
            "known": sum(row.key in known for row in rows),
            "first": [row.entry for row in rows[:5]],
        },
        **_told(faults),
    }


def _told(faults: list[Fault]) -> dict[str, Any]:
    text = activity_file.rejected(faults[:REJECTED_SHOWN])
    return {
        "faults": faults[:REJECTED_SHOWN],
        "rejected": base64.b64encode(("\ufeff" + text).encode()).decode(),
    }


def _taken(
    request: SignedInRequest,
    organisation: Organisation,
    rows: list[activity_file.Row],
    faults: list[Fault],
) -> dict[str, Any]:
    """Log the rows of a file, each once however often the file is sent."""
    now, file = timezone.now(), uuid4()
    logged = 0
    for row in rows:
        try:
            made = actions.log(
                organisation_id=organisation.pk, key=row.key, entry=row.entry, taken_in=file,
                with_whom=row.with_whom, shift=row.shift, by=request.user, now=now,
            )  # fmt: skip
        except NotAllowed as refusal:
            faults.append(Fault(row.number, str(refusal)))
            continue
        logged += made.taken_in == file
        if made.taken_in != file and actions.differs(made, row.entry):
            faults.append(Fault(row.number, _("Logged already, otherwise than here.")))
    text = ngettext("%(n)s row is logged.", "%(n)s rows are logged.", logged)
    messages.success(request, text % {"n": logged})
    return {"taken": file if logged else None, **_told(faults)}


@require_POST
def undo(request: SignedInRequest, file: UUID) -> HttpResponse:
    """Undo a file: its activities count nowhere any more."""
    logging_for(request)
    n = actions.undo_file(taken_in=file, by=request.user, now=timezone.now())
    text = ngettext("%(n)s row is taken out.", "%(n)s rows are taken out.", n)
    messages.success(request, text % {"n": n})
    return redirect("activities")


def _read(
    upload: UploadedFile, organisation: Organisation
) -> tuple[list[activity_file.Row], list[Fault]]:
    """Return the rows of a file that was sent, and what is wrong with others."""
    with tempfile.NamedTemporaryFile() as kept:
        for part in upload.chunks():
            kept.write(part)
        kept.flush()
        return activity_file.read(
            Path(kept.name),
            _names(organisation),
            name=upload.name or "",
            today=timezone.localdate(),
            scope=str(organisation.pk),
        )


def _names(organisation: Organisation) -> Names:
    here = organisation.municipality_id
    kinds = {one.code: one for one in queries.kinds({here})}
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality=here)
    return Names(
        kinds=kinds | {one.label_sv.casefold(): one for one in kinds.values()},
        areas={one.name.casefold(): one for one in areas.defer("boundary")},
        places={one.name.casefold(): one for one in Place.objects.filter(municipality=here)},
        organisations={
            one.name.casefold(): one
            for one in Organisation.objects.filter(municipality=here, active=True)
        },
    )
