"""A programme of 100 items for 4 faces in 3 languages, 300 proofs, drawn by the real workers of an instance of its own.

    python -m benchmarks.drawing

One JSON line per result: name, value, unit, goal, holds. `busy` is the workers' own share of all cores, so it wants a machine
with nothing else to do; `cores` is how busy the machine was with whatever it did.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

ITEMS = int(os.environ.get("BANGTIN_BENCH_ITEMS", "100"))
LANGUAGES = ("vi", "en", "km")
PICTURES = ("ban-gioc", "bay-nui", "mau-son", "tra-su", "thot-not")
FACES = (("a", 512, 256), ("b", 512, 256), ("c", 256, 384), ("d", 256, 384))
NOTES = "BANGTIN_BENCH_NOTES"
WORDS = {
    "vi": (
        "Giờ làm việc cửa khẩu",
        "Cửa khẩu mở cửa từ 7 giờ đến 18 giờ hằng ngày. Khách mang theo hộ chiếu còn hạn.",
        "Kính mời quý khách",
    ),
    "en": (
        "Border gate opening hours",
        "The gate is open from 7:00 to 18:00 every day. Travellers carry a valid passport.",
        "Welcome to all travellers",
    ),
    "km": (
        "ម៉ោងធ្វើការច្រកទ្វារ",
        "ច្រកទ្វារបើកពីម៉ោង ៧ ដល់ម៉ោង ១៨ រៀងរាល់ថ្ងៃ។ សូមយកលិខិតឆ្លងដែនមកជាមួយ។",
        "សូមស្វាគមន៍ភ្ញៀវទាំងអស់",
    ),
}


def report(name: str, value: float, unit: str, goal: float | None = None, *, least: bool = False) -> None:
    """One line; without a goal the figure stands by itself."""
    holds = goal is None or (value >= goal if least else value <= goal)
    line = {"name": f"drawing.{name}", "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


# --- the instance ----------------------------------------------------------------------------------------------------


def prepare(folder: Path) -> None:
    """An instance with a database on disk, as workers want it."""
    os.environ |= {
        "BANGTIN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "cms.settings.development",
        "BANGTIN_LOG_LEVEL": "ERROR",
        "BANGTIN_REDIS_URL": f"unix://{folder}/redis.sock",
        NOTES: str(folder / "notes"),
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def queue(folder: Path) -> subprocess.Popen[bytes]:
    """A private Redis."""
    import redis

    from cms.runtime import redis_server

    socket = folder / "redis.sock"
    process = subprocess.Popen(  # noqa: S603 - our own choice of binary
        redis_server.command(redis_server.find(), socket, folder), stdout=subprocess.DEVNULL
    )
    client = redis.Redis.from_url(f"unix://{socket}")
    for _ in range(200):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    return process


def build() -> int:
    """The programme's items with their drafts, each of which puts its proof on the queue; returns how many there are."""
    from django.core.files.base import ContentFile
    from django.core.files.images import ImageFile

    from cms.content.models import Clip, ItemPage, Picture
    from cms.content.services import ensure_tree
    from cms.demo.texts import FOLDER
    from cms.places.models import Cluster, Face, Province

    province = Province.objects.create(code="an_giang", name="An Giang", languages=list(LANGUAGES), theme="an_giang")
    cluster = Cluster.objects.create(slug="tinh-bien", province=province, name="Tịnh Biên", gaps_mm=[200, 200, 200])
    for letter, width, height in FACES:
        Face.objects.create(cluster=cluster, letter=letter, width=width, height=height, pitch_mm=5, distance_m=15)
    shelves = ensure_tree(province)
    pictures = []
    for name in PICTURES:
        made = Picture(title=name, file=ImageFile((FOLDER / "media" / f"{name}.jpg").open("rb"), f"{name}.jpg"))
        made.save()
        pictures.append(made.pk)
    clip = Clip(title="bay-nui", type="video", duration=6)
    clip.file.save("bay-nui.mp4", ContentFile((FOLDER / "media" / "bay-nui.mp4").read_bytes()), save=False)
    clip.save()
    pages = 0
    for number in range(ITEMS):
        for language in LANGUAGES:
            shelf = shelves[language]
            page = ItemPage(title=f"{WORDS[language][0]} {number}", locale=shelf.locale, live=False)
            page.body = ItemPage.body.field.to_python(list(cards(number, language, pictures, clip.pk)))
            shelf.add_child(instance=page)
            page.save_revision()
            pages += 1
    return pages


def cards(number: int, language: str, pictures: list[int], clip: int) -> Iterator[dict[str, Any]]:
    """The cards of an item: a headline of its own and one other, whose kind goes round; a few are the same in many items."""
    from cms.plugin_host.host import get_host

    head, text, greeting = WORDS[language]
    picture = pictures[number % len(pictures)]
    rows = "\n".join(f"{head[:10]} {row}\t{7 + row}:00\t{17 + row}:00" for row in range(4))
    pair = [{"type": "item", "id": str(uuid4()), "value": {"picture": one, "caption": ""}} for one in pictures[:2]]
    others = {
        "text": {"title": head, "text": f"{text} ({number})"},
        "picture": {"picture": picture, "title": greeting, "caption": ""},
        "video": {"clip": clip, "caption": greeting},
        "beside": {"picture": picture, "title": head, "text": text},
        "gallery": {"pictures": pair, "title": ""},
        "table": {"title": head, "rows": f"{head[:12]}\tA\tB\n{rows}", "note": ""},
        "qr": {"title": greeting, "text": head, "url": f"https://angiang.gov.vn/tin/{number % 10}"},
        "quotation": {"text": text, "author": "Nguyễn Văn A", "role": head},
        "bilingual": {"title": head, "text": greeting, "other_language": "en", "other_title": WORDS["en"][0]},
    }
    kinds = [kind for kind in others if kind in get_host().card_templates()]
    yield {"type": "title", "value": {"kicker": greeting, "title": f"{head} {number}"}}
    # Every tenth item carries the clip; the others go round.
    kind = "video" if number % 10 == 9 else [one for one in kinds if one != "video"][number % (len(kinds) - 1)]
    yield {"type": kind, "value": others[kind]}


# --- the workers -----------------------------------------------------------------------------------------------------


def work() -> None:
    """A worker as `bangtin up` starts it, that also writes down what it makes."""
    import django

    django.setup()
    from django.core.management import call_command

    from cms.content.assets import AssetStore
    from cms.content.drawn import Drawings

    notes = os.open(os.environ[NOTES], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    keep, put, put_file = Drawings._keep, AssetStore.put, AssetStore.put_file

    def noted(kind: str, name: str) -> None:
        os.write(notes, f"{kind} {name}\n".encode())

    def noted_keep(self: Drawings, key: str, made: Any) -> Any:
        noted("key", key)
        return keep(self, key, made)

    def noted_put(self: AssetStore, data: bytes, type: str) -> str:
        sha = put(self, data, type)
        noted("asset", sha)
        return sha

    def noted_put_file(self: AssetStore, path: Path, type: str) -> str:
        sha = put_file(self, path, type)
        noted("asset", sha)
        return sha

    Drawings._keep, AssetStore.put, AssetStore.put_file = noted_keep, noted_put, noted_put_file  # type: ignore[method-assign]
    call_command("worker", "default", "render", burst=True)  # not nice: here it shall be measured


def draw(folder: Path) -> tuple[float, float, float, list[str]]:
    """Let one worker for each core empty the queue; wall seconds, the workers' share of all cores, how busy the machine was,
    and what was made."""
    from django.db import connections

    connections.close_all()
    notes = folder / "notes"
    notes.unlink(missing_ok=True)
    cores = os.cpu_count() or 1
    before, idle, began = os.times(), _idle(), time.monotonic()
    running = [subprocess.Popen([sys.executable, "-m", "benchmarks.drawing", "work"]) for _ in range(cores)]
    for one in running:
        one.wait()
    wall, after = time.monotonic() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    machine = 1 - (_idle() - idle) / (wall * cores)
    return wall, used / (wall * cores), machine, notes.read_text().splitlines() if notes.exists() else []


def _idle() -> float:
    """Seconds that the cores had nothing to do, of all cores together."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def ask_again() -> None:
    """Forget the proofs, not what was drawn: everything is asked for once more."""
    from cms.content import jobs
    from cms.content.models import Proof, ProofJob

    for job in ProofJob.objects.all():
        job.reset()
        job.save()
    Proof.objects.all().delete()
    jobs.enqueue_all(ProofJob.objects.values_list("pk", flat=True))


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-drawing"))
    redis = None
    try:
        prepare(folder)
        redis = queue(folder)
        proofs = build()
        from cms.content.models import ProofAsset, ProofJob

        wall, busy, machine, made = draw(folder)
        failed = ProofJob.objects.exclude(status=ProofJob.Status.DONE)
        for job in failed[:3]:
            print(f"{job}: {job.status} {job.error}", file=sys.stderr)
        keys, assets = ([line.split()[1] for line in made if line.startswith(kind)] for kind in ("key", "asset"))
        report("proofs", proofs - failed.count(), "count", proofs, least=True)
        report("wall", wall, "s")
        report("proofs_per_second", proofs / wall, "1/s")
        report("busy", busy, "share", 0.9, least=True)
        report("cores", machine, "share", 0.9, least=True)
        report("pictures_and_clips", ProofAsset.objects.count(), "count")
        report("made_twice", len(keys) - len(set(keys)), "count", 0)
        report("assets_put_twice", len(assets) - len(set(assets)), "count", 0)
        ask_again()
        wall, _busy, _machine, made = draw(folder)
        report("second_run", wall, "s")
        report("second_run_made", len(made), "count", 0)
        report(
            "second_run_proofs",
            ProofJob.objects.filter(status=ProofJob.Status.DONE).count(),
            "count",
            proofs,
            least=True,
        )
    finally:
        if redis is not None:
            redis.terminate()
            redis.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    work() if sys.argv[1:] == ["work"] else main()
