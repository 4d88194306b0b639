from __future__ import annotations

from django.urls import path

from cms.runtime import health

urlpatterns = [path("health/", health.view, name="health")]
