"""Addresses within the admin, under `/admin/programmes/`."""

from __future__ import annotations

from django.urls import path

from cms.programmes import views

app_name = "programmes"
urlpatterns = [
    path("face/<slug:slug>/<slug:letter>.png", views.face, name="face"),
    path("preview/", views.preview, name="preview"),
    path("preview/<slug:slug>/", views.preview, name="preview_cluster"),
]
