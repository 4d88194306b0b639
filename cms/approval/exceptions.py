"""An exception to four eyes is everybody's business: all administrators hear of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.accounts.models import Role, User
from cms.approval.letters import send
from cms.approval.models import Approval
from cms.places.models import Province


def administrators_of(province: Province) -> list[Any]:
    """All administrators: of the instance, and of the province."""
    of_province = Q(
        groups__province_group__province=province.code, groups__province_group__role=Role.ADMINISTRATOR.value
    )
    return list(User.objects.filter(Q(is_superuser=True) | of_province, is_active=True).distinct().order_by("pk"))


def announce_exception(made: Approval, *, by: Any, reason: str) -> None:
    """Write to the administrators, once the approval is kept."""
    address = reverse("approval:review", args=[made.page_id])
    facts = {
        "item": made.title,
        "province": made.province,
        "person": by,
        "day": timezone.localtime(made.approved_at).strftime("%H:%M %d/%m/%Y"),
        "reason": reason,
        "address": f"{settings.WAGTAILADMIN_BASE_URL}{address}",
    }
    transaction.on_commit(partial(_write, administrators_of(made.province), facts))


def _write(people: list[Any], facts: dict[str, Any]) -> None:
    def letter(_person: Any) -> tuple[str, str]:
        return (
            _("Approved by exception: %(item)s") % facts,
            _(
                "%(person)s approved an item by exception, against the rule of four eyes.\n\nItem: %(item)s\nProvince: %(province)s\n"
                "When: %(day)s\nReason: %(reason)s\n\nLook at it, and withdraw it if it must not be shown:\n%(address)s"
            )
            % facts,
        )

    send(people, letter)
