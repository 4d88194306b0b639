"""What every instance shares. An instance's own data lie under `BANGTIN_DATA` (default `var/`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cms.settings import env

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(env.text("BANGTIN_DATA", str(ROOT / "var"))).resolve()
PORT = env.integer("BANGTIN_PORT", 8000, minimum=1)

INSTALLED_APPS = [
    "cms.home",
    "cms.demo",
    "cms.runtime",
    "cms.archive",
    "cms.reports",
    "cms.alerts",
    "cms.players",
    "cms.release",
    "cms.requests",
    "cms.programmes",
    "cms.approval",
    "cms.content",
    "cms.places",
    "cms.accounts",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtailmedia",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.accounts.apps.WagtailUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_rq",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_prometheus",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cms.release.middleware.PublicFilesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.accounts.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.accounts.sessions.SeenMiddleware",
    "cms.accounts.middleware.AdminScriptsMiddleware",
    "cms.accounts.middleware.SecondFactorMiddleware",
    "cms.home.guards.ProvinceLimitsMiddleware",
    "cms.content.media_kept.KeptMediaMiddleware",
    "cms.home.trail.DownloadsMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "cms.urls"
ASGI_APPLICATION = "cms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "cms.runtime.sqlite3",  # Django's, whose searches know the case of Vietnamese letters
        "NAME": DATA / "bangtin.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("BANGTIN_REDIS_URL", f"unix://{env.socket_path(DATA / 'run' / 'redis.sock')}")
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": timeout}
    for name, timeout in {"sign": 60, "release": 120, "draft": 60, "render": 1800, "default": 600}.items()
}
# Drawing takes every core there is, at a low priority; no job of it may hold more memory than this.
RENDER_WORKERS = env.integer("BANGTIN_RENDER_WORKERS", os.cpu_count() or 1, minimum=1)
RENDER_MEMORY_MB = env.integer("BANGTIN_RENDER_MEMORY_MB", 2048, minimum=256)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "cms.accounts.passwords.NotAmongTheLast"},
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("km", "ភាសាខ្មែរ"), ("zh-hans", "简体中文"), ("lo", "ພາສາລາວ")]
WAGTAIL_I18N_ENABLED = True
TAGGIT_CASE_INSENSITIVE = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
# What the packages' own Vietnamese lacks, a folder for each (cms/runtime/package_catalogues.py).
LOCALE_PATHS = sorted(one for one in (ROOT / "cms" / "locale").iterdir() if one.is_dir())
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["cms.settings.formats"]
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAIL_TIME_FORMAT = "%H:%M"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
PUBLIC_ROOT = DATA / "public"
ASSETS_ROOT = DATA / "assets"
REQUESTS_ROOT = DATA / "requests"  # what senders handed in; no address serves it but the views of cms.requests
WORKING_ROOT = DATA / "working"  # our copies of pictures that came in by another way than the forms; may be deleted
UPLOADS_ROOT = DATA / "uploads"  # parts of files that are still arriving; nothing of it is served
KEYS_ROOT = DATA / "keys"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# None unless BANGTIN_MACHINE_TRANSLATOR names one: docs/editing/translation.md
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = env.machine_translator()

WAGTAIL_SITE_NAME = "Bảng Tin"
WAGTAILADMIN_BASE_URL = env.text("BANGTIN_BASE_URL", f"http://localhost:{PORT}")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False  # `approval/turns.py` writes to those whose turn it is
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.approval.finish.publish_quietly"
WAGTAILIMAGES_IMAGE_MODEL = "content.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.content.media_forms.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 100 * 1024 * 1024  # as renderers.media.facts.MAX_PICTURE_BYTES
WAGTAILMEDIA = {"MEDIA_MODEL": "content.Clip", "MEDIA_FORM_BASE": "cms.content.media_forms.ClipForm"}
# Every save asks for proofs, and an appraised draft must not change under the reader's eyes: no saving by itself.
WAGTAIL_AUTOSAVE_INTERVAL = 0
# What `renderers.media` takes; every one is stored as our own JPEG or PNG.
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "heic", "heif", "pdf"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "cms.accounts.views.csrf_failure"

# Wagtail styles its widgets inline. Scripts come from our own files only, except in the admin, whose widgets start
# themselves inline (`cms.accounts.middleware.AdminScriptsMiddleware`). Players and previews show blobs.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

# Every log-in goes through allauth, which asks for the second factor; axes locks after five wrong passwords.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
LOGOUT_REDIRECT_URL = "account_login"
WAGTAILADMIN_LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "cms.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {"login": "cms.accounts.forms.LoginForm"}
MFA_ADAPTER = "cms.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Bảng Tin"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "cms.accounts.sessions.address_of"  # as the proxies of ours saw it
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
# Without a mail server, messages (a new password, a waiting decision) lie as files where the administrator finds them.
EMAIL_HOST = env.text("BANGTIN_EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_PORT = env.integer("BANGTIN_EMAIL_PORT", 25, minimum=1)
EMAIL_HOST_USER = env.text("BANGTIN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("BANGTIN_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("BANGTIN_EMAIL_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("BANGTIN_EMAIL_FROM", "bangtin@localhost")

BANGTIN_POLL_MS = env.integer("BANGTIN_POLL_MS", 3000, minimum=500)
BANGTIN_PROXIES = env.integer(
    "BANGTIN_PROXIES", 0, minimum=0
)  # trusted ones before this server, for limits per address
# Open connections for hints at most, of each web process; a quarter of them from one address. Players beyond that poll.
BANGTIN_HINTS = env.integer("BANGTIN_HINTS", 512, minimum=0)
# Hosts of one's own network that feeds may ask too: at private addresses, and by plain HTTP.
BANGTIN_FEED_HOSTS = [one.lower() for one in env.words("BANGTIN_FEED_HOSTS")]
BANGTIN_ROOT_DAYS = env.integer("BANGTIN_ROOT_DAYS", 3650, minimum=30)  # how long a province's TUF root holds
BANGTIN_TIMESTAMP_DAYS = env.integer(
    "BANGTIN_TIMESTAMP_DAYS", 14, minimum=1
)  # a server may rest over Tết: docs/keys.md
BANGTIN_TARGETS_DAYS = env.integer("BANGTIN_TARGETS_DAYS", 40, minimum=36)  # longer than a schedule's horizon

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # They announce themselves at every command, or every small thing they do.
    "loggers": {name: {"level": "WARNING"} for name in ("axes.apps", "django_tasks")},
    "root": {"handlers": ["console"], "level": env.text("BANGTIN_LOG_LEVEL", "INFO")},
}
