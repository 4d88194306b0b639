"""A password does not come back: the last five of a person are refused."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from cms.accounts.models import OldPassword, User


class NotAmongTheLast:
    """A validator of `AUTH_PASSWORD_VALIDATORS`. Hashes only are kept; each comparison costs as much as a log-in."""

    def __init__(self, count: int = 5) -> None:
        self.count = count

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that the person has or had."""
        if user is None or user.pk is None:
            return
        kept = OldPassword.objects.filter(user=user).values_list("hash", flat=True)[: self.count]
        stored = User.objects.filter(pk=user.pk).values_list("password", flat=True)
        if any(check_password(password, one) for one in {*kept, *stored}):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Called by Django once the new password is saved."""
        if user is None or user.pk is None:
            return
        OldPassword.objects.create(user=user, hash=user.password)
        keep = OldPassword.objects.filter(user=user).values_list("pk", flat=True)[: self.count]
        OldPassword.objects.filter(user=user).exclude(pk__in=list(keep)).delete()

    def get_help_text(self) -> str:
        text = ngettext(
            "The password must not be your last one.",
            "The password must not be one of your last %(count)s.",
            self.count,
        )
        return text % {"count": self.count}
