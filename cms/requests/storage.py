"""Where what senders hand in lies: below `REQUESTS_ROOT`, readable by the instance alone, served by no address of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files without an address; the folder is looked up when it is used."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> Any:
        return settings.REQUESTS_ROOT

    @property
    def location(self) -> str:
        return str(settings.REQUESTS_ROOT)

    def url(self, name: str | None) -> str:
        raise ValueError("What senders hand in is served by its views alone.")
