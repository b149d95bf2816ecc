"""Run by a subprocess: put wirekit.http.client in the stdlib's place, then use urllib3 and requests on top of it.

Arguments, as JSON: the ports and files of a server, and the address of a proxy. Prints JSON: what each step gave.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

warnings.simplefilter("error")


def swap() -> Any:
    """Let `import http.client` give wirekit's from now on."""
    import http
    import http.client

    from wirekit.http import client

    for name in client.__all__:
        getattr(client, name)  # loads what is loaded late: it comes from the stdlib's module, which goes now
    assert getattr(client, "HTTPMessage")  # noqa: B009  -- loads it
    assert "urllib3" not in sys.modules
    http.client = client
    sys.modules["http.client"] = client
    return client


def urllib3_steps(told: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give each thing to do with urllib3, by its name."""
    import urllib3

    plain, tls = told["plain"], told["tls"]
    pool = urllib3.PoolManager(ca_certs=told["authority"])
    proxies = urllib3.ProxyManager(told["proxy"], ca_certs=told["authority"])

    def get(url: str) -> list[int]:
        response = pool.request("GET", url, headers={"Accept-Encoding": "gzip"}, retries=3)
        return [response.status, len(response.data)]

    def put(name: str, body: Any) -> list[Any]:
        status = pool.request("PUT", f"{plain}/dav/{name}", body=body).status
        return [status, pool.request("GET", f"{plain}/dav/{name}").data.decode()]

    def head() -> list[Any]:
        response = pool.request("HEAD", f"{plain}/big.bin")
        return [response.status, response.headers["Content-Length"], len(response.data)]

    def stream(path: str) -> int:
        response = pool.request("GET", plain + path, preload_content=False)
        size = sum(map(len, response.stream(1000)))
        response.release_conn()
        return size

    def gone() -> str:
        try:
            pool.request("GET", f"{plain}/gone", retries=False)
        except urllib3.exceptions.ProtocolError as error:
            return type(error.args[1]).__name__
        return "answered"

    def through_proxy() -> str:
        text: str = proxies.request("GET", f"{tls}/echo").data.decode()
        proxies.clear()
        return text

    for path in ("text.txt", "chunked", "trailer", "empty", "redirect/302"):
        yield f"urllib3 {path}", lambda path=path: get(f"{plain}/{path}")  # type: ignore[misc]
    yield "urllib3 tls", lambda: get(f"{tls}/text.txt")
    yield "urllib3 put bytes", lambda: put("bytes", b"abc")
    yield "urllib3 put iterable", lambda: put("iterable", iter([b"ab", b"c"]))
    yield "urllib3 head", head
    yield "urllib3 stream", lambda: stream("/big.bin")
    yield "urllib3 stream chunked", lambda: [stream("/chunked"), stream("/chunked")]
    yield "urllib3 connections", lambda: pool.connection_from_url(plain).num_connections
    yield "urllib3 gone", gone
    yield "urllib3 proxy", through_proxy
    yield "urllib3 end", pool.clear


def requests_steps(told: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give each thing to do with requests, by its name."""
    import requests

    plain, tls = told["plain"], told["tls"]
    session = requests.Session()
    session.verify = told["authority"]
    session.trust_env = False

    def get(url: str) -> list[int]:
        response = session.get(url, timeout=5)
        return [response.status_code, len(response.content), len(response.history)]

    def put() -> list[Any]:
        status = session.put(f"{plain}/dav/requests", data=b"abc", timeout=5).status_code
        return [status, session.get(f"{plain}/dav/requests", timeout=5).text]

    def wrong_host() -> str:
        try:
            session.get(told["wrong_host"], timeout=5)
        except requests.exceptions.SSLError:
            return "refused"
        return "accepted"

    for path in ("text.txt", "chunked", "chunked", "redirect/301"):
        yield f"requests {path}", lambda path=path: get(f"{plain}/{path}")  # type: ignore[misc]
    yield "requests tls", lambda: get(f"{tls}/text.txt")
    yield "requests put", put
    yield (
        "requests auth",
        lambda: session.get(f"{plain}/secret/page.txt", auth=("alice", "s3cret"), timeout=5).text,
    )
    yield (
        "requests proxy",
        lambda: session.get(f"{tls}/echo", proxies={"https": told["proxy"]}, timeout=5).text,
    )
    yield "requests wrong host", wrong_host
    yield "requests end", session.close


def main(told: dict[str, Any]) -> dict[str, Any]:
    """Take every step; a step that fails gives the text of its error."""
    client = swap()
    import urllib3.connection

    assert issubclass(urllib3.connection.HTTPConnection, client.HTTPConnection)
    got: dict[str, Any] = {}
    for name, step in (*urllib3_steps(told), *requests_steps(told)):
        try:
            got[name] = step()
        except Exception as error:  # noqa: BLE001  -- judged by the test
            got[name] = f"{type(error).__name__}: {error}"
    return got


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
