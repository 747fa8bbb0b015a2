"""The one settings file. What differs between machines is read in `environment.py`."""

import hashlib
from pathlib import Path

from samlad.config import environment

ENVIRONMENT = environment.read()
SAMLAD = Path(__file__).parents[1]

DEBUG = False
SECRET_KEY = environment.secret_key(ENVIRONMENT.data)
ALLOWED_HOSTS = [ENVIRONMENT.host, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
ROOT_URLCONF = "samlad.config.urls"
WSGI_APPLICATION = "samlad.config.wsgi.application"

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "setup",
    "start",
    "law",
    "releases",
    "rounds",
    "promises",
    "councils",
    "measures",
    "picture",
    "centres",
    "incidents",
    "indicators",
    "activities",
    "calendar",
    "places",
    "administration",
    "authorization",
    "organisations",
    "accounts",
    "public",
    "audit",
    "guard",
    "ui",
]
INSTALLED_APPS = [
    *(f"samlad.{room}" for room in ROOMS),
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
# In memory, each process its own: enough room that callers do not crowd each other out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
MIDDLEWARE = [
    "samlad.public.serving.Released",
    "django.middleware.security.SecurityMiddleware",
    "samlad.ui.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "samlad.ui.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "samlad.ui.middleware.SignInFirst",
    "samlad.authorization.middleware.ShortSessions",
    "samlad.guard.middleware.RefusePersonalData",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "samlad.config.navigation.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "samlad.ui.forms.Renderer"

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = [SAMLAD / "ui" / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
FIRST_DAY_OF_WEEK = 1


def _content_of(*folders: Path) -> str:
    """Return a short hash of every static file: a new version gets a new address."""
    content = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return content.hexdigest()[:12]


# One folder per version instead of hashed names: the map's modules import each other
# by name, and everything may be cached for ever.
STATIC_URL = (
    f"/static/{_content_of(*(SAMLAD / room / 'static' for room in ('ui', 'guard', 'rounds')))}/"
)
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 365 * 24 * 3600
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "samlad.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
# Lockout after repeated failures is ours (accounts.actions), so that it holds over processes.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.secure else 0

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "samlad_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.secure
SECURE_SSL_REDIRECT = False  # the proxy in front ends TLS
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

for _name, _value in ENVIRONMENT.mail.items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = f"samlad@{ENVIRONMENT.host}"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
