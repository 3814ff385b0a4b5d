"""Settings. What differs between places comes from the environment; the defaults run the local demo.

SITE_URL            the address people use (default http://127.0.0.1:PORT); https except on this machine.
SECRET_KEY          required unless SITE_URL is local, where one is made and kept in var/.
LEDGER_KEYS         keys that sign the record: the first signs, the others check (default: from SECRET_KEY).
SECRET_KEY_FALLBACKS  earlier ones, separated by commas: what was sealed and signed with them is still read.
SEAL_KEY            the key that seals the record, in base64 or a file's path (local: made and kept in var/).
SEALS_DIR           where the file of seals is kept (default: var/seals).
TIMESTAMP_URL       a time-stamp server (RFC 3161) for seals (default: none); TIMESTAMP_CA, whom to believe.
DATABASE_URL        PostgreSQL as the application's role, which owns nothing (default: the embedded server).
DATABASE_POOLED     1 where DATABASE_URL is a PgBouncer that pools transactions.
DATABASE_OWNER_URL  PostgreSQL as the tables' owner: read by manage.py for `migrate`, never by web or workers.
REDIS_URL           Redis or Valkey (default: the embedded server).
EMAIL_URL           the mail server, as smtp+tls://user:password@host:587 (default: the demo's mail catcher).
BANK_HOLIDAYS_URL   where newly published bank holidays are looked for (default: GOV.UK; empty: nowhere).
WEBHOOKS_INSIDE     1 lets webhooks lead to addresses of a private network, and go without TLS (default: off).
ALLOWED_HOSTS       more host names, separated by commas. DEBUG is off unless set.
NAME_FILE           a file that holds what NAME would say, for the secrets (compliance/secret_files.py).
HOST, PORT          where web listens (default 127.0.0.1, 8000).
DEMO                0 refuses the demo's people; they exist only on a machine of one's own anyway.

What is unsafe away from a machine of one's own keeps the processes from starting: compliance/start_checks.py.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from compliance import logs, places, secret_files
from compliance.start_checks import is_loopback
from contracts import sealing_key

secret_files.read_into(os.environ)
env = environ.Env()

BASE_DIR = places.ROOT
VAR = places.VAR

# Where this is, and who may see it ----------------------------------------------------

PORT = env.int("PORT", 8000)
HOST: str = env("HOST", default="") or "127.0.0.1"
SITE_URL_IS_SET = bool(env("SITE_URL", default=""))
SITE_URL: str = (env("SITE_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
LOCAL = SITE_HOST in ("127.0.0.1", "localhost", "::1")
if not LOCAL and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL}: sign-in is safe only over https, so use an https:// address (or http://127.0.0.1)"
    )

#: Whether nobody else can come in: the address is this machine's, it listens to this machine only, and no
#: proxy brings others.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
OWN_MACHINE = LOCAL and is_loopback(HOST) and not BEHIND_PROXY

#: Invented people with one shared password, listed where one signs in: only ever on a machine of one's own.
DEMO = OWN_MACHINE and env.bool("DEMO", True)
DEMO_PASSWORD = env("DEMO_PASSWORD", default="harbour-light-demo")

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = [SITE_HOST, *env.list("ALLOWED_HOSTS", default=[]), *(LOCAL_HOSTS if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

#: How many proxies of ours are before the web processes: each adds an address to X-Forwarded-For, and only
#: theirs are believed (contracts/limits.py, allauth, the API).
PROXIES = int(BEHIND_PROXY)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES


def local_secret_key(path: Path) -> str:
    """The key of a local run: made once and kept, so that a restart signs nobody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = secrets.token_urlsafe(50)
        file.write(key)
    return key


SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    if not LOCAL:
        raise ImproperlyConfigured("SECRET_KEY is not set: give it a long random value and keep it secret")
    SECRET_KEY = local_secret_key(VAR / "secret_key")

#: Keys that sign what is put on record (contracts/origin.py): the first signs, the others check
#: what was signed with them. Without any, SECRET_KEY signs, and those that were it before check.
LEDGER_KEYS: tuple[str, ...] = tuple(env.list("LEDGER_KEYS", default=[]))
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
#: The key of the seals (contracts/sealing_key.py); the database does not hold it.
SEAL_KEY = env("SEAL_KEY", default="") or (str(sealing_key.kept_at(VAR / "seal_key")) if LOCAL else "")
SEALS_DIR = Path(env("SEALS_DIR", default=str(places.SEALS)))
TIMESTAMP_URL = env("TIMESTAMP_URL", default="")
TIMESTAMP_CA = env("TIMESTAMP_CA", default="")

# Parts --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "compliance",
    "contracts",
    "obligations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "drf_spectacular",
    "pgtrigger",
    "rest_framework",
]

#: Folders that bring a subject of their own: pages, tables, sentences (obligations/subjects.py).
SUBJECTS = [
    "obligations.plans",
    "obligations.breaches",
    "obligations.claims",
    "obligations.certificates",
    "obligations.vulnerabilities",
]

#: Where the list of protected tables is written: what is proved of each row (docs/protected-tables.md).
PROTECTED_TABLES = ["contracts.protected", "obligations.protected", "compliance.protected"]

MIDDLEWARE = [
    "compliance.requests.Followed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "compliance.serving.middleware.TellsWhoIsKnown",
    "contracts.web.who_asks.BeginsAsSignIn",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "contracts.web.who_asks.SaysWhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "compliance.serving.middleware.SaysWhyNotTaken",
    "allauth.account.middleware.AccountMiddleware",
    "contracts.web.sign_in.middleware.SignedInProperly",
    "contracts.web.absence.NotThereIsNotFound",
]

ROOT_URLCONF = "compliance.urls"
WSGI_APPLICATION = "compliance.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Stores -------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=places.embedded_database_url("duly_app"))
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DATABASE_POOLED", False),
    },
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must be a postgres:// address: Duly runs on PostgreSQL only")
DATABASES["default"]["ENGINE"] = "contracts.row_security.database"  # the same, and says who asks
DATABASES["default"]["HOST"] = unquote(
    DATABASES["default"]["HOST"]
)  # a socket's folder is written %2Ftmp%2F...

#: Which rows of which table who asks may see (docs/row-security.md): modules with ``LINES``.
ROW_SECURITY = ["contracts.row_security.tables", "obligations.models.row_security"]

REDIS_URL = env("REDIS_URL", default=places.embedded_redis_url())
CACHES = {
    "default": {
        "BACKEND": "compliance.cache.FallingBack",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

STORAGES = {
    "default": {"BACKEND": "contracts.storage.ClosedFolder"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = places.STATIC_ROOT
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static", places.FRONTEND_BUILD) if folder.is_dir()]

MEDIA_ROOT = Path(
    env("UPLOADS_DIR", default=str(places.UPLOADS))
)  # never served as files: only through a view
FILE_UPLOAD_PERMISSIONS = 0o600
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
ALLOWED_UPLOAD_SUFFIXES = (
    ".pdf",
    ".docx",
    ".xlsx",
    ".csv",
    ".txt",
    ".md",
    ".png",
    ".jpg",
    ".jpeg",
    ".eml",
    ".json",
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of a request without its files
LARGEST_BODY = MAX_UPLOAD_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE  # of a whole request (compliance/serving)
LARGEST_BODY_OF_STRANGERS = 64 * 1024  # of whoever has not signed in
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # above this an upload goes to a temporary file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

#: Where it is set backups are encrypted: a key of age, public or secret (compliance/backups/sealing.py).
BACKUP_KEY = env("BACKUP_KEY", default="")

# Language and time --------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# Safety in the browser ----------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked by the machine itself, over http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SILENCED_SYSTEM_CHECKS = [
    "security.W021"
]  # a place on browsers' preload lists is the domain owner's to ask for
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "duly_session"
SESSION_ENGINE = "contracts.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # a working day from signing in, whatever is done

#: After so many seconds without a page Duly asks again who it is: half an hour, the longest that ASVS allows,
#: so that reading a contract on paper beside it costs nobody their place. What was typed is kept.
SESSION_IDLE_SECONDS = 30 * 60

# Sign-in ------------------------------------------------------------------------------

AUTH_USER_MODEL = "contracts.Person"
AUTHENTICATION_BACKENDS = ["compliance.accounts.UntilTheLastDay"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "compliance.accounts.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "compliance.accounts.ResetForm"}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds for which a sensitive act does not ask again
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the link of an invitation came to the address
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Duly: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers: whoever asks for a reset may type any address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip"
}  # an office has one address; failures: compliance/sign_in_limits.py
MFA_ADAPTER = "compliance.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the link of an invitation came to the address
MFA_TOTP_ISSUER = "Duly"
MFA_RECOVERY_CODES_SHOW_ONCE = True

# API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "contracts.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "contracts.api.base.answer_of",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "contracts.api.throttles.PerPerson",
        "contracts.api.throttles.PerToken",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min", "token": "600/min"},
    "NUM_PROXIES": PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Duly",
    "DESCRIPTION": "Duties with their dates and proof; plans. Moments are ISO 8601, days are London days.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Mail ---------------------------------------------------------------------------------

#: Where the demo's mail catcher keeps what it caught: one file a message, named NANOSECONDS-NUMBER.eml with
#: the moment of arrival in 20 digits, so that names sort by time. Shown only on a machine of one's own.
MAIL_CATCHER_DIR = places.MAIL
MAIL_CATCHER_PORT = env.int("MAIL_CATCHER_PORT", 8025)
vars().update(env.email_url("EMAIL_URL", default=f"smtp://127.0.0.1:{MAIL_CATCHER_PORT}"))
EMAIL_URL_IS_SET = bool(env("EMAIL_URL", default=""))
CATCHES_MAIL = OWN_MACHINE and not EMAIL_URL_IS_SET  # no mail server is set: nothing leaves
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Duly <duly@duly.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Queue and clock (names as Celery's, with CELERY_ before) -----------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True  # what matters is in the database
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A dead worker's task is taken up again after visibility_timeout, looked for every 5 seconds. Nothing may
    # be queued further ahead than that (beat polls instead), and no task may run longer.
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = TIME_ZONE

#: Where the clock looks once a day for newly published bank holidays; empty: nowhere.
BANK_HOLIDAYS_URL = env("BANK_HOLIDAYS_URL", default="https://www.gov.uk/bank-holidays.json")

#: Whether webhooks may lead to addresses of a private network, and go without TLS.
WEBHOOKS_INSIDE = env.bool("WEBHOOKS_INSIDE", False)

#: Whether what can wait goes in one mail for each person and day; otherwise each minute as it comes.
MAIL_DAILY = env.bool("MAIL_DAILY", True)

#: How long a worker keeps the notices it claimed. One that dies loses them then, and another sends them.
NOTICE_LEASE_SECONDS = env.int("NOTICE_LEASE_SECONDS", 300)
CELERY_BEAT_SCHEDULE_FILENAME = str(places.RUN / "beat-schedule")

# Log ----------------------------------------------------------------------------------

LOG_FORMAT = env("LOG_FORMAT", default="") or ("line" if OWN_MACHINE else "json")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: give line, for people, or json, for machines")
LOGGING = logs.configuration(LOG_FORMAT, env("LOG_LEVEL", default="INFO"))

#: What a machine that watches sends to read /metrics; empty: nobody reads it.
METRICS_TOKEN: str = env("METRICS_TOKEN", default="")
