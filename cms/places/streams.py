"""Which servers may send live streams to the screens."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from cms.places.models import Province, StreamHost
from cms.plugin_api.types import is_stream_url, origin_of


def origins() -> list[str]:
    """Servers (scheme, host, port) that may send to some province, in order; none as long as no administrator allows one."""
    return sorted(set(StreamHost.objects.values_list("origin", flat=True)))


def responsible_for(urls: Iterable[str], province: Province) -> dict[str, str]:
    """Who answers for each of these streams, by address; "" where the server may not send to the province."""
    rows = StreamHost.objects.filter(Q(province=None) | Q(province=province)).order_by("province")
    known = {row.origin: row.responsible for row in rows}
    return {url: known.get(origin_of(url), "") if is_stream_url(url) else "" for url in sorted(urls)}


def allowed_in_words() -> str:
    """Which servers an editor may name, or what to do when there is none."""
    found = origins()
    if not found:
        return _(
            "No server may send live streams to the screens yet. Ask an administrator to allow one under Places, Servers of live streams."
        )
    return _("Only from %(servers)s. Administrators allow others under Places, Servers of live streams.") % {
        "servers": ", ".join(found)
    }


def problem_with(url: str) -> str:
    """Why an editor cannot use an address, and what to do; "" when nothing stands against it."""
    if not is_stream_url(url):
        return _("Write the address in full as https://host/path.m3u8, in plain letters, without a user name.")
    if origin_of(url) not in origins():
        return _("%(server)s may not send to the screens. ") % {"server": origin_of(url)} + allowed_in_words()
    return ""
