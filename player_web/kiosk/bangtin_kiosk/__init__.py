"""Bảng Tin on a hardened controller: serves the signed player from its own disk, stands before the CMS, watches Chromium."""

__version__ = "0.1.0"
