"""The page with the shares of languages and sources on a cluster, and the province's quotas. The shares come by themselves after the
page, so that nobody waits for the compiler."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from cms import clock
from cms.places.models import Cluster
from cms.programmes.balance import balance_of
from cms.programmes.previews import local_day
from cms.programmes.quotas import quotas_of
from cms.programmes.services import visible_clusters
from cms.programmes.views import cluster_for

YEARS = range(2000, 2100)
SPANS = {"day": 1, "week": 7}


@require_GET
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The page of a cluster, else of the first one that the reader may see. `?day=` any day of it, `?span=` day or week."""
    clusters = visible_clusters(request.user)
    slug = slug or request.GET.get("cluster", "") or clusters.values_list("slug", flat=True).first() or ""
    cluster = cluster_for(request, slug) if slug else None
    first, span = _span(request, cluster)
    days = SPANS[span]
    context = {
        "clusters": clusters,
        "cluster": cluster,
        "span": span,
        "first": first,
        "last": first + timedelta(days=days - 1),
        "before": first - timedelta(days=days),
        "after": first + timedelta(days=days),
        "quotas": quotas_of(cluster.province) if cluster else [],
        "figures": f"{reverse('programmes:balance_figures', args=(slug,))}?day={first}&span={span}" if slug else "",
    }
    return render(request, "programmes/balance.html", context)


@require_GET
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The bars and tables of the page: HTML."""
    cluster = cluster_for(request, slug)
    first, span = _span(request, cluster)
    found = balance_of(cluster, first, SPANS[span])
    tables = (("languages", found.languages), ("sources", found.sources))
    return HttpResponse(render_to_string("programmes/balance_figures.html", {"balance": found, "tables": tables}))


def _span(request: HttpRequest, cluster: Cluster | None) -> tuple[date, str]:
    """The first day and the kind of the span asked for; a week begins on Monday."""
    span = request.GET.get("span", "")
    span = span if span in SPANS else "week"
    today = local_day(cluster, clock.now()) if cluster else clock.now().date()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    day = day if day.year in YEARS else today
    return (day - timedelta(days=day.weekday()) if span == "week" else day), span
