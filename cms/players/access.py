"""Which controllers and players a person sees and may operate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from cms.accounts.models import Role
from cms.accounts.services import provinces_of, roles_of
from cms.places.confinement import own_clusters
from cms.places.models import Controller


def sees_any(user: Any) -> bool:
    """Everybody with a role in some province, and administrators."""
    mine = provinces_of(user)
    return mine is None or bool(mine)


def seen_controllers(user: Any) -> QuerySet[Controller]:
    """Controllers of the person's provinces."""
    found = Controller.objects.filter(cluster__active=True).select_related("cluster__province")
    found = own_clusters(found, user, "cluster")
    mine = provinces_of(user)
    return found if mine is None else found.filter(cluster__province__code__in=mine)


def operated_controllers(user: Any) -> QuerySet[Controller]:
    """Controllers whose players the person may pair, invite and revoke."""
    found = seen_controllers(user)
    if user.is_superuser:
        return found
    return found.filter(cluster__province__code__in=[code for code, role in roles_of(user) if role == Role.OPERATOR])


if TYPE_CHECKING:  # what it is mixed into
    from django.views import View as _View
else:
    _View = object


class ProvincesOnly(_View):
    """A view for people of some province; what it lists is narrowed to theirs by the view itself."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_any(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
