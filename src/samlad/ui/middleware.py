"""What every answer carries: the content policy, the language, sign-in first."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
OPEN_VIEWS = frozenset(
    {
        "front",
        "healthz",
        "set_language",
        "service_worker",
        "manifest",
        "report_device",
        "api_docs",
        "feed",
        "setup_begin",
        "invitation",
        "page_feedback",
        "page_feedback_en",
        "page_defect",
        "page_defect_en",
        "question_answer",
        "question_answer_en",
    }
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class Middleware:
    """A middleware keeps the next one in the chain."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response


class ContentSecurityPolicy(Middleware):
    """Nothing inline, nothing from elsewhere, nothing evaluated."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class Language(Middleware):
    """Swedish, unless the person has chosen English here.

    The browser's own preference is not asked: the words are the law's, in Swedish first.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SignInFirst(Middleware):
    """Every page asks who you are, but the few named in `OPEN_VIEWS` and sign-in itself."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Send strangers to the sign-in page and back again."""
        match = request.resolver_match
        name = match.url_name if match else ""
        if request.user.is_authenticated or name in OPEN_VIEWS:
            return None
        if match and match.namespace == "api":
            return None  # it asks for a token itself
        if name and name.startswith("account_"):
            return None
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
