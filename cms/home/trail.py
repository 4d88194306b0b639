"""What people change in the admin goes into the audit log, by whatever page: Wagtail's own log is listened to, and the saving of
what Wagtail does not log. What the parts record themselves (appraisal, approval, accounts) is left to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import get_active_log_context
from wagtail.models import ModelLogEntry, Page, PageLogEntry
from wagtail_localize.models import StringTranslation

from cms.accounts import audit
from cms.accounts.models import ProvinceGroup, User
from cms.accounts.words import register_actions
from cms.content.models import Clip, ItemPage, Picture
from cms.places.models import Province
from cms.programmes.models import Slot

VERBS: dict[str, str | Promise] = {"create": _("added"), "edit": _("changed"), "delete": _("deleted")}
# Wagtail's words for pages that say more than what our own parts record.
PAGES: dict[str, str | Promise] = {
    "create": _("made an item"),
    "edit": _("edited an item"),
    "delete": _("deleted an item"),
    "move": _("moved an item"),
    "copy": _("copied an item"),
    "create_alias": _("made an alias of an item"),
    "convert_alias": _("made an item of its own of an alias"),
    "copy_for_translation": _("sent an item for translation"),
    "revert": _("went back to an older version of an item"),
    "lock": _("locked an item"),
    "unlock": _("unlocked an item"),
    "unpublish": _("unpublished an item"),
    "workflow.start": _("put an item on its way"),
    "workflow.cancel": _("took an item off its way"),
}
# Saved by pages that Wagtail's log does not hear of: the calendar, uploads, the media library.
SAVED: tuple[type[Model], ...] = (Slot, Picture, Clip)
# How to get from a thing to the province that it belongs to.
_WAYS = ("province", "cluster", "programme", "controller", "organisation", "slot", "page", "item", "workflow")


def province_of(thing: Any) -> str:
    """The code of the province to which a thing belongs; empty when it belongs to none."""
    match thing:
        case None:
            return ""
        case str():
            return thing
        case Province():
            return str(thing.code)
        case Group():
            return _of_group(group=thing)
        case Page() if type(thing) is Page:
            return province_of(thing.specific)
    if getattr(thing, "collection_id", None):
        return _of_group(group__collection_permissions__collection=thing.collection_id)
    return next((found for way in _WAYS if (found := province_of(getattr(thing, way, None)))), "")


def _of_group(**of: Any) -> str:
    return str(ProvinceGroup.objects.filter(**of).values_list("province", flat=True).first() or "")


def _once(*what: Any) -> bool:
    """Whether this is the first time within the request: a form may save a thing twice, and a file of translations many."""
    context = get_active_log_context()
    if context.user is None:  # outside of requests there is one context for all
        return True
    told: set[Any] = context.__dict__.setdefault("bangtin_told", set())
    first = what not in told
    told.add(what)
    return first


def page_logged(sender: Any, instance: PageLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    verb = instance.action.removeprefix("wagtail.")
    if not created or raw or verb not in PAGES or not instance.user_id:
        return
    page = Page.objects.filter(pk=instance.page_id).first()
    audit.record(f"item.{verb}", instance.label, user=instance.user, province=province_of(page), page=instance.page_id)


def model_logged(sender: Any, instance: ModelLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    verb = instance.action.removeprefix("wagtail.")
    model = instance.content_type.model_class() if instance.content_type else None
    if not created or raw or verb not in VERBS or model is None or model is User or issubclass(model, (*SAVED, Page)):
        return
    thing = model._default_manager.filter(pk=instance.object_id).first()
    _tell(model, instance.object_id, instance.label, verb, instance.user, province_of(thing))


def _tell(model: type[Model], pk: Any, label: str, verb: str, user: Any, province: str) -> None:
    name = model._meta.model_name or ""
    if user is None or not _once(name, str(pk), verb):
        return
    if verb == "edit" and not _once(name, str(pk), "create"):
        return
    audit.record(f"{name}.{verb}", label, user=user, province=province, pk=str(pk))


def saved(sender: type[Model], instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        verb = "create" if created else "edit"
        _tell(sender, instance.pk, str(instance), verb, get_active_log_context().user, province_of(instance))


def deleted(sender: type[Model], instance: Any, **kwargs: Any) -> None:
    _tell(sender, instance.pk, str(instance), "delete", get_active_log_context().user, province_of(instance))


def translated(sender: Any, instance: StringTranslation, raw: bool = False, **kwargs: Any) -> None:
    """Once for each item and language of a request, however many passages came in with a file."""
    user = get_active_log_context().user
    key = instance.context.object_id if instance.context else None
    if raw or user is None or key is None or not _once("translation", key, instance.locale_id):
        return
    item = ItemPage.objects.filter(translation_key=key).order_by("locale_id").first()
    if item is not None:
        subject = f"{item.title} ({instance.locale.language_code})"
        audit.record("item.translate", subject, user=user, province=province_of(item), page=item.pk)


def register_words() -> None:
    """Words for every kind of thing that Wagtail's pages may change: “changed: slot”."""
    register_actions({f"item.{verb}": words for verb, words in PAGES.items()})
    register_actions({"item.translate": _("translated passages of an item")})
    for model in apps.get_models():
        for verb, words in VERBS.items():
            name = f"{model._meta.model_name}.{verb}"
            register_actions({name: format_lazy("{}: {}", words, model._meta.verbose_name)})


def connect() -> None:
    """Called once, when the app is ready."""
    uid = "bangtin.trail"
    post_save.connect(page_logged, sender=PageLogEntry, dispatch_uid=uid)
    post_save.connect(model_logged, sender=ModelLogEntry, dispatch_uid=uid)
    post_save.connect(translated, sender=StringTranslation, dispatch_uid=uid)
    for model in SAVED:
        post_save.connect(saved, sender=model, dispatch_uid=uid)
        post_delete.connect(deleted, sender=model, dispatch_uid=uid)


class DownloadsMiddleware:
    """Whoever takes data out of the admin as a file is written down: lists, translations, reports, the audit log itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        told = response.headers.get("Content-Disposition", "")
        if request.path.startswith("/admin/") and response.status_code == 200 and told.startswith("attachment"):
            user = request.user
            name = told.partition("filename=")[2].strip('"') or request.path
            audit.record(
                "export",
                name,
                user=user,
                province=getattr(user, "province", ""),
                reason=request.path,
                query=request.META.get("QUERY_STRING", "")[:500],
            )
        return response
