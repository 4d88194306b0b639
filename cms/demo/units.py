"""The organisations of the demo's people, and the commune at Tà Lùng, which answers for what it produces itself (CB 8.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cms.accounts.models import Role, User
from cms.places.models import Cluster, Membership, Organisation, Province

SINCE = date(2025, 7, 1)  # departments were merged and districts ended on this day
DEPARTMENT = "so-vhttdl"
AT_THE_DEPARTMENT = (Role.EDITOR, Role.TRANSLATOR, Role.APPRAISER, Role.APPROVER)
SENDERS = {"an_giang": "bien-phong", "cao_bang": "so-ngoai-vu", "lang_son": "vien-thong"}
"""The unit whose contributor sends requests, by province."""
COMMUNE_PROVINCE, COMMUNE, COMMUNE_CLUSTER = "cao_bang", "ubnd-xa-so-tai", "ta-lung"
COMMUNE_PEOPLE = {
    "talung.contributor": ("Lục Thị Thơm", Role.CONTRIBUTOR),
    "talung.editor": ("Nguyễn Hữu Tính", Role.EDITOR),
    "talung.appraiser": ("Phùng Thị Vân", Role.APPRAISER),
    "talung.approver": ("Hà Văn Phúc", Role.APPROVER),
}
"""Name and role of the commune's people, by user name."""


def fill_units(province: Province, people: Mapping[tuple[str, str], User]) -> None:
    """Enter a province's people (by province code and role) as members of its units. The national level has none."""
    if province.code not in SENDERS:
        return
    _join(people[province.code, Role.CONTRIBUTOR], province, SENDERS[province.code])
    for role in AT_THE_DEPARTMENT:
        _join(people[province.code, role], province, DEPARTMENT)


def fill_commune(people: Mapping[str, User]) -> None:
    """Bind the commune to its cluster, and enter its people (by user name)."""
    province = Province.objects.get(code=COMMUNE_PROVINCE)
    commune = Organisation.objects.get(province=province, code=COMMUNE)
    commune.clusters.set(Cluster.objects.filter(slug=COMMUNE_CLUSTER))
    commune.save()
    for username in COMMUNE_PEOPLE:
        _join(people[username], province, COMMUNE)


def _join(user: User, province: Province, unit: str) -> None:
    organisation = Organisation.objects.get(province=province, code=unit)
    Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"valid_from": SINCE})
