"""What the floors share: constant requests, and the length of a constant response."""

from __future__ import annotations

import socket

from bench.rows import HOST, Target

BROWSER_FIELDS = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n"
    b"Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
    b"Accept-Encoding: gzip, deflate, br, zstd\r\n"
    b"Connection: keep-alive\r\n"
    b"Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark\r\n"
    b"Upgrade-Insecure-Requests: 1\r\n"
)


def format_request(target: Target) -> bytes:
    """A GET of the target: bare (Host only), or with a browser's fields, 8 in all."""
    fields = BROWSER_FIELDS if target.head == "browser" else b""
    return b"GET %b HTTP/1.1\r\nHost: %b:%d\r\n%b\r\n" % (
        target.path.encode(),
        HOST.encode(),
        target.port,
        fields,
    )


def connect(target: Target) -> socket.socket:
    """A connected socket, with a timeout so that a silent server ends the sample."""
    sock = socket.create_connection((HOST, target.port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def learn_length(target: Target) -> int:
    """The bytes on the wire of one response to `format_request`, checked against `target.size`.

    Every later response has the same length: Date has a constant width.
    """
    with connect(target) as sock:
        sock.sendall(format_request(target))
        data = b""
        while b"\r\n\r\n" not in data:
            data += _receive(sock)
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"unexpected response: {head[:80]!r}")
        chunked = b"transfer-encoding: chunked" in head.lower()
        have, last = len(body), body[-5:]
        while last != b"0\r\n\r\n" if chunked else have < target.size:
            block = _receive(sock)
            have, last = have + len(block), (last + block)[-5:]
    if not chunked and (
        have != target.size or b"content-length: %d\r\n" % target.size not in head.lower() + b"\r\n"
    ):
        raise RuntimeError(f"body of {have} bytes where {target.size} were expected")
    return len(head) + 4 + have


def _receive(sock: socket.socket) -> bytes:
    block = sock.recv(65536)
    if not block:
        raise ConnectionError("the server closed the connection")
    return block
