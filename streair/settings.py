"""Every setting, in one file: the environment decides, the defaults run on a laptop."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from streair import env, hosts, ingest, logs, roles, safety, secrets

# --- Where things are -------------------------------------------------------------------

BASE_DIR = env.BASE_DIR
DATA_DIR = env.DATA_DIR
DEBUG = env.flag("DEBUG", default=False)

VERSION = "1.0.0"
COMMIT = env.text("COMMIT")  # Which one runs, where there is no git to ask.

PORT = env.number("PORT", 3000)
CLIENT_URL = safety.client_url(env.text("CLIENT_URL"))  # The public address of the site.
TRUSTED_PROXIES = safety.trusted_proxies(env.words("TRUSTED_PROXIES", ["127.0.0.1", "::1"]))

# --- Secrets ----------------------------------------------------------------------------

# What this machine is to the site (streair/roles.py).
try:
    MACHINE_ROLE = roles.of_a_site(
        env.text("MACHINE_ROLE", roles.SITE),
        database=env.text("DATABASE_URL"),
        redis=env.text("REDIS_URL"),
    )
except ValueError as exc:
    raise ImproperlyConfigured(str(exc)) from exc


def _secret(name: str) -> str:
    """Return a secret, or a fixed one while developing. Refuses to go live without it."""
    value = env.text(name)
    if value:
        return safety.secret(name, value)
    if DEBUG:
        made = hashlib.sha256(f"streair-development-{name}".encode()).hexdigest()
        secrets.remember(made)
        return made
    raise ImproperlyConfigured(
        f"{name} is not set. `make run` generates one; elsewhere put it in .env (see .env.example)."
    )


SECRET_KEY = _secret("SECRET_KEY")
HOOK_SECRET = _secret("HOOK_SECRET")
JWT_SECRET = _secret("JWT_SECRET")
# What machines that only relay share with us.
EDGE_SECRET = env.text("EDGE_SECRET")
if EDGE_SECRET:
    safety.secret("EDGE_SECRET", EDGE_SECRET)
# Who shows it gets /metrics, and what is wrong in detail. Without one, this machine alone does.
METRICS_TOKEN = env.text("METRICS_TOKEN")
if METRICS_TOKEN:
    safety.secret("METRICS_TOKEN", METRICS_TOKEN, least=secrets.LEAST_TOKEN)
safety.different(
    {
        "SECRET_KEY": SECRET_KEY,
        "JWT_SECRET": JWT_SECRET,
        "HOOK_SECRET": HOOK_SECRET,
        "EDGE_SECRET": EDGE_SECRET,
        "METRICS_TOKEN": METRICS_TOKEN,
    }
)

# --- Hosts ------------------------------------------------------------------------------

# The sidecar's shim calls the hooks under this name (nginx.conf).
HOOK_HOST = ingest.HOOK_HOST
ALLOWED_HOSTS = safety.allowed_hosts(env.words("ALLOWED_HOSTS", hosts.local_names()))
_PUBLIC_NAME = safety.public_name(
    [urlsplit(CLIENT_URL).hostname or "", *env.words("ALLOWED_HOSTS")]
)
safety.debug(is_on=DEBUG, public=_PUBLIC_NAME)
if CLIENT_URL and (_client_host := urlsplit(CLIENT_URL).hostname):
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, _client_host]
ALLOWED_HOSTS = [*ALLOWED_HOSTS, HOOK_HOST]

# --- Applications -----------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",  # First: it brings the ASGI `runserver`.
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "streair.core",
    "streair.jobs",
    "streair.branding",
    "accounts",
    "rooms",
    "chat",
    "streams",
]

MIDDLEWARE = [
    "streair.core.requests.RequestIdMiddleware",
    "streair.core.metrics.requests.MeasureRequests",
    "django.middleware.security.SecurityMiddleware",
    "streair.staticfiles.StaticFiles",
    "streair.core.compression.CompressPages",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "streair.core.pages.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "streair.core.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "streair.core.kept_pages.KeptPages",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rooms.visitors.VisitorMiddleware",
    "streair.core.pages.ErrorPageMiddleware",
]

ROOT_URLCONF = "streair.urls"
ASGI_APPLICATION = "streair.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "streair.branding.context.site_brand",
            ],
        },
    }
]

# --- Database ---------------------------------------------------------------------------

# How long a request waits for PostgreSQL before it is answered by 503.
DATABASE_TIMEOUT_SECONDS = float(env.number("DATABASE_TIMEOUT_SECONDS", 3))
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'streair.sqlite3'}")


def _database() -> dict[str, Any]:
    import environ  # noqa: PLC0415 - only for its URL parser; env.py reads the variables.

    try:
        found: dict[str, Any] = environ.Env.db_url_config(DATABASE_URL)
    except ValueError:
        # What Python says of it quotes half of a password.
        raise ImproperlyConfigured(
            "DATABASE_URL must be like postgres://user:password@host:5432/name; in a password, /, # and ? "
            "are %2F, %23 and %3F."
        ) from None
    if found["ENGINE"].endswith("sqlite3"):
        # WAL lets readers go on beside the writer; IMMEDIATE makes writers queue for the
        # lock instead of failing halfway (INGEST.md 2.2).
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        found["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    else:
        from streair.core.postgresql.patience import Connection  # noqa: PLC0415 - only where psycopg is needed.

        found["ENGINE"] = "streair.core.postgresql"
        # A server that is away must not hold every thread: 3 seconds, then 503.
        pool = {
            "connection_class": Connection,
            "min_size": 1,
            "max_size": env.number("DATABASE_POOL_SIZE", 20),
            "timeout": DATABASE_TIMEOUT_SECONDS,
            # Its pauses between tries double; whoever asks next makes it try again, too.
            "reconnect_timeout": 1.0,
        }
        # A machine that is gone sends no word: TCP asks, and finds out within some ten seconds.
        lost = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
        found["OPTIONS"] = {
            "connect_timeout": 2,
            "tcp_user_timeout": 10_000,
            **lost,
            **found.get("OPTIONS", {}),
            "pool": pool,
        }
    return {**found, "CONN_MAX_AGE": 0}  # Anything else leaks connections under ASGI.


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache and channel layer ------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
KEY_PREFIX = env.text("REDIS_KEY_PREFIX", "streair")

if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "streair.core.redis_cache.SharedRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": KEY_PREFIX,
        }
    }
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "streair.core.realtime.layer.RedisLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": KEY_PREFIX},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # Limits count in here, for each address: with Django's 300 a crowd would make them forget.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 5000}}
    }

# Pages of lists, some tens of KB each. Whoever searches for many different things fills no more than this.
CACHES["pages"] = (
    CACHES["default"]
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 200},
    }
)
CACHES["limits"] = {
    "BACKEND": "streair.core.counting_cache.CountingCache",
    "LOCATION": "default",
}
RATELIMIT_USE_CACHE = "limits"

# --- Accounts ---------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.NameOrEmailBackend"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# Argon2 for new ones; whoever comes with an older hash gets a new one when they sign in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

SESSION_ENGINE = "streair.core.sessions"
# Who a bearer token stands for, at sockets and streams.
IDENTITY_BACKEND = "accounts.identities"
# How long somebody who asked to be deleted may come back.
LEAVING_DAYS = env.number("LEAVING_DAYS", 14)
PASSWORD_RESET_TIMEOUT = 2 * 3600  # A link in a mail is good for that many seconds.
EMAIL_LINK_TIMEOUT = 3 * 24 * 3600

# --- Name and look of the site; the administration's own page about it wins --------------

SITE_NAME = env.text("SITE_NAME", "StreAir")
SITE_ACCENT = env.text("SITE_ACCENT")  # #rrggbb
SITE_CONTACT = env.text("SITE_CONTACT")
# How long a process goes by what it knows of a change that another one made.
BRAND_SECONDS = 5

# --- Mail -------------------------------------------------------------------------------

# consolemail:// writes mails to the worker's log; smtp+tls://user:password@host:587 sends them.
_MAIL = env.mail("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"{SITE_NAME} <noreply@localhost>")

# --- Background work --------------------------------------------------------------------

# Rows of the database: put in with what they belong to, done by the worker (streair/jobs).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# How many days of what is kept; 0 keeps it for ever.
KEEP_MESSAGES_DAYS = env.number("KEEP_MESSAGES_DAYS", 90)
KEEP_DELETED_MESSAGES_DAYS = env.number("KEEP_DELETED_MESSAGES_DAYS", 30)
KEEP_AUDIT_DAYS = env.number("KEEP_AUDIT_DAYS", 365)
KEEP_AUDIENCE_DAYS = env.number("KEEP_AUDIENCE_DAYS", 90)
KEEP_FAILED_TASKS_DAYS = env.number("KEEP_FAILED_TASKS_DAYS", 14)

# --- Languages and time -----------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "streair" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = ["streair.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Ho_Chi_Minh")

# --- Static files and media -------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "streair.staticfiles.AppFiles",
]
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "streair.staticfiles.JoinedFilesStorage"
    },
}

# Pages name hashed files only; compressing the others too doubled the time of a first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# What is compressed already, and maps, which only developers' tools ask for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["ico", "jpg", "map", "png", "webp", "woff2"]

# --- Security ---------------------------------------------------------------------------

_HTTPS = CLIENT_URL.startswith("https://")
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True  # Pages hand the token to scripts in a data attribute.
CSRF_TRUSTED_ORIGINS = [CLIENT_URL] if CLIENT_URL else []
CSRF_FAILURE_VIEW = "streair.views.csrf_failure"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if _HTTPS else None
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
X_FRAME_OPTIONS = "DENY"
# Which sites may show the player of a public room (/embed/): what CSP takes, like https://example.org.
EMBED_FRAME_ANCESTORS = env.words("EMBED_FRAME_ANCESTORS", ["*"])
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# The front redirects to HTTPS: a redirect of ours would pass for "accepted" at the sidecar's hooks.
# HSTS for subdomains and preload lists is for the domain's owner to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- API --------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.Bearer",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["streair.core.api.parsers.Json"],
    "DEFAULT_SCHEMA_CLASS": "streair.core.api.schema.EndpointSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "streair.core.api.errors.answer",
    "DATETIME_FORMAT": "iso-8601",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "StreAir",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVERS": [{"url": CLIENT_URL or "/"}],
    "EXTERNAL_DOCS": {"url": "/api/docs/api.md", "description": "A start for bots and apps"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ReportKindEnum": "rooms.models.ReportKind",
        "ReportReasonEnum": "rooms.models.ReportReason",
        "RoomStateEnum": "rooms.models.RoomState",
        "ScopeEnum": "streair.core.api.scopes.Scope",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "streair.core.api.document.finish",
        "streams.document.add_stream_proxy",
    ],
}
_ACCESS = env.duration("JWT_EXPIRES_IN", "7d")
SIMPLE_JWT: dict[str, Any] = {
    "SIGNING_KEY": JWT_SECRET,
    "ALGORITHM": "HS256",
    "ISSUER": "streair",
    "AUDIENCE": "streair-api",
    "ACCESS_TOKEN_LIFETIME": _ACCESS,
    "REFRESH_TOKEN_LIFETIME": max(timedelta(days=30), _ACCESS),
    "LEEWAY": 5,  # Seconds by which the clocks of several servers may differ.
}

# Pages of another site may use the API only if it is ours: CLIENT_URL, as the person who is signed in there.
CORS_ALLOWED_ORIGINS = [CLIENT_URL] if CLIENT_URL else []
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [*default_headers, "x-room-ticket"]
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = [
    *("Link", "Retry-After", "X-Request-ID"),
    *("RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]

# --- Limits -----------------------------------------------------------------------------

RATE_LIMIT_ENABLED = env.flag("RATE_LIMIT_ENABLED", default=True)
safety.limits(are_on=RATE_LIMIT_ENABLED, public=_PUBLIC_NAME)
RATE_LIMIT_WINDOW_MS = env.number("RATE_LIMIT_WINDOW_MS", 900_000)
RATE_LIMIT_MAX_REQUESTS = env.number("RATE_LIMIT_MAX_REQUESTS", 300)
PROXY_REQUESTS_PER_MINUTE = env.number("PROXY_REQUESTS_PER_MINUTE", 100)
SOCKETS_PER_MINUTE = env.number("SOCKETS_PER_MINUTE", 10)

# --- Streaming --------------------------------------------------------------------------

RTMP_PORT = env.number("RTMP_PORT", 1935)
# nginx's own HTTP side: hook shim, stat and control. Loopback only.
SIDECAR_PORT = env.number("SIDECAR_PORT", ingest.port_beside(RTMP_PORT))
SIDECAR_MEMORY_MB = env.number("SIDECAR_MEMORY_MB", 512)
RTMP_APP = ingest.APP
RTMP_MODULE = env.text("RTMP_MODULE", ingest.MODULE)
# Where the relay reads streams; by default the sidecar on this machine.
RTMP_SERVER_URL = env.text("RTMP_SERVER_URL", f"rtmp://127.0.0.1:{RTMP_PORT}/{RTMP_APP}")
# What streamers paste into OBS; empty means the host under which they opened the page.
RTMP_PUBLIC_URL = env.text("RTMP_PUBLIC_URL")
# The RTMP servers that encoders may send to: "main", which is this machine's own, and those of other machines.
try:
    INGEST_NODES = ingest.parse(env.words("INGEST_NODES", [ingest.MAIN]))
except ValueError as exc:
    raise ImproperlyConfigured(str(exc)) from exc
# Machines that only relay (`make edge`); EDGE_SECRET is what they share with us.
EDGES = [url.rstrip("/") for url in env.words("EDGES", [])]
if EDGES and not EDGE_SECRET:
    raise ImproperlyConfigured(
        "EDGES needs EDGE_SECRET: 32 random characters or more, the same at the edges."
    )
CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"] += EDGES
# How long a room waits for an encoder that dropped out, on air, before it falls back to waiting.
GRACE_SECONDS = env.number("GRACE_SECONDS", 90)
# How often a picture of each stream is taken, for cards and previews; 0 takes none.
PICTURE_SECONDS = env.number("PICTURE_SECONDS", 90)
# How long a room that is over keeps its last one.
PICTURE_DAYS = env.number("PICTURE_DAYS", 30)
# An open room in which nothing was streamed for this long is ended.
IDLE_HOURS = env.number("IDLE_HOURS", 12)
# How long after its room was ended an encoder, which reconnects by itself, may not open the next.
REPUBLISH_BLOCK_MINUTES = env.number("REPUBLISH_BLOCK_MINUTES", 5)
# Unknown stream keys that one address may try in ten minutes.
KEY_GUESSES = env.number("KEY_GUESSES", 20)

# --- Processes --------------------------------------------------------------------------

WEB_WORKERS = env.number("WEB_WORKERS", 1)
if WEB_WORKERS > 1 and not REDIS_URL:
    raise ImproperlyConfigured("WEB_WORKERS above 1 needs REDIS_URL: rooms are shared through it.")
# Whether this machine has processes for pages alone: behind a front, here or elsewhere, that tells them from others.
FRONT_REALTIME = env.words("FRONT_REALTIME", ["127.0.0.1:3021"])
PAGES_APART = MACHINE_ROLE == roles.APP or (
    bool(env.text("FRONT_DIR") or env.text("FRONT_WEB"))
    and env.words("FRONT_WEB", ["127.0.0.1:3011"]) != FRONT_REALTIME
)
# Where units listen (deploy/systemd): on a machine without a front, the address at which another one's reaches it.
BIND_HOST = env.text("BIND_HOST", "127.0.0.1")

# --- Looking inside ---------------------------------------------------------------------

# Rooms that have numbers of their own: those with the most viewers.
METRICS_ROOMS = env.number("METRICS_ROOMS", 50)

# --- Logging ----------------------------------------------------------------------------

# To stderr, one JSON object a line for programs, or lines for people: who develops, or looks on at a terminal.
LOGGING = logs.configuration(level=logs.level(), form=logs.form(is_for_people=DEBUG))
LOGGING["filters"] |= {
    "context": {"()": "streair.core.logs.AddContext"},
    "calm": {"()": "streair.core.logs.CalmRefusals"},
}
LOGGING["handlers"]["console"]["filters"] += ["context"]
LOGGING["handlers"]["nowhere"] = {"class": "logging.NullHandler"}
LOGGING["loggers"] = {
    "django.channels.server": {"level": "WARNING"},
    # It has a handler of its own, which knows no secrets; uvicorn takes over what is here.
    "gunicorn.error": {"handlers": ["console"], "propagate": False},
    "django.request": {"filters": ["calm"]},
    # Scanners do that all day; the answer is 400, and there is nothing to mend.
    "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
}
