from __future__ import annotations

from django.urls import re_path

from cms.release import views

SLUG = r"(?P<cluster>[-a-zA-Z0-9_]+)"
DIGEST = r"(?P<digest>[0-9a-f]{64})"

urlpatterns = [
    re_path(rf"^store/(?P<folder>[0-9a-f]{{2}})/{DIGEST}$", views.chunk, name="store_chunk"),
    re_path(
        rf"^releases/{SLUG}/metadata/(?P<name>timestamp\.json|[1-9][0-9]*\.(?:root|snapshot|targets)\.json)$",
        views.metadata,
        name="release_metadata",
    ),
    re_path(
        rf"^releases/{SLUG}/targets/(?P=cluster)/{DIGEST}\.(?P<name>schedule|now|player)\.json$",
        views.target,
        name="release_target",
    ),
]
