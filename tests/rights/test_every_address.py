"""Every address of the admin that takes an object, asked by somebody of another province who has every role there.

The addresses are read from the running site, so that a new one, ours or of an upgraded package, is asked too: without a value for its
arguments the test fails and says which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

pytestmark = pytest.mark.django_db

# Refused, unknown, or no such method; a page of Wagtail's sends people home with a message.
SHUT = (403, 404, 405)

# Nothing of a province is told or changed there. Each with its reason.
OPEN = {
    "home:look_colours": "a province's colours are on every screen",
    "home:look_emblem": "a province's emblem hangs on every gate",
    "home:guide_part": "the guide is the same for everybody",
    "home:guide_picture": "the guide is the same for everybody",
    "wagtailadmin_pages:revisions_index": "leads to the page of the history, which is asked too",
    "approval:theme": "themes belong to everybody; allowing one is for superusers",
    "approval:theme_picture": "pictures of themes are on every screen",
    "wagtailadmin_tag_model_autocomplete": "tags of one's own province: test_limits",
    "wagtailadmin_password_reset_confirm": "leads to allauth's page",
    "content:hand_out": "gives the texts of items that one may see: test_exchange",
    "content:glossary_hand_out": "gives the words of one's own province: test_glossary",
    "wagtailmedia:add": "adds to one's own collection",
    "wagtailmedia:chooser_typed": "lists one's own collection: test_limits",
    "wagtailmedia:chooser_upload": "adds to one's own collection",
    "wagtailadmin_pages:type_use": "lists the pages that one may see in the tree",
    "wagtailadmin_pages:type_use_results": "lists the pages that one may see in the tree",
    "wagtailadmin_pages:choose_parent": "offers the shelves on which one may write",
    "wagtailadmin_editing_sessions:release": "ends one's own session of editing; knows sessions of their own user only",
}
FIXED = {
    "wagtailadmin_pages:add": {"content_type_app_name": "content", "content_type_model_name": "itempage"},
    "wagtailadmin_pages:preview_on_add": {"content_type_app_name": "content", "content_type_model_name": "itempage"},
    "wagtailadmin_api:pages:action": {"action_name": "publish"},
    "wagtail_bulk_action": {"app_label": "wagtailcore", "model_name": "page", "action": "delete"},
    "wagtailadmin_editing_sessions:ping": {"app_label": "content", "model_name": "itempage", "session_id": 1},
    "wagtailadmin_workflows:add_task": {"app_label": "approval", "model_name": "approvaltask"},
    "wagtail_localize:submit_snippet_translation": {"app_label": "places", "model_name": "cluster"},
    "wagtail_localize:snippets_api_listing": {"app_label": "places", "model_name": "cluster"},
    "wagtail_localize:snippets_api_detail": {"app_label": "places", "model_name": "cluster"},
    "wagtail_localize:preview_translation": {"mode": ""},
    "wagtailadmin_pages:workflow_action": {"action_name": "approve"},
    "wagtailadmin_pages:collect_workflow_action_data": {"action_name": "approve"},
}
# Of no province: there are no documents, one site, and settings of the whole instance.
NOBODYS = ("wagtaildocs", "wagtailadmin_api:documents", "wagtailsites", "wagtailsettings")


def addresses(of: Any, space: str = "", before: str = "") -> Iterator[tuple[str, URLPattern, str]]:
    for one in of.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, f"{space}{one.namespace}:" if one.namespace else space, path)
        elif path.startswith("admin/"):
            yield f"{space}{one.name}", one, path


def arguments(pattern: URLPattern, of: Any) -> list[str]:
    return [*pattern.pattern.regex.groupindex]


def value_of(name: str, argument: str, things: dict[str, Any]) -> Any:
    if argument in FIXED.get(name, {}):
        return FIXED[name][argument]
    best = max(
        (key for key in things if key.startswith(f"{argument}@") and name.startswith(key.partition("@")[2])),
        key=len,
        default=argument,
    )
    if best in things:
        return things[best]
    if argument in ("pk", "object_id"):
        for prefix in ("wagtailsnippetchoosers_", "wagtail_localize:", "wagtailadmin_editing_sessions"):
            if name.startswith(prefix):
                model = name.removeprefix("wagtailsnippetchoosers_").partition(":")[0]
                return things.get(f"pk@wagtailsnippets_{model}", things["page_id"])
    raise KeyError(f"{name} has an argument {argument!r}: give it a value of An Giang in tests/rights/conftest.py")


def test_nobody_of_another_province_reaches_anything_by_its_address(things, stranger, client_for):
    """GET and POST of each."""
    client, home = client_for(stranger), reverse("wagtailadmin_home")
    reached, unknown, asked = [], [], 0
    for name, pattern, path in addresses(get_resolver()):
        wanted = arguments(pattern, path)
        if not wanted or name in OPEN or name.startswith(NOBODYS):
            continue
        try:
            values = {argument: value_of(name, argument, things) for argument in wanted}
            address = "/" + path_with(path, pattern, values)
        except (KeyError, NoReverseMatch) as error:
            unknown.append(str(error))
            continue
        asked += 1
        for method in (client.get, client.post):
            answer = method(address, {"reason": "x", "confirm": "on", "id": things["page_id"]})
            sent_home = answer.status_code == 302 and answer.url.partition("?")[0] in (home, "/admin/")
            if answer.status_code not in SHUT and not sent_home:
                reached.append(
                    f"{name} {method.__name__.upper()} {address}: {answer.status_code} {getattr(answer, 'url', '')}"
                )
    assert not unknown, "\n".join(unknown)
    assert not reached, "\n".join(reached)
    assert asked > 150


def path_with(path: str, pattern: URLPattern, values: dict[str, Any]) -> str:
    """The address of this very pattern: `reverse` would choose among those of a name."""
    import re

    def put(match: Any) -> str:
        return str(values[match.group(1)])

    plain = (
        re.sub(r"<(?:\w+:)?(\w+)>", put, path)
        if "(?P<" not in path
        else re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", put, path)
    )
    return plain.replace("^", "").replace("$", "").replace("\\.", ".")
