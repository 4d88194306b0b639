from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
_django: Any = get_asgi_application()

from django.conf import settings  # noqa: E402 - once Django is set up

from cms.players.hints import Hints, beside  # noqa: E402
from cms.runtime.bodies import bounded  # noqa: E402

application = beside(
    bounded(_django), Hints(most=settings.BANGTIN_HINTS, most_each=max(1, settings.BANGTIN_HINTS // 4))
)
