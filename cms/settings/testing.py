"""For the test suite: its own data folder, fast password hashes."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("BANGTIN_DATA", tempfile.mkdtemp(prefix="bangtin-test-"))

from cms.settings.base import *

SECRET_KEY = "only for tests"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
