"""The command line on the demo: the same bytes twice, only what was approved, the right pixels, black at noon."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.instance import Instance
from tests.e2e.pixels import is_black

NOON, MORNING = "2027-01-04T12:00:00+07:00", "2027-01-04T08:00:00+07:00"


def compiled(instance: Instance, folder: Path, run: Callable[..., object] | None = None) -> bytes:
    """Tịnh Biên's schedule, compiled by `instance.command` or by `run`."""
    out = folder / "schedule.json"
    (run or instance.command)("compile", "tinh-bien", "--from", "2027-01-04", "--days", "35", "--out", str(out))
    return out.read_bytes()


def test_compiling_twice_gives_the_same_bytes(instance: Instance, tmp_path: Path) -> None:
    assert compiled(instance, tmp_path, instance.cli) == compiled(instance, tmp_path, instance.cli)


def test_every_asset_belongs_to_an_approval_or_an_approved_theme(instance: Instance, tmp_path: Path) -> None:
    allowed = set(
        instance.do("""
from cms.approval.models import Approval, ThemeApproval
from cms.plugin_api.types import Proof
answer = []
for approval in Approval.objects.filter(revoked_at__isnull=True).prefetch_related("proofs"):
    for proof in approval.proofs.all():
        answer += Proof.from_json(proof.document).assets()
for theme in ThemeApproval.objects.all():
    answer += theme.assets
""")
    )
    schedule = json.loads(compiled(instance, tmp_path))
    assert len(schedule["assets"]) > 10
    assert set(schedule["assets"]) <= allowed


def test_an_unapproved_edit_changes_nothing(instance: Instance, tmp_path: Path) -> None:
    before = compiled(instance, tmp_path)
    instance.do("""
from cms.accounts.models import User
from cms.content.models import ItemPage
page = ItemPage.objects.get(slug="gio-hoat-dong-tinh-bien", locale__language_code="vi")
draft = page.get_latest_revision_as_object()
draft.body[0].value["title"] = "Chưa ai duyệt dòng này"
draft.save_revision(user=User.objects.get(username="angiang.contributor"))
""")
    assert compiled(instance, tmp_path) == before


def test_a_face_is_drawn_at_its_exact_size_and_is_not_black_in_the_morning(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    instance.cli("frame", "ta-lung", "a", "--at", MORNING, "--out", str(out))
    picture = Image.open(out)
    assert picture.size == (384, 576)
    assert not is_black(picture)


@pytest.mark.parametrize("cluster", ["ta-lung", "trung-khanh", "tinh-bien"])
def test_a_face_is_black_while_its_cluster_rests_at_noon(instance: Instance, tmp_path: Path, cluster: str) -> None:
    out = tmp_path / "x.png"
    instance.command("frame", cluster, "a", "--at", NOON, "--out", str(out))
    assert is_black(Image.open(out))


@pytest.mark.parametrize(
    ("cluster", "dark", "lit"),
    [("ta-lung", "13:29:59", "13:30:05"), ("tinh-bien", "13:59:59", "14:00:05")],
)
def test_the_rest_ends_when_the_province_says(instance: Instance, cluster: str, dark: str, lit: str) -> None:
    answer = instance.do(f"""
from cms.places.models import Cluster
from cms.programmes.previews import compile_at, millis, parse_instant
from cms.schedule.frame import frame
cluster = Cluster.objects.get(slug={cluster!r})
answer = []
for clock in ({dark!r}, {lit!r}):
    moment = parse_instant(f"2027-01-04T{{clock}}", cluster)
    answer.append(frame(compile_at(cluster, moment).compiled.schedule, None, "a", millis(moment)).kind)
""")
    assert answer == ["closed", "programme"]
