"""Pictures of faces, arranged as they stand."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cms import clock
from cms.home import words

register = template.Library()
register.filter("permission", words.permission)


@register.simple_tag
def face_now_url(cluster: Any, letter: str) -> str:
    """The picture of what a face shows now. The address does not depend on whether its app is there yet."""
    try:
        return reverse("programmes_face", args=[cluster.slug, letter])
    except NoReverseMatch:
        return f"/admin/programmes/face/{cluster.slug}/{letter}.png"


@register.inclusion_tag("home/faces.html")
def faces_now(now: Any, *, large: bool = False) -> dict[str, Any]:
    """The faces of a `ClusterNow`, side by side in their real proportions."""
    return {"now": now, "large": large, "tick": clock.now_ms() // 10_000, "closed": not now.opening.open}


@register.filter
def compass(point: str) -> str:
    """The word for a point of the compass."""
    return {
        "north": _("facing north"),
        "north-east": _("facing north-east"),
        "east": _("facing east"),
        "south-east": _("facing south-east"),
        "south": _("facing south"),
        "south-west": _("facing south-west"),
        "west": _("facing west"),
        "north-west": _("facing north-west"),
    }.get(point, "")


@register.simple_tag
def admin_link(name: str, *args: Any) -> str:
    """The address of a page, empty while the app that serves it is missing."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
