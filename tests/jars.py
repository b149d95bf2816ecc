"""Jars in tests: responses that set cookies, requests that send them, and a clock that stands where it is told."""

from __future__ import annotations

import email.message
import time
from typing import Any

from wirekit.urllib.request import Request

__all__ = ["Clock", "Response", "receive", "sent", "visit"]


class Response:
    """A response with these Set-Cookie fields (or others, by name)."""

    def __init__(self, *cookies: str, name: str = "Set-Cookie") -> None:
        self.headers = email.message.Message()
        for cookie in cookies:
            self.headers._headers.append((name, cookie))  # type: ignore[attr-defined]  # as they came, unchecked

    def info(self) -> email.message.Message:
        return self.headers


def sent(jar: Any, request: Any) -> str:
    """Give the Cookie field that a jar adds to a request; empty for none."""
    if isinstance(request, str):
        request = Request(request)
    jar.add_cookie_header(request)
    return str(request.get_header("Cookie", ""))


def receive(jar: Any, request: Any, *cookies: str) -> None:
    """Let a jar take cookies from the response to a request."""
    jar.extract_cookies(Response(*cookies), Request(request) if isinstance(request, str) else request)


def visit(jar: Any, url: str, *cookies: str) -> str:
    """Send a request, and take these cookies from its response; give what was sent."""
    request = Request(url)
    before = sent(jar, request)
    receive(jar, request, *cookies)
    return before


class Clock:
    """Stands in for time.time: it goes when it is told."""

    def __init__(self, monkeypatch: Any, now: float = 1_700_000_000.0) -> None:
        self.now = now
        monkeypatch.setattr(time, "time", lambda: self.now)

    def go(self, seconds: float) -> None:
        self.now += seconds
