"""The codecs of clips that are accepted, by ffmpeg's names."""

from __future__ import annotations

VIDEO_CODECS = (
    "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg", "prores", "dvvideo",
    "msmpeg4v2", "msmpeg4v3", "dnxhd", "h263",
)  # fmt: skip
AUDIO_CODECS = (
    "aac", "mp3", "mp2", "ac3", "eac3", "opus", "vorbis", "flac", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le",
    "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8", "amrnb", "amr_nb", "adpcm_ms", "adpcm_ima_wav",
)  # fmt: skip
_DECODERS = (*VIDEO_CODECS, *AUDIO_CODECS, "libdav1d", "libvpx-vp9", "libvpx", "mp3float", "mp2float", "libopus")
WHITELIST = ",".join(_DECODERS)
"""Decoders that ffmpeg may use at all, for its `codec_whitelist`."""
