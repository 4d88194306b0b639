"""Forms of accounts: log-in, and the people as administrators edit them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from cms.accounts.models import User
from cms.accounts.people import administered, roles_to_give
from cms.accounts.services import province_name
from cms.accounts.words import ROLE_WORDS


class LoginForm(AllauthLoginForm):
    """Without placeholders, which hide what a field is for once something is typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class _RolesField(forms.ModelMultipleChoiceField[Group]):
    """Roles in words, each with its province where somebody may give those of several."""

    several = False

    def label_from_instance(self, obj: Any) -> str:
        held = getattr(obj, "province_group", None)
        if held is None:
            return str(obj.name)
        words = f"{held.get_role_display()}: {ROLE_WORDS[held.role]}"
        return f"{province_name(held.province)} – {words}" if self.several else words


class _ByWhom:
    """Whoever looks after the people of a province gives the roles of that province and nothing else."""

    instance: User
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    def _confine(self, by: Any) -> None:
        self.by = by
        field = _RolesField(
            queryset=roles_to_give(by).select_related("province_group"),
            required=False,
            label=_("Roles"),
            widget=forms.CheckboxSelectMultiple,
            help_text=_(
                "What a role may do acts at once. The person and the other administrators get a mail about every change, and "
                "the person logs in again."
            ),
        )
        self.fields["groups"] = field
        codes = administered(by)
        field.several = codes is None or len(codes) > 1
        if codes is None:
            return
        self.fields.pop("is_superuser", None)
        if self.instance.pk is None:
            field.required = len(codes) != 1
            self.instance.province = next(iter(codes)) if len(codes) == 1 else ""


class UserCreationForm(_ByWhom, WagtailUserCreationForm):
    class Meta(WagtailUserCreationForm.Meta):
        fields = WagtailUserCreationForm.Meta.fields | {"position"}

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._confine(by)


class UserEditForm(_ByWhom, WagtailUserEditForm):
    class Meta(WagtailUserEditForm.Meta):
        fields = WagtailUserEditForm.Meta.fields | {"position"}

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._confine(by)


class ReasonForm(forms.Form):
    """A decision that must say why."""

    reason = forms.CharField(label=_("reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)
