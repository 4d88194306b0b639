"""Pages of Wagtail and its packages that ask only for a right in general, or for none, though what they show or change belongs to a province.

Checked by the name of the address, before the page itself runs. Whoever may not is sent home with a
message, as from Wagtail's own pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin
from taggit.models import Tag
from wagtail.admin.auth import permission_denied
from wagtail.models import Collection, Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation, TranslationSource

from cms.accounts.models import ProvinceGroup, Role
from cms.accounts.services import has_role, provinces_of
from cms.content.models import Clip, ItemPage, Picture, ProvincePage
from cms.content.services import may_see, may_see_media, translation_of
from cms.home import confined

Check = Callable[[HttpRequest, dict[str, Any]], bool]
TAGS_OFFERED = 10
ANY_RIGHT = ("add", "change", "delete", "choose")
# Whose work the text of an item is; appraisers and approvers mend it while they decide.
WRITERS = (Role.CONTRIBUTOR, Role.EDITOR, Role.APPRAISER, Role.APPROVER)


def _administrator(request: HttpRequest, _kwargs: dict[str, Any]) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _nobody(_request: HttpRequest, _kwargs: dict[str, Any]) -> bool:
    return False


def _may_edit(user: Any, page: Page | None) -> bool:
    return page is not None and page.permissions_for_user(user).can_edit()


def _edits_page(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _may_edit(request.user, Page.objects.filter(pk=kwargs["page_id"]).first())


def _edits_source(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """New passages reach every translation, so that whoever sends them must be at home where the item was written."""
    source = TranslationSource.objects.filter(pk=kwargs["translation_source_id"]).first()
    if source is None:
        return False
    found = Page.objects.filter(translation_key=source.object_id, locale=source.locale_id).first()
    return _may_edit(request.user, found)


def own_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Of these pages those that a person may see in the tree of pages (`construct_page_chooser_queryset`)."""
    seen: QuerySet[Page] = pages & PagePermissionPolicy().explorable_instances(request.user)
    return confined.own_pages(seen, request)


def _sees_chosen(request: HttpRequest, _kwargs: dict[str, Any]) -> bool:
    """The chooser tells titles of whatever pages are named to it."""
    asked = {one for one in request.GET.getlist("id") if one.isdecimal()}
    return own_pages(Page.objects.filter(pk__in=asked), request).count() == len(asked)


def _explores(user: Any, ids: set[Any]) -> bool:
    """Whether a person sees all these pages in the tree; a page that there is none of is left to Wagtail."""
    there = Page.objects.filter(pk__in=ids).count()
    return bool(PagePermissionPolicy().explorable_instances(user).filter(pk__in=ids).count() == there)


def _sees_parent(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _explores(request.user, {kwargs["parent_page_id"]})


def _sees_page(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _explores(request.user, {kwargs.get("page_id") or kwargs.get("page_to_move_id")})


def _sees_many(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """The page of an action on many tells the titles of those that one may not act on, too."""
    try:
        model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return True  # Wagtail answers that there is no such page
    if issubclass(model, Page):
        pages = _many_pages(request)
        return pages.count() == own_pages(pages, request).count()
    named = request.GET.getlist("id")
    if "all" in named and issubclass(model, Picture):
        return True  # Wagtail takes those that one may change
    every = model._default_manager.all()
    wanted = every if "all" in named else every.filter(pk__in=[one for one in named if one.isdecimal()])
    seen = policy_registry.get_by_type(model).instances_user_has_any_permission_for(request.user, ANY_RIGHT)
    return bool(wanted.count() == wanted.filter(pk__in=seen.values("pk")).count())


def _many_pages(request: HttpRequest) -> QuerySet[Page]:
    """The pages that an action on many names; `all`: those of the list it was chosen in, or more."""
    named = request.GET.getlist("id")
    if "all" not in named:
        return Page.objects.filter(pk__in=[one for one in named if one.isdecimal()])
    parent = request.GET.get("childOf", "")
    above = Page.objects.filter(pk=int(parent) if parent.isdecimal() else 0).first()
    return Page.objects.descendant_of(above) if above else Page.objects.all()


def _sees_clip(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    clip = Clip.objects.filter(pk=kwargs["media_id"]).first()
    return clip is None or may_see_media(request.user, clip.file.name)


def _only_translates(user: Any, page: ItemPage) -> bool:
    """Whether all that a person may do with an item is to translate it."""
    code = page.province.code
    return has_role(user, code, Role.TRANSLATOR) and not has_role(user, code, *WRITERS)


def _writes_text(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """A translator has Wagtail's right to change pages, since translations are pages; the text that others wrote stays theirs."""
    page = ItemPage.objects.filter(pk=kwargs.get("page_id") or kwargs.get("page_to_move_id")).first()
    if not _sees_page(request, kwargs):
        return False
    return page is None or translation_of(page) is not None or not _only_translates(request.user, page)


def _frees_translation(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """A translation that follows its source no more is a text of its own."""
    following = Translation.objects.select_related("source").filter(pk=kwargs["translation_id"]).first()
    pages = (
        ItemPage.objects.filter(translation_key=following.source.object_id) if following else ItemPage.objects.none()
    )
    return not any(_only_translates(request.user, page) for page in pages[:1])


CHECKS: dict[str, Check] = {
    **dict.fromkeys(
        (
            "wagtailadmin_pages:edit",
            "wagtailadmin_pages:delete",
            "wagtailadmin_pages:copy",
            "wagtailadmin_pages:move",
            "wagtailadmin_pages:move_confirm",
            "wagtailadmin_pages:unpublish",
            "wagtailadmin_pages:convert_alias",
            "wagtailadmin_pages:preview_on_edit",
            "wagtailadmin_pages:revisions_revert",
        ),
        _writes_text,
    ),
    "wagtail_localize:stop_translation": _frees_translation,
    "wagtail_localize:submit_page_translation": _edits_page,
    "wagtail_localize:update_translations": _edits_source,
    "wagtail_localize:convert_to_alias": _administrator,
    "wagtail_localize:submit_snippet_translation": _administrator,
    "wagtail_localize:snippets_api_listing": _administrator,
    "wagtail_localize:snippets_api_detail": _administrator,
    # Tells of the items of every province.
    "wagtail_localize:translations_report": _administrator,
    "wagtail_localize:translations_report_results": _administrator,
    "wagtailadmin_choose_page_child": _sees_parent,
    "wagtailadmin_explore": _sees_parent,
    "wagtailadmin_explore_results": _sees_parent,
    "wagtailadmin_pages:confirm_workflow_cancellation": _sees_page,
    "wagtail_bulk_action": _sees_many,
    "wagtailmedia:media_usage": _sees_clip,
    "wagtailadmin_workflows:task_chosen": _administrator,
    "wagtailadmin_choose_page_chosen_multiple": _sees_chosen,
    # Would make this server ask others on the Internet; no card embeds anything.
    "wagtailembeds:chooser": _nobody,
    "wagtailembeds:chooser_upload": _nobody,
}
PREFIXES: dict[str, Check] = {
    # Only the forms of places choose by them, and those are for administrators.
    "wagtailsnippetchoosers_": _administrator,
}
TAGS = frozenset({"wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete"})


def own_tags(request: HttpRequest) -> QuerySet[Tag]:
    """The tags of the items, pictures and clips of a person's provinces."""
    codes = provinces_of(request.user)
    if codes is None:
        return Tag.objects.all()
    below = Q(pk__in=[])
    for path in ProvincePage.objects.filter(province__code__in=codes).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    items = ItemPage.objects.filter(below)
    groups = ProvinceGroup.objects.filter(province__in=codes).values("group")
    shelves = Collection.objects.filter(group_permissions__group__in=groups)
    return Tag.objects.filter(
        Q(pk__in=items.values("tags"))
        | Q(pk__in=Picture.objects.filter(collection__in=shelves).values("tags"))
        | Q(pk__in=Clip.objects.filter(collection__in=shelves).values("tags"))
    )


def _offered(request: HttpRequest) -> HttpResponse:
    begin = request.GET.get("term", "")
    found = own_tags(request).filter(name__istartswith=begin).order_by("name") if begin else Tag.objects.none()
    return JsonResponse(list(found.values_list("name", flat=True)[:TAGS_OFFERED]), safe=False)


def _to_proofs(request: HttpRequest, name: str, kwargs: dict[str, Any]) -> HttpResponse | None:
    """Lists name an item with the address of its form. Whoever may see it but not change it is led to its proofs."""
    if name != "wagtailadmin_pages:edit" or request.method != "GET" or not request.user.is_authenticated:
        return None
    page = ItemPage.objects.filter(pk=kwargs["page_id"]).first()
    if (
        page is None
        or not may_see(request.user, page)
        or (_may_edit(request.user, page) and _writes_text(request, kwargs))
    ):
        return None
    return redirect("content:proofs", page.pk)


class ProvinceLimitsMiddleware(MiddlewareMixin):
    """Keeps people within their provinces where the page itself does not."""

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if kwargs and request.path.startswith("/admin/") and not confined.within(request, name, kwargs):
            return permission_denied(request)
        if proofs := _to_proofs(request, name, kwargs):
            return proofs
        check = CHECKS.get(name) or next((one for prefix, one in PREFIXES.items() if name.startswith(prefix)), None)
        if check is None and name not in TAGS:
            return None
        if not request.user.is_authenticated:
            return None  # the page asks for a log-in
        if name in TAGS:
            return _offered(request)
        if check is not None and not check(request, kwargs):
            return permission_denied(request)
        return None
