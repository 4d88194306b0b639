"""Who may do what: the user, the groups of a province, and the log of every decision."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles of a province's people (DOMAIN.md)."""

    CONTRIBUTOR = "contributor", _("Contributor")
    EDITOR = "editor", _("Editor")
    APPRAISER = "appraiser", _("Appraiser")
    APPROVER = "approver", _("Approver")
    OPERATOR = "operator", _("Operator")
    TRANSLATOR = "translator", _("Translator")
    ADMINISTRATOR = "administrator", _("Administrator of the province")


class User(AbstractUser):
    """A person. Their provinces and roles are their groups."""

    position = models.CharField(_("position"), max_length=120, blank=True)
    # Whose administrator looks after the account. It follows the roles, and stays when the last one is taken away.
    province = models.SlugField(_("province"), max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def get_full_name(self) -> str:
        """Family name first, as Vietnamese names are said."""
        return f"{self.last_name} {self.first_name}".strip()

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


class OldPassword(models.Model):
    """The hash of a password that a person has had, so that it does not come back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="old_passwords")
    hash = models.CharField(max_length=128)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("former password")
        verbose_name_plural = _("former passwords")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}: {self.at:%Y-%m-%d}"


class ProvinceGroup(models.Model):
    """Says which role in which province a group of users stands for."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="province_group")
    province = models.SlugField(_("province"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("group of a province")
        verbose_name_plural = _("groups of a province")
        constraints = [models.UniqueConstraint(fields=["province", "role"], name="one_group_per_province_and_role")]

    def __str__(self) -> str:
        return f"{self.province}: {self.get_role_display()}"


class AppendOnly(Exception):
    """Somebody tried to change or delete what only grows."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Rows can be read and added."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnly("The audit log is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The audit log is never deleted.")


class AuditEntry(models.Model):
    """One decision: who, what, on what, why. Never changed, never deleted by the application."""

    at = models.DateTimeField(_("at"), db_index=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=60, db_index=True)
    province = models.SlugField(_("province"), max_length=40, blank=True, db_index=True)
    subject = models.CharField(_("subject"), max_length=255)
    reason = models.TextField(_("reason"), blank=True)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("The audit log is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The audit log is never deleted.")
