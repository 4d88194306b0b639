"""Personal links: a signed token that names a link and its end. The row has the last word, so a link can be revoked at any time.

The token is not stored. It follows from the link's nonce and the instance's secret key: a copy of the database opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts import audit
from cms.accounts.models import Role
from cms.accounts.services import has_role, provinces_of, roles_of
from cms.places.confinement import bounds_of
from cms.places.models import Organisation
from cms.requests.errors import RequestRefused
from cms.requests.models import SenderLink

SALT = "cms.requests.links"
LONGEST = timedelta(days=366)


def token_of(link: SenderLink) -> str:
    """What stands in the address: the link's nonce and its end in UTC seconds, signed."""
    return signing.Signer(salt=SALT).sign(f"{link.nonce}.{int(link.expires_at.timestamp())}").replace(":", "~")


def address_of(link: SenderLink) -> str:
    """The path of the form behind the link."""
    return reverse("content_requests_link:form", args=[token_of(link)])


def link_by(token: str) -> SenderLink | None:
    """The link that a token opens now; None when it is forged, expired or revoked."""
    try:
        nonce, _dot, until = signing.Signer(salt=SALT).unsign(token.replace("~", ":")).partition(".")
    except signing.BadSignature:
        return None
    now = clock.now()
    if int(until) <= now.timestamp():
        return None
    found = SenderLink.objects.select_related("organisation__province").filter(
        nonce=nonce, revoked_at=None, expires_at__gt=now, organisation__province__active=True
    )
    return found.first()


def may_make(user: Any, organisation: Organisation) -> bool:
    within = (bounds := bounds_of(user)) is None or organisation.pk in bounds.organisations
    return within and has_role(user, organisation.province.code, Role.EDITOR, Role.ADMINISTRATOR)


def seen_links(user: Any) -> QuerySet[SenderLink]:
    """Links of the units for which a person may make them."""
    found = SenderLink.objects.select_related("organisation__province", "made_by", "revoked_by")
    if provinces_of(user) is None:
        return found
    bounds = bounds_of(user)
    if bounds is not None:
        found = found.filter(organisation__in=bounds.organisations)
    codes = [code for code, role in roles_of(user) if role in (Role.EDITOR, Role.ADMINISTRATOR)]
    return found.filter(organisation__province__code__in=codes)


@transaction.atomic
def make_link(organisation: Organisation, *, name: str, email: str, days: int, by: Any) -> SenderLink:
    """A new link for so many days. Raises `RequestRefused`."""
    if not may_make(by, organisation):
        raise RequestRefused(_("Only an editor or administrator of this province may make links."))
    now = clock.now()
    made = SenderLink.objects.create(
        organisation=organisation,
        name=name,
        email=email,
        nonce=secrets.token_hex(16),
        made_by=by,
        made_at=now,
        expires_at=now.replace(microsecond=0) + min(timedelta(days=days), LONGEST),
    )
    audit.record(
        "request.link_made", made, user=by, province=organisation.province.code, expires=made.expires_at.isoformat()
    )
    return made


@transaction.atomic
def revoke_link(link: SenderLink, *, by: Any) -> None:
    """End a link at once. Nothing happens to one that has been revoked. Raises `RequestRefused`."""
    current = SenderLink.objects.select_for_update().get(pk=link.pk)
    if not may_make(by, link.organisation):
        raise RequestRefused(_("Only an editor or administrator of this province may revoke links."))
    if current.revoked_at is not None:
        return
    current.revoked_at, current.revoked_by = clock.now(), by
    current.save(update_fields=["revoked_at", "revoked_by"])
    audit.record("request.link_revoked", link, user=by, province=link.organisation.province.code)
