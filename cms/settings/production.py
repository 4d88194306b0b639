"""A province's server: PostgreSQL or SQLite, a shared Redis, HTTPS. Every secret is given from outside."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from cms.settings import env
from cms.settings.base import *

if os.environ.get("BANGTIN_CLOCK") or os.environ.get("BANGTIN_CLOCK_OFFSET_MS", "0") not in ("", "0"):
    raise ImproperlyConfigured("BANGTIN_CLOCK shifts the time and is for demonstrations only; unset it in production.")
if (DATA / "clock.json").exists():  # `up` would go on with it
    raise ImproperlyConfigured(
        f"{DATA / 'clock.json'} is the shifted clock of a demonstration; delete it to run this data in production."
    )

DEBUG = False
DATABASES = {"default": env.database("BANGTIN_DATABASE_URL", DATABASES["default"])}
SECRET_KEY = env.text("BANGTIN_SECRET_KEY")
ALLOWED_HOSTS = env.words("BANGTIN_ALLOWED_HOSTS")
SECURE_SSL_REDIRECT = env.boolean("BANGTIN_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# Wagtail shows previews of its own pages in a frame, so DENY would break the editor.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
