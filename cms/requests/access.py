"""Which requests a person sees in the admin, and who decides about them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from cms.accounts.models import Role
from cms.accounts.services import has_role, provinces_of, roles_of
from cms.places.confinement import bounds_of
from cms.places.models import Province
from cms.requests.models import ContentRequest

READERS = (Role.EDITOR, Role.APPRAISER, Role.APPROVER, Role.ADMINISTRATOR)
"""Who reads requests in the admin. Only editors act on them."""


def sees_any(user: Any) -> bool:
    return bool(getattr(user, "is_superuser", False)) or any(role in READERS for _province, role in roles_of(user))


def seen(user: Any) -> QuerySet[ContentRequest]:
    """Requests of the provinces in which a person reads them; of their own units alone, where the person is confined to these."""
    found = ContentRequest.objects.select_related("province", "organisation", "assigned_to")
    if provinces_of(user) is None:
        return found
    bounds = bounds_of(user)
    if bounds is not None:
        found = found.filter(organisation__in=bounds.organisations)
    return found.filter(province__code__in={code for code, role in roles_of(user) if role in READERS})


def may_handle(user: Any, province: Province) -> bool:
    return has_role(user, province.code, Role.EDITOR)


def editors_of(request: ContentRequest) -> QuerySet[Any]:
    """People to whom a request can be given: editors of its province, but for those who are confined to other units."""
    found = get_user_model()._default_manager.filter(
        is_active=True,
        groups__province_group__province=request.province.code,
        groups__province_group__role=Role.EDITOR,
    )
    elsewhere = [one.pk for one in found if not _within(one, request)]
    return found.exclude(pk__in=elsewhere).order_by("last_name", "first_name").distinct()


def _within(user: Any, request: ContentRequest) -> bool:
    bounds = bounds_of(user)
    return bounds is None or request.organisation_id in bounds.organisations
