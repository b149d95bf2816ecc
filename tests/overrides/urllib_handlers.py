# mypy: allow-subclassing-any
# The bases come in as arguments: whose they are is what is tried.
"""Handlers and openers as programs have written them for the standard library, not a letter of which knows of wirekit.

They are made for whichever ``urllib.request`` and ``http.client`` they are given. Kinds that are met again and again in
public programs: connections pinned to an address or bound to another interface, client certificates by a function,
Unix sockets, HEAD requests, redirects that are noted or refused, caches, throttles, sessions with cookies, errors that
are no exceptions, schemes of one's own, processors of requests and responses.
"""

from __future__ import annotations

import functools
import io
import socket
from email.message import Message
from typing import Any


def make_all(request: Any, client: Any) -> dict[str, Any]:
    """Define the classes on top of two modules; by name."""

    class PinnedConnection(client.HTTPConnection):
        """Connects to one address whatever the host."""

        def connect(self) -> None:
            self.sock = socket.create_connection(("127.0.0.1", self.pinned_port), self.timeout)

        pinned_port = 0

    class PinnedHandler(request.HTTPHandler):
        def __init__(self, port: int) -> None:
            request.HTTPHandler.__init__(self)
            self.port = port

        def http_open(self, req: Any) -> Any:
            return self.do_open(self.make, req)

        def make(self, host: str, **options: Any) -> Any:
            connection = PinnedConnection(host, **options)
            connection.pinned_port = self.port
            return connection

    class UnixConnection(client.HTTPConnection):
        def __init__(self, path: str, host: str, **options: Any) -> None:
            client.HTTPConnection.__init__(self, host, **options)
            self.path = path

        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.connect(self.path)

    class UnixHandler(request.HTTPHandler):
        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

        def http_open(self, req: Any) -> Any:
            return self.do_open(functools.partial(UnixConnection, self.path), req)

    class BoundHandler(request.AbstractHTTPHandler):
        def __init__(self, source: str) -> None:
            request.AbstractHTTPHandler.__init__(self)
            self.source = source

        def http_open(self, req: Any) -> Any:
            def build(host: str, timeout: Any = 0, **options: Any) -> Any:
                return client.HTTPConnection(
                    host, timeout=timeout, source_address=(self.source, 0), **options
                )

            return self.do_open(build, req)

        http_request = request.AbstractHTTPHandler.do_request_

    class CertificateHandler(request.HTTPSHandler):
        def __init__(self, context: Any) -> None:
            request.HTTPSHandler.__init__(self)
            self.context = context

        def https_open(self, req: Any) -> Any:
            return self.do_open(self.getConnection, req)

        def getConnection(self, host: str, timeout: Any = 300) -> Any:
            return client.HTTPSConnection(host, timeout=timeout, context=self.context)

    class HeadRequest(request.Request):
        def get_method(self) -> str:
            return "HEAD"

    class NoRedirect(request.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            return None

    class NotedRedirect(request.HTTPRedirectHandler):
        def __init__(self) -> None:
            self.places: list[str] = []

        def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            self.places.append(headers["Location"])
            return request.HTTPRedirectHandler.http_error_302(self, req, fp, code, msg, headers)

        http_error_301 = http_error_302

    class NoErrors(request.HTTPErrorProcessor):
        def http_response(self, request: Any, response: Any) -> Any:
            return response

        https_response = http_response

    class ErrorAsResult(request.HTTPDefaultErrorHandler):
        def http_error_default(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            fp.status_seen = code
            return fp

    class TeapotHandler(request.BaseHandler):
        def http_error_418(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            fp.close()
            return "tea"

    class Cache(request.BaseHandler):
        """Answers what was asked before, without asking."""

        def __init__(self) -> None:
            self.known: dict[str, bytes] = {}
            self.hits = 0

        def default_open(self, req: Any) -> Any:
            if req.get_method() == "GET" and req.get_full_url() in self.known:
                self.hits += 1
                from urllib.response import addinfourl

                answer: Any = addinfourl(
                    io.BytesIO(self.known[req.get_full_url()]), Message(), req.get_full_url(), 200
                )
                answer.msg = "OK"
                return answer
            return None

        def http_response(self, req: Any, response: Any) -> Any:
            return response

    class Signer(request.BaseHandler):
        handler_order = 999

        def http_request(self, req: Any) -> Any:
            req.add_header("X-Signature", f"{req.get_method()} {req.selector}")
            return req

        https_request = http_request

    class Invented(request.BaseHandler):
        def invented_open(self, req: Any) -> Any:
            from urllib.response import addinfourl

            return addinfourl(io.BytesIO(req.full_url.encode()), Message(), req.full_url)

    return {name: value for name, value in locals().items() if isinstance(value, type)}
