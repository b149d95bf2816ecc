"""Small GET on a kept connection, blocking, one after another."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from bench.contenders.wires import connect, format_request, learn_length
from bench.rows import HOST, Target, Work, contender


@contender("floor", "get")
def open_floor(target: Target) -> Work:
    """The floor of `get`; also the load client of `server-one` (see bench.sample)."""
    request, length = format_request(target), learn_length(target)
    sock = connect(target)
    sock.settimeout(None)

    def work(count: int) -> int:
        send, receive = sock.sendall, sock.recv
        for _ in range(count):
            send(request)
            left = length - len(receive(65536))
            while left:
                block = receive(65536)
                if not block:
                    raise ConnectionError("the server closed the connection")
                left -= len(block)
        return count * target.size

    return work


def work_on_connection(connection_class: Any, target: Target) -> Work:
    """The work with a class in the shape of http.client.HTTPConnection."""
    connection = connection_class(HOST, target.port)

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            connection.request("GET", target.path)
            total += len(connection.getresponse().read())
        return total

    return work


@contender("http.client", "get")
def open_http_client(target: Target) -> Work:
    from http.client import HTTPConnection

    return work_on_connection(HTTPConnection, target)


@contender("wirekit", "get", package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.http.client import HTTPConnection

    return work_on_connection(HTTPConnection, target)


@contender("urllib3", "get", package="urllib3")
def open_urllib3(target: Target) -> Work:
    import urllib3

    pool = urllib3.PoolManager()
    return lambda count: sum(len(pool.request("GET", target.url).data) for _ in range(count))


def work_on_session(session: Any, target: Target) -> Work:
    """The work with anything that has requests' `session.get(url).content`."""
    return lambda count: sum(len(session.get(target.url).content) for _ in range(count))


@contender("requests", "get", package="requests")
def open_requests(target: Target) -> Work:
    import requests

    return work_on_session(requests.Session(), target)


@contender("niquests", "get", package="niquests", venv="niquests")
def open_niquests(target: Target) -> Work:
    import niquests

    return work_on_session(niquests.Session(), target)


@contender("httpx", "get", package="httpx")
def open_httpx(target: Target) -> Work:
    import httpx

    return work_on_session(httpx.Client(), target)


@contender("pycurl", "get", package="pycurl")
def open_pycurl(target: Target) -> Work:
    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, target.url)

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            body = BytesIO()
            curl.setopt(pycurl.WRITEDATA, body)
            curl.perform()
            total += len(body.getvalue())
        return total

    return work


@contender("pyreqwest", "get", package="pyreqwest")
def open_pyreqwest(target: Target) -> Work:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()
    return lambda count: sum(len(client.get(target.url).build().send().bytes()) for _ in range(count))
