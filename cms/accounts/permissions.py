"""Which rights come with a role. Higher apps add theirs with `register` when they start."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Permission

from cms.accounts.models import Role

_OF_ROLE: dict[str, list[str]] = {role.value: ["wagtailadmin.access_admin"] for role in Role}
_OF_ROLE[Role.CONTRIBUTOR].append("wagtail_localize.submit_translation")
_OF_ROLE[Role.EDITOR].append("wagtail_localize.submit_translation")

_OF_ROLE[Role.TRANSLATOR].append("wagtail_localize.submit_translation")

PAGE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.CONTRIBUTOR: ("add_page",),
    Role.EDITOR: ("add_page", "change_page"),
    Role.APPRAISER: ("change_page",),
    Role.APPROVER: ("change_page",),
    Role.TRANSLATOR: ("change_page",),
}


def register(role: str, *permissions: str) -> None:
    """Add rights to a role, as `app_label.codename`. Call it from an app's `ready()`."""
    known = _OF_ROLE[str(role)]
    known.extend(name for name in permissions if name not in known)


def named(names: Iterable[str]) -> list[Permission]:
    """The permissions of these names that exist in this instance."""
    wanted = set(names)
    found = Permission.objects.filter(codename__in={name.partition(".")[2] for name in wanted}).select_related(
        "content_type"
    )
    return [one for one in found if f"{one.content_type.app_label}.{one.codename}" in wanted]


def permissions_of(role: str) -> list[Permission]:
    """The model rights of a role."""
    return named(_OF_ROLE[str(role)])


def _media(*actions: str) -> tuple[str, ...]:
    """Rights on pictures and clips. Wagtail asks for those of its own models, whatever model an instance uses."""
    return tuple(
        name for action in actions for name in (f"wagtailimages.{action}_image", f"wagtailmedia.{action}_media")
    )


COLLECTION_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.CONTRIBUTOR: _media("add", "choose"),
    Role.EDITOR: _media("add", "change", "choose"),
    Role.APPRAISER: _media("choose"),
    Role.APPROVER: _media("choose"),
    Role.TRANSLATOR: _media("choose"),
}
