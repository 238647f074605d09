"""All settings; every one that differs between installations comes from the environment (see .env.example)."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write yes or no.")


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number.") from None


def database(url: str) -> dict[str, Any]:
    """A Django database entry from ``postgresql://user:password@host:port/name`` (``?host=`` a socket folder)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.get("host", "") or parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.get("port", "")),
        # Server-side binding keeps answers out of statement texts, pg_stat_activity and logs (confidentiality.md).
        "OPTIONS": {"server_side_binding": True},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def kept_secret(folder: Path) -> str:
    """The demo's own secret key, made once."""
    key_file = folder / "secret_key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not key_file.exists() or not key_file.read_text().strip():
            key_file.touch(mode=0o600)
            key_file.write_text(secrets.token_urlsafe(50))
        return key_file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot use the data folder {folder} ({error.strerror}): choose another with DATA_DIR."
        ) from None


DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
DEMO = env_bool("DEMO", True)
DEBUG = env_bool("DEBUG", False)
TESTING = "pytest" in sys.modules

SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured("SECRET_KEY is not set. Outside demo mode set a long random one (see .env.example).")
    SECRET_KEY = kept_secret(DATA_DIR)

# Earlier keys, separated by commas: secrets of second factors and signed links made with them stay readable.
SECRET_KEY_FALLBACKS = [key.strip() for key in env("SECRET_KEY_FALLBACKS").split(",") if key.strip()]

EMBEDDED_DATABASE = not env("DATABASE_URL")
EMBEDDED_BROKER = not env("BROKER_URL")
EMBEDDED_DATABASE_URL = embedded.database_url(DATA_DIR)
EMBEDDED_BROKER_URL = embedded.broker_url(DATA_DIR)
DATABASES = {"default": database(env("DATABASE_URL", EMBEDDED_DATABASE_URL))}
BROKER_URL = env("BROKER_URL", EMBEDDED_BROKER_URL)
KEYS_DIR = Path(env("KEYS_DIR", str(DATA_DIR / "keys"))).resolve()
# Where the keys of waves are kept (surveys/waves/keystore.py); the default: files in KEYS_DIR.
KEY_STORE = env("KEY_STORE", "surveys.waves.keystore.FileStore")
# Where `manage.py keys backup` puts copies, and where database backups lie: never the same place.
KEYS_BACKUP_DIR = env("KEYS_BACKUP_DIR")
DATABASE_BACKUP_DIR = env("DATABASE_BACKUP_DIR")
MAIL_DIR = DATA_DIR / "mail"
BASE_URL = env("BASE_URL", f"http://localhost:{env_int('PORT', 8000)}").rstrip("/")

ALLOWED_HOSTS = ["*"] if DEMO else [urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# Charts and heartbeats: shared by all processes. Redis when the broker is Redis, else a table of the database.
CACHE_URL = env("CACHE_URL") or (BROKER_URL if BROKER_URL.startswith("redis") else "")
if TESTING:
    CACHES: dict[str, Any] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
elif CACHE_URL:
    # The same place in the words of the other library.
    CACHE_URL = CACHE_URL.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "trivium",
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "trivium_cache"}}

INSTALLED_APPS = [
    "config",
    "programs",
    "surveys",
    "culture",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "lucide",
    "tree_queries",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "culture.access.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "culture.access.language.Middleware",
    "culture.access.zone.Middleware",
    "culture.access.setup_gate.SetupGate",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "culture.access.where.Middleware",
    "culture.access.signin_gate.SignInGate",
]

# The audit trail never learns from where something was done here: people answer on these pages.
UNSEEN_ROOMS = ["surveys.answering"]
# What a person finds in the navigation, for "what can this person see?": config is imported by no app.
PAGES_OF = "config.navigation.pages_of"
# Draws a Vega-Lite specification as SVG for files, in the look of the pages.
DRAW_CHART = "config.charts.svg"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.context",
                "culture.access.organisation.context",
            ],
        },
    }
]

AUTH_USER_MODEL = "culture.Employee"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "config.accounts.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "request_login_code": "culture.access.signin_forms.CodeRequestForm",
    "reset_password": "culture.access.signin_forms.PasswordResetForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "culture.access.reset_tokens.ResetTokens"
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
# No mail to whoever somebody names: an address nobody has gets none, and the page says the same.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Wrong passwords and codes are counted and locked by culture.access.signin_locks, in the database; these limits of
# allauth, in the shared cache, only stop floods. A whole office shares one address.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "10/5m/key",
    "request_login_code": "60/m/ip,5/10m/key",
    "reset_password": "60/m/ip,5/10m/key",
    "reset_password_from_key": "60/m/ip",
}
# How many proxies in front write X-Forwarded-For; the last of them names the visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXIES", 0 if DEMO else 1)
MFA_ADAPTER = "config.accounts.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# Addresses come from HR, none waits for its owner to confirm it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "culture.access.signin_forms.SecondFactorForm",
    "reauthenticate": "culture.access.signin_forms.SecondFactorAgainForm",
    "add_webauthn": "culture.access.signin_forms.PasskeyForm",
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("ro", "Română"), ("zh-hans", "简体中文"), ("fr", "Français")]
TIME_ZONE = env("TIME_ZONE", "Europe/Rome")
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Looked up when asked for: each test client builds its own middleware, which else lists all files.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In KB. A large report or a release takes more for a while; the process that made it hands it back by ending.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_BEAT_SCHEDULE = {"tick": {"task": "config.celery.tick", "schedule": 60.0}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(levelname)s %(name)s: %(message)s"},
        "quiet": {"()": "config.logs.WithoutAddress"},
        "redacted": {"()": "config.logs.Redacted", "format": "%(message)s"},
    },
    "filters": {"worth_a_line": {"()": "django.utils.log.CallbackFilter", "callback": "ext://config.logs.worth_a_line"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "access": {"class": "logging.StreamHandler", "formatter": "redacted"},
        "errors": {"class": "logging.StreamHandler", "formatter": "quiet", "filters": ["worth_a_line"]},
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # Its lines carry the address asked for; a personal link is a secret (confidentiality.md).
        "django.request": {"handlers": ["errors"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django.server": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "trivium": {"level": "INFO"},
    },
}

# employee_email_once is unique on lower(email), which auth.W004 does not recognise as uniqueness of USERNAME_FIELD.
# security.W008: TLS and the redirect to it belong to the proxy in front.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W008"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # A request with a key is answered by the key, whatever session lies beside it.
        "culture.access.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # A view must name its permission; without one nobody but superusers passes, and the URL guard fails.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    # JSON only: the browsable pages of the framework offer every row of a filtered relation as a choice.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "config.api.one_error_shape",
    "DEFAULT_FILTER_BACKENDS": ["culture.access.filters.Backend"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Trivium",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Of a reward, and of what was redeemed.
    "ENUM_NAME_OVERRIDES": {"RewardKindEnum": "programs.recognition.reward_models.Reward.Kind"},
}

EMAIL_URL = env("EMAIL_URL")
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "Trivium <trivium@meridian.example>")
# Where mail that cannot be delivered comes back to (the envelope's sender); empty: to the sender.
EMAIL_BOUNCES = env("EMAIL_BOUNCES")
# Its mailbox, for `manage.py read_bounces`: imaps://user:password@host/INBOX, or the path of a maildir.
BOUNCES_URL = env("BOUNCES_URL")
# The secret of the mail service that reports bounces to /hooks/bounces/ (Standard Webhooks: whsec_…).
BOUNCES_SECRET = env("BOUNCES_SECRET")
# How many send at a time, over one connection each, and how many mails a minute together (0: as fast as it goes).
MAIL_SENDERS = max(1, env_int("MAIL_SENDERS", 2))
MAIL_PER_MINUTE = max(0, env_int("MAIL_PER_MINUTE", 0))
# Chat tools inside your own network: private addresses and http are refused unless this says yes.
WEBHOOKS_PRIVATE = env_bool("WEBHOOKS_PRIVATE", False)
if EMAIL_URL:
    mail_parts = urlsplit(EMAIL_URL)
    if mail_parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not mail_parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587.")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = mail_parts.hostname, mail_parts.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(mail_parts.username or ""), unquote(mail_parts.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = mail_parts.scheme == "smtps", mail_parts.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 20
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
else:
    raise ImproperlyConfigured("EMAIL_URL is not set: Trivium cannot invite anybody (see .env.example).")

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = False
# Passkeys ask for https; the demo on localhost has none.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if not (DEMO or HTTPS or TESTING):
    raise ImproperlyConfigured("BASE_URL must start with https:// outside demo mode.")
if not DEMO and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off outside demo mode.")
if not DEMO and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: use at least 50 random characters.")
