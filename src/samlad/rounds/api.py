"""The API: a program reports for its organisation and reads its own reports and the lists.

Documented by itself at /api/openapi.json. Errors are problem details (RFC 9457).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Field, Header, NinjaAPI, Query, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import ConfigDict

from samlad.authorization import tokens
from samlad.authorization.models import ApiToken, TokenScope
from samlad.guard.refusing import PersonalData
from samlad.incidents import browsing
from samlad.incidents.models import Category, Incident
from samlad.places.models import Place
from samlad.rounds import feedback, receiving
from samlad.rounds.receiving import Unreadable

PAGE = 100
DESCRIPTION = (
    "Report incidents for one organisation and read what became of them. "
    "Places and situations, never persons: a report that names somebody is refused. "
    "Authenticate with `Authorization: Bearer <token>`; an administrator makes the token, "
    "which belongs to one organisation and expires. At most "
    f"{tokens.CALLS_A_MINUTE} calls a minute and {tokens.CALLS_A_DAY} a day. "
    "Errors follow RFC 9457."
)


class TooMany(Exception):
    """More calls than are allowed in a minute, or a day."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(seconds)


class Bearer(HttpBearer):
    """A program's key in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the key in force, or None."""
        now = timezone.now()
        found = tokens.holder_of(token, now=now)
        if found is not None:
            seconds = tokens.seconds_to_wait(found, now=now)
            if seconds:
                raise TooMany(seconds)
        return found


api = NinjaAPI(
    title="Samlad",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    auth=Bearer(),
)


class ReportIn(Schema):
    """One incident. Say where in at least one way: place, area, coordinates or words."""

    model_config = ConfigDict(extra="forbid")

    key: uuid.UUID | None = Field(
        None, description="Made by the sender; sending it again reports once."
    )
    category: str = Field(max_length=40, description="A code of /categories.")
    when: str = Field("chosen", description="now, night, weekend, or chosen (then day is needed).")
    day: date | None = None
    clock: str | None = Field(None, max_length=8, description="HH:MM, local time.")
    end_day: date | None = None
    end_clock: str | None = Field(None, max_length=8)
    place: int | None = Field(None, description="An id of /places.")
    area: int | None = Field(None, description="An id of /areas.")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    where: str = Field("", max_length=200, description="The place in words. No home address.")
    quantity: int = Field(1, ge=1, le=100_000)
    police_reported: bool | None = None
    cost_kr: int | None = Field(None, ge=0, le=1_000_000_000)
    property_owner: str = Field("", max_length=12)
    text: str = Field("", max_length=2000, description="What was seen; no persons.")


class ReportOut(Schema):
    """A report and what has become of it, in coded Swedish sentences."""

    id: int
    key: str
    category: str
    happened_on: date
    place: str
    state: list[str]


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    errors: dict[str, list[str]] | None = None


class Choice(Schema):
    """A thing to choose from: its id or code, and its name."""

    id: int
    name: str


class CategoryOut(Schema):
    """A category in use."""

    code: str
    label_sv: str
    label_en: str


ERRORS: dict[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 413, 422, 429), Problem)


def _responses(status: int, body: Any) -> dict[Any, Any]:
    return {status: body, **ERRORS}


def _needs(request: HttpRequest, scope: TokenScope) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if scope == TokenScope.READ and token.scope != TokenScope.READ:
        raise HttpError(403, "The token may report, not read.")
    return token


@api.post("/reports", response=_responses(201, ReportOut), summary="Report an incident")
def report(
    request: HttpRequest,
    sent: ReportIn,
    idempotency_key: uuid.UUID | None = Header(None, alias="Idempotency-Key"),  # noqa: B008
) -> Status[dict[str, Any]]:
    """Take a report in. The same key again gives the same answer and reports nothing more."""
    token = _needs(request, TokenScope.REPORT)
    event = sent.dict()
    event["key"] = str(sent.key or idempotency_key or uuid.uuid4())
    for name in ("day", "end_day"):
        event[name] = event[name].isoformat() if event[name] else ""
    made = receiving.receive(
        event,
        organisation_id=token.organisation_id,
        written_at=None,
        by=token.user,
        now=timezone.now(),
    )
    return Status(201, _out(made))


@api.get("/reports", response=_responses(200, list[ReportOut]), summary="One's own reports")
def reports(
    request: HttpRequest,
    before: int | None = Query(None, ge=1, le=2**31, description="Reports older than this id."),
) -> list[dict[str, Any]]:
    """Return the program's own reports, the newest first, a hundred at a time."""
    token = _needs(request, TokenScope.READ)
    rows = feedback.own_incidents(token.user).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_out(row) for row in rows[:PAGE]]


@api.get("/reports/{number}", response=_responses(200, ReportOut), summary="One report")
def one_report(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return one of the program's own reports."""
    token = _needs(request, TokenScope.READ)
    row = None
    if 0 < number < 2**31:
        row = feedback.own_incidents(token.user).filter(pk=number).first()
    if row is None:
        raise HttpError(404, "There is no such report.")
    return _out(row)


@api.get("/categories", response=_responses(200, list[CategoryOut]), summary="Categories in use")
def categories(request: HttpRequest) -> list[Category]:
    """Return the categories that may be reported today."""
    _needs(request, TokenScope.REPORT)
    today = timezone.localdate()
    return [one for one in Category.objects.all() if one.valid_on(today)]


@api.get("/places", response=_responses(200, list[Choice]), summary="Named places")
def places(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the places of the organisation's municipality."""
    token = _needs(request, TokenScope.REPORT)
    rows = Place.objects.filter(municipality=token.municipality_id).order_by("name")
    return [{"id": pk, "name": name} for pk, name in rows.values_list("pk", "name")]


@api.get("/areas", response=_responses(200, list[Choice]), summary="Areas in force")
def areas(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the areas of the organisation's municipality."""
    token = _needs(request, TokenScope.REPORT)
    found = browsing.areas_to_browse(token.organisation.municipality, timezone.localdate())
    return [{"id": area.pk, "name": area.name} for area in found]


def _out(row: Incident) -> dict[str, Any]:
    return {
        "id": row.pk,
        "key": row.external_id.removeprefix("rapport:"),
        "category": row.category.code if row.category else "",
        "happened_on": row.happened_on,
        "place": str(row.place or row.area or ""),
        "state": feedback.became_of(row),
    }


def problem(status: int, title: str, **more: Any) -> HttpResponse:
    """Return problem details."""
    return JsonResponse(
        {"type": "about:blank", "title": title, "status": status, **more},
        status=status,
        content_type="application/problem+json",
    )


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(401, "A token in force is needed.")
    response["WWW-Authenticate"] = 'Bearer realm="samlad"'
    return response


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(429, "Too many calls.")
    response["Retry-After"] = str(error.seconds if isinstance(error, TooMany) else 60)
    return response


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, error: Exception) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for one in error.errors if isinstance(error, ValidationError) else []:
        field = str(one["loc"][-1]) if one.get("loc") else ""
        errors.setdefault(field[:40], []).append(str(one["msg"])[:200])
    return problem(422, "The report could not be read.", errors=errors)


@api.exception_handler(Unreadable)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    found = error.errors if isinstance(error, Unreadable) else {}
    return problem(422, "The report could not be taken.", errors=found)


@api.exception_handler(PersonalData)
def _personal(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(422, str(error))


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(403, "The token does not allow it.")


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Exception) -> HttpResponse:
    status = error.status_code if isinstance(error, HttpError) else 400
    return problem(status, str(error))
