"""The figures beside a programme's form, made anew while it is written. Nothing is saved."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.programmes import choices
from cms.programmes.drafts import NoDraft, draft_of
from cms.programmes.figures import Figures, figures_of, openings
from cms.programmes.models import Programme
from cms.programmes.policy import ProgrammesPolicy
from cms.programmes.uses import clusters_using, uses_of

MOST_CLUSTERS = 12
"""So many clusters are offered and listed."""


@require_POST
def figures(request: HttpRequest) -> JsonResponse:
    """What the form's programme comes to on `cluster` (slug; else the first that uses it, else the first of the province): `rows`, HTML
    by number of the row in the form, and `summary`, HTML. 404 for a programme that is not one of the person's."""
    if not ProgrammesPolicy(Programme).user_has_permission(request.user, "change"):
        raise PermissionDenied
    try:
        draft = draft_of(request.POST, request.user)
    except NoDraft:
        return JsonResponse({"error": _("This programme is not one of your province's.")}, status=404)
    used = clusters_using(uses_of(draft))
    mine = [
        one
        for one in choices.clusters(request.user).order_by("province", "name")
        if one.pk in used or _home(one, draft)
    ]
    known = sorted(mine, key=lambda one: one.pk not in used)[:MOST_CLUSTERS]
    if not known:
        said = render_to_string("programmes/figures_none.html", request=request)
        return JsonResponse({"rows": {}, "summary": said})
    asked = request.POST.get("cluster", "")
    cluster = next((one for one in known if one.slug == asked), known[0])
    opened = openings(known)
    found = figures_of(draft, cluster, opened[cluster.pk])
    rows = {row.number: render_to_string("programmes/figures_row.html", {"row": row}) for row in found.rows}
    summary = {
        "figures": found,
        "cluster": cluster,
        "clusters": known,
        "lines": [(opened[one.pk], one.pk in used, _rounds(found, opened[one.pk].ms)) for one in known],
    }
    return JsonResponse({"rows": rows, "summary": render_to_string("programmes/figures_summary.html", summary)})


def _home(cluster: object, draft: Programme) -> bool:
    return getattr(cluster, "province_id", None) == draft.province_id


def _rounds(found: Figures, open_ms: int) -> float:
    """How often a round would come in a cluster's opening hours, if nothing else played."""
    return open_ms / found.round_ms if found.round_ms else 0.0
