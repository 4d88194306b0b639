"""An instance on one's own machine, as `bangtin up` runs it: SQLite, a private Redis, secrets made on the first run."""

from __future__ import annotations

import os

from cms.settings import env
from cms.settings.base import *

DEBUG = env.boolean("BANGTIN_DEBUG", False)
ALLOWED_HOSTS = env.words("BANGTIN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
env.demo_clock(DATA)
SECRET_KEY_FILE = DATA / "keys" / "secret_key"
SECRET_KEY = SECRET_KEY_FILE.read_text().strip() if SECRET_KEY_FILE.exists() else os.urandom(32).hex()

# A terminal that somebody watches: what goes well is said by `up` itself.
LOGGING["root"]["level"] = env.text("BANGTIN_LOG_LEVEL", "WARNING")
