"""Run by a subprocess: put our http.cookiejar and http.cookies in the stdlib's place, then use requests on top of them.

Argument: the profile. Prints JSON: what each step gave.
"""

from __future__ import annotations

import json
import pickle
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from wirekit import defaults

if TYPE_CHECKING:
    from collections.abc import Callable

warnings.simplefilter("error")


def swap() -> Any:
    """Let `import http.cookiejar` and `import http.cookies` give ours from now on."""
    import http
    import http.cookiejar
    import http.cookies

    from wirekit.http import cookiejar, cookies

    for module in (cookiejar, cookies):
        for name in module.__all__:
            getattr(
                module, name
            )  # loads what is loaded late, LoadError: it comes from the original, which goes now
    assert "requests" not in sys.modules
    http.cookiejar = sys.modules["http.cookiejar"] = cookiejar
    http.cookies = sys.modules["http.cookies"] = cookies
    return cookiejar


class Shop(BaseHTTPRequestHandler):
    """Sets cookies, and says what it was sent."""

    def do_GET(self) -> None:
        body = self.headers.get("Cookie", "").encode()
        self.send_response(302 if self.path == "/login" else 200)
        if self.path == "/login":
            self.send_header("Set-Cookie", "id=7; Path=/; HttpOnly")
            self.send_header("Set-Cookie", "theme=dark; Max-Age=100")
            self.send_header("Location", "/")
        if self.path == "/logout":
            self.send_header("Set-Cookie", "id=; Path=/; Max-Age=0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def open_steps(jars: Any, shop: str) -> list[tuple[str, Callable[[], Any]]]:
    """Give each thing to do, by its name, in order."""
    import requests
    from requests.cookies import RequestsCookieJar

    loose: Any = requests.cookies  # some of it has no types

    session = requests.Session()
    session.trust_env = False

    def get(path: str, **options: Any) -> str:
        return session.get(shop + path, timeout=5, **options).text

    def copied() -> list[Any]:
        copy = session.cookies.copy()
        copy.set("only", "copy")
        return [type(copy).__name__, sorted(copy.keys()), sorted(session.cookies.keys())]

    def pickled() -> list[Any]:
        again = pickle.loads(pickle.dumps(session.cookies))
        again.set("more", "1", domain="other.example", path="/x")
        return [again.get_dict()["id"], again.list_domains(), len(again), again._cookies_lock is not None]

    def ambiguous() -> str:
        jar = RequestsCookieJar()
        jar.set("a", "1", domain="one.example")
        jar.set("a", "2", domain="two.example")
        try:
            return str(jar["a"])
        except requests.cookies.CookieConflictError as error:
            return type(error).__name__ + " " + str(jar.get("a", domain="two.example"))

    def merged() -> list[str]:
        jar = loose.cookiejar_from_dict({"x": "1"})
        jar.update({"y": "2"})
        jar.update(session.cookies)
        del jar["x"]
        return sorted(jar.keys())

    def quoted() -> str:
        jar = RequestsCookieJar()
        jar.set("q", '"a\\"b"')
        return str(jar["q"])

    def with_plain_jar() -> str:
        jar = jars.CookieJar()
        jar.set_cookie(loose.create_cookie("plain", "jar"))
        return get("/", cookies=jar)

    def elsewhere() -> list[str]:
        request = requests.Request("GET", "http://other.example/", cookies={"own": "1"})
        return [session.prepare_request(request).headers["Cookie"]]

    def by_host() -> str:
        request = requests.Request(
            "GET", "http://192.0.2.1/", headers={"Host": "shop.example"}, cookies={"a": "b"}
        )
        return str(session.prepare_request(request).headers["Cookie"])

    return [
        ("is ours", lambda: isinstance(session.cookies, jars.CookieJar)),
        ("login", lambda: get("/login")),
        ("kept", lambda: get("/")),
        ("with one more", lambda: get("/", cookies={"extra": "1"})),
        ("values", lambda: sorted(session.cookies.items())),
        ("copied", copied),
        ("pickled", pickled),
        ("ambiguous", ambiguous),
        ("merged", merged),
        ("quoted", quoted),
        ("plain jar", with_plain_jar),
        ("elsewhere", elsewhere),
        ("by host", by_host),
        ("logout", lambda: get("/logout")),
        ("gone", lambda: get("/")),
        ("end", session.close),
    ]


def main(profile: str) -> dict[str, Any]:
    """Take every step; a step that fails gives the text of its error."""
    jars = swap()
    got: dict[str, Any] = {}
    with defaults.using(profile), ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, step in open_steps(jars, f"http://127.0.0.1:{server.server_port}"):
            try:
                got[name] = step()
            except Exception as error:  # noqa: BLE001  -- judged by the test
                got[name] = f"{type(error).__name__}: {error}"
        server.shutdown()
    return got


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
