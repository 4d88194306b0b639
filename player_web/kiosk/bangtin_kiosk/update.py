"""A newer player, from the CMS or a stick: only what the province signed, whole, and beside the one in use."""

from __future__ import annotations

from bangtin_kiosk.shell import Shell, Shells, parse
from bangtin_kiosk.sources import Missing, Source, read_all
from bangtin_kiosk.trust import Refused, Unavailable, refresh


def take(shells: Shells, source: Source) -> Shell | None:
    """Refresh, and keep the player that is offered; returns it, or None when none is offered, or one that failed here before.
    The caller chooses it (`Shells.choose`).

    Raises Refused, Unavailable, OSError."""
    offer = refresh(shells.metadata, shells.pinned, shells.cluster, source)
    if offer is None:
        return None
    manifest = parse(offer.manifest)
    if shells.failed(manifest.version):
        return None
    present = shells.load(manifest.version)
    if present is not None:
        return present
    files: dict[str, bytes] = {}
    for path, one in manifest.files.items():
        content = shells.content(one.sha256)
        if content is None:
            try:
                content = read_all(source, f"store/{one.sha256[:2]}/{one.sha256}", one.size)
            except Missing as error:
                raise Unavailable(f"{path} is not there") from error
            except OSError as error:
                raise Unavailable(str(error)) from error
            except ValueError as error:
                raise Refused(str(error), "length") from error
        if not one.holds(content):
            raise Refused(f"{path} is not what was signed", "hash")
        files[path] = content
    return shells.keep(offer, files)
