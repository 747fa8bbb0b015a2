"""HTTP only."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.guard.kinds import CERTAIN, LABELS, Kind
from samlad.incidents import (
    actions,
    category_actions,
    ending_actions,
    progress,
    queries,
    rejected_rows,
    report_actions,
)
from samlad.incidents.faults import PlaceFault
from samlad.incidents.forms.importing import (
    CategoryForm,
    MappingForm,
    NewCategoryForm,
    PlaceWordForm,
    SameFileForm,
    SourceForm,
    UploadForm,
    WordForm,
)
from samlad.incidents.models import Batch, Category
from samlad.incidents.rules import NotAllowed
from samlad.incidents.workflow import BatchStatus
from samlad.intake import files
from samlad.intake import mapping as mappings
from samlad.intake.errors import ROW_FAULTS, RowFault, UnusableFile
from samlad.intake.files import IncidentFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Note, Rejection
from samlad.organisations.models import Municipality

PREVIEW_ROWS, REJECTED_SHOWN = 20, 10
REJECTIONS_SHOWN = 200
NOTICES_PER_PAGE = 50
NOTE_LABELS = {
    Note.MISSING_HOUR.value: gettext_lazy("A time the clock never showed; read as one hour later"),
    Note.FUTURE.value: gettext_lazy("A time that has not come yet"),
    Note.DOUBLED_HOUR.value: gettext_lazy("A time that came twice; read as the first"),
}


@require_safe
def batches(request: SignedInRequest) -> HttpResponse:
    """List the files read."""
    return render(request, "incidents/batches.html", {"batches": queries.batches(request.user)})


def new_batch(request: SignedInRequest) -> HttpResponse:
    """Take a file; what it means is asked on the next page."""
    if not policy.can_somewhere(request.user, Permission.INCIDENT_IMPORT):
        raise Http404
    sources = queries.sources_to_import_to(request.user)
    if not sources:
        return redirect("source_new")
    form = UploadForm(request.POST or None, request.FILES or None, sources=sources)
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        try:
            made = actions.receive(
                source_id=form.cleaned_data["source"].pk,
                name=Path(upload.name or "").name,
                chunks=upload.chunks(),
                by=request.user,
                now=timezone.now(),
            )
        except UnusableFile as fault:
            form.add_error("file", str(fault))
        else:
            return redirect("batch_columns", made.pk)
    return render(request, "incidents/new_batch.html", {"form": form})


def new_source(request: SignedInRequest) -> HttpResponse:
    """Register a stream of incidents, so that a file can be read into it."""
    owners = report_actions.organisations_to_report_for(request.user)
    if not owners:
        raise Http404
    form = SourceForm(request.POST or None, owners=owners)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        name = form.cleaned_data["name"]
        actions.add_source(
            owner_id=owner.pk,
            code=queries.free_source_code(owner.municipality_id, name),
            name=name,
            kind="reports",
            by=request.user,
            now=timezone.now(),
        )
        return redirect("batch_new")
    return render(request, "incidents/new_source.html", {"form": form})


def _mapping_in(request: SignedInRequest) -> Municipality | None:
    """Return the municipality whose categories the person manages, or None."""
    return working_in.find(request, request.user, Permission.CATEGORY_MANAGE, whole=True)


def _get(request: SignedInRequest, pk: int) -> Batch:
    readable = Batch.objects.where_user_can(request.user, Permission.INCIDENT_READ)
    return get_object_or_404(readable.select_related("source", "municipality", "owner"), pk=pk)


def columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show how the file is understood, and let the person correct it."""
    batch = _get(request, pk)
    if batch.status != BatchStatus.WAITING or not actions.upload_path(batch).exists():
        return redirect("batch", pk)
    policy.require(request.user, Permission.INCIDENT_IMPORT, batch)
    file = files.recognise(actions.upload_path(batch), name=batch.file_name)
    mapping = mappings.from_json(batch.mapping)
    form = MappingForm(request.POST or None, header=file.header, mapping=mapping)
    if request.method == "POST" and form.is_valid():
        if "read" in request.POST:
            actions.queue(
                batch_id=batch.pk,
                file=file,
                mapping=form.mapping,
                accept_outside=form.cleaned_data["accept_outside"],
                by=request.user,
                now=timezone.now(),
            )
            return redirect("batch", pk)
        mapping = form.mapping
    context = {"batch": batch, "form": form, "preview": _preview(batch, file, mapping)}
    return render(request, "incidents/columns.html", context)


def _preview(batch: Batch, file: IncidentFile, mapping: Mapping) -> dict:
    """Return the first rows as they would be read: when, what, where, and what is held.

    Of the rows after the first 20 only the rejected ones are shown, as far as 200.
    """
    try:
        interpreter = Interpreter(mapping, file.header, name=file.name)
        with file.rows() as raw:
            looked = list(islice(interpreter.rows(raw), files.SAMPLE_ROWS))
        rows = [
            row for n, row in enumerate(looked) if n < PREVIEW_ROWS or isinstance(row, Rejection)
        ][: PREVIEW_ROWS + REJECTED_SHOWN]
        understood = actions.understood(
            batch, mapping, [row for row in rows if not isinstance(row, Rejection)]
        )
    except ValueError as fault:
        return {"fault": str(fault), "rows": []}
    incidents = iter(understood)
    used = set(mapping.columns.values())
    return {
        "unused": [c for c in file.header if c not in used],
        "rows": [
            (row, ROW_FAULTS[row.reason], None)
            if isinstance(row, Rejection)
            else (row, None, next(incidents))
            for row in rows
        ],
    }


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw away an upload that has not been read."""
    _get(request, pk)
    try:
        ending_actions.discard(batch_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("batch", pk)


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what became of a file."""
    found = _get(request, pk)
    running = found.status == BatchStatus.STAGING or (
        found.status == BatchStatus.WAITING and found.queued_at is not None
    )
    read = progress.rows_read(found) if running else 0
    context = {
        "batch": found,
        "running": running,
        "rows_read": read,
        "share": min(99, 100 * read // found.about_rows) if found.about_rows else None,
        "notes": _notes(found),
        "rejections": [
            (row.row_number, ROW_FAULTS[RowFault(row.reason)])
            for row in found.rejections.order_by("row_number")[:REJECTIONS_SHOWN]
        ],
        "removed": _removed(found),
        "may_end": found.status == BatchStatus.ACCEPTED
        and policy.can(request.user, Permission.INCIDENT_IMPORT, found),
        "may_map": _mapping_in(request) is not None,
        "may_review": policy.can(request.user, Permission.TEXT_REVIEW, found),
        "same_file": SameFileForm(),
    }
    template = "incidents/_batch.html" if request.htmx else "incidents/batch.html"
    return render(request, template, context)


def _notes(batch: Batch) -> list[tuple[str, int, list[int]]]:
    """Return what was seen in rows that were read: what, how often, the first row numbers."""
    first = queries.rows_with_place_faults(batch)
    labels = {**dict(PlaceFault.choices), **NOTE_LABELS}
    return [
        (str(labels[note]), number, first.get(note, []))
        for note, number in Counter(batch.notes).most_common()
        if note in labels
    ]


def _removed(batch: Batch) -> list[tuple[int, str]]:
    """Return the rows whose text was not stored, and what kind of hit it was."""
    return [
        (number, ", ".join(str(LABELS[Kind(k)]) for k in kinds.split() if Kind(k) in CERTAIN))
        for number, kinds in queries.rows_that_lost_words(batch)[:REJECTIONS_SHOWN]
    ]


@require_POST
def rejected(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Send the rejected rows back as the same kind of file: made now, from the file sent now."""
    batch = _get(request, pk)
    policy.require(request.user, Permission.INCIDENT_IMPORT, batch)
    form = SameFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose the file."))
        return redirect("batch", pk)
    with tempfile.TemporaryDirectory() as folder:
        sent, out = Path(folder) / "sent", Path(folder) / "out"
        with sent.open("wb") as file:
            for chunk in form.cleaned_data["file"].chunks():
                file.write(chunk)
        try:
            upload = Path(form.cleaned_data["file"].name or "").name
            written, number = rejected_rows.write(batch, sent, out, name=upload)
        except (UnusableFile, ValueError) as fault:
            messages.error(request, str(fault))
            return redirect("batch", pk)
        form_name = f"rejected_{written}"
        actions.note_export(batch, form=form_name, rows=number, by=request.user, now=timezone.now())
        name = f"{Path(batch.file_name).stem}-avvisade.{written}"
        return FileResponse(out.open("rb"), as_attachment=True, filename=name)


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo a file that was read, or withdraw it once a picture has used it."""
    _get(request, pk)
    try:
        ending_actions.end(batch_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("batch", pk)


@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """List the published police notices, newest first."""
    found = queries.notice_pages(request.user)
    page = Paginator(found, NOTICES_PER_PAGE).get_page(request.GET.get("sida"))
    actions.note_reading(by=request.user, now=timezone.now(), rows=len(page))
    return render(request, "incidents/notices.html", {"page": page})


@require_safe
def categories(request: SignedInRequest) -> HttpResponse:
    """List the categories and the words that have none."""
    municipality = _mapping_in(request)
    if municipality is None:
        raise Http404
    known = list(Category.objects.order_by("label_sv"))
    meanings = queries.places_and_areas(municipality)
    words = queries.unmapped_words(municipality, request.user)
    places = queries.unknown_places(municipality, request.user)
    context = {
        "categories": known,
        "words": [
            (WordForm(categories=known, initial={"word": word}, auto_id=f"w{n}_%s"), word, number)
            for n, (word, number) in enumerate(words)
        ],
        "places": [
            (PlaceWordForm(meanings, initial={"word": word}, auto_id=f"p{n}_%s"), word, number)
            for n, (word, number) in enumerate(places)
        ],
    }
    return render(request, "incidents/categories.html", context)


def category(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add a category or change one."""
    municipality = _mapping_in(request)
    if municipality is None:
        raise Http404
    found = None if pk is None else get_object_or_404(Category, pk=pk)
    shape = NewCategoryForm if found is None else CategoryForm
    form = shape(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {
            "municipality_id": municipality.pk,
            "by": request.user,
            "now": timezone.now(),
        }
        try:
            if found is None:
                category_actions.add_category(**form.cleaned_data, **sent)
            else:
                category_actions.edit_category(category_id=found.pk, **form.cleaned_data, **sent)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The category is saved."))
            return redirect("categories")
    return render(request, "incidents/category.html", {"form": form, "category": found})


@require_POST
def map_place(request: SignedInRequest) -> HttpResponse:
    """Say which place or area a supplier's word means, for all rows at once."""
    municipality = _mapping_in(request)
    if municipality is None:
        raise Http404
    form = PlaceWordForm(queries.places_and_areas(municipality), request.POST)
    if form.is_valid():
        number = category_actions.map_place(
            municipality_id=municipality.pk,
            word=form.cleaned_data["word"],
            **form.meant(),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("%(n)s rows have got their place.") % {"n": number})
    else:
        messages.error(request, _("Choose a place or an area."))
    return redirect("categories")


@require_POST
def map_word(request: SignedInRequest) -> HttpResponse:
    """Say which category a word means, for all rows at once."""
    municipality = _mapping_in(request)
    if municipality is None:
        raise Http404
    form = WordForm(request.POST, categories=list(Category.objects.all()))
    if form.is_valid():
        number = category_actions.map_word(
            municipality_id=municipality.pk,
            word=form.cleaned_data["word"],
            category_id=form.cleaned_data["category"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("%(n)s rows have got their category.") % {"n": number})
    else:
        messages.error(request, _("Choose a category."))
    return redirect("categories")
