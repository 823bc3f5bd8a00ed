"""One settings file for every place; what differs comes from the environment (docs/deployment.md, "Settings")."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
HOME = Path(env.str("HEADWAY_HOME", default=str(BASE_DIR / ".headway")))
EMBEDDED = env.bool("HEADWAY_EMBEDDED", default=False)
if EMBEDDED and not DEBUG:
    raise ImproperlyConfigured(
        "The embedded PostgreSQL and Redis are for trying and developing. Set DATABASE_URL and REDIS_URL."
    )
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys, while sessions move to a new one
if not DEBUG and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-")):
    raise ImproperlyConfigured("SECRET_KEY must be a random text of 50 characters or more.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names of the site, with commas.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "ledger.apps.LedgerConfig",
    "targets.apps.TargetsConfig",
    "reports.apps.ReportsConfig",
    "config.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "guardian",
    "template_partials",
]

if DEBUG and find_spec("django_migration_linter"):
    INSTALLED_APPS += ["django_migration_linter"]  # `make lint` alone; a server doesn't have it
# Of what came before the first release, these have faults, and nobody's site to stop by them (docs/migrations.md).
MIGRATION_LINTER_OPTIONS = {
    "include_apps": ["accounts", "ledger", "targets", "reports"],
    "ignore_name": ["0001_initial", "0002_people_and_jobs", "0002_changes_of_deals", "0004_targets_of_ones_own"],
    "warnings_as_errors": ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX"],
    "no_cache": True,
}

MIDDLEWARE = [
    "config.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.errors.OwnNotFoundPage",
    "config.fragments.VaryOnHtmx",
    "accounts.middleware.LastSeen",
    "accounts.middleware.TenantMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
                "targets.views.navigation.without_target",
            ],
        },
    }
]

# The web and the workers connect as a role that owns nothing; only `migrate` uses the owner.
PROCESS = env.str("HEADWAY_PROCESS", default="site")  # or "admin", which has a role of its own
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_ADMIN_URL" if PROCESS == "admin" else "DATABASE_URL")
}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
if "DATABASE_OWNER_URL" in env.ENVIRON:
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL")
if "DATABASE_BACKUP_URL" in env.ENVIRON:  # for `manage.py backup` alone
    DATABASES["backup"] = env.db_url("DATABASE_BACKUP_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
# Rate limits count here, so every web process must share it.
CACHES = {
    "default": {
        "BACKEND": "config.caching.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "headway",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What may take minutes has a queue and processes of its own, so that letters never wait for an import. A worker that is
# not told which takes both.
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_QUEUES: dict[str, dict[str, Any]] = {"short": {}, "long": {}}
CELERY_TASK_ROUTES = {name: {"queue": "long"} for name in ("ledger.tasks.run_import", "ledger.tasks.undo_import")}
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
# Without the two restore options a killed worker's task comes back only after about 100 seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    f"dispatch-{queue}-jobs": {
        "task": "accounts.tasks.dispatch_jobs",
        "schedule": 5.0,
        "args": [queue],
        "options": {"queue": queue, "expires": 5},
    }
    for queue in CELERY_TASK_QUEUES
} | {
    "resume-stalled-imports": {"task": "ledger.tasks.resume_stalled_imports", "schedule": 60.0},
    "begin-digests": {"task": "targets.tasks.begin_digests", "schedule": 900.0, "options": {"expires": 900}},
    "clean-import-files": {"task": "ledger.tasks.clean_import_files", "schedule": 86_400.0},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None  # guardian makes no login of its own
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a letter about each change of a password or a second factor
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Who tries too often waits (429, or the form says so). Per sender's address ("ip"), per address typed in ("key"), per
# login ("user"). A wrong password and a wrong code count as `login_failed`, each beside the pages' own limits.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "signup": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {"reset_password": "accounts.forms.account.ForgottenPasswordForm"}
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
# Encrypt the secrets of codes: the first new ones, each opens older ones; SECRET_KEY comes last (accounts.secrets).
SECOND_FACTOR_KEYS = env.list("SECOND_FACTOR_KEYS", default=[])
if not DEBUG and any(len(key) < 32 for key in SECOND_FACTOR_KEYS):
    raise ImproperlyConfigured("Each of SECOND_FACTOR_KEYS must be a random text of 32 characters or more.")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Headway"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; no code works twice (accounts.forms.account)
MFA_FORMS = {
    "authenticate": "accounts.forms.account.CodeForm",
    "reauthenticate": "accounts.forms.account.ConfirmingCodeForm",
    "activate_totp": "accounts.forms.account.FirstCodeForm",
    "add_webauthn": "accounts.forms.account.PasskeyForm",
    "edit_webauthn": "accounts.forms.account.PasskeyNameForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # at most every ten minutes, by accounts.middleware.LastSeen
ACCOUNT_SESSION_REMEMBER = None
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=DEBUG)  # whether new companies may sign themselves up
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# Where the links of letters lead; workers, who send them, see no request.
SITE_URL: str = env.str(
    "SITE_URL",
    default=f"http://127.0.0.1:{env.str('PORT', default='8000')}"
    if DEBUG
    else f"https://{ALLOWED_HOSTS[0].lstrip('.')}",
)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Headway <headway@localhost>")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(HOME / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", Path(str(django.__file__)).parent / "contrib/admin/static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_files.ModuleStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(HOME / "media")))  # uploads waiting for import; never served

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # asked from inside, where there is no TLS
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0  # whose X-Forwarded-For rate limits believe
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# A grid of 200 people and 5 channels saved without JavaScript posts 1,001 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["config.uploads.MeasuredUploadHandler"]
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=2 * 1024**3)

JOBS_LATE_AFTER_MINUTES = env.int("JOBS_LATE_AFTER_MINUTES", default=10)  # then /readyz reports the workers

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"about": {"()": "config.logs.About"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "config.logs.JsonLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG else "json",
            "filters": ["about"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": []},  # the root's is enough
        "django.request": {"level": "ERROR"},  # what a person asked for wrongly stands in our own line
        # Our own line says the same, without what a task returned.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    from config import reporting  # only here: it takes a while to import

    reporting.start(
        SENTRY_DSN,
        release=env.str("RELEASE", default=""),
        environment=env.str("SENTRY_ENVIRONMENT", default="production"),
    )

# Django's admin, for the platform's operators, is a process of its own (docs/operators.md). No table for its log: that
# would keep names of every organization's rows side by side.
OPERATORS: dict[str, Any] = {
    "INSTALLED_APPS": [*INSTALLED_APPS, "django.contrib.admin.apps.SimpleAdminConfig"],
    "MIGRATION_MODULES": {"admin": None},
    "MIDDLEWARE": [
        *(name for name in MIDDLEWARE if not name.startswith("accounts.middleware.")),
        "config.operators.middleware.OneOrganization",
    ],
    "ROOT_URLCONF": "config.admin_urls",
    "SESSION_COOKIE_NAME": "headway_operator",
    "CSRF_COOKIE_NAME": "headway_operator_csrf",
    "SESSION_COOKIE_AGE": 8 * 3600,
    "SIGN_UP_OPEN": False,
}
if PROCESS == "admin":
    vars().update(OPERATORS)
