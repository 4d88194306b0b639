"""Documents of others: only public addresses are asked, nobody leads us elsewhere, and nothing is read that could harm."""

from __future__ import annotations

import threading

import pytest

from cms.plugin_api import reading
from cms.programmes import feed_fetch
from cms.programmes.feed_fetch import FetchRefused, fetch, public
from tests.programmes.sources import moved


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",  # noqa: S104
     "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1", "255.255.255.255"],
)  # fmt: skip
def test_addresses_of_internal_networks_are_known_in_every_form(address):
    assert not public(address)


def test_public_addresses_may_be_asked():
    assert public("8.8.8.8")
    assert public("2001:4860:4860::8888")


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://localhost:{port}/rates", "https"),
        ("https://localhost:{port}/rates", "private"),
        ("https://[::1]/rates", "private"),
        ("https://0x7f000001/rates", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("file:///etc/passwd", "address"),
        ("gopher://127.0.0.1/", "https"),
        ("https://user:secret@127.0.0.1/", "address"),
        ("/again", "redirects"),
    ],
)
def test_a_redirect_leads_nowhere_that_may_not_be_asked(source, location, code):
    source.pages["/again"] = moved(location.format(port=source.port))
    with pytest.raises(FetchRefused) as error:
        fetch(source.url("/again"))
    assert error.value.code == code
    assert len(source.asked) == (feed_fetch.REDIRECTS + 1 if code == "redirects" else 1)


def test_a_redirect_to_where_one_may_ask_is_followed(source):
    source.pages["/old"] = moved("/rates")
    assert fetch(source.url("/old")).data == source.pages["/rates"]


def test_an_endless_answer_and_one_cut_off_are_refused(source):
    source.pages |= {"/endless": source.endless, "/cut": source.cut_off}
    for path, code in (("/endless", "too_long"), ("/cut", "unreachable")):
        with pytest.raises(FetchRefused) as error:
            fetch(source.url(path))
        assert error.value.code == code


def test_a_machine_with_no_valid_certificate_is_not_believed(settings, tmp_path):
    import http.server
    import ssl

    from cms.runtime.tls import ensure

    settings.BANGTIN_FEED_HOSTS = ["localhost"]
    _authority, certificate, key = ensure(tmp_path / "tls", ["localhost"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            with pytest.raises(FetchRefused) as error:
                fetch(f"https://localhost:{server.server_address[1]}/")
        finally:
            server.shutdown()
    assert error.value.code == "certificate"


@pytest.mark.parametrize(
    ("text", "number"), [("25,450.00", 25450), ("25450", 25450), (" -3.5 ", -3.5), ("1,234,567", 1234567)]
)
def test_numbers_are_read_as_programs_write_them(text, number):
    assert reading.number(text) == number


@pytest.mark.parametrize("text", ["", "-", "1,23", "1e5", "0x10", "25.450,00", "١٢"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="no number"):
        reading.number(text)
