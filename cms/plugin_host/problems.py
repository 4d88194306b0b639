"""What became of a plugin that failed: kept, shown in the admin and by `bangtin doctor`, written to the log once."""

from __future__ import annotations

from dataclasses import dataclass

from cms.plugin_api.types import Text


class Nonsense(Exception):
    """A plugin's result breaks the contract; the message names the place, e.g. `clusters[0].faces[1].width`."""


class NoRenderer(LookupError):
    """No plugin draws clusters of so many faces."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure of a plugin. `hook` is `load`, the name of a hook, or `theme`; `error` is for the plugin's author."""

    code: str
    hook: str
    error: str

    @property
    def text(self) -> Text:
        """One sentence for the people who run the instance."""
        if self.hook == "theme":
            return Text(
                vi=f"Không đọc được giao diện của phần mở rộng “{self.code}”; giao diện quốc gia được dùng thay. {self.error}",
                en=f"A theme of the plugin “{self.code}” cannot be read; the national theme takes its place. {self.error}",
            )
        return Text(
            vi=f"Phần mở rộng “{self.code}” bị tạm ngừng vì lỗi ở {self.hook}: {self.error} Báo cho người viết phần mở rộng; "
            "các màn hình vẫn chạy.",
            en=f"The plugin “{self.code}” is switched off because {self.hook} failed: {self.error} Tell the plugin's "
            "author; the screens go on.",
        )
