"""Between two scenes there is nothing: no black, no page behind, no old frame, no picture of another scene. Read off the browser's own
screencast, for every layer after every other under every transition, on two faces. `make bench NAME=gap` does it a thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.player_web.conftest import Player
from tests.player_web.fake_cms import FakeCms
from tests.player_web.gap.cluster import MAGENTA, TWO_FACES, publish, verdicts
from tests.player_web.gap.media import every_change
from tests.player_web.gap.screencast import Screencast

pytestmark = pytest.mark.browser

SCENE_MS = 600
CHANGES = 60


def test_no_change_of_scene_shows_a_gap_or_another_scene(player: Player, cms: FakeCms, tmp_path: Path) -> None:
    loop = every_change(SCENE_MS, SCENE_MS)
    version, began = publish(cms, TWO_FACES, loop, tmp_path)
    player.open(cms.origin + cms.invite(), size=TWO_FACES.canvas)
    player.until(f"s.schedule?.version === {version} && s.ready", 60)
    player.page.add_style_tag(content=MAGENTA)
    assert player.context is not None
    cast = Screencast(player.context, player.page).start()
    # The faces are half a loop apart: together they show all of it.
    player.page.wait_for_timeout((CHANGES / 2 + 2) * SCENE_MS)
    seen = verdicts(cast.stop().pictures(), TWO_FACES, loop, began).values()
    assert [note for one in seen for note in one.notes] == []
    # A machine with too much to do may be late, and then leaves out what is over; what it shows is right all the same.
    assert sum(one.changes for one in seen) >= CHANGES
    assert sum(one.skipped for one in seen) <= CHANGES / 4
