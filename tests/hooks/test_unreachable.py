"""A store that gives no answer: what may pass is asked again, what will not is refused at once."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from demo_store.api.server import DemoServer
from shopify_analytics.errors import ShopifyRefused, ShopifyUnavailable

from tests.hooks.conftest import MakeHook

CONN = "'shopify_default'"
CHECK_HOST = f"Check the host of connection {CONN}"
IF_IT_STAYS = f"If this stays so, check the host of connection {CONN}."
TRIES = 5


def the_resolver_says(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def look_up(*_: Any, **__: Any) -> None:
        raise socket.gaierror(code, "what the resolver says")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def free_port() -> int:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        return int(reserved.getsockname()[1])


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_a_name_that_does_not_exist_is_refused_at_once(
    connect: MakeHook, monkeypatch: pytest.MonkeyPatch, naps: list[float], code: int
) -> None:
    the_resolver_says(monkeypatch, code)
    hook = connect("no-such-store")
    with pytest.raises(ShopifyRefused) as caught:
        hook.shop()
    assert str(caught.value) == (
        f"https://no-such-store.myshopify.com has no address: there is no such name. {CHECK_HOST}."
    )
    assert (hook.requests_made, naps) == (1, [])


def test_a_name_that_this_machine_s_resolver_does_not_know_is_refused(connect: MakeHook) -> None:
    try:
        socket.getaddrinfo("nowhere.invalid", 443)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            pytest.skip("this machine has no name server that answers")
    with pytest.raises(ShopifyRefused, match=r"https://nowhere\.invalid has no address"):
        connect("nowhere.invalid").shop()


@pytest.mark.parametrize("code", [socket.EAI_AGAIN, socket.EAI_FAIL])
def test_a_resolver_in_trouble_is_asked_again(
    connect: MakeHook, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    the_resolver_says(monkeypatch, code)
    hook = connect("your-store")
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == (
        "https://your-store.myshopify.com cannot be looked up: this machine has no network, or its name "
        f"server does not answer. {IF_IT_STAYS}"
    )
    assert hook.requests_made == TRIES


def test_a_store_that_does_not_answer_in_time_is_asked_again(
    connect: MakeHook, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopify_analytics.hooks.shopify.TIMEOUT_SECONDS", (1, 0.05))
    server.faults.every = {"slow": 1}
    hook = connect(server.url)
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == f"{server.url} did not answer in time. {IF_IT_STAYS}"
    assert hook.requests_made == TRIES


def test_a_port_where_nothing_listens_is_asked_again(connect: MakeHook) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    hook = connect(url)
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == f"{url} does not accept connections. {IF_IT_STAYS}"
    assert hook.requests_made == TRIES


def test_a_proxy_that_is_not_there_is_named(connect: MakeHook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    for name in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    hook = connect("your-store")
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == (
        "https://your-store.myshopify.com cannot be reached through the proxy that the environment names "
        f"(HTTPS_PROXY). {IF_IT_STAYS}"
    )
    assert hook.requests_made == TRIES


def test_a_store_that_does_not_speak_tls_is_asked_again(connect: MakeHook, server: DemoServer) -> None:
    url = server.url.replace("http:", "https:")
    hook = connect(url)
    with pytest.raises(ShopifyUnavailable) as caught:
        hook.shop()
    assert str(caught.value) == f"{url} does not answer over TLS. {IF_IT_STAYS}"
    assert hook.requests_made == TRIES


@contextmanager
def signed_by_itself(folder: Path) -> Iterator[str]:
    """The address of a server on this machine whose certificate nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    began = datetime.now(UTC) - timedelta(days=1)
    lifetime = timedelta(days=2)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, began, began + lifetime)
    file = folder / "nobody.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.sign(key, hashes.SHA256()).public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_certificate_that_is_not_trusted_is_refused_at_once(
    connect: MakeHook, naps: list[float], tmp_path: Path
) -> None:
    with signed_by_itself(tmp_path) as url:
        hook = connect(url)
        with pytest.raises(ShopifyRefused) as caught:
            hook.shop()
    assert str(caught.value) == (
        f"{url} has no TLS certificate that is trusted here (self-signed certificate). {CHECK_HOST}, or set "
        "REQUESTS_CA_BUNDLE to the certificates of a proxy that signs anew."
    )
    assert (hook.requests_made, naps) == (1, [])
