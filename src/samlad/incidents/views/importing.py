"""HTTP only."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import actions, category_actions, progress, queries
from samlad.incidents.forms import (
    CategoryForm,
    MappingForm,
    NewCategoryForm,
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
from samlad.intake.rows import Rejection

PREVIEW_ROWS = 20
REJECTIONS_SHOWN = 200
NOTICES_PER_PAGE = 50


@require_safe
def batches(request: SignedInRequest) -> HttpResponse:
    """List the files read."""
    return render(request, "incidents/batches.html", {"batches": queries.batches(request.user)})


def new_batch(request: SignedInRequest) -> HttpResponse:
    """Take a file; what it means is asked on the next page."""
    sources = queries.sources_to_import_to(request.user)
    if not sources:
        raise Http404
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
                mapping=form.mapping,
                accept_outside=form.cleaned_data["accept_outside"],
                by=request.user,
                now=timezone.now(),
            )
            return redirect("batch", pk)
        mapping = form.mapping
    context = {"batch": batch, "form": form, "preview": _preview(file, mapping)}
    return render(request, "incidents/columns.html", context)


def _preview(file: IncidentFile, mapping: Mapping) -> dict:
    try:
        interpreter = Interpreter(mapping, file.header, name=file.name)
        with file.rows() as raw:
            rows = list(islice(interpreter.rows(raw), PREVIEW_ROWS))
    except UnusableFile as fault:
        return {"fault": str(fault), "rows": []}
    return {
        "rows": [
            (row, ROW_FAULTS[row.reason] if isinstance(row, Rejection) else None) for row in rows
        ]
    }


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw away an upload that has not been read."""
    _get(request, pk)
    try:
        actions.discard(batch_id=pk, by=request.user, now=timezone.now())
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
    context = {
        "batch": found,
        "running": running,
        "rows_read": progress.rows_read(found) if running else 0,
        "rejections": [
            (row.row_number, ROW_FAULTS[RowFault(row.reason)])
            for row in found.rejections.order_by("row_number")[:REJECTIONS_SHOWN]
        ],
    }
    template = "incidents/_batch.html" if request.htmx else "incidents/batch.html"
    return render(request, template, context)


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
    municipality = queries.municipality_of_categories(request.user)
    if municipality is None:
        raise Http404
    context = {
        "categories": Category.objects.order_by("label_sv"),
        "words": [
            (
                WordForm(initial={"word": word}, prefix=None, auto_id=f"word{n}_%s"),
                word,
                number,
            )
            for n, (word, number) in enumerate(queries.unmapped_words(municipality, request.user))
        ],
    }
    return render(request, "incidents/categories.html", context)


def category(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add a category or change one."""
    municipality = queries.municipality_of_categories(request.user)
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
def map_word(request: SignedInRequest) -> HttpResponse:
    """Say which category a word means, for all rows at once."""
    municipality = queries.municipality_of_categories(request.user)
    if municipality is None:
        raise Http404
    form = WordForm(request.POST)
    if form.is_valid():
        number = category_actions.map_word(
            municipality_id=municipality.pk,
            word=form.cleaned_data["word"],
            category_id=form.cleaned_data["category"].pk,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("%(n)s rows have got their category.") % {"n": number})
    else:
        messages.error(request, _("Choose a category."))
    return redirect("categories")
