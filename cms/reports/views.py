"""The obligations page: what the regulations ask of whom, how often, and what the system can show for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.accounts.services import provinces_of
from cms.places.models import Province
from cms.reports.obligations import grouped


def obligations(request: HttpRequest) -> HttpResponse:
    """One province at a time; people see their own, administrators all."""
    mine = provinces_of(request.user)
    provinces = list(Province.objects.filter(active=True).order_by("national", "name"))
    if mine is not None:
        provinces = [one for one in provinces if one.code in mine]
    wanted = request.GET.get("province", "")
    chosen = next((one for one in provinces if one.code == wanted), provinces[0] if provinces else None)
    search = request.GET.get("q", "").strip()
    groups = grouped(chosen.code, search) if chosen else []
    context = {
        "provinces": provinces,
        "chosen": chosen,
        "search": search,
        "groups": groups,
        "count": sum(len(group.rows) for group in groups),
    }
    return render(request, "reports/obligations.html", context)
