"""The demo's people: one of each role in each province, with random passwords kept in a private file of the instance."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

from cms.accounts.models import Role, User
from cms.accounts.services import ensure_groups, set_totp
from cms.demo.units import COMMUNE_PEOPLE, COMMUNE_PROVINCE, fill_commune, fill_units
from cms.places.models import Province

NAMES = {
    "an_giang": (
        "Trần Thị Sen",
        "Nguyễn Văn Lúa",
        "Neáng Sóc Kha",
        "Lê Minh Hậu",
        "Phạm Văn Đò",
        "Châu Sóc Thia",
        "Huỳnh Thị Bưởi",
    ),
    "cao_bang": (
        "Nông Thị Hạnh",
        "Hoàng Văn Páo",
        "Lý Thị Dẻ",
        "Bế Quang Minh",
        "Đàm Văn Khau",
        "Mông Thị Lan",
        "Nông Văn Slấn",
    ),
    "lang_son": (
        "Vi Thị Đào",
        "Lộc Văn Hồi",
        "Chu Thị Mẫu",
        "Hoàng Đức Sơn",
        "Triệu Văn Pác",
        "Lương Thị Hoa",
        "Nguyễn Thế Mẫu",
    ),
    "national": (
        "Đỗ Thu Hà",
        "Vũ Anh Tuấn",
        "Bùi Thị Lan",
        "Ngô Quốc Việt",
        "Đặng Văn Nam",
        "Mai Thu Thuỷ",
        "Phan Quốc Bình",
    ),
}
POSITIONS = {
    Role.CONTRIBUTOR: "Cộng tác viên",
    Role.EDITOR: "Biên tập viên",
    Role.APPRAISER: "Cán bộ thẩm định",
    Role.APPROVER: "Lãnh đạo phê duyệt",
    Role.OPERATOR: "Cán bộ vận hành",
    Role.TRANSLATOR: "Biên dịch viên",
    Role.ADMINISTRATOR: "Quản trị viên của tỉnh",
}


@dataclass(frozen=True, slots=True)
class Login:
    """`totp` is the secret of the second factor, "" for roles that need none."""

    username: str
    name: str
    role: str
    password: str
    totp: str


def logins_file() -> Path:
    return Path(settings.DATA) / "demo" / "logins.json"


def logins() -> list[Login]:
    """The demo's log-ins, empty before the demo was filled."""
    path = logins_file()
    return [Login(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def _keep(all_logins: list[Login]) -> None:
    path = logins_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(one) for one in all_logins], file, ensure_ascii=False, indent=1)


def code(username: str) -> str | None:
    """The second factor's code of a demo account at this moment (six digits); None when it has none."""
    login = next((one for one in logins() if one.username == username), None)
    if login is None or not login.totp:
        return None
    return format_hotp_value(hotp_value(login.totp, int(time.time()) // 30))


def _secret_of(user: User) -> str:
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    set_totp(user, secret)
    return secret


def _person(username: str, name: str, role: Role) -> tuple[User, Login]:
    known = {one.username: one for one in logins()}
    user, created = User.objects.get_or_create(
        username=username, defaults={"email": f"{username}@example.vn", "position": POSITIONS[role]}
    )
    if not created and username in known:
        return user, known[username]
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    user.last_name, _, user.first_name = name.rpartition(" ")
    user.set_password(password)
    user.save()
    totp = _secret_of(user) if role in (Role.APPROVER, Role.ADMINISTRATOR) else ""
    return user, Login(username=username, name=name, role=POSITIONS[role], password=password, totp=totp)


def _administrator() -> tuple[User, Login]:
    """The administrator whom the first start made; the password was shown then and is kept nowhere."""
    user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        user = User.objects.create_superuser("admin", password=None)
    known = {one.username: one for one in logins()}
    if user.username in known:
        return user, known[user.username]
    return user, Login(user.username, "", "Quản trị viên", "", _secret_of(user))


def fill_people(provinces: list[Province]) -> dict[tuple[str, str], User]:
    """Make (or find) the people of the provinces. Returns users by (province code, role); ("", "administrator") too."""
    people: dict[tuple[str, str], User] = {}
    cards: list[Login] = []
    administrator, card = _administrator()
    people["", "administrator"] = administrator
    cards.append(card)
    for province in provinces:
        groups = ensure_groups(province.code)
        for role, name in zip(Role, NAMES[province.code], strict=True):
            username = f"{province.code.replace('_', '')}.{role.value}"
            user, card = _person(username, name, role)
            user.groups.add(groups[role.value])
            people[province.code, role.value] = user
            cards.append(card)
        fill_units(province, people)
    cards += _commune()
    _keep(cards)
    return people


def _commune() -> list[Login]:
    """The people of the commune that has a way of its own."""
    groups = ensure_groups(COMMUNE_PROVINCE)
    made = {username: _person(username, name, role) for username, (name, role) in COMMUNE_PEOPLE.items()}
    for username, (user, _card) in made.items():
        user.groups.add(groups[COMMUNE_PEOPLE[username][1].value])
    fill_commune({username: user for username, (user, _card) in made.items()})
    return [card for _user, card in made.values()]
