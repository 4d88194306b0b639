"""A server of a live stream: HLS in segments of one second, whose playlist moves on with the time. It can die, stand still, run ahead,
send elsewhere."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import imageio_ffmpeg

SECONDS = 180
TURNS = 120
COLOURS = (("0x10c020", TURNS), ("0x2030e0", SECONDS - TURNS))


def segments(folder: Path) -> Path:
    """Segments of one second: two minutes of green, then a minute of blue, with a tone. Made once."""
    if not (folder / f"{SECONDS - 1}.ts").exists():
        inputs = [f"color=c={colour}:s=160x80:r=15:d={seconds}" for colour, seconds in COLOURS]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error"]
        for source in (*inputs, f"sine=frequency=440:duration={SECONDS}"):
            command += ["-f", "lavfi", "-i", source]
        command += ["-filter_complex", "[0][1]concat=n=2[v]", "-map", "[v]", "-map", "2:a", "-c:v", "libx264"]
        command += ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "15", "-sc_threshold", "0", "-c:a", "aac"]
        command += [
            "-f",
            "hls",
            "-hls_time",
            "1",
            "-hls_list_size",
            "0",
            "-hls_segment_filename",
            str(folder / "%d.ts"),
        ]
        subprocess.run([*command, str(folder / "all.m3u8")], check=True)
    return folder


class Live:
    """`edge` seconds of the stream have been sent when somebody first asks for it; `window` segments are in the playlist. `elsewhere`: where the playlist
    says that the segments lie. `redirect`: where it sends who asks for the playlist. `asked` keeps every path."""

    def __init__(self, folder: Path, *, edge: float = 12, window: int = 8) -> None:
        self.folder, self.window, self.port = segments(folder), window, 0
        self.elsewhere = self.redirect = ""
        self.asked: list[str] = []
        self._edge = edge
        self._since: float | None = None
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/playlist.m3u8"

    @property
    def edge(self) -> int:
        """How many segments there are by now."""
        if self._since is None:
            self._since = time.monotonic()
        return int(min(SECONDS, self._edge + time.monotonic() - self._since))

    def run_ahead(self, seconds: float) -> None:
        """The studio is suddenly so much further."""
        self._edge += seconds

    def start(self) -> Live:
        live = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                live.asked.append(self.path)
                if live.redirect and self.path.endswith(".m3u8"):
                    self.send_response(302)
                    self.send_header("Location", live.redirect)
                    self.send_header("Access-Control-Allow-Origin", "*")
                    return self.end_headers()
                data = live.answer(self.path)
                self.send_response(200 if data is not None else 404)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                with suppress(OSError):  # whoever asked is gone
                    self.wfile.write(data or b"")
                return None

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None

    def answer(self, path: str) -> bytes | None:
        if path == "/playlist.m3u8":
            last = self.edge
            first = max(0, last - self.window)
            lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
            for number in range(first, last):
                lines += ["#EXTINF:1.0,", f"{self.elsewhere}{number}.ts"]
            return "\n".join(lines).encode()
        file = self.folder / path.strip("/")
        return file.read_bytes() if file.suffix == ".ts" and file.is_file() else None
