"""HTTP only: the log, a shift, the watch areas, kinds, files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, activity_file, queries
from samlad.activities.actions import Entry, ShiftEntry
from samlad.activities.activity_file import BadActivityFile, Names
from samlad.activities.forms import (
    ActivityForm,
    ChoiceForm,
    FileForm,
    KindForm,
    ShiftForm,
    WatchForm,
)
from samlad.activities.models import Activity, WatchArea
from samlad.activities.queries import Choice
from samlad.activities.rules import NotAllowed
from samlad.activities.vocabulary import ShiftRole
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import attempting

PAGE = 50
FILE_AT_MOST = 5 * 1024 * 1024
SHIFT_KINDS = {ShiftRole.FIELD: "faltpass"}
OTHER_SHIFT = "vaktarpass"

attempt = attempting(NotAllowed)


def _here(organisations: list[Organisation]) -> dict[str, Any]:
    """Return what a form offers of areas and places where these organisations are."""
    inside = {one.municipality_id for one in organisations}
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality__in=inside)
    return {
        "organisation": organisations,
        "area": areas.defer("boundary"),
        "place": Place.objects.filter(municipality__in=inside),
    }


def _logging(request: SignedInRequest) -> list[Organisation]:
    found = queries.organisations_logging(request.user)
    if not found:
        raise Http404
    return found


@require_safe
def activities(request: SignedInRequest) -> HttpResponse:
    """List what has been done, narrowed as one likes; or as a file."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    inside = {s.municipality for s in policy.scopes_where(request.user, Permission.ACTIVITY_READ)}
    form = ChoiceForm(
        request.GET or None,
        offered={
            "kind": queries.kinds(inside),
            "area": Area.objects.valid_on(timezone.localdate())
            .filter(municipality__in=inside)
            .defer("boundary"),
        },
    )
    choice = Choice()
    if request.GET and form.is_valid():
        sent = dict(form.cleaned_data)
        sent["kind"] = sent["kind"].code if sent["kind"] else ""
        sent["area"] = sent["area"].code if sent["area"] else ""
        choice = Choice(**sent)
    rows = queries.log(request.user, choice)
    if request.GET.get("format") == "csv":
        answer = HttpResponse(
            "\ufeff" + activity_file.write(rows.iterator()), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = 'attachment; filename="aktiviteter.csv"'
        return answer
    page = Paginator(rows, PAGE).get_page(request.GET.get("sida"))
    kept = request.GET.copy()
    kept.pop("sida", None)
    context = {
        "rows": [(one, queries.participants(one)) for one in page.object_list],
        "page": page,
        "query": kept.urlencode(),
        "form": form,
        "is_narrowed": choice != Choice(),
        "sums": queries.sums(rows),
        "by_week": queries.hours_by_place(rows, today=timezone.localdate()),
        "may_log": bool(queries.organisations_logging(request.user)),
    }
    return render(request, "activities/activities.html", context)


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Log an activity, perhaps as one that was done before; or change one."""
    organisations = _logging(request)
    initial: dict[str, Any] = {"on": timezone.localdate(), "organisation": organisations[0].pk}
    again = request.GET.get("som", "")
    had = _get(request, pk) if pk is not None else None
    if had is not None and not policy.can(request.user, Permission.ACTIVITY_EDIT, had):
        raise Http404
    if had is not None:
        initial = _as_entered(had)
    elif again.isdecimal() and len(again) < 10:
        like = queries.find(request.user, int(again))
        if like is not None:
            initial = _as_entered(like) | {"on": timezone.localdate(), "evidence": ""}
    inside = {one.municipality_id for one in organisations}
    form = ActivityForm(
        request.POST or None,
        initial=initial,
        offered={
            **_here(organisations),
            "kind": queries.kinds(inside).filter(is_shift=False),
            "with_whom": Organisation.objects.filter(municipality__in=inside, active=True),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = _logged(request, form, had)
        if made is not None:
            return redirect("activity", made.pk)
    key = request.POST.get("key") or str(uuid4())
    return render(request, "activities/save.html", {"form": form, "key": key, "activity": had})


def _as_entered(one: Activity) -> dict[str, Any]:
    names = [name for name in ActivityForm.base_fields if hasattr(one, name)]
    initial = {name: getattr(one, name) for name in names if name != "with_whom"}
    return initial | {
        "organisation": one.owner_id,
        "participants": one.participants_low,
        "with_whom": [other.pk for other in one.with_whom.all()],
    }


def _logged(request: SignedInRequest, form: ActivityForm, had: Activity | None) -> Activity | None:
    sent = sent_by(form)
    organisation, with_whom = sent.pop("organisation"), list(sent.pop("with_whom"))
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sent.items()}
    entry = Entry(**values)
    how: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    try:
        if had is not None:
            made = actions.change(activity_id=had.pk, entry=entry, with_whom=with_whom, **how)
        else:
            made = actions.log(
                organisation_id=organisation.pk,
                key=_key(request),
                entry=entry,
                with_whom=with_whom,
                **how,
            )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Logged.") if had is None else _("Saved."))
    return made


def _key(request: SignedInRequest) -> UUID:
    """Return the form's key: sent twice it is logged once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _get(request: SignedInRequest, pk: int) -> Activity:
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one activity, with how it stood before."""
    found = _get(request, pk)
    context = {
        "activity": found,
        "words": queries.words(found),
        "participants": queries.participants(found),
        "may_edit": found.removed_at is None
        and policy.can(request.user, Permission.ACTIVITY_EDIT, found),
    }
    return render(request, "activities/activity.html", context)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an activity out of every count."""
    _get(request, pk)
    try:
        actions.remove(activity_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("activities")


def shift(request: SignedInRequest) -> HttpResponse:
    """Log a shift after it has ended."""
    organisations = _logging(request)
    form = ShiftForm(
        request.POST or None,
        offered=_here(organisations),
        initial={"on": timezone.localdate(), "organisation": organisations[0].pk},
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        role = ShiftRole(sent["role"])
        inside = {sent["organisation"].municipality_id}
        kind = queries.kinds(inside).get(code=SHIFT_KINDS.get(role, OTHER_SHIFT))
        try:
            made = actions.log(
                organisation_id=sent["organisation"].pk,
                key=_key(request),
                entry=Entry(
                    kind=kind,
                    on=sent["on"],
                    area=sent["area"],
                    place=sent["place"],
                    hours=sent["hours"],
                    orientations=tuple(sent["orientations"]),
                ),
                shift=ShiftEntry(
                    role=role,
                    daypart=sent["daypart"],
                    **{name: form.counts(name) for name in ("contacts", "topics", "referrals")},
                ),
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The shift is logged."))
            return redirect("activity", made.pk)
    key = request.POST.get("key") or str(uuid4())
    return render(request, "activities/shift.html", {"form": form, "key": key})


def watch(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """List the areas of neighbourhood watch; take one in, or change one."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    organisations = queries.organisations_logging(request.user)
    initial: dict[str, Any] = {"started_on": timezone.localdate()}
    if pk is not None:
        own = WatchArea.objects.where_user_can(request.user, Permission.ACTIVITY_EDIT)
        found = own.filter(pk=pk).first()
        if found is None:
            raise Http404
        initial = {
            "name": found.name, "organisation": found.owner_id, "area": found.area_id,
            "started_on": found.started_on,
            "ends_on": found.ends_before and found.ends_before - timedelta(1),
        }  # fmt: skip
    offered = _here(organisations)
    offered.pop("place")
    form = WatchForm(request.POST or None, offered=offered, initial=initial)
    if request.method == "POST" and organisations and form.is_valid():
        sent = sent_by(form)
        last = sent.pop("ends_on")
        organisation = sent.pop("organisation")
        made = attempt(
            form,
            lambda: actions.save_watch_area(
                watch_id=pk,
                organisation_id=organisation.pk,
                ends_before=last + timedelta(1) if last else None,
                by=request.user,
                now=timezone.now(),
                **sent,
            ),
        )
        if made is not None:
            return redirect("watch_areas")
    if pk is not None:
        context = {"form": form, "title": _("Neighbourhood watch")}
        return render(request, "ui/form_page.html", context)
    today = timezone.localdate()
    rows = queries.watch_areas(request.user)
    context = {
        "rows": rows,
        "now": sum(_is_there(one, today) for one in rows),
        "year_ago": sum(_is_there(one, today - timedelta(365)) for one in rows),
        "form": form,
        "may_edit": bool(organisations),
        "own": set(
            WatchArea.objects.where_user_can(request.user, Permission.ACTIVITY_EDIT).values_list(
                "pk", flat=True
            )
        ),
    }
    return render(request, "activities/watch.html", context)


def _is_there(one: WatchArea, day: date) -> bool:
    return one.started_on <= day and (one.ends_before is None or day < one.ends_before)


def add_kind(request: SignedInRequest) -> HttpResponse:
    """Add a kind of the municipality's own."""
    municipality = working_in.require(request, request.user, Permission.CATEGORY_MANAGE, whole=True)
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        if attempt(
            form,
            lambda: actions.add_kind(
                municipality_id=municipality.pk, by=request.user, now=timezone.now(), **sent
            ),
        ):
            return redirect("activities")
    return render(request, "ui/form_page.html", {"form": form, "title": _("Kind of activity")})


def take_in(request: SignedInRequest) -> HttpResponse:
    """Take in a file of activities; what cannot be read is named, row by row."""
    organisations = _logging(request)
    form = FileForm(request.POST or None, request.FILES or None, organisations=organisations)
    logged, faults = 0, list[tuple[int, str]]()
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        organisation: Organisation = form.cleaned_data["organisation"]
        if (upload.size or 0) > FILE_AT_MOST:
            form.add_error("file", _("The file is larger than 5 MB."))
        else:
            try:
                rows, faults = activity_file.read(
                    upload.read(),
                    _names(organisation),
                    today=timezone.localdate(),
                    scope=str(organisation.pk),
                )
            except BadActivityFile as fault:
                form.add_error("file", str(fault))
            else:
                now = timezone.now()
                for row in rows:
                    try:
                        made = actions.log(
                            organisation_id=organisation.pk, key=row.key, entry=row.entry,
                            by=request.user, now=now,
                        )  # fmt: skip
                    except NotAllowed as refusal:
                        faults.append((row.number, str(refusal)))
                    else:
                        logged += made.entered_at == now
                text = ngettext("%(n)s row is logged.", "%(n)s rows are logged.", logged)
                messages.success(request, text % {"n": logged})
                if not faults:
                    return redirect("activities")
    context = {"form": form, "faults": faults, "columns": activity_file.COLUMNS}
    return render(request, "activities/take_in.html", context)


def _names(organisation: Organisation) -> Names:
    here = organisation.municipality_id
    kinds = {one.code: one for one in queries.kinds({here})}
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality=here)
    return Names(
        kinds=kinds | {one.label_sv.casefold(): one for one in kinds.values()},
        areas={one.name.casefold(): one for one in areas.defer("boundary")},
        places={one.name.casefold(): one for one in Place.objects.filter(municipality=here)},
    )
