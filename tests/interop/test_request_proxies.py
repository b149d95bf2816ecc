"""urllib.request through proxies that others wrote, in both twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_nginx import PASSWORD, TEXT, USER, Nginx
from tests.fix_twins import Twin, both_twins, settle
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    import ssl

    from tests.fix_proxies import Microsocks, Squid

pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("kept_opener")]

LOGIN = f"{USER}:{PASSWORD}@"


async def get(opener: Any, url: Any) -> bytes:
    response = await settle(opener.open(url, timeout=10))
    try:
        body: bytes = await settle(response.read())
    finally:
        response.close()
    return body


def make(twin: Twin, proxy: str, context: ssl.SSLContext, *handlers: Any) -> Any:
    web = twin.module("urllib.request")
    return web.build_opener(
        web.ProxyHandler({"http": proxy, "https": proxy}), web.HTTPSHandler(context=context), *handlers
    )


async def fetch_both(twin: Twin, opener: Any, nginx: Nginx) -> None:
    """Fetch twice in the clear and twice over TLS; a kept connection serves the second time."""
    for _ in range(2):
        assert await get(opener, f"http://localhost:{nginx.http}/text.txt") == TEXT
        assert await get(opener, f"https://localhost:{nginx.https}/text.txt") == TEXT
    opener.close()


WAYS = {
    "open": ("http", "open", ""),
    "basic by URL": ("http", "basic", LOGIN),
    "digest by URL": ("http", "digest", LOGIN),
    "over TLS": ("https", "tls", ""),
    "digest over TLS": ("https", "tls_digest", LOGIN),
}


@pytest.mark.parametrize("way", WAYS)
@both_twins
async def test_squid_carries(
    twin: Twin, squid: Squid, nginx: Nginx, client_tls: ssl.SSLContext, way: str
) -> None:
    scheme, port, login = WAYS[way]
    proxy = f"{scheme}://{login}localhost:{getattr(squid, port)}"
    await fetch_both(twin, make(twin, proxy, client_tls), nginx)


@pytest.mark.parametrize("kind", ["basic", "digest"])
@both_twins
async def test_squid_is_logged_in_to_by_a_handler(
    twin: Twin, squid: Squid, nginx: Nginx, client_tls: ssl.SSLContext, kind: str
) -> None:
    web = twin.module("urllib.request")
    place = f"localhost:{getattr(squid, kind)}"
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, place, USER, PASSWORD)
    login = {"basic": web.ProxyBasicAuthHandler, "digest": web.ProxyDigestAuthHandler}[kind](manager)
    await fetch_both(twin, make(twin, f"http://{place}", client_tls, login), nginx)


@pytest.mark.parametrize("kind", ["basic", "digest"])
@both_twins
async def test_squid_refuses_a_wrong_password(
    twin: Twin, squid: Squid, nginx: Nginx, client_tls: ssl.SSLContext, kind: str
) -> None:
    opener = make(twin, f"http://{USER}:wrong@localhost:{getattr(squid, kind)}", client_tls)
    with pytest.raises(HTTPError) as caught:
        await get(opener, f"http://localhost:{nginx.http}/echo")
    assert caught.value.code == 407
    caught.value.close()
    with pytest.raises(URLError, match="Tunnel connection failed: 407"):
        await get(opener, f"https://localhost:{nginx.https}/echo")
    opener.close()


@both_twins
async def test_squid_refuses_a_host(twin: Twin, squid: Squid, client_tls: ssl.SSLContext) -> None:
    opener = make(twin, f"http://localhost:{squid.open}", client_tls)
    with pytest.raises(HTTPError) as caught:
        await get(opener, "http://192.0.2.1/")
    assert caught.value.code == 403
    caught.value.close()
    with pytest.raises(URLError, match="Tunnel connection failed: 403"):
        await get(opener, "https://192.0.2.1/")
    opener.close()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
@pytest.mark.parametrize("login", ["", LOGIN], ids=["open", "login"])
@both_twins
async def test_microsocks_carries(
    twin: Twin, microsocks: Microsocks, nginx: Nginx, client_tls: ssl.SSLContext, login: str, scheme: str
) -> None:
    port = microsocks.login if login else microsocks.open
    await fetch_both(twin, make(twin, f"{scheme}://{login}127.0.0.1:{port}", client_tls), nginx)


@both_twins
async def test_microsocks_refuses_a_wrong_password(
    twin: Twin, microsocks: Microsocks, nginx: Nginx, client_tls: ssl.SSLContext
) -> None:
    opener = make(twin, f"socks5h://{USER}:wrong@127.0.0.1:{microsocks.login}", client_tls)
    with pytest.raises(URLError) as caught:
        await get(opener, f"http://localhost:{nginx.http}/echo")
    assert isinstance(caught.value.reason, PermissionError)
