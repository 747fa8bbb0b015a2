"""HTTP only: the adoption meeting, one finding at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.dayparts import Daypart
from samlad.guard.entries import ConfirmsDoubt
from samlad.measures import queries as measures
from samlad.measures.rules import NotAllowed as MeasureRefused
from samlad.measures.vocabulary import Kind
from samlad.picture import actions as picture_actions
from samlad.picture import queries as pictures
from samlad.picture.workflow import Decision, DismissalReason, SectionKind
from samlad.rounds import actions, meeting_actions, queries
from samlad.rounds.forms.meeting import (
    ActionForm,
    AssignForm,
    FocusForm,
    MoveForm,
    NoteForm,
    OfMunicipality,
    PriorityForm,
    SummaryForm,
)
from samlad.rounds.models import Round
from samlad.rounds.rules import NotAllowed
from samlad.rounds.views.course import do, get

DAYS_TO_DO = 7
ANCHORS = {"note": "muntligt", "focus": "fokus", "priority": "ordning"}


def _held(request: SignedInRequest, pk: int) -> Round:
    found = get(request, pk)
    if not policy.can(request.user, Permission.ROUND_RUN, found):
        raise Http404
    return found


def _forms(found: Round, **bound: Any) -> dict[str, Any]:
    """Return the meeting's forms; one of them may be what was sent and could not be taken."""
    areas = queries.areas_now(found)
    choices: dict[str, Any] = {"municipality": found.municipality, "areas": areas}
    today = timezone.localdate()
    police = queries.police_of(found.municipality_id)
    made: dict[str, Any] = {
        "note_form": NoteForm(
            initial={"organisation": police.pk if police else None}, prefix="note", **choices
        ),
        "focus_form": FocusForm(prefix="focus", **choices),
        "priority_form": PriorityForm(prefix="priority", **choices),
        "action_form": ActionForm(
            prefix="action", initial={"due_on": today + timedelta(DAYS_TO_DO)}, **choices
        ),
        "assign_form": AssignForm(**choices),
    }
    return {**made, **bound}


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the picture as an agenda: one finding a screen, then what is decided."""
    return render(request, "rounds/meeting.html", _page(request, _held(request, pk)))


def _page(request: SignedInRequest, found: Round, **bound: Any) -> dict[str, Any]:
    picture = found.picture
    if picture is None or picture.compilation != "done":
        return {"round": found, "label": queries.label(found), "picture": picture, "ready": False}
    from samlad.picture import showing

    memo = showing.read(picture)
    findings = [*memo.findings, *memo.more_findings]
    asked = request.GET.get("fynd", "")
    at = min(int(asked), len(findings)) if asked.isdecimal() else _first_open(findings)
    return {
        "round": found,
        "label": queries.label(found),
        "picture": picture,
        "ready": True,
        "memo": memo,
        "at": at,
        "number": len(findings),
        "finding": findings[at] if at < len(findings) else None,
        "previous": at - 1,
        "next": at + 1,
        "adopted": picture.number is not None,
        "reasons": DismissalReason.choices,
        "measures": measures.of_picture(picture, request.user, today=timezone.localdate()),
        "priorities": queries.priorities(found),
        "focuses": found.focuses.select_related("organisation", "area"),
        "notes": found.notes.select_related("organisation", "area"),
        "summary_form": SummaryForm(
            initial={"summary": pictures.sections(picture)[SectionKind.SUMMARY]}
        ),
        "presences": found.presences.select_related("area", "owner"),
        **_forms(found, **bound),
    }


def _first_open(findings: list[Any]) -> int:
    return next((i for i, one in enumerate(findings) if one.decision == Decision.OPEN), 0)


def _back(pk: int, at: int) -> HttpResponse:
    return redirect(f"{reverse('meeting', args=[pk])}?fynd={at}")


@require_POST
def decide(request: SignedInRequest, pk: int, position: int) -> HttpResponse:
    """Keep or dismiss the finding, and go on to the next."""
    found = _held(request, pk)
    reason = request.POST.get("reason", "")
    decision = Decision.DISMISSED if reason in DismissalReason.values else Decision.KEPT
    if found.picture_id is None:
        raise Http404
    picture_id = found.picture_id
    done = do(
        request,
        lambda: picture_actions.decide(
            picture_id=picture_id,
            position=position,
            decision=decision,
            reason=reason if decision == Decision.DISMISSED else "",
            by=request.user,
            now=timezone.now(),
        ),
        "",
    )
    return _back(pk, position + 1 if done else position)


@require_POST
def act(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decide an action because of a finding or an observation, at once."""
    found = _held(request, pk)
    form = ActionForm(
        request.POST,
        prefix="action",
        municipality=found.municipality,
        areas=[],
    )
    incident, finding = request.POST.get("incident", ""), request.POST.get("finding", "")
    if not form.is_valid():
        if incident:
            messages.error(request, _("The action was not taken: fill in all of it."))
            return redirect("round_review", pk)
        return render(
            request, "rounds/meeting.html", _page(request, found, action_form=form), status=422
        )
    sent = form.cleaned_data
    if incident and not queries.is_here(found, incident):
        raise Http404
    try:
        meeting_actions.act_now(
            round_id=pk,
            incident_id=int(incident) if incident.isdecimal() else None,
            finding=int(finding) if finding.isdecimal() else None,
            organisation_id=sent["organisation"].pk,
            what=sent["what"],
            due_on=sent["due_on"],
            kind=Kind(sent["kind"]),
            by=request.user,
            now=timezone.now(),
        )
    except (MeasureRefused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The action is decided."))
    if incident:
        return redirect("round_review", pk)
    return _back(pk, int(finding) if finding.isdecimal() else 0)


def _take(
    request: SignedInRequest,
    pk: int,
    name: str,
    form_class: type[OfMunicipality],
    act: Callable[..., object],
    said: str,
) -> HttpResponse:
    """Take one of the meeting's forms in, or show the meeting with what was sent and is wrong."""
    found = _held(request, pk)
    areas = queries.areas_now(found)
    form = form_class(request.POST, prefix=name, municipality=found.municipality, areas=areas)
    if not form.is_valid():
        context = _page(request, found, **{f"{name}_form": form})
        return render(request, "rounds/meeting.html", context, status=422)
    sent = dict(form.cleaned_data)
    sent.pop(ConfirmsDoubt.CONFIRM, None)
    if "organisation" in sent:
        sent["organisation_id"] = sent.pop("organisation").pk
    do(request, lambda: act(round_id=pk, by=request.user, now=timezone.now(), **sent), said)
    return redirect(f"{reverse('meeting', args=[pk])}#{ANCHORS[name]}")


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down what was said."""
    return _take(request, pk, "note", NoteForm, meeting_actions.write_note, _("Noted."))


@require_POST
def focus(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what an organisation looks at."""
    return _take(request, pk, "focus", FocusForm, meeting_actions.set_focus, _("Saved."))


@require_POST
def priority(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an area its place in the order."""
    return _take(request, pk, "priority", PriorityForm, meeting_actions.prioritise, _("Saved."))


@require_POST
def remove(request: SignedInRequest, pk: int, kind: str, thing_pk: int) -> HttpResponse:
    """Take a note or a focus away."""
    _held(request, pk)
    how: dict[str, Any] = {"round_id": pk, "by": request.user, "now": timezone.now()}
    if kind == "notis":
        do(request, lambda: meeting_actions.remove_note(note_id=thing_pk, **how), "")
    else:
        do(request, lambda: meeting_actions.remove_focus(focus_id=thing_pk, **how), "")
    return redirect("meeting", pk)


@require_POST
def adopt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the summary, finish the picture's review and adopt it: the meeting's last step."""
    found = _held(request, pk)
    if found.picture_id is None:
        raise Http404
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return render(
            request, "rounds/meeting.html", _page(request, found, summary_form=form), status=422
        )
    done = do(
        request,
        lambda: actions.adopt(
            round_id=pk,
            summary=form.cleaned_data["summary"],
            by=request.user,
            now=timezone.now(),
        ),
        _("The picture is adopted."),
    )
    return redirect("round" if done else "meeting", pk)


@require_safe
def presences(request: SignedInRequest) -> HttpResponse:
    """Show where one's organisations are to be; to those who run the round, all of it."""
    lines = queries.presences(request.user, today=timezone.localdate())
    may_move = policy.can_somewhere(request.user, Permission.PRESENCE_MOVE)
    context = {"lines": lines, "may_move": may_move}
    return render(request, "rounds/presences.html", context)


@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say who is to be there."""
    line = queries.find_presence(request.user, pk)
    if line is None:
        raise Http404
    form = AssignForm(request.POST, municipality=line.municipality, areas=[])
    if form.is_valid():
        chosen = form.cleaned_data["organisation"]
        do(
            request,
            lambda: meeting_actions.assign_presence(
                presence_id=pk,
                organisation_id=chosen.pk if chosen else None,
                by=request.user,
                now=timezone.now(),
            ),
            _("Saved."),
        )
    return redirect(f"{reverse('round', args=[line.round_id])}#insatser")


def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a planned presence, with trace."""
    line = queries.find_presence(request.user, pk)
    if line is None or not policy.can(request.user, Permission.PRESENCE_MOVE, line):
        raise Http404
    areas = queries.areas_now(line.round)
    form = MoveForm(
        request.POST or None,
        municipality=line.municipality,
        areas=areas,
        initial={"area": line.area_id, "spot": line.spot, "daypart": line.daypart},
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        if do(
            request,
            lambda: meeting_actions.move_presence(
                presence_id=pk,
                area=sent["area"],
                spot=sent["spot"],
                daypart=Daypart(sent["daypart"]),
                by=request.user,
                now=timezone.now(),
            ),
            _("Moved. The earlier place is kept in the history."),
        ):
            return redirect("presences")
    return render(request, "rounds/move.html", {"form": form, "line": line})
