"""Taking back: approvals are revoked, items are withdrawn from every screen at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts.audit import record
from cms.accounts.services import has_role
from cms.approval import streams as live
from cms.approval.models import Approval, ApprovedProof, Withdrawal
from cms.approval.rules import ApprovalRefused, in_force
from cms.approval.signals import announce_approvals, announce_withdrawals
from cms.content.models import ItemPage
from cms.places.models import Cluster, Province

HORIZON = timedelta(days=40)
"""Longer than any schedule in force can still hold an old proof (35 days)."""


def mark_revoked(approval: Approval, *, by: Any, reason: str) -> None:
    """Write down who ended an approval, when and why; the caller announces it."""
    approval.revoked_at = clock.now()
    approval.revoked_by = by if getattr(by, "pk", None) else None
    approval.revoked_reason = reason
    approval.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])


@transaction.atomic
def revoke(approval: Approval, *, by: Any, reason: str) -> None:
    """Take an approval back: the next schedule no longer holds it. Nothing happens to one that is revoked already."""
    current = Approval.objects.select_for_update().select_related("province").get(pk=approval.pk)
    if current.revoked_at is not None:
        return
    mark_revoked(current, by=by, reason=reason)
    announce_approvals([current.province_id], [current.item_key])
    record("approval.revoke", current, user=by, province=current.province.code, reason=reason, item=current.item)


@transaction.atomic
def withdraw(
    page: ItemPage, *, province: Province, by: Any, reason: str, languages: Collection[str] | None = None
) -> list[Withdrawal]:
    """Take an item off every screen of a province at once, in these languages (codes; None: in all), and revoke its approvals. The
    national level withdraws its items everywhere. Only a new approval brings it back. Raises `ApprovalRefused` when this
    person may not, or no reason is given."""
    if not has_role(by, province.code, "approver", "operator"):
        raise ApprovalRefused(
            _("Only an approver or an operator of %(province)s can withdraw this.") % {"province": province}, final=True
        )
    if not reason.strip():
        raise ApprovalRefused(_("Give the reason for withdrawing this item."))
    return _withdraw(page, province=province, by=by, reason=reason.strip(), languages=languages)


def _withdraw(
    page: ItemPage, *, province: Province, by: Any, reason: str, languages: Collection[str] | None
) -> list[Withdrawal]:
    versions = ItemPage.objects.filter(translation_key=page.translation_key).select_related("locale")
    list(versions.select_for_update(of=("self",)).order_by("pk"))  # `approve` waits, or is waited for
    wanted = [one for one in (*versions, page) if languages is None or one.locale.language_code in languages]
    ids = {one.item_id: one.title for one in wanted}
    records = Approval.objects.filter(item__in=ids)
    everywhere = province.national and page.province == province
    if not everywhere:
        records = records.filter(province=province)
    made: list[Withdrawal] = []
    now = clock.now()
    for where in Province.objects.filter(Q(pk=province.pk) | Q(pk__in=records.values("province"))):
        for item, title in sorted(ids.items()):
            of_item = records.filter(item=item, province=where)
            if (
                not of_item.exists()
                or Withdrawal.objects.filter(item=item, province=where, lifted_at__isnull=True).exists()
            ):
                continue
            proofs = sorted(set(of_item.values_list("approved_proofs__proof", flat=True)) - {None})
            by_whom = by if getattr(by, "pk", None) else None
            made.append(
                Withdrawal.objects.create(
                    item=item, title=title, proofs=proofs, province=where, at=now, by=by_whom, reason=reason
                )
            )
            for approval in of_item.filter(revoked_at__isnull=True):
                mark_revoked(approval, by=by, reason=reason)
    if made:
        announce_withdrawals({one.province_id for one in made}, [page.translation_key])
        announce_approvals({one.province_id for one in made}, [page.translation_key])
        for one in made:
            record("item.withdraw", one, user=by, province=one.province.code, reason=reason, item=one.item)
    return made


def _withdraw_one(page: ItemPage, province: Province, *, by: Any, reason: str) -> None:
    """Withdraw this language version alone."""
    _withdraw(page, province=province, by=by, reason=reason, languages={page.locale.language_code})


@transaction.atomic
def withdraw_streams() -> None:
    """Take off every screen what shows a stream whose server may not send any more."""
    for approval in live.no_longer_allowed():
        reason = _("Its live stream comes from a server that is no longer allowed.")
        if approval.page is None:
            revoke(approval, by=None, reason=reason)
        else:
            _withdraw_one(approval.page, approval.province, by=None, reason=reason)


@transaction.atomic
def revoke_all(page: ItemPage, *, by: Any, reason: str) -> None:
    """The page is gone from Wagtail (unpublished, expired, deleted): withdraw this language version wherever it airs."""
    for approval in in_force(page).select_related("province"):
        _withdraw_one(page, approval.province, by=by, reason=reason)


def withdrawn_ids(cluster: Cluster) -> list[str]:
    """What the players of a cluster must not show: item translations that are withdrawn, and, after a new approval, the
    proofs that were withdrawn with the old one (a schedule still in force may hold them) unless they are approved again."""
    items: set[str] = set()
    proofs: set[str] = set()
    recent = Withdrawal.objects.filter(province=cluster.province_id).filter(
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=clock.now() - HORIZON)
    )
    for item, old, lifted in recent.values_list("item", "proofs", "lifted_at"):
        if lifted is None:
            items.add(item)
        else:
            proofs.update(old)
    if proofs:
        proofs -= set(
            ApprovedProof.objects.filter(
                approval__province=cluster.province_id, approval__revoked_at__isnull=True, proof__in=proofs
            ).values_list("proof", flat=True)
        )
    return sorted(items | proofs)
