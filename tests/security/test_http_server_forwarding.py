"""Row 129 of the security table: who a client says it is, by fields that proxies write."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

from tests.fix_twins import Twin, both_twins, settle
from tests.security.test_http_server import ask, method_of, serving

if TYPE_CHECKING:
    import pytest

CLAIMS = (
    b"X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 198.51.100.8, 127.0.0.2\r\nForwarded: for=198.51.100.9;proto=https\r\n"
    b"X-Real-IP: 198.51.100.10\r\nClient-IP: 198.51.100.11\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"
)


@both_twins
async def test_row_129_forwarding_fields_are_not_believed(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    base = twin.module("http.server").BaseHTTPRequestHandler
    seen: list[Any] = []

    class Handler(base):  # type: ignore[misc, valid-type]
        """Tells who it was."""

        async def answer(self) -> None:
            seen.extend([self.client_address[0], self.address_string()])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            await settle(self.end_headers())

        do_GET = method_of(twin, answer)

    async with serving(twin, Handler) as server:
        answer = await ask(
            twin, server, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + CLAIMS + b"\r\n"
        )
    assert answer.startswith(b"HTTP/1.0 200 ")
    assert seen == ["127.0.0.1", "127.0.0.1"]
    assert log.getvalue().startswith("127.0.0.1 - - [")
    assert "198.51.100" not in log.getvalue()
