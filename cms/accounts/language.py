"""In which language a page outside the admin speaks: Vietnamese, unless its reader chose another. What the maker of a browser set
says nothing about who sits before it, and most offices never change it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

PREFIXES = ("/account/", "/yeu-cau/")
"""The pages on which a language is chosen by a link, `?lang=`."""


class LanguageMiddleware(MiddlewareMixin):
    """What was chosen on this page, else in this browser before, else in the reader's profile. The admin asks the profile first."""

    def process_request(self, request: HttpRequest) -> None:
        language = _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
        if request.path_info.startswith(PREFIXES):
            language = _known(request.GET.get("lang", "")) or language or _preferred(request)
        translation.activate(language or settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(PREFIXES):
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            patch_vary_headers(response, ("Cookie",))
            if asked := _known(request.GET.get("lang", "")):
                response.set_cookie(
                    settings.LANGUAGE_COOKIE_NAME,
                    asked,
                    max_age=settings.LANGUAGE_COOKIE_AGE,
                    secure=settings.LANGUAGE_COOKIE_SECURE,
                    httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                    samesite="Lax",
                )
        return response


def _known(code: str) -> str:
    return code if code in dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES) else ""


def _preferred(request: HttpRequest) -> str:
    profile = getattr(request.user, "wagtail_userprofile", None) if request.user.is_authenticated else None
    return _known(profile.preferred_language) if profile else ""
