"""Addresses of senders: the same pages for people with an account and, below `l/<token>/`, for those with a personal link."""

from __future__ import annotations

from django.urls import URLPattern, include, path, re_path

from cms.requests import views


def _pages() -> list[URLPattern]:
    number = r"(?P<number>[A-Z]{1,12}-[0-9]{4}-[0-9]{4,9})"
    return [
        path("", views.form, name="form"),
        path("da-gui/", views.sent, name="sent"),
        path("tep/", views.files, name="files"),
        path("tep/<int:pk>/anh/", views.preview, name="preview"),
        path("tep/<int:pk>/xoa/", views.drop_file, name="drop"),
        re_path(rf"^{number}/$", views.state, name="state"),
        re_path(rf"^{number}/tra-loi/$", views.reply, name="reply"),
    ]


urlpatterns = [
    path("l/<str:token>/", include((_pages(), "content_requests_link"))),
    path("", include((_pages(), "content_requests_own"))),
]
