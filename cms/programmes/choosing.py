"""Choosing an item by searching: the field of a programme's row, and what its search finds. Each asks once for a whole form,
however many rows it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cms.content.models import ItemPage
from cms.programmes import choices
from cms.programmes.models import Programme
from cms.programmes.policy import ProgrammesPolicy

FOUND_AT_ONCE = 20


class Known:
    """The items that the rows of one form name, of those that a person may choose; two queries for all of them."""

    def __init__(self, user: Any, named: Iterable[Any]) -> None:
        self._user = user
        self._keys = {int(one) for one in named if str(one).isdecimal()}
        self._items: dict[int, ItemPage] | None = None
        self._labels: dict[int, str] | None = None

    def item(self, pk: int) -> ItemPage | None:
        if self._items is None:
            found = choices.items(self._user).filter(pk__in=self._keys) if self._keys else ()
            self._items = {one.pk: one for one in found}
        return self._items.get(pk)

    def label(self, pk: int) -> str:
        """What the row says; the title alone of an item that the person could not choose."""
        if self._labels is None:
            self._labels = choices.labels_of(ItemPage.objects.filter(pk__in=self._keys)) if self._keys else {}
        return self._labels.get(pk, "")


class ItemWidget(forms.HiddenInput):
    """A text field that searches, and the primary key of what was chosen."""

    template_name = "programmes/item_chooser.html"
    input_type = "hidden"

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known

    @property
    def is_hidden(self) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}-search"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        pk = int(value) if str(value).isdecimal() else 0
        context["chosen"] = self.known.label(pk) if pk else ""
        context["search"] = reverse_lazy("programmes:items")
        return context


class ItemField(forms.Field):
    """An item of a person's provinces or the national level, or None."""

    def __init__(self, known: Known, **more: Any) -> None:
        super().__init__(required=False, widget=ItemWidget(known), **more)
        self.known = known

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, ItemPage) else value

    def to_python(self, value: Any) -> ItemPage | None:
        if value in self.empty_values:
            return None
        found = self.known.item(int(value)) if str(value).isdecimal() else None
        if found is None:
            raise forms.ValidationError(
                _("This item is not one of your province's in Vietnamese. Choose another."), code="invalid_choice"
            )
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


@require_GET
def items(request: HttpRequest) -> JsonResponse:
    """Items whose titles hold all words of `?q=`, of the person's provinces and national ones, newest first: `found` [{id, label,
    note}] and whether there are `more`. Four queries."""
    if not ProgrammesPolicy(Programme).user_has_permission(request.user, "change"):
        return JsonResponse({"found": [], "more": False}, status=403)
    wanted = choices.items(request.user)
    for word in request.GET.get("q", "").split()[:8]:
        wanted = wanted.filter(Q(title__icontains=word) | Q(draft_title__icontains=word))
    pages = list(wanted.order_by("-latest_revision_created_at", "-pk")[: FOUND_AT_ONCE + 1])
    homes = {shelf.path: str(shelf.province) for shelf in choices.shelves(request.user)}
    labels = choices.labels_of(pages[:FOUND_AT_ONCE])
    found = [
        {"id": page.pk, "label": labels[page.pk], "note": homes.get(page.path[: -page.steplen], "")}
        for page in pages[:FOUND_AT_ONCE]
    ]
    return JsonResponse({"found": found, "more": len(pages) > FOUND_AT_ONCE})
