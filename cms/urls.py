"""All addresses of an instance. Each app keeps its own; the admin's come through Wagtail's hooks."""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.home import views as home
from cms.programmes import feeds

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_reset = RedirectView.as_view(pattern_name="account_reset_password")
to_account = RedirectView.as_view(pattern_name="wagtailadmin_account")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home"), name="root"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("metrics", home.metrics, name="metrics"),
    re_path(r"^media/(?P<path>.+)$", home.media, name="media"),
    path("", include("cms.release.urls")),
    path("", include("cms.runtime.urls")),
    path("", include("cms.players.urls")),
    path("yeu-cau/", include("cms.requests.urls")),
    # A calendar program cannot log in; the address carries the secret.
    path("calendars/<int:number>-<slug:secret>.ics", feeds.feed, name="calendar_feed"),
    # Every log-in goes through allauth, so that the second factor cannot be walked around.
    path("admin/login/", to_login),
    path("admin/password_reset/", to_reset),
    re_path(r"^admin/password_reset/.+$", to_reset),
    path("account/signup/", to_login),
    path("account/email/", to_account),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]
