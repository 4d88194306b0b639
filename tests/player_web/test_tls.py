"""A controller that imported the authority of `bangtin up --tls`, as docs/operation.md tells its technician."""

from __future__ import annotations

import ctypes.util
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright

from cms.runtime import tls
from tests.browser import ARGUMENTS, CHROMIUM
from tests.player_web.conftest import Player
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not ctypes.util.find_library("nss3"), reason="no NSS, where Chromium on Linux keeps authorities"
    ),
]
NAME = "cua-khau.example"

# What `certutil -d sql:FOLDER -A -t C,, -n bangtin -i ca.pem` does, where that program is not installed.
IMPORT = """
import ctypes, ctypes.util, ssl, sys
folder, authority = sys.argv[1:]
nss = ctypes.CDLL(ctypes.util.find_library("nss3"))
for name in ("PK11_GetInternalKeySlot", "CERT_NewTempCertificate", "CERT_GetDefaultCertDB"):
    getattr(nss, name).restype = ctypes.c_void_p

class Item(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("data", ctypes.c_char_p), ("len", ctypes.c_uint)]

assert nss.NSS_InitReadWrite(b"sql:" + folder.encode()) == 0
slot = ctypes.c_void_p(nss.PK11_GetInternalKeySlot())
if nss.PK11_NeedUserInit(slot):
    assert nss.PK11_InitPin(slot, None, b"") == 0
der = ssl.PEM_cert_to_DER_cert(open(authority).read())
database = ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
item = Item(0, der, len(der))
certificate = ctypes.c_void_p(nss.CERT_NewTempCertificate(database, ctypes.byref(item), None, 0, 1))
assert certificate
trust = (ctypes.c_uint * 3)()
assert nss.CERT_DecodeTrustString(trust, b"C,,") == 0
assert nss.PK11_ImportCert(slot, certificate, ctypes.c_ulong(0), b"bangtin", 0) == 0
assert nss.CERT_ChangeCertTrust(database, certificate, trust) == 0
nss.CERT_DestroyCertificate(certificate)
nss.PK11_FreeSlot(slot)
assert nss.NSS_Shutdown() == 0
"""


class SecureCms(FakeCms):
    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)

    def start(self) -> None:
        super().start()
        assert self._server is not None
        self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, Path, Path]:
    return tls.ensure(tmp_path / "tls", [NAME, "localhost"])


@pytest.fixture
def cms(authority: tuple[Path, Path, Path]) -> Iterator[SecureCms]:
    secure = SecureCms(*authority[1:])
    secure.start()
    yield secure
    secure.stop()


@pytest.fixture
def controller(playwright: Playwright, tmp_path: Path) -> Iterator[Player]:
    """A browser of another machine, where this name leads to us."""
    home = tmp_path / "home"
    (home / ".pki" / "nssdb").mkdir(parents=True)
    player = Player(playwright, tmp_path / "profile")
    player.context = context = _browser(playwright, tmp_path, home)
    player.page = context.pages[0]
    yield player
    player.close()


def _browser(playwright: Playwright, folder: Path, home: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        folder / "profile",
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        env={**os.environ, "HOME": str(home)},
        viewport={"width": CANVAS[0], "height": CANVAS[1]},
    )


def test_a_controller_that_imported_the_authority_plays_and_another_one_refuses(
    playwright: Playwright, tmp_path: Path, controller: Player, cms: SecureCms, authority: tuple[Path, Path, Path]
) -> None:
    content = Content(cms)
    version, _ = content.publish([content.scene("one", 1)])
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        controller.page.goto(cms.origin + cms.invite())
    controller.close()

    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, home / ".pki" / "nssdb", authority[0]], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    controller.context = _browser(playwright, tmp_path, home)
    controller.page = controller.context.pages[0]
    controller.page.goto(cms.origin + cms.invite())
    controller.until(f"s.schedule?.version === {version} && s.ready")
    controller.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    cms.stop()
    controller.page.reload()
    controller.until("s.ready")
