"""The player's page: its version, its files, what its policy allows."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.test import Client

from cms.players import web

pytestmark = pytest.mark.django_db
INDEX = '<!doctype html><script type="module" src="/player/{{version}}/src/main.js"></script>'
WORKER = 'const VERSION = "{{version}}", FILES = {{files}};'


@pytest.fixture
def folder(tmp_path):
    """A small player, with things beside it that are nobody's business."""
    for name, text in {
        "index.html": INDEX,
        "service_worker.js": WORKER,
        "src/main.js": "export {};",
        "src/core/frame.js": "export const a = 1;",
        "src/.hidden.js": "no",
        "src/notes.txt": "no",
        "kiosk/secret.js": "no",
        "node_modules/x/index.js": "no",
        "tsconfig.json": "no",
    }.items():
        path = tmp_path / "player_web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "outside.js").write_text("no")
    (tmp_path / "player_web/src/link.js").symlink_to(tmp_path / "outside.js")
    return tmp_path / "player_web"


@pytest.fixture
def served(folder, settings):
    settings.ROOT = folder.parent
    web.player_web.cache_clear()
    yield web.player_web()
    web.player_web.cache_clear()


def test_only_the_players_own_files_are_served(served):
    assert served.shell == ["src/core/frame.js", "src/main.js"]


def test_the_version_changes_with_any_byte_of_any_file(folder):
    versions = {web.read(folder).version}
    for name in ("index.html", "service_worker.js", "src/main.js"):
        (folder / name).write_text((folder / name).read_text() + " ")
        versions.add(web.read(folder).version)
    (folder / "src/main.js").rename(folder / "src/other.js")
    versions.add(web.read(folder).version)
    assert len(versions) == 5
    assert all(len(version) == 12 for version in versions)
    (folder / "kiosk/secret.js").write_text("changed")
    assert web.read(folder).version in versions


def test_the_page_names_the_version_and_is_asked_for_anew(served):
    answer = Client().get("/player/?seat=ta-lung-1")
    assert f"/player/{served.version}/src/main.js" in answer.content.decode()
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Type"].startswith("text/html")


def test_the_service_worker_knows_its_files_and_may_rule_the_whole_player(served):
    answer = Client().get("/player/service_worker.js")
    assert answer["Service-Worker-Allowed"] == "/player/"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Type"].startswith("text/javascript")
    assert f'"{served.version}"' in answer.content.decode()
    assert json.dumps(served.shell) in answer.content.decode()


def test_files_of_a_version_never_change(served):
    answer = Client().get(f"/player/{served.version}/src/main.js")
    assert answer.content == b"export {};"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")
    assert Client().get("/player/000000000000/src/main.js").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "service_worker.js",
        "tsconfig.json",
        "kiosk/secret.js",
        "src/link.js",
        "src/../tsconfig.json",
        "../outside.js",
        "..%2foutside.js",
        "src/main.js\n",
        "src//main.js",
        "/etc/passwd",
        "src\\main.js",
        "src/main.js\x00",
    ],
)
def test_no_path_leads_elsewhere(served, path):
    assert Client().get(f"/player/{served.version}/{quote(path, safe='/%')}").status_code == 404


def test_the_policy_lets_the_player_load_its_own_things_and_nothing_else(served):
    for path in ("/player/", "/player/service_worker.js", f"/player/{served.version}/src/main.js"):
        policy = Client().get(path)["Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
        assert rules["default-src"] == "'self'"
        assert rules["script-src"] == rules["worker-src"] == rules["connect-src"] == "'self'"
        assert rules["img-src"] == rules["media-src"] == "'self' blob:"
        assert rules["object-src"] == rules["base-uri"] == "'none'"
        assert "unsafe" not in policy


def test_the_page_is_read_only(served):
    assert Client().post("/player/").status_code == 405
    assert Client().head("/player/").status_code == 200


def test_without_a_player_the_page_is_not_found(settings, tmp_path):
    settings.ROOT = tmp_path
    web.player_web.cache_clear()
    assert Client().get("/player/").status_code == 404
    web.player_web.cache_clear()
