"""The head of a response, from memory: of 8 fields, and of 20 as a browser gets them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from bench.rows import Target, Work, contender

HEADS = ("head-8", "head-20")
READ = "head-20-read"
ALL = (*HEADS, READ)

POLICY = (
    "Content-Security-Policy: default-src 'self'; img-src 'self' data: https:; script-src 'self' 'nonce-Zm9vYmFy'; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

FIELDS = [
    "Server: nginx/1.26.2",
    "Date: Tue, 01 Jul 2025 12:00:00 GMT",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Length: 100",
    "Last-Modified: Tue, 01 Jul 2025 08:00:00 GMT",
    "Connection: keep-alive",
    'ETag: "6863a2c0-64"',
    "Accept-Ranges: bytes",
    "Cache-Control: private, max-age=0, must-revalidate",
    "Expires: Tue, 01 Jul 2025 12:00:00 GMT",
    "Vary: Accept-Encoding, Cookie, Origin",
    "Set-Cookie: session=8f14e45fceea167a5a36dedd4bea2543; Path=/; Secure; HttpOnly; SameSite=Lax",
    "Set-Cookie: theme=dark; Path=/; Max-Age=31536000; Secure; SameSite=Lax",
    "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload",
    POLICY,
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: strict-origin-when-cross-origin",
    "Permissions-Policy: camera=(), microphone=(), geolocation=()",
    "X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e",
    'Alt-Svc: h3=":443"; ma=86400',
]


def format_head(target: Target) -> bytes:
    """The status line and the first 8 or all 20 fields, with the empty line."""
    return "\r\n".join(["HTTP/1.1 200 OK", *FIELDS[: int(target.head)], "", ""]).encode()


class FakeSocket:
    """What http.client needs of a socket to read a response."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, *_mode: object, **_options: object) -> BytesIO:
        return BytesIO(self.data)

    def sendall(self, data: bytes) -> None:
        """Nothing is ever sent."""


@contender("floor", *ALL)
def open_floor(target: Target) -> Work:
    data = format_head(target)
    end = len(data) - 4

    def work(count: int) -> int:
        for _ in range(count):
            if FakeSocket(data).makefile("rb").read(65536).find(b"\r\n\r\n") != end:
                raise ValueError
        return count

    return work


def begin_responses(response_class: Any, target: Target) -> Work:
    """`begin` of a class in the shape of http.client.HTTPResponse, and `getheaders` in the row that reads."""
    data, number, read = format_head(target), int(target.head), target.row == READ

    def work(count: int) -> int:
        for _ in range(count):
            response = response_class(FakeSocket(data), method="GET")
            response.begin()
            if read and len(response.getheaders()) != number:
                raise ValueError
            if response.status != 200 or response.length != 100:
                raise ValueError
            response.close()
        return count

    return work


@contender("http.client", *ALL)
def open_http_client(target: Target) -> Work:
    from http.client import HTTPResponse

    return begin_responses(HTTPResponse, target)


@contender("wirekit", *ALL, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.http.client import HTTPResponse

    return begin_responses(HTTPResponse, target)


@contender("wirekit, the head alone", *ALL, package="wirekit")
def open_wirekit_head(target: Target) -> Work:
    """The parser that stands behind `HTTPResponse.begin`, without socket, file and response."""
    from wirekit import defaults
    from wirekit._wire import http1

    data, number, read = format_head(target), int(target.head), target.row == READ
    if len(http1.parse_response_head(data, defaults.active).fields) != number:
        raise ValueError

    def work(count: int) -> int:
        for _ in range(count):
            head = http1.parse_response_head(data, defaults.active)
            if read and len(head.fields) != number:
                raise ValueError
        return count

    return work


def parse_all(parse_headers: Any, target: Target) -> Work:
    """`parse_headers` of a file that stands after the status line."""
    data, number = format_head(target).partition(b"\r\n")[2], int(target.head)
    if len(parse_headers(BytesIO(data))) != number:
        raise ValueError

    def work(count: int) -> int:
        for _ in range(count):
            parse_headers(BytesIO(data))
        return count

    return work


@contender("http.client, parse_headers", *HEADS)
def open_parse_headers(target: Target) -> Work:
    from http.client import parse_headers

    return parse_all(parse_headers, target)


@contender("wirekit, parse_headers", *HEADS, package="wirekit")
def open_wirekit_parse_headers(target: Target) -> Work:
    from wirekit.http.client import parse_headers

    return parse_all(parse_headers, target)


@contender("h11", *ALL, package="h11")
def open_h11(target: Target) -> Work:
    import h11

    data, number = format_head(target), int(target.head)
    request = h11.Request(method="GET", target="/", headers=[("Host", "localhost")])

    def work(count: int) -> int:
        for _ in range(count):
            connection = h11.Connection(h11.CLIENT)
            connection.send(request)
            connection.send(h11.EndOfMessage())
            connection.receive_data(data)
            event = connection.next_event()
            if not isinstance(event, h11.Response) or len(event.headers) != number:
                raise TypeError(event)
        return count

    return work


@contender("httptools (C)", *ALL, package="httptools")
def open_httptools(target: Target) -> Work:
    import httptools

    data, number = format_head(target), int(target.head)

    class Fields:
        def __init__(self) -> None:
            self.found: list[tuple[bytes, bytes]] = []

        def on_header(self, name: bytes, value: bytes) -> None:
            self.found.append((name, value))

    def work(count: int) -> int:
        for _ in range(count):
            fields = Fields()
            parser = httptools.HttpResponseParser(fields)
            parser.feed_data(data)
            if len(fields.found) != number:
                raise ValueError
        return count

    return work
