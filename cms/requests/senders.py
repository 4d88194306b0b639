"""Who sends: a contributor who is logged in, in the name of the units they belong to today; or whoever holds a personal link, in the
name of its unit. Each sees what they sent themselves, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cms import clock
from cms.accounts.models import Role
from cms.accounts.services import has_role
from cms.places.models import Membership, Organisation
from cms.requests.links import token_of
from cms.requests.models import ContentRequest, RequestFile, SenderLink


@dataclass(frozen=True, slots=True)
class Sender:
    """A person with at least one organisation in whose name they send. Either `user` or `link` is set."""

    organisations: tuple[Organisation, ...]
    name: str
    email: str
    user: Any = None
    link: SenderLink | None = None

    @property
    def key(self) -> str:
        """Whose forms, files and limits these are."""
        return f"link:{self.link.pk}" if self.link else f"user:{self.user.pk}"

    def address(self, view: str, *args: Any) -> str:
        """The path of one of the sender's pages: `form`, `sent`, `state`, `reply`, `files`, `file`, `preview`, `drop`."""
        if self.link:
            return reverse(f"content_requests_link:{view}", args=[token_of(self.link), *args])
        return reverse(f"content_requests_own:{view}", args=args)

    def requests(self) -> QuerySet[ContentRequest]:
        """What this sender has sent, newest first."""
        mine = Q(link=self.link) if self.link else Q(sender=self.user)
        return ContentRequest.objects.filter(mine).select_related("province", "organisation")

    def files(self) -> QuerySet[RequestFile]:
        """Files on the sender's unsent forms."""
        return RequestFile.objects.filter(owner=self.key, request=None)


def organisations_of(user: Any) -> tuple[Organisation, ...]:
    """The units in whose name a person may send today: those they belong to, in provinces where they are a contributor."""
    today = timezone.localdate(clock.now())
    found = (
        Membership.objects.filter(user=user, valid_from__lte=today, organisation__province__active=True)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .select_related("organisation__province")
        .order_by("organisation__name")
    )
    units = dict.fromkeys(one.organisation for one in found)
    return tuple(one for one in units if has_role(user, one.province.code, Role.CONTRIBUTOR))


def sender_of(user: Any) -> Sender | None:
    """The sender that a logged-in person is; None when they belong to no unit today, or are no contributor there."""
    units = organisations_of(user) if getattr(user, "is_active", False) else ()
    return Sender(units, str(user), user.email, user=user) if units else None


def sender_by(link: SenderLink) -> Sender:
    return Sender((link.organisation,), link.name, link.email, link=link)


def sender_behind(request: ContentRequest) -> Sender | None:
    """The sender of a request, for the addresses in messages to them; None when the account or link is gone."""
    if request.link is not None:
        return sender_by(request.link)
    return (
        Sender((request.organisation,), request.sender_name, request.email, request.sender) if request.sender else None
    )
