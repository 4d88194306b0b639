"""The editors' lists with 5,000 items in three languages and 50 clusters: how long they take, and how many questions they ask of the
database.

    python -m benchmarks.editors

Django's own client asks for each page as an editor with many rights does. One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import gc
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.release import prepare, report

if TYPE_CHECKING:
    from django.test import Client

    from cms.content.models import ItemPage, ProvincePage

ITEMS, CLUSTERS, PASSAGES, PICTURES = 5_000, 50, 6, 2_000
LANGUAGES = ("vi", "en", "km")
ROUNDS = 30
GOAL_MS, GOAL_QUERIES = 400, 40
PAGES = {
    "list": "/admin/items/",
    "list_filtered": "/admin/items/?state=approved&language=km&sort=until",
    "list_found": "/admin/items/?q=giờ&kind=border",
    "board": "/admin/translations/",
    "board_mine": "/admin/translations/?cell=mine",
    "media": "/admin/images/",
    "home": "/admin/",
}


def build() -> Any:
    """An editor, appraiser and translator of a province with all of it; most of its items approved, some behind or half done."""
    from wagtail.models import Locale, Page

    from cms.accounts.models import User
    from cms.accounts.services import ensure_groups
    from cms.approval.services import ensure_workflow
    from cms.content.services import ensure_tree
    from cms.places.models import Province

    Locale.objects.get_or_create(language_code="vi")
    Page.add_root(title="Root", slug="root", locale=Locale.objects.get())
    province = Province.objects.create(
        code="an_giang", name="An Giang", name_en="An Giang", languages=list(LANGUAGES), theme="national"
    )
    user = User.objects.create(username="editor", is_staff=True)
    groups = ensure_groups(province.code)
    user.groups.add(*(groups[role] for role in ("editor", "appraiser", "translator")))
    shelves = ensure_tree(province)
    ensure_workflow(province)
    _clusters(province)
    originals = _pages(shelves)
    _translations(originals, shelves)
    _approvals(province, user)
    _pictures(province)
    return user


def _clusters(province: Any) -> None:
    from cms.places.models import Cluster, Controller, Face, Placement

    for number in range(CLUSTERS):
        cluster = Cluster.objects.create(
            slug=f"gate-{number}", province=province, name=f"Cửa khẩu {number}", gaps_mm=[200]
        )
        controller = Controller.objects.create(
            cluster=cluster, slug=f"gate-{number}-1", canvas_width=512, canvas_height=192
        )
        for place, letter in enumerate("ab"):
            face = Face.objects.create(
                cluster=cluster, letter=letter, width=256, height=192, pitch_mm=5, distance_m=15, languages=["vi"]
            )
            Placement.objects.create(controller=controller, face=face, x=256 * place)


def _pages(shelves: dict[str, ProvincePage]) -> list[ItemPage]:
    """Every item in every language, with its revision; returns the originals."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.models import Page, Revision

    from cms.content.models import ItemPage

    kind = ContentType.objects.get_for_model(ItemPage)
    base = ContentType.objects.get_for_model(Page)
    now, kinds = timezone.now(), ItemPage.Kind.values
    keys = [uuid.uuid4() for _ in range(ITEMS)]
    for language, shelf in shelves.items():
        pages = [
            ItemPage(
                title=f"Giờ mở cửa số {number} ({language})",
                draft_title=f"Giờ mở cửa số {number} ({language})",
                slug=f"tin-{number}-{language}",
                path=ItemPage._get_path(shelf.path, shelf.depth + 1, number + 1),
                depth=shelf.depth + 1,
                url_path=f"{shelf.url_path}tin-{number}-{language}/",
                locale=shelf.locale,
                translation_key=key,
                content_type=kind,
                live=False,
                kind=kinds[number % len(kinds)],
                body=[],
                valid_until=now.date() + timedelta(days=number % 400) if number % 3 else None,
                latest_revision_created_at=now - timedelta(minutes=number),
            )
            for number, key in enumerate(keys)
        ]
        # A row in each of two tables, which `bulk_create` refuses.
        parents = Page.objects.bulk_create([_parent(page, Page) for page in pages], batch_size=500)
        _children(parents, pages, ItemPage)
        Page.objects.filter(pk=shelf.pk).update(numchild=ITEMS)
        made = list(ItemPage.objects.filter(locale=shelf.locale).order_by("path"))
        Revision.objects.bulk_create(
            [
                Revision(
                    content_type=kind,
                    base_content_type=base,
                    object_id=str(page.pk),
                    created_at=page.latest_revision_created_at,
                    object_str=page.title,
                    content={"pk": page.pk, "title": page.title, "body": "[]"},
                )
                for page in made
            ],
            batch_size=500,
        )
        revisions = dict(Revision.objects.values_list("object_id", "pk"))
        for page in made:
            page.latest_revision_id = revisions[str(page.pk)]
        Page.objects.bulk_update(
            [Page(pk=one.pk, latest_revision_id=one.latest_revision_id) for one in made],
            ["latest_revision"],
            batch_size=400,
        )
    return list(ItemPage.objects.filter(locale__language_code="vi").order_by("path"))


def _parent(page: Any, model: Any) -> Any:
    return model(
        **{
            field.attname: getattr(page, field.attname)
            for field in model._meta.concrete_fields
            if not field.primary_key
        }
    )


def _children(parents: list[Any], pages: list[Any], model: Any) -> None:
    """Rows of the items' own table."""
    from django.db import connection

    fields = list(model._meta.local_concrete_fields)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    rows = []
    for parent, page in zip(parents, pages, strict=True):
        page.page_ptr_id = parent.pk
        rows.append([field.get_db_prep_save(getattr(page, field.attname), connection) for field in fields])
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _translations(originals: list[ItemPage], shelves: dict[str, ProvincePage]) -> None:
    """Sources and passages of every item: every seventh is behind, every fifth lacks a passage, every eleventh is a machine's."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Page
    from wagtail_localize.models import (
        String,
        StringSegment,
        StringTranslation,
        TranslatableObject,
        Translation,
        TranslationContext,
        TranslationSource,
    )

    from cms.content.models import ItemPage

    vi = shelves["vi"].locale
    base, kind = ContentType.objects.get_for_model(Page), ContentType.objects.get_for_model(ItemPage)
    many = {"batch_size": 500}
    TranslatableObject.objects.bulk_create(
        [TranslatableObject(translation_key=one.translation_key, content_type=base) for one in originals], **many
    )
    sources = TranslationSource.objects.bulk_create(
        [
            TranslationSource(
                object_id=one.translation_key,
                specific_content_type=kind,
                locale=vi,
                object_repr=one.title,
                content_json="{}",
                last_updated_at=one.latest_revision_created_at + timedelta(minutes=-1 if number % 7 == 0 else 1),
            )
            for number, one in enumerate(originals)
        ],
        **many,
    )
    strings = String.objects.bulk_create(
        [
            String(locale=vi, data=text, data_hash=String._get_data_hash(text))
            for text in (f"Đoạn {place} của tin {number}" for number in range(ITEMS) for place in range(PASSAGES))
        ],
        **many,
    )
    contexts = TranslationContext.objects.bulk_create(
        [
            TranslationContext(
                object_id=one.translation_key,
                path=f"body.{place}",
                path_id=TranslationContext._get_path_id(f"body.{place}"),
            )
            for one in originals
            for place in range(PASSAGES)
        ],
        **many,
    )
    StringSegment.objects.bulk_create(
        [
            StringSegment(
                source=sources[n // PASSAGES], context=contexts[n], order=n % PASSAGES, string=strings[n], attrs="{}"
            )
            for n in range(ITEMS * PASSAGES)
        ],
        **many,
    )
    for language in LANGUAGES[1:]:
        locale = shelves[language].locale
        Translation.objects.bulk_create([Translation(source=one, target_locale=locale) for one in sources], **many)
        StringTranslation.objects.bulk_create(
            [
                StringTranslation(
                    translation_of=strings[n],
                    context=contexts[n],
                    locale=locale,
                    data=f"Passage {n}",
                    translation_type="machine" if (n // PASSAGES) % 11 == 0 else "manual",
                )
                for n in range(ITEMS * PASSAGES)
                if not ((n // PASSAGES) % 5 == 0 and n % PASSAGES == 0)
            ],
            **many,
        )


def _approvals(province: Any, user: Any) -> None:
    """Four of five items are approved in every language."""
    from django.utils import timezone

    from cms.approval.models import Approval
    from cms.content.models import ItemPage

    now = timezone.now()
    Approval.objects.bulk_create(
        [
            Approval(
                page=page,
                item=page.item_id,
                item_key=page.translation_key,
                title=page.title,
                language=page.locale.language_code,
                revision=page.latest_revision_id,
                province=province,
                approved_by=user,
                approved_at=now,
            )
            for page in ItemPage.objects.select_related("locale")
            if page.translation_key.int % 5
        ],
        batch_size=500,
    )


def _pictures(province: Any) -> None:
    from cms.accounts.services import collection_of
    from cms.content.models import Picture

    collection = collection_of(province.code)
    Picture.objects.bulk_create(
        [
            Picture(
                title=f"Ảnh {number}",
                file=f"original_images/{number}.jpg",
                width=640,
                height=480,
                collection=collection,
            )
            for number in range(PICTURES)
        ],
        batch_size=500,
    )


def measure(client: Client, address: str) -> tuple[float, int]:
    """The 95th percentile in milliseconds of asking for a page, and its questions of the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    count = len(asked)  # now: it reads the log, which the next request empties
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[round(0.95 * ROUNDS) - 1], count


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        prepare(Path(folder))
        from django.conf import settings
        from django.test import Client

        settings.DEBUG = False
        user = build()
        gc.collect()  # the web process keeps what it has loaded out of the collector's way too (cms/runtime/web.py)
        gc.freeze()

        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for name, address in PAGES.items():
            spent, asked = measure(client, address)
            report(f"{name}_p95", spent, "ms", GOAL_MS, name="editors")
            report(f"{name}_queries", asked, "queries", GOAL_QUERIES, name="editors")


if __name__ == "__main__":
    main()
