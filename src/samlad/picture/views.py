"""HTTP only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.picture import actions, method_pages, queries
from samlad.picture.forms import (
    DecisionForm,
    FilterForm,
    SectionsForm,
    ShareForm,
    StartForm,
)
from samlad.picture.models import Picture
from samlad.picture.rules import NotAllowed
from samlad.picture.workflow import DismissalReason, SectionKind


def _get(request: SignedInRequest, pk: int) -> Picture:
    picture = queries.find(request.user, pk)
    if picture is None:
        raise Http404
    return picture


@require_safe
def pictures(request: SignedInRequest) -> HttpResponse:
    """List drafts and adopted pictures."""
    context = {
        "drafts": queries.drafts(request.user),
        "adopted": queries.adopted(request.user),
        "may_start": bool(queries.municipalities_to_edit(request.user)),
    }
    return render(request, "picture/pictures.html", context)


def start(request: SignedInRequest) -> HttpResponse:
    """Choose a period and start its picture."""
    municipalities = queries.municipalities_to_edit(request.user)
    if not municipalities:
        raise Http404
    last_week = timezone.localdate() - timedelta(7)
    form = StartForm(
        request.POST or None, municipalities=municipalities, initial={"day": last_week}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.start(
                municipality_id=form.cleaned_data["municipality"].pk,
                period=form.period(),
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("picture", made.pk)
    return render(request, "picture/start.html", {"form": form})


@require_safe
def picture(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a picture; or, while it is being compiled, say so."""
    found = _get(request, pk)
    if found.compilation != "done":
        template = "picture/_waiting.html" if request.htmx else "picture/waiting.html"
        return render(request, template, {"picture": found})
    if request.htmx and request.htmx.target == "waiting":
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if request.htmx and request.htmx.target == "var":
        return render(request, "picture/_where.html", _where(request, found))
    return render(request, "picture/picture.html", _page(request, found))


def _where(request: SignedInRequest, found: Picture) -> dict[str, Any]:
    from samlad.picture import showing

    form = FilterForm(request.GET or None, compiled=found.compiled)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    read = showing.read(
        found,
        source=chosen.get("source", ""),
        category=chosen.get("category", ""),
        bins=int(chosen.get("bins") or 0),
        public=not showing.is_inside(found, request.user),
    )
    return {
        "picture": found,
        "memo": read,
        "filter": form,
        "query": request.GET.urlencode(),
    }


def _page(
    request: SignedInRequest, found: Picture, sections: SectionsForm | None = None
) -> dict[str, Any]:
    from samlad.picture import showing

    allowed = showing.allowed(found, request.user)
    written = queries.sections(found)
    context = {
        **_where(request, found),
        "allowed": allowed,
        "sections": [(kind.label, written[kind]) for kind in SectionKind if written[kind]],
        "reasons": list(enumerate(DismissalReason.choices, start=1)),
    }
    if allowed["edit"]:
        context["sections_form"] = sections or SectionsForm(initial=written)
    if allowed["share"]:
        context["shares"] = queries.shares(found)
        context["share_form"] = ShareForm(organisations=queries.organisations_to_share_with(found))
    return context


@require_POST
def decide(request: SignedInRequest, pk: int, position: int) -> HttpResponse:
    """Keep, reword or dismiss a finding."""
    from samlad.picture import showing

    found = _get(request, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            actions.decide(
                picture_id=pk,
                position=position,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    asked = {} if form.is_valid() else {"form": form, "form_position": position}
    if not request.htmx:
        if asked:
            return render(request, "picture/picture.html", {**_page(request, found), **asked})
        return redirect(f"{_url(pk)}#fynd-{position}")
    read = showing.read(found)
    row = next(r for r in (*read.findings, *read.more_findings) if r.position == position)
    context = {
        "picture": found,
        "finding": row,
        "allowed": showing.allowed(found, request.user),
        "reasons": list(enumerate(DismissalReason.choices, start=1)),
        **asked,
    }
    return render(request, "picture/_finding.html", context)


def _url(pk: int) -> str:
    return redirect("picture", pk).url


def _do(request: SignedInRequest, pk: int, action: Any, done: str) -> HttpResponse:
    _get(request, pk)
    try:
        action(picture_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("picture", pk)


@require_POST
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save the texts; with the button *review*, also finish the review."""
    found = _get(request, pk)
    written = queries.sections(found)
    form = SectionsForm(request.POST, initial=dict(written))
    if not form.is_valid():
        messages.error(request, _("The texts are not saved yet: see what is said below."))
        return render(request, "picture/picture.html", _page(request, found, form))
    try:
        actions.write_sections(
            picture_id=pk, texts=form.texts(), by=request.user, now=timezone.now()
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("picture", pk)
    if "review" in request.POST:
        return review(request, pk)
    messages.success(request, _("The texts are saved."))
    return redirect(f"{_url(pk)}#texter")


@require_POST
def recompile(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compile a draft anew."""
    return _do(request, pk, actions.recompile, _("The picture is being compiled anew."))


@require_POST
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Finish the review."""
    return _do(request, pk, actions.review, _("The picture is reviewed and can be adopted."))


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a reviewed picture back to draft."""
    return _do(request, pk, actions.reopen, _("The picture is a draft again."))


@require_POST
def adopt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Adopt a reviewed picture."""
    return _do(request, pk, actions.adopt, _("The picture is adopted."))


@require_POST
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an adopted picture available to an organisation."""
    found = _get(request, pk)
    form = ShareForm(request.POST, organisations=queries.organisations_to_share_with(found))
    if form.is_valid():
        try:
            actions.share(
                picture_id=pk,
                organisation_id=form.cleaned_data["organisation"].pk,
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect(f"{_url(pk)}#delning")


@require_POST
def end_share(request: SignedInRequest, pk: int, share_pk: int) -> HttpResponse:
    """End an organisation's access."""
    found = _get(request, pk)
    if not any(one.pk == share_pk for one in queries.shares(found)):
        raise Http404
    actions.end_share(share_id=share_pk, by=request.user, now=timezone.now())
    return redirect(f"{_url(pk)}#delning")


@require_safe
def pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download the picture as an accessible PDF."""
    from samlad.picture import showing

    found = _get(request, pk)
    if found.compilation != "done":
        raise Http404
    actions.note_export(picture=found, form="pdf", by=request.user, now=timezone.now())
    name = f"lagesbild-{found.municipality.code}-{found.starts_on:%G-v%V}.pdf"
    response = HttpResponse(showing.pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def methods(request: SignedInRequest) -> HttpResponse:
    """List what each method of a picture asks."""
    pages = [method_pages.page(slug) for slug in method_pages.SLUGS]
    return render(request, "picture/methods.html", {"pages": pages})


@require_safe
def method(request: SignedInRequest, slug: str) -> HttpResponse:
    """Explain one method."""
    try:
        return render(request, "picture/method.html", {"page": method_pages.page(slug)})
    except KeyError:
        raise Http404 from None


@require_safe
def json(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download picture.json; of an adopted picture, what is frozen.

    For those inside the authority: it names files and holds what was dismissed.
    """
    from samlad.picture import showing

    found = _get(request, pk)
    if not showing.is_inside(found, request.user) or found.compilation != "done":
        raise Http404
    actions.note_export(picture=found, form="json", by=request.user, now=timezone.now())
    return JsonResponse(found.frozen or found.compiled)


@require_safe
def areas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the areas with their certainty words, for the map."""
    from samlad.picture import showing

    found = _get(request, pk)
    if found.compilation != "done":
        raise Http404
    collection = showing.geojson(
        found,
        source=request.GET.get("source", ""),
        category=request.GET.get("category", ""),
        public=not showing.is_inside(found, request.user),
    )
    return JsonResponse(collection, content_type="application/geo+json")
