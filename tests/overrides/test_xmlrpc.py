"""The subclasses of XML-RPC's classes that people really write: transports, dispatchers, request handlers."""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import request, send
from tests.fix_twins import Twin, both_twins, settle
from tests.rpc_servers import serving
from wirekit.xmlrpc.client import Fault, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Register = Callable[[Any], None]

BLOCKING = Twin("blocking")


def register(server: Any) -> None:
    """Let two numbers be added, and tell of the request."""
    module = __import__("wirekit.xmlrpc.server", fromlist=["*"])
    server.register_function(lambda x, y: x + y, "add")
    server.register_function(lambda value: value, "same")
    server.register_function(lambda name: module.current_request().headers.get(name, ""), "field")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve; give the URL."""
    with serving(BLOCKING, register, allow_none=True) as server:
        yield server.url


def method(twin: Twin, call: Callable[..., Any]) -> Any:
    """Make a method that waits for what it gets of its base, in the async twin."""
    if not twin.waits:
        return call

    async def awaited(*given: Any, **more: Any) -> Any:
        return await settle(call(*given, **more))

    return awaited


async def use(twin: Twin, url: str, transport: Any, work: Any) -> None:
    proxy = twin.module("xmlrpc.client").ServerProxy(url, transport)
    try:
        await work(proxy)
    finally:
        proxy("close")()


def transport_of(twin: Twin) -> Any:
    return twin.module("xmlrpc.client").Transport


async def adds(proxy: Any) -> None:
    for _ in range(2):
        assert await settle(proxy.add(2, 3)) == 5


@both_twins
async def test_timeout_is_set_on_the_connection(twin: Twin, url: str) -> None:
    made = []

    class Patient(transport_of(twin)):  # type: ignore[misc]  # a class of either twin
        def make_connection(self, host: Any) -> Any:
            connection = super().make_connection(host)
            connection.timeout = 7
            made.append(connection)
            return connection

    await use(twin, url, Patient(), adds)
    assert [connection.timeout for connection in made] == [7, 7]
    assert made[0] is made[1]  # which is kept


@both_twins
async def test_connection_of_ones_own_in_the_form_of_the_standard_librarys_manual(
    twin: Twin, url: str
) -> None:
    class Own(transport_of(twin)):  # type: ignore[misc]  # likewise
        made = 0
        _connection: Any

        def make_connection(self, host: Any) -> Any:
            if self._connection[1] is not None and self._connection[0] == host:
                return self._connection[1]
            self.made += 1
            place, self._extra_headers, _ = self.get_host_info(host)
            self._connection = host, twin.http_client.HTTPConnection(place, timeout=10)
            return self._connection[1]

    transport = Own()
    await use(twin, url, transport, adds)
    assert transport.made == 1
    assert transport._connection == (None, None)


def test_unix_socket_by_a_connection_of_ones_own(tmp_path: Path, peer: Callable[..., Any]) -> None:
    path = str(tmp_path / "s")
    answer = b"<params><param><value>here</value></param></params>"
    peer(
        [request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))],
        unix=path,
    )

    class Connection(BLOCKING.http_client.HTTPConnection):  # type: ignore[misc, name-defined]  # likewise
        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(self.host)

    class Unix(transport_of(BLOCKING)):  # type: ignore[misc]  # likewise
        def make_connection(self, host: Any) -> Any:
            self._connection = host, Connection(path)
            return self._connection[1]

    with BLOCKING.module("xmlrpc.client").ServerProxy("http://unix/", Unix()) as proxy:
        assert proxy.where() == "here"


@both_twins
async def test_headers_are_added_in_each_way(twin: Twin, url: str) -> None:
    base = transport_of(twin)

    class Sending(base):  # type: ignore[misc, valid-type]  # likewise
        def send_headers(self, connection: Any, headers: Any) -> None:
            connection.putheader("X-Mine", "by send_headers")
            super().send_headers(connection, headers)

    class Content(base):  # type: ignore[misc, valid-type]  # likewise
        def mine_add(self, connection: Any, body: bytes) -> Any:
            connection.putheader("X-Mine", "by send_content")
            return base.send_content(self, connection, body)

        send_content = method(twin, mine_add)

    class Host(base):  # type: ignore[misc, valid-type]  # likewise
        def get_host_info(self, host: Any) -> Any:
            place, fields, more = super().get_host_info(host)
            return place, [*fields, ("X-Mine", "by get_host_info")], more

    for kind, value in (
        (Sending, "by send_headers"), (Content, "by send_content"), (Host, "by get_host_info"),
    ):  # fmt: skip

        async def work(proxy: Any, value: str = value) -> None:
            assert await settle(proxy.field("X-Mine")) == value
            assert await settle(proxy.field("X-Mine")) == value

        await use(twin, url, kind(), work)


def test_whole_request_is_ones_own(url: str) -> None:
    """As transports upon other HTTP clients are made: they send by themselves, and hand a file to parse_response."""
    base, asked = transport_of(BLOCKING), []

    class Other(base):  # type: ignore[misc, valid-type]  # likewise
        def request(self, host: str, handler: str, request_body: bytes, verbose: bool = False) -> Any:
            import io
            import urllib.request

            asked.append((host, handler, verbose))
            given = urllib.request.Request(
                f"http://{host}{handler}", request_body, {"Content-Type": "text/xml"}
            )
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                given, timeout=10
            ) as response:
                file = io.BytesIO(response.read())
            return self.parse_response(file)

    with BLOCKING.module("xmlrpc.client").ServerProxy(url, Other()) as proxy:
        assert [proxy.add(2, 3), proxy.add(2, 3)] == [5, 5]
    assert asked == [(url[7:-1], "/", False)] * 2


@both_twins
async def test_steps_around_an_answer_are_ones_own(twin: Twin, url: str) -> None:
    base, steps = transport_of(twin), []

    class Watching(base):  # type: ignore[misc, valid-type]  # likewise
        def mine_single(self, *given: Any, **more: Any) -> Any:
            steps.append("single_request")
            return base.single_request(self, *given, **more)

        def mine_send(self, *given: Any, **more: Any) -> Any:
            steps.append("send_request")
            return base.send_request(self, *given, **more)

        def mine_parse(self, response: Any) -> Any:
            steps.append(f"parse_response {response.status} {response.getheader('Content-Type')}")
            return base.parse_response(self, response)

        def getparser(self) -> Any:
            steps.append("getparser")
            return super().getparser()

        single_request, send_request = method(twin, mine_single), method(twin, mine_send)
        parse_response = method(twin, mine_parse)

    await use(twin, url, Watching(), adds)
    assert steps == ["single_request", "send_request", "parse_response 200 text/xml", "getparser"] * 2


@both_twins
async def test_types_of_ones_own_go_there_and_back_by_dispatch(
    twin: Twin, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = twin.module("xmlrpc.client")

    class Money:
        def __init__(self, text: str) -> None:
            self.text = text

    def write(_: Any, value: Money, put: Any) -> None:
        put(f"<value><ex:money>{value.text}</ex:money></value>\n")

    def read(unmarshaller: Any, text: str) -> None:
        unmarshaller.append(Money(text))
        unmarshaller._value = 0

    monkeypatch.setitem(client.Marshaller.dispatch, Money, write)
    monkeypatch.setitem(client.Unmarshaller.dispatch, "money", read)

    async def work(proxy: Any) -> None:
        got = await settle(proxy.same([Money("3 EUR")]))
        assert [(type(one), one.text) for one in got] == [(Money, "3 EUR")]

    await use(twin, url, None, work)


# ---- servers


def test_handler_may_ask_for_a_login_while_it_parses() -> None:
    """The recipe for logins that goes around: parse_request looks into the headers, and answers."""
    base = BLOCKING.module("xmlrpc.server").SimpleXMLRPCRequestHandler

    class Handler(base):  # type: ignore[misc, valid-type]  # a class of either twin
        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            if self.headers.get("Authorization") == "Basic YTpi":
                return True
            self.send_error(401, "Authentication failed")
            return False

        def log_message(self, *_: object) -> None:
            pass

    client = BLOCKING.module("xmlrpc.client")
    with serving(BLOCKING, register, requestHandler=Handler) as server:
        with client.ServerProxy(server.url) as proxy, pytest.raises(ProtocolError) as caught:
            proxy.add(1, 2)
        assert caught.value.errcode == 401
        with client.ServerProxy(server.url.replace("//", "//a:b@")) as proxy:
            assert [proxy.add(1, 2), proxy.add(3, 4)] == [3, 7]


@both_twins
async def test_handlers_own_headers_and_paths_hold_for_every_answer(twin: Twin) -> None:
    module = twin.module("xmlrpc.server")
    seen: list[int] = []

    class Handler(module.SimpleXMLRPCRequestHandler):  # type: ignore[misc, name-defined]  # likewise
        rpc_paths = ("/here",)

        def mine_end(self) -> Any:
            self.send_header("X-Server", "mine")
            return module.SimpleXMLRPCRequestHandler.end_headers(self)

        end_headers = method(twin, mine_end)

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            seen.append(int(code))

    with serving(twin, register, requestHandler=Handler) as server:
        connection = BLOCKING.http_client.HTTPConnection(*server.server_address[:2], timeout=10)
        for path, status in (("/here", 200), ("/here", 200), ("/RPC2", 404), ("/here", 200)):
            body = BLOCKING.module("xmlrpc.client").dumps((1, 2), "add")
            connection.request("POST", path, body, {"Content-Type": "text/xml"})
            with connection.getresponse() as response:
                response.read()
            assert (response.status, response.getheader("X-Server")) == (status, "mine")
        connection.close()
    assert seen == [200, 200, 404, 200]


@both_twins
async def test_server_may_dispatch_and_marshal_by_itself(twin: Twin) -> None:
    module = twin.module("xmlrpc.server")
    base = module.SimpleXMLRPCServer

    class Server(base):  # type: ignore[misc, valid-type]  # likewise
        sizes: list[int] = []  # noqa: RUF012 - a test's

        def mine_whole(self, data: bytes, dispatch_method: Any = None, path: Any = None) -> Any:
            self.sizes.append(len(data))
            return base._marshaled_dispatch(self, data, dispatch_method, path)

        def mine_call(self, name: str, params: Any) -> Any:
            if name.startswith("upper."):
                return name.upper()
            return base._dispatch(self, name, params)

        _marshaled_dispatch, _dispatch = method(twin, mine_whole), method(twin, mine_call)

    module._Own = Server
    try:
        with (
            serving(twin, register, "_Own") as server,
            BLOCKING.module("xmlrpc.client").ServerProxy(server.url) as proxy,
        ):
            assert proxy.upper.case() == "UPPER.CASE"
            assert proxy.add(1, 2) == 3
            with pytest.raises(Fault, match="not supported"):
                proxy.nothing()
            assert len(Server.sizes) == 3
    finally:
        del module._Own


@both_twins
async def test_object_with_the_three_hooks_is_called_and_told_of(twin: Twin) -> None:
    class Anything:
        def _dispatch(self, name: str, params: Any) -> Any:
            return [name, *params]

        def _listMethods(self) -> list[str]:
            return ["one", "two"]

        def _methodHelp(self, name: str) -> str:
            return f"help on {name}"

    def set_up(server: Any) -> None:
        server.register_instance(Anything())
        server.register_introspection_functions()

    with (
        serving(twin, set_up) as server,
        BLOCKING.module("xmlrpc.client").ServerProxy(server.url, use_builtin_types=True) as proxy,
    ):
        assert proxy.a.b(1, dt.datetime(2026, 2, 28))[0] == "a.b"
        assert proxy._private(1) == ["_private", 1]  # it says itself what it answers
        assert [name for name in proxy.system.listMethods() if "." not in name] == ["one", "two"]
        assert proxy.system.methodHelp("one") == "help on one"
