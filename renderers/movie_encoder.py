"""Pictures and sound go through pipes into ffmpeg, which encodes them and writes one MP4."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import av
import imageio_ffmpeg
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from renderers.errors import Bilingual
from renderers.movie_sound import CHANNELS, RATE

_AHEAD = 8  # pictures drawn while others are encoded
_FULL = ("no space left", "disk quota exceeded", "file too large")


class MovieError(Bilingual):
    """The film cannot be written. Codes: `disk_full`, `encoder`."""


def planes(picture: Image.Image) -> bytes:
    """A picture of even sides (RGB, BT.709 in full range) as the bytes that `Encoder` takes: yuv420p, BT.709, limited range."""
    frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    made = frame.reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG, interpolation="BICUBIC"
    )
    return made.to_ndarray().tobytes()


class Encoder:
    """Writes one MP4 of even sides. `put` every picture, as `planes` makes them, then `finish`; left without it, or with an
    error, nothing stays of the file."""

    def __init__(self, target: Path, width: int, height: int, fps: int, sound: Iterator[bytes] | None = None) -> None:
        self.target = target
        self._whole = False
        self._failure: BaseException | None = None
        self._pictures: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving
        ends = os.pipe() if sound is not None else None
        try:
            # A session of its own: Ctrl-C is for us, who then leave nothing behind.
            self._child = subprocess.Popen(  # noqa: S603
                _command(target, width, height, fps, ends[0] if ends else None),
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said, start_new_session=True,
                pass_fds=[ends[0]] if ends else [], bufsize=0,
            )  # fmt: skip
        finally:
            if ends:
                os.close(ends[0])
        self._feeders = [self._feeding(self._child.stdin, iter(self._pictures.get, None))]
        if ends and sound is not None:
            self._feeders.append(self._feeding(os.fdopen(ends[1], "wb", buffering=0), sound))

    def put(self, picture: bytes) -> None:
        """Hand the next picture over; waits while enough are on their way. Raises what stopped the encoder."""
        while self._failure is None:
            with contextlib.suppress(queue.Full):
                return self._pictures.put(picture, timeout=0.2)
        raise self._reason()

    def finish(self) -> None:
        """Wait until the file is whole. Raises what stopped the encoder."""
        while self._failure is None:
            with contextlib.suppress(queue.Full):
                self._pictures.put(None, timeout=0.2)
                break
        for feeder in self._feeders:
            while feeder.is_alive() and self._failure is None:
                feeder.join(0.2)
        if self._failure is not None or self._child.wait() != 0:
            raise self._reason()
        self._whole = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._whole:
            self._child.kill()
            self._failure = self._failure or InterruptedError()
            with contextlib.suppress(queue.Empty):
                while True:
                    self._pictures.get_nowait()
            with contextlib.suppress(queue.Full):
                self._pictures.put_nowait(None)
        self._child.wait()
        for feeder in self._feeders:
            feeder.join()
        self._said.close()
        if not self._whole:
            with contextlib.suppress(OSError):
                self.target.unlink(missing_ok=True)

    def _feeding(self, pipe: IO[bytes] | None, source: Iterable[bytes]) -> threading.Thread:
        assert pipe is not None  # noqa: S101 - for the type checker

        def feed() -> None:
            try:
                with contextlib.closing(pipe):
                    for data in source:
                        view = memoryview(data)
                        while view:
                            view = view[pipe.write(view) :]
            except BaseException as error:  # told to whoever waits
                self._failure = self._failure or error
            finally:
                if (close := getattr(source, "close", None)) is not None:
                    close()

        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        return thread

    def _reason(self) -> BaseException:
        if self._failure is not None and not isinstance(self._failure, BrokenPipeError):
            return self._failure
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(5)
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, self._said.tell() - 800))
        words = self._said.read().decode(errors="replace").strip()
        if any(one in words.lower() for one in _FULL):
            return MovieError(
                "disk_full",
                f"Ổ đĩa đã đầy khi ghi {self.target}. Hãy giải phóng dung lượng hoặc chọn thư mục khác, rồi xuất lại.",
                f"The disk became full while {self.target} was written. Free some space or choose another folder, then export again.",
            )
        return MovieError(
            "encoder",
            f"Không ghi được {self.target}: bộ mã hoá dừng giữa chừng ({words or 'không rõ lý do'}).",
            f"{self.target} could not be written: the encoder stopped ({words or 'no reason given'}).",
        )


def _command(target: Path, width: int, height: int, fps: int, sound: int | None) -> list[str]:
    """No B-frames and a keyframe each second: what simple boxes play and seek in."""
    heard = ["-f", "s16le", "-ar", str(RATE), "-ac", str(CHANNELS), "-thread_queue_size", "64", "-i", f"pipe:{sound}"]
    return [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(fps), "-thread_queue_size", "8", "-i", "pipe:0",
        *(heard if sound is not None else []), "-map", "0:v", *(["-map", "1:a"] if sound is not None else []),
        "-map_metadata", "-1", "-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709", "-fps_mode", "cfr",
        "-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "17", "-maxrate", "24M", "-bufsize", "24M",
        "-g", str(fps), "-bf", "0", "-x264-params", f"keyint={fps}:min-keyint={fps}:scenecut=0", "-threads", "2",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
        *(["-c:a", "aac", "-b:a", "160k", "-ar", str(RATE)] if sound is not None else []),
        "-movflags", "+faststart", "-f", "mp4", f"file:{target.absolute()}",
    ]  # fmt: skip
