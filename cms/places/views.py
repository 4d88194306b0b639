"""The installed plugins, and what went wrong with them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from cms.accounts import audit
from cms.places.models import PluginActivation
from cms.plugin_host.host import get_host, reset_host


def plugins(request: HttpRequest) -> HttpResponse:
    """What is installed, what each brings, and every problem in words; administrators switch plugins off and on."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    if request.method == "POST":
        return _switch(request, request.POST.get("code", ""), on=request.POST.get("on") == "1")
    host = get_host()
    problems = [{"code": one.code, "text": _words(one.text), "hook": one.hook} for one in host.problems()]
    off = PluginActivation.objects.filter(active=False)
    return render(
        request,
        "places/plugins.html",
        {"plugins": host.plugins(), "provinces": host.provinces(), "problems": problems, "off": off},
    )


def _words(text: object) -> str:
    return str(getattr(text, "vi" if (translation.get_language() or "vi").startswith("vi") else "en"))


def _switch(request: HttpRequest, code: str, *, on: bool) -> HttpResponse:
    known = {one.plugin.code: one for one in get_host().plugins()}
    if on:
        PluginActivation.objects.filter(code=code).update(active=True)
    elif code in ("national", "layout"):
        messages.error(request, _("The national level and the layouts cannot be switched off."))
        return redirect("places:plugins")
    elif code in known:
        PluginActivation.objects.update_or_create(
            code=code,
            defaults={"active": False, "distribution": known[code].distribution, "version": known[code].version},
        )
    audit.record("plugin.on" if on else "plugin.off", code, user=request.user)
    reset_host()
    messages.success(request, _("Done. Other processes follow when they next start."))
    return redirect("places:plugins")
