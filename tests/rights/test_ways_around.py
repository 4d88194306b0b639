"""Every way around appraisal and approval, walked by every role, the administrator of the province and the superuser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Locale

from cms.approval.models import Approval
from cms.content.models import ItemPage
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from tests.conftest import make_user
from tests.content.makers import *  # noqa: F403
from tests.content.makers import item_post

pytestmark = pytest.mark.django_db
PEOPLE = ("contributor", "editor", "appraiser", "approver", "operator", "translator", "administrator", "superuser")
LATER = "2030-01-01 08:00"
# What is sent to which address. {page}, {shelf}, {other}, {revision}, {task} are filled in.
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "publish while editing": ("pages/{page}/edit/", item_post("Mới", [], **{"action-publish": "1"})),
    "scheduled publishing": (
        "pages/{page}/edit/",
        item_post("Mới", [], **{"action-publish": "1", "go_live_at": LATER, "expire_at": ""}),
    ),
    "approve as a workflow action": ("pages/workflow/action/{page}/approve/{task}/", {"comment": "x"}),
    "collected workflow action": ("pages/workflow/collect_action_data/{page}/approve/{task}/", {"comment": "x"}),
    "copy with publishing": (
        "pages/{page}/copy/",
        {
            "new_title": "x",
            "new_slug": "x",
            "new_parent_page": "{shelf}",
            "publish_copies": "on",
            "copy_subpages": "on",
        },
    ),
    "copy as alias": (
        "pages/{page}/copy/",
        {"new_title": "x", "new_slug": "x", "new_parent_page": "{shelf}", "alias": "on"},
    ),
    "convert an alias": ("pages/{page}/convert_alias/", {}),
    "back to an older version": ("pages/{page}/revisions/{revision}/revert/", {"action-publish": "1"}),
    "unschedule": ("pages/{page}/revisions/{revision}/unschedule/", {}),
    "move": ("pages/{page}/move/{shelf}/confirm/", {}),
    "unpublish": ("pages/{page}/unpublish/", {"include_descendants": "on"}),
    "bulk publish": ("bulk/wagtailcore/page/publish/?id={page}", {"include_descendants": "on"}),
    "bulk move": ("bulk/wagtailcore/page/move/?id={page}", {"chooser": "{shelf}"}),
    "the API's publish": ("api/main/pages/{page}/action/publish/", {}),
    "the API's copy": ("api/main/pages/{page}/action/copy/", {"slug": "y", "keep_live": "true"}),
    "the API's revert": ("api/main/pages/{page}/action/revert_to_page_revision/", {"revision_id": "{revision}"}),
    "publish the translations": ("localize/update/{source}/", {"publish_translations": "on"}),
    "send for translation": ("localize/submit/page/{page}/", {"locales": "{km}"}),
    "our review page": ("items/{page}/review/", {"action": "approve", "confirmed": "on", "revision": "{revision}"}),
    "our exception": ("items/{page}/exception/", {"reason": "x", "confirmed": "on"}),
    "another workflow": ("workflows/edit/{workflow}/", {"name": "x", "active": "on"}),
    "no workflow": ("workflows/disable/{workflow}/", {}),
    "a task fewer": ("workflows/tasks/disable/{task_of}/", {}),
}


@pytest.fixture
def played(cluster, make_item, contributor, client_for, draw_waiting) -> ItemPage:
    """A contributor's item on its way to appraisal; a slot plays the programme that holds it, the whole day."""
    item = make_item("Chợ Tịnh Biên", by=contributor)
    draw_waiting(item)
    client_for(contributor).post(f"/admin/items/{item.pk}/review/", {"action": "submit"})
    programme = Programme.objects.create(province=cluster.province, title="Cả ngày")
    ProgrammeEntry.objects.create(programme=programme, item=item, sort_order=0)
    slot = Slot.objects.create(programme=programme, title="Cả ngày", date_from="2020-01-01")
    slot.clusters.set([cluster])
    slot.save()
    item.refresh_from_db()
    return item


def airs(cluster: Any, item: ItemPage) -> bool:
    """Whether the compiled schedule of the coming days names the item in any language."""
    from cms.programmes.previews import compile_at

    return str(item.translation_key) in str(compile_at(cluster, timezone.now(), 3).compiled.document)


def somebody(role: str) -> Any:
    if role == "superuser":
        return make_user("root", is_superuser=True)
    return make_user(f"own-{role}", "an_giang", role)


def test_what_is_approved_is_found_on_the_screens(played, cluster, approved):
    """Or the tests below would find nothing on the screens whatever happened."""
    approved(played)
    assert airs(cluster, played)


@pytest.mark.parametrize("role", PEOPLE)
def test_nothing_airs_without_appraisal_and_approval(played, cluster, client_for, role):
    """Each way is walked on what the ways before have left, as somebody would who tries them all."""
    from wagtail_localize.models import TranslationSource

    client, state = client_for(somebody(role)), played.current_workflow_state
    client.raise_request_exception = False  # half a form may end in an error: nothing airs by that either
    source = TranslationSource.objects.filter(object_id=played.translation_key).first()
    values = {
        "page": played.pk,
        "shelf": played.get_parent().pk,
        "revision": played.latest_revision_id,
        "task": state.current_task_state_id,
        "task_of": state.current_task_state.task_id,
        "workflow": state.workflow_id,
        "source": source.pk if source else 0,
        "km": Locale.objects.get(language_code="km").pk,
    }
    for way, (address, data) in WAYS.items():
        sent = {key: value.format(**values) if isinstance(value, str) else value for key, value in data.items()}
        client.post("/admin/" + address.format(**values), sent)
        assert not Approval.objects.exists(), way
    assert not airs(cluster, played)


@pytest.mark.parametrize("role", ["editor", "administrator", "superuser"])
def test_a_published_page_or_alias_is_not_on_the_screens_either(played, cluster, role):
    """What Wagtail calls live means nothing, however it came about."""
    played.save_revision().publish()
    played.refresh_from_db()
    alias = played.create_alias(update_slug="bi-danh", parent=played.get_parent())
    assert played.live
    assert alias.alias_of_id == played.pk
    assert not Approval.objects.exists()
    assert not airs(cluster, played)


def test_wagtails_open_interfaces_are_not_there():
    """Neither version 2 nor 3 of the API is routed, under no address."""
    assert not [one for one in _names(get_resolver()) if one.startswith(("wagtailapi", "wagtail_api"))]
    for name in ("wagtailapi:pages:listing", "wagtailapi_v3:pages", "wagtailusers_api_tokens:index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def _names(of: Any, space: str = "") -> Any:
    for one in of.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from _names(one, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}"
