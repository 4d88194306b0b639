"""Administration of people: Wagtail's, for the people one looks after, with the position and without deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.usage import UsageView as WagtailUsageView
from wagtail.admin.widgets.button import Button
from wagtail.users.views import users as wagtail_users

from cms.accounts.facts import facts_of
from cms.accounts.forms import UserCreationForm, UserEditForm
from cms.accounts.models import Role, User
from cms.accounts.people import administered, people_of, roles_to_give
from cms.accounts.services import province_name

if TYPE_CHECKING:  # what it is mixed into
    from wagtail.users.views.users import EditView as _View
else:
    _View = object


class _Own(_View):
    """One of the people that one looks after; anybody else does not exist."""

    def get_object(self, queryset: Any = None) -> User:
        return get_object_or_404(people_of(self.request.user), pk=unquote(str(self.kwargs["pk"])))


class _ByWhom(_View):
    """The form knows who fills it in."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}


class UserFilterSet(wagtail_users.UserFilterSet):
    """Offers the roles that one may give, and who has a second factor to nobody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["group"].queryset = roles_to_give(self.request.user)
        if administered(self.request.user) is not None:
            del self.filters["is_superuser"]


def _roles(person: User) -> str:
    """The roles of a person as the list shows them; groups must be fetched before."""
    if person.is_superuser:
        return _("Administrator of the whole system")
    held = [
        group.province_group.role if hasattr(group, "province_group") else group.name for group in person.groups.all()
    ]
    labels = dict(Role.choices)
    return ", ".join(str(labels.get(one, one)) for one in held)


class IndexView(wagtail_users.IndexView):
    """Without the boxes for many at once: a right is given to one person at a time."""

    @cached_property
    def columns(self) -> list[Column]:
        kept = [one for one in super().columns if one.name not in ("bulk_actions", "is_superuser")]
        roles = Column("roles", label=_("Roles"), accessor=_roles)
        home = Column(
            "province",
            label=_("Province"),
            accessor=lambda one: province_name(one.province) if one.province else "",
            sort_key="province",
        )
        return [*kept[:2], roles, home, *kept[2:]]

    def get_base_queryset(self) -> QuerySet[User]:
        groups = Prefetch("groups", Group.objects.select_related("province_group").order_by("pk"))
        return people_of(self.request.user).select_related("wagtail_userprofile").prefetch_related(groups)


class CreateView(_ByWhom, wagtail_users.CreateView):
    pass


class EditView(_Own, _ByWhom, wagtail_users.EditView):
    """A person's account, and beside the form what else is known of them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "facts": facts_of(self.object, self.request.user)}

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [
            *super().header_more_buttons,
            Button(
                _("Audit log of this person"),
                url=reverse("accounts:audit") + f"?person={self.object.pk}",
                icon_name="history",
                priority=50,
            ),
        ]


class DeleteView(_Own, wagtail_users.DeleteView):
    pass


class HistoryView(_Own, wagtail_users.HistoryView):
    pass


class UsageView(_Own, WagtailUsageView):
    pass


class UserViewSet(wagtail_users.UserViewSet):
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    history_view_class = HistoryView
    usage_view_class = UsageView
    filterset_class = UserFilterSet
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        return UserEditForm if for_update else UserCreationForm
