"""HTTP only: Lagkollen and the law's documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by
from samlad.indicators.models import Indicator
from samlad.law import actions, documents, drafting, lagkollen
from samlad.law.forms import (
    AdoptForm,
    FollowUpForm,
    FunctionForm,
    OtherPlanForm,
    PictureForm,
    PlanForm,
    ReportForm,
)
from samlad.law.models import (
    ActionPlan,
    CoordinatingFunction,
    OtherPlan,
    ReportToCouncil,
    StatutoryPicture,
)
from samlad.law.rules import NotAllowed
from samlad.measures.models import Measure
from samlad.measures.queries import status_label
from samlad.measures.workflow import Status
from samlad.organisations.models import Municipality, Organisation
from samlad.ui.fields import attempting

attempt = attempting(NotAllowed)


def _municipality(request: SignedInRequest, permission: Permission) -> Municipality:
    return working_in.require(request, request.user, permission, whole=True)


def check(request: SignedInRequest) -> HttpResponse:
    """Show each paragraph with what was found and what was not; take in plans and reports."""
    municipality = _municipality(request, Permission.LAW_READ)
    may_edit = policy.can_in(request.user, Permission.LAW_EDIT, municipality.pk)
    is_plan, is_report = "plan-name" in request.POST, "report-what" in request.POST
    plan_form = OtherPlanForm(request.POST if is_plan else None, prefix="plan")
    report_form = ReportForm(
        request.POST if is_report else None,
        prefix="report",
        initial={"on": timezone.localdate()},
    )
    if request.method == "POST":
        if not may_edit:
            raise Http404
        how: dict[str, Any] = {
            "municipality_id": municipality.pk, "by": request.user, "now": timezone.now()
        }  # fmt: skip
        if is_plan and plan_form.is_valid():
            actions.link_plan(**how, **sent_by(plan_form))
            return redirect("lagkollen")
        if is_report and report_form.is_valid():
            sent = sent_by(report_form)
            if attempt(report_form, lambda: actions.report(**how, **sent)):
                return redirect("lagkollen")
    context = {
        "municipality": municipality,
        "paragraphs": lagkollen.paragraphs(municipality, today=timezone.localdate()),
        "may_edit": may_edit,
        "reports": ReportToCouncil.objects.filter(municipality=municipality),
        "other_plans": OtherPlan.objects.filter(municipality=municipality),
        "plan_form": plan_form,
        "report_form": report_form,
    }
    return render(request, "law/lagkollen.html", context)


@require_POST
def unlink_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a plan under another statute away again."""
    found = OtherPlan.objects.where_user_can(request.user, Permission.LAW_EDIT)
    if not found.filter(pk=pk).exists():
        raise Http404
    actions.unlink_plan(plan_id=pk, by=request.user, now=timezone.now())
    return redirect("lagkollen")


def picture(request: SignedInRequest) -> HttpResponse:
    """Show the versions; write the draft."""
    municipality = _municipality(request, Permission.LAW_READ)
    may_edit = policy.can_in(request.user, Permission.LAW_EDIT, municipality.pk)
    versions = list(StatutoryPicture.objects.filter(municipality=municipality))
    draft = next((one for one in versions if one.adopted_on is None), None)
    form, adopt_form = None, AdoptForm(prefix="adopt", initial={"on": timezone.localdate()})
    if may_edit and draft is not None:
        initial = {name: getattr(draft, name) for name in StatutoryPicture.PARTS}
        initial |= {"sources": "\n".join(draft.sources), "missing": "\n".join(draft.missing)}
        is_adopting = "adopt-body" in request.POST
        initial["indicators"] = list(draft.indicators.all())
        form = PictureForm(
            None if is_adopting else request.POST or None,
            initial=initial,
            offered={
                "indicators": Indicator.objects.where_user_can(
                    request.user, Permission.INDICATOR_READ
                ).filter(municipality=municipality)
            },
        )
        if is_adopting:
            adopt_form = AdoptForm(request.POST, prefix="adopt")
            sent_ok = adopt_form.is_valid() and attempt(
                adopt_form,
                lambda: actions.adopt_picture(
                    picture_id=draft.pk, by=request.user, now=timezone.now(), **sent_by(adopt_form)
                ),
            )
            if sent_ok:
                messages.success(request, _("The lägesbild is adopted."))
                return redirect("statutory_picture")
        elif request.method == "POST" and form.is_valid():
            sent = sent_by(form)
            actions.write_picture(
                picture_id=draft.pk,
                texts={name: sent[name] for name in StatutoryPicture.PARTS},
                sources=_lines(sent["sources"]),
                missing=_lines(sent["missing"]),
                indicators=list(sent["indicators"]),
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("statutory_picture")
    context = {
        "versions": [one for one in versions if one.adopted_on is not None],
        "draft": draft,
        "form": form,
        "adopt_form": adopt_form,
        "may_edit": may_edit,
    }
    return render(request, "law/picture.html", context)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@require_POST
def begin(request: SignedInRequest) -> HttpResponse:
    """Begin a version; its first text is drafted from what Samlad holds."""
    municipality = _municipality(request, Permission.LAW_EDIT)
    now = timezone.now()
    had = StatutoryPicture.objects.filter(municipality=municipality, adopted_on=None).exists()
    made = actions.draft_picture(municipality_id=municipality.pk, by=request.user, now=now)
    if not had:
        proposed = drafting.draft(municipality, request.user, today=timezone.localdate())
        actions.write_picture(
            picture_id=made.pk,
            texts={
                name: drafting.beside(getattr(made, name), getattr(proposed, name))
                for name in drafting.PARTS
            },
            sources=list(dict.fromkeys([*made.sources, *proposed.sources])),
            missing=made.missing,
            indicators=list(made.indicators.all()),
            by=request.user,
            now=now,
        )
    return redirect("statutory_picture")


def _picture(request: SignedInRequest, pk: int) -> StatutoryPicture:
    found = StatutoryPicture.objects.where_user_can(request.user, Permission.LAW_READ)
    one = found.filter(pk=pk).select_related("municipality").first()
    if one is None:
        raise Http404
    return one


@require_safe
def picture_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a version as a page."""
    context = {"document": documents.of_picture(_picture(request, pk)), "up": "statutory_picture",
               "pdf": reverse("statutory_pdf", args=[pk])}  # fmt: skip
    return render(request, "law/document.html", context)


@require_safe
def picture_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return a version as a PDF."""
    one = _picture(request, pk)
    return _pdf(documents.of_picture(one).pdf(), f"lagesbild-4-{one.version}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@require_safe
def plans(request: SignedInRequest) -> HttpResponse:
    """List the plans with their follow-ups."""
    municipality = _municipality(request, Permission.LAW_READ)
    rows = ActionPlan.objects.filter(municipality=municipality)
    plans = list(rows.select_related("picture").prefetch_related("measures", "follow_ups"))
    today = timezone.localdate()
    context = {
        "plans": [
            (plan, [(one, status_label(one, today)) for one in plan.measures.all()])
            for plan in plans
        ],
        "may_edit": policy.can_in(request.user, Permission.LAW_EDIT, municipality.pk),
        "has_picture": StatutoryPicture.objects.filter(municipality=municipality).exists(),
    }
    return render(request, "law/plans.html", context)


def save_plan(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Write a plan."""
    municipality = _municipality(request, Permission.LAW_EDIT)
    readable = Measure.objects.where_user_can(request.user, Permission.MEASURE_READ)
    measures = readable.filter(municipality=municipality)
    initial: dict[str, Any] = {
        "text": drafting.plan_text(municipality, request.user),
        "measures": list(measures.filter(status=Status.PLANNED)),
    }
    if pk is not None:
        plan = _plan(municipality, pk)
        initial = {
            "name": plan.name,
            "picture": plan.picture_id,
            "text": plan.text,
            "measures": list(plan.measures.all()),
        }
    form = PlanForm(
        request.POST or None,
        initial=initial,
        pictures=StatutoryPicture.objects.filter(municipality=municipality),
        measures=measures,
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        made = attempt(
            form,
            lambda: actions.save_plan(
                plan_id=pk,
                picture_id=sent["picture"].pk,
                name=sent["name"],
                text=sent["text"],
                measures=list(sent["measures"]),
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("action_plans")
    return render(request, "ui/form_page.html", {"form": form, "title": _("Action plan (5 §)")})


def _plan(municipality: Municipality, pk: int) -> ActionPlan:
    found = (
        ActionPlan.objects.filter(municipality=municipality, pk=pk)
        .select_related("picture", "municipality")
        .first()
    )
    if found is None:
        raise Http404
    return found


def decide_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that a body has decided the plan."""
    municipality = _municipality(request, Permission.LAW_EDIT)
    plan = _plan(municipality, pk)
    form = AdoptForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.decide_plan(
                plan_id=pk, by=request.user, now=timezone.now(), **sent_by(form)
            ),
        )
        if made is not None:
            return redirect("action_plans")
    title = _("Decided: %(name)s") % {"name": plan.name}
    return render(request, "ui/form_page.html", {"form": form, "title": title})


def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note a follow-up of the plan."""
    municipality = _municipality(request, Permission.LAW_EDIT)
    plan = _plan(municipality, pk)
    form = FollowUpForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.follow_up_plan(
                plan_id=pk, by=request.user, now=timezone.now(), **sent_by(form)
            ),
        )
        if made is not None:
            return redirect("action_plans")
    title = _("Follow up %(name)s") % {"name": plan.name}
    return render(request, "ui/form_page.html", {"form": form, "title": title})


@require_safe
def plan_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a plan as a page."""
    plan = _plan(_municipality(request, Permission.LAW_READ), pk)
    context = {"document": documents.of_plan(plan), "up": "action_plans",
               "pdf": reverse("plan_pdf", args=[pk])}  # fmt: skip
    return render(request, "law/document.html", context)


@require_safe
def plan_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return a plan as a PDF."""
    plan = _plan(_municipality(request, Permission.LAW_READ), pk)
    return _pdf(documents.of_plan(plan).pdf(), f"atgardsplan-{plan.pk}")


def function(request: SignedInRequest) -> HttpResponse:
    """Name the coordinating function and who leads the work."""
    municipality = _municipality(request, Permission.LAW_EDIT)
    kept = CoordinatingFunction.objects.filter(municipality=municipality).first()
    names = ("name", "unit", "mailbox", "switchboard", "information", "leads", "led_by")
    form = FunctionForm(
        request.POST or None,
        initial={} if kept is None else {name: getattr(kept, name) for name in names},
        organisations=Organisation.objects.filter(municipality=municipality, active=True),
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.name_function(
                municipality_id=municipality.pk,
                by=request.user,
                now=timezone.now(),
                **sent_by(form),
            ),
        )
        if made is not None:
            return redirect("lagkollen")
    title = _("Coordinating function (11–13 §§)")
    return render(request, "ui/form_page.html", {"form": form, "title": title})
