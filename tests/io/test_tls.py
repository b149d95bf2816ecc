"""TLS on streams: to verified peers, begun in the middle, ended cleanly, one inside the other; in both twins."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import truststore

from tests.fix_peer import (
    Conversation,
    Faults,
    Peer,
    Step,
    close,
    expect,
    half_close,
    read,
    send,
    stall,
    start_tls,
    wait,
)
from tests.fix_tls import Certificates, make_server_tls
from tests.fix_twins import Twin, both_twins, heard, settle
from tests.io.streams import connect, drain, net_of
from tests.relay import relay
from wirekit import defaults
from wirekit._io import asynchronous, tls
from wirekit._io.nested import NestedTLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.io.streams import MakePeer

PIECES = pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])


def strict_tls(
    context: ssl.SSLContext, heard_goodbye: list[bool], greeted: threading.Event | None = None
) -> Step:
    """TLS that tells whether the client said goodbye, or just hung up.

    Its greeting is there to be read: closing a socket with unread bytes would send RST, and the goodbye be lost.
    """

    def step(conversation: Conversation) -> None:
        conversation.sock = context.wrap_socket(
            conversation.sock, server_side=True, suppress_ragged_eofs=False
        )
        conversation.send(b"hi")
        if greeted:
            greeted.set()
        try:
            while conversation.fill():
                pass
        except ssl.SSLEOFError:
            heard_goodbye.append(False)
        else:
            heard_goodbye.append(True)

    return step


def raw(data: bytes) -> Step:
    """Send bytes below TLS."""
    return lambda conversation: void(os.write(conversation.sock.fileno(), data))


def void(_: object) -> None:
    """Make nothing of a value."""


async def upgraded(
    twin: Twin, peer: Peer, context: ssl.SSLContext, name: str = "localhost", **given: Any
) -> Any:
    stream = await connect(twin, peer, **given)
    try:
        await settle(stream.upgrade(context, name))
    except BaseException:
        assert stream.closed
        raise
    return stream


# ---- the handshake


@both_twins
@PIECES
async def test_stream_goes_on_inside_tls(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, faults: Faults
) -> None:
    server = peer(
        [
            send(b"220 ready\r\n"),
            expect(b"STARTTLS\r\n"),
            send(b"220 go\r\n"),
            start_tls(server_tls),
            expect(b"secret"),
            send(b"answer\n" * 9),
            close(),
        ],
        faults=faults,
    )
    stream = await connect(twin, server)
    assert await settle(stream.read_line(100)) == b"220 ready\r\n"
    await settle(stream.sendall(b"STARTTLS\r\n"))
    assert await settle(stream.read_line(100)) == b"220 go\r\n"
    await settle(stream.upgrade(client_tls, "localhost"))
    assert (("commonName", "localhost"),) in stream.tls.getpeercert()["subject"]
    assert stream.tls.version() == "TLSv1.3"
    await settle(stream.sendall(b"secret"))
    assert await drain(stream) == b"answer\n" * 9
    stream.close()


@both_twins
async def test_start_tls_gives_socket_and_stream(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    net = net_of(twin)
    for known in (False, True):
        sock = await settle(net.create_connection(peer([send(b"x"), close()], tls=server_tls).address, 5))
        stream = await settle(net.attach(sock, None))
        given = {"known": stream} if known else {}
        secure, secure_stream = await settle(net.start_tls(sock, client_tls, "localhost", **given))
        assert await settle(net.attach(secure, secure_stream)) is secure_stream
        assert not known or secure_stream is stream
        assert await drain(secure_stream) == b"x"
        secure_stream.close()


@both_twins
@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
async def test_bad_certificate_is_refused_and_closes(
    twin: Twin, peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext, fault: str
) -> None:
    server = peer([stall()], tls=make_server_tls(getattr(certificates, fault)))
    with pytest.raises(ssl.SSLCertVerificationError):
        await upgraded(twin, server, client_tls)
    assert await heard(twin, server) == b""
    broken = server.conversations[0].broken
    assert isinstance(broken, ssl.SSLError)
    assert "ALERT" in str(broken).upper()  # the peer was told why


@both_twins
@pytest.mark.parametrize("name", ["127.0.0.1", "::1"])
async def test_address_may_be_what_is_certified(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, name: str
) -> None:
    stream = await upgraded(twin, peer([send(b"x"), close()], tls=server_tls), client_tls, name)
    assert await drain(stream) == b"x"
    stream.close()


@both_twins
@pytest.mark.parametrize("name", [None, ""])
async def test_row_10_context_that_checks_names_wants_a_name(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext, name: str | None
) -> None:
    server = peer([stall()])
    stream = await connect(twin, server)
    with pytest.raises(ValueError, match="check_hostname requires server_hostname"):
        await settle(stream.upgrade(client_tls, name))
    assert not stream.closed
    await settle(stream.sendall(b"in the clear"))
    stream.close()
    assert await heard(twin, server) == b"in the clear"


@both_twins
async def test_rows_137_143_bytes_before_the_handshake_are_refused(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext
) -> None:
    server = peer([send(b"220 go\r\n250 INJECTED\r\n"), stall()])
    stream = await connect(twin, server)
    while stream.buffer.count(b"\n") < 2:
        await settle(stream.fill())
    assert await settle(stream.read_line(100)) == b"220 go\r\n"
    with pytest.raises(ConnectionAbortedError, match="before TLS began"):
        await settle(stream.upgrade(client_tls, "localhost"))
    assert stream.closed
    assert await heard(twin, server) == b""


async def test_handshake_may_have_begun_where_tls_is_spoken_from_the_start(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    ours, theirs = socket.socketpair()

    def talk() -> bytes:
        with theirs, client_tls.wrap_socket(theirs, server_hostname="localhost") as sock:
            sock.sendall(b"hello")
            return sock.recv(100)

    talking = asyncio.ensure_future(asyncio.to_thread(talk))
    stream = await asynchronous.attach(ours, None)
    assert stream is not None
    assert await stream.fill()  # the loop was busy elsewhere: the client's first words came before we looked
    await stream.upgrade(server_tls, None, server_side=True, from_start=True)
    assert await stream.recv(100) == b"hello"
    await stream.sendall(b"you")
    assert await talking == b"you"
    stream.close()


async def test_bytes_queued_before_the_handshake_are_refused(
    peer: MakePeer, client_tls: ssl.SSLContext
) -> None:
    stream = await net_of(Twin("asyncio")).create_connection(peer([send(b"250 INJECTED\r\n")]).address, 5)
    while not stream.pending:
        await settle(stream.fill() if not stream._blocks else True)
    with pytest.raises(ConnectionAbortedError):
        await stream.upgrade(client_tls, "localhost")
    assert stream.closed


@both_twins
@pytest.mark.parametrize("after", [0, 1, 100])
async def test_peer_that_hangs_up_in_the_handshake_is_an_error(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext, after: int
) -> None:
    server = peer([read(10), send(b"\x16\x03\x03\x00\xff" + b"x" * 200)], faults=Faults(close_after=after))
    with pytest.raises(OSError):
        await upgraded(twin, server, client_tls)


@both_twins
async def test_peer_that_speaks_no_tls_is_an_error(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext
) -> None:
    with pytest.raises(ssl.SSLError):
        await upgraded(twin, peer([read(10), send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), stall()]), client_tls)


@both_twins
@pytest.mark.parametrize("limit", ["timeout", "deadline"])
async def test_silent_handshake_ends_in_time(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext, limit: str
) -> None:
    stream = await connect(twin, peer([stall()]), timeout=0.05 if limit == "timeout" else None)
    if limit == "deadline":
        stream.deadline = net_of(twin).monotonic() + 0.05
    with pytest.raises(TimeoutError):
        await settle(stream.upgrade(client_tls, "localhost"))
    assert stream.closed


@both_twins
async def test_default_timeout_counts_inside_tls(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([stall()], tls=server_tls)
    with defaults.using(timeout=5):
        sock = await settle(net_of(twin).create_connection(server.address))
    stream = await settle(net_of(twin).attach(sock, None))
    await settle(stream.upgrade(client_tls, "localhost"))
    stream.timeout = 0.05
    with pytest.raises(TimeoutError):
        await settle(stream.fill())
    assert stream.closed


@both_twins
async def test_session_is_resumed(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    client_tls.maximum_version = ssl.TLSVersion.TLSv1_2  # its session is known with the handshake
    server = peer([send(b"x"), stall()], tls=server_tls)
    session = None
    for resumed in (False, True):
        stream = await connect(twin, server)
        await settle(stream.upgrade(client_tls, "localhost", session=session))
        assert await settle(stream.recv(1)) == b"x"
        assert stream.tls.session_reused is resumed
        session = stream.tls.session
        stream.close()


# ---- the conversation inside


@both_twins
async def test_big_body_passes_both_ways(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    block = os.urandom(1 << 16)
    server = peer([read(len(block) * 20), send(*[block] * 50), close()], tls=server_tls)
    stream = await upgraded(twin, server, client_tls)
    await settle(stream.sendall(bytearray(block * 20)))
    assert await settle(stream.read()) == block * 50
    stream.close()
    assert await heard(twin, server) == block * 20


@both_twins
async def test_file_passes(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    data = os.urandom(1 << 20)
    (tmp_path / "file").write_bytes(data)
    server = peer([send(b"hi"), stall()], tls=server_tls)
    stream = await upgraded(twin, server, client_tls)
    assert await settle(stream.read(2)) == b"hi"  # see strict_tls
    with (tmp_path / "file").open("rb") as file:
        assert await settle(stream.send_file(file, 10, 500_000)) == 500_000
    stream.close()
    assert await heard(twin, server) == data[10:500_010]


async def test_reading_pauses_inside_tls_too(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    block = os.urandom(1 << 16)
    server = peer([send(*[block] * 512), close()], tls=server_tls)
    net = net_of(Twin("asyncio"))
    stream = await upgraded(Twin("asyncio"), server, client_tls)
    while stream._transport.is_reading():
        await asyncio.sleep(0)
    assert net.HIGH_WATER < stream._queued < net.HIGH_WATER + (1 << 20)
    assert await stream.read() == block * 512
    stream.close()


@both_twins
async def test_sendall_waits_inside_tls_and_is_released(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    go = threading.Event()
    server = peer([wait(go), read(8 << 20), close()], tls=server_tls)
    stream = await upgraded(twin, server, client_tls)
    alarm = threading.Timer(0.05, go.set)
    alarm.start()
    await settle(stream.sendall(b"x" * (8 << 20)))
    assert go.is_set()
    assert len(await heard(twin, server)) == 8 << 20
    alarm.join()
    stream.close()


@both_twins
async def test_garbage_inside_tls_is_an_error_and_closes(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([send(b"x"), read(1), raw(b"\x17\x03\x03\x00\x20" + b"g" * 32), stall()], tls=server_tls)
    stream = await upgraded(twin, server, client_tls)
    assert await settle(stream.recv(1)) == b"x"
    await settle(stream.sendall(b"y"))
    with pytest.raises(ssl.SSLError):
        await settle(stream.fill())
    assert stream.closed


@both_twins
async def test_refused_client_certificate_is_an_error(
    twin: Twin, peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    demanding = make_server_tls(certificates.server, client_authority=certificates.authority)
    stream = await connect(twin, peer([stall()], tls=demanding))
    with pytest.raises(OSError):  # noqa: PT012  -- in TLS 1.3 the refusal may come after the handshake
        await settle(stream.upgrade(client_tls, "localhost"))
        await settle(stream.fill())
    assert stream.closed


@both_twins
async def test_client_certificate_is_shown(
    twin: Twin, peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    demanding = make_server_tls(certificates.server, client_authority=certificates.authority)
    client_tls.load_cert_chain(certificates.client)
    stream = await upgraded(twin, peer([send(b"x"), close()], tls=demanding), client_tls)
    assert await drain(stream) == b"x"
    stream.close()


def in_one_piece(context: ssl.SSLContext, make: Callable[[tls.Layer], bytes]) -> Step:
    """A handshake whose last flight is sent together with what `make` gives."""

    def step(conversation: Conversation) -> None:
        layer = tls.Layer(context, None, server_side=True)
        done = False
        while not done:
            got = len(conversation.received)
            assert conversation.fill()
            done = layer.handshake(bytes(conversation.received[got:]))
            flight = layer.outgoing()
            last = done or context.maximum_version != ssl.TLSVersion.TLSv1_2  # in TLS 1.3 there is one flight
            conversation.send(flight + make(layer) if last else flight)
            done = last

    return step


@both_twins
async def test_data_that_comes_with_the_handshake_is_not_lost(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server_tls.maximum_version = ssl.TLSVersion.TLSv1_2  # whose server speaks last
    for make in (
        lambda layer: layer.encrypt(b"early"),
        lambda layer: layer.encrypt(b"early") + layer.goodbye(),
    ):
        stream = await upgraded(twin, peer([in_one_piece(server_tls, make), half_close()]), client_tls)
        assert await settle(stream.read(5)) == b"early"
        assert not await settle(stream.fill())
        stream.close()


def after_a_byte(context: ssl.SSLContext, make: Callable[[tls.Layer], bytes]) -> Step:
    """TLS whose server waits for one byte inside, and then sends what `make` gives in one piece."""

    def step(conversation: Conversation) -> None:
        layer, done, plain = tls.Layer(context, None, server_side=True), False, b""
        while not plain:
            got = len(conversation.received)
            assert conversation.fill()
            received = bytes(conversation.received[got:])
            if done:
                plain = layer.decrypt(received)
            else:
                done = layer.handshake(received)
                plain = layer.decrypt(b"") if done else b""
            conversation.send(layer.outgoing())
        conversation.send(make(layer))

    return step


@both_twins
@pytest.mark.parametrize("step", [in_one_piece, after_a_byte])
async def test_data_that_came_whole_before_garbage_is_not_lost(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, step: Any
) -> None:
    def make(layer: tls.Layer) -> bytes:
        return layer.encrypt(b"early") + b"garbage" * 9

    server_tls.maximum_version = ssl.TLSVersion.TLSv1_2  # whose server speaks last in the handshake
    stream = await upgraded(twin, peer([step(server_tls, make), half_close()]), client_tls)
    if step is after_a_byte:
        await settle(stream.sendall(b"y"))
    assert await settle(stream.read(5)) == b"early"
    with pytest.raises(ssl.SSLError):
        await settle(stream.fill())
    assert stream.closed


def test_data_that_came_whole_before_garbage_is_not_lost_in_a_nested_session(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    inner = peer([after_a_byte(server_tls, lambda layer: layer.encrypt(b"early") + b"garbage" * 9), stall()])
    proxy = peer([relay(inner.address)], tls=server_tls)
    outer = client_tls.wrap_socket(socket.create_connection(proxy.address, 5), server_hostname="localhost")
    sock = NestedTLS(outer, client_tls, "localhost")
    sock.sendall(b"y")
    assert sock.recv(10) == b"early"
    for _ in range(2):
        with pytest.raises(ssl.SSLError):
            sock.recv(10)
    sock.close()


@both_twins
async def test_garbage_that_comes_with_the_handshake_is_an_error_and_closes(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    garbage = b"\x17\x03\x03\x00\x20" + b"g" * 32
    stream = await connect(twin, peer([in_one_piece(server_tls, lambda _: garbage), stall()]))
    with pytest.raises(ssl.SSLError):  # noqa: PT012  -- the blocking twin reads it with the first bytes inside
        await settle(stream.upgrade(client_tls, "localhost"))
        await settle(stream.fill())
    assert stream.closed


# ---- the end


@both_twins
@pytest.mark.parametrize("how", ["close", "shutdown_write"])
async def test_goodbye_is_heard_by_the_peer(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, how: str
) -> None:
    goodbyes: list[bool] = []
    server = peer([strict_tls(server_tls, goodbyes), close()])
    stream = await upgraded(twin, server, client_tls)
    assert await settle(stream.read(2)) == b"hi"
    await settle(stream.sendall(b"last words"))
    if how == "shutdown_write":
        await settle(stream.shutdown_write())
        assert await settle(stream.read()) == b""
    stream.close()
    assert await heard(twin, server) == b"last words"
    assert goodbyes == [True]


@both_twins
async def test_abort_says_no_goodbye(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    goodbyes: list[bool] = []
    server = peer([strict_tls(server_tls, goodbyes)])
    stream = await upgraded(twin, server, client_tls)
    stream.abort()
    await heard(twin, server)
    assert goodbyes in ([False], [])  # hung up, or reset


@both_twins
@pytest.mark.parametrize("end", [close, half_close], ids=["goodbye", "hang-up"])
async def test_end_of_the_peer_is_the_end_of_the_stream(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, end: Any
) -> None:
    stream = await upgraded(twin, peer([send(b"last words"), end()], tls=server_tls), client_tls)
    assert await drain(stream) == b"last words"
    assert not await settle(stream.fill())
    stream.close()


def test_last_words_are_not_lost_for_what_was_left_unread(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    greeted = threading.Event()
    goodbyes: list[bool] = []
    server = peer([strict_tls(server_tls, goodbyes, greeted)])
    net = net_of(Twin("blocking"))
    stream = net.attach(net.create_connection(server.address, 5), None)
    stream.upgrade(client_tls, "localhost")
    assert greeted.wait(5)  # tickets and greeting have all arrived, and nobody reads them
    stream.sendall(b"x" * 100_000)
    stream.close()
    assert len(server.heard()) == 100_000
    assert goodbyes == [True]


# ---- TLS through a TLS proxy


@both_twins
@PIECES
async def test_tls_inside_tls(
    twin: Twin,
    peer: MakePeer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    faults: Faults,
    tmp_path: Path,
) -> None:
    data = os.urandom(300_000)
    inner = peer(
        [start_tls(server_tls), expect(b"GET"), send(data[:1000]), read(len(data)), close()], faults=faults
    )
    proxy = peer([relay(inner.address)], tls=server_tls)
    stream = await upgraded(twin, proxy, client_tls)
    outer = stream.tls
    await settle(stream.upgrade(client_tls, "localhost"))
    assert stream.tls is not outer
    assert (("commonName", "localhost"),) in stream.tls.getpeercert()["subject"]
    await settle(stream.sendall(b"GET"))
    space = bytearray(10)
    assert await settle(stream.readinto(space)) == 10
    assert bytes(space) + await settle(stream.read(990)) == data[:1000]
    (tmp_path / "file").write_bytes(data)
    with (tmp_path / "file").open("rb") as file:
        assert await settle(stream.send_file(file)) == len(data)
    assert await drain(stream) == b""
    stream.close()
    assert await heard(twin, inner) == b"GET" + data


@both_twins
@pytest.mark.parametrize("how", ["close", "shutdown_write"])
async def test_goodbye_inside_tls_inside_tls(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, how: str
) -> None:
    goodbyes: list[bool] = []
    inner = peer([strict_tls(server_tls, goodbyes), close()])
    proxy = peer([relay(inner.address)], tls=server_tls)
    stream = await upgraded(twin, proxy, client_tls)
    await settle(stream.upgrade(client_tls, "localhost"))
    assert await settle(stream.read(2)) == b"hi"
    await settle(stream.sendall(b"last words"))
    if how == "shutdown_write":
        await settle(stream.shutdown_write())
        assert await settle(stream.read()) == b""
    stream.close()
    assert await heard(twin, inner) == b"last words"
    assert goodbyes == [True]


@both_twins
async def test_bad_certificate_behind_a_proxy_is_refused_and_closes(
    twin: Twin,
    peer: MakePeer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    certificates: Certificates,
) -> None:
    inner = peer([stall()], tls=make_server_tls(certificates.wrong_host))
    proxy = peer([relay(inner.address)], tls=server_tls)
    stream = await upgraded(twin, proxy, client_tls)
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(stream.upgrade(client_tls, "localhost"))
    assert stream.closed
    assert await heard(twin, inner) == b""


@both_twins
async def test_peer_behind_a_proxy_that_hangs_up_in_the_handshake_is_an_error(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    inner = peer([read(10), close()])
    stream = await upgraded(twin, peer([relay(inner.address)], tls=server_tls), client_tls)
    with pytest.raises(OSError):
        await settle(stream.upgrade(client_tls, "localhost"))
    assert stream.closed


def test_nested_socket_is_used_like_a_socket(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    inner = peer([start_tls(server_tls), expect(b"onetwothree"), send(b"line\nrest"), close()])
    proxy = peer([relay(inner.address)], tls=server_tls)
    outer = client_tls.wrap_socket(socket.create_connection(proxy.address, 5), server_hostname="localhost")
    sock = NestedTLS(outer, client_tls, "localhost")
    assert sock.send(b"one") == 3
    (tmp_path / "file").write_bytes(b"xtwothree")
    with (tmp_path / "file").open("rb") as file:
        assert sock.sendfile(file, 1, 3) == 3
        assert sock.sendfile(file, 4) == 5
    assert sock.getpeername() == proxy.address
    assert sock.gettimeout() == 5
    assert sock.version() == "TLSv1.3"
    with pytest.raises(AttributeError):
        sock._nothing  # noqa: B018  -- the attribute is what is asked for
    with pytest.raises(ValueError, match="only mode 'rb'"):
        sock.makefile("w")
    space = bytearray(9)
    with sock.makefile("rb") as file, sock.makefile("rb", buffering=0) as bare:
        assert file.readline() == b"line\n"
        sock.close()
        assert file.read() == b"rest"
        assert bare.readinto(space) == 0
        assert outer.fileno() >= 0
    assert outer.fileno() == -1


def test_nested_session_ends_and_leaves_the_outer_one(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    def serve(conversation: Conversation) -> None:
        nested = NestedTLS(conversation.sock, server_tls, None, server_side=True)
        nested.sendall(b"inside")
        assert nested.recv(10) == b""
        assert nested.recv(10) == b""
        assert nested.pending() == 0
        nested.unwrap().sendall(b"outside")

    outer = client_tls.wrap_socket(
        socket.create_connection(peer([serve, close()], tls=server_tls).address, 5),
        server_hostname="localhost",
    )
    sock = NestedTLS(outer, client_tls, "localhost")
    space = bytearray(10)
    assert sock.recv_into(space, 2) == 2
    assert sock.pending() == 4
    assert sock.recv_into(memoryview(space)[2:]) == 4
    assert space == b"inside\x00\x00\x00\x00"
    sock.shutdown(socket.SHUT_WR)
    assert sock.recv(10) == b""
    assert outer.recv(10) == b"outside"
    sock.close()


# ---- the client's context


@pytest.fixture
def no_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_shared", {})


@pytest.mark.parametrize("system", [True, False])
@pytest.mark.usefixtures("no_shared")
def test_clients_check_by_default(system: bool) -> None:
    with defaults.using(system_certificates=system):
        context = tls.client_context()
        assert tls.shared_context() is tls.shared_context() is not context
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.post_handshake_auth
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.usefixtures("no_shared")
def test_clients_check_nothing_where_the_defaults_say_so_and_share_no_context_with_others() -> None:
    checking = tls.shared_context()
    with defaults.using(verify_tls=False):
        trusting = tls.shared_context()
    assert trusting.verify_mode == ssl.CERT_NONE
    assert not trusting.check_hostname
    assert tls.shared_context() is checking


def test_system_is_asked_where_it_keeps_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ssl.get_default_verify_paths()
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(cafile=""))
    assert isinstance(tls.client_context(), truststore.SSLContext)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(cafile="/there"))
    assert not isinstance(tls.client_context(), truststore.SSLContext)
    monkeypatch.setattr("sys.platform", "darwin")
    assert isinstance(tls._system_context(), ssl.SSLContext)


def test_layer_says_what_it_has_to_send_and_goodbye_once(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    client, server = tls.Layer(client_tls, "localhost"), tls.Layer(server_tls, None, server_side=True)
    done = {client: client.handshake(b""), server: False}
    while not all(done.values()):
        for one, other in ((client, server), (server, client)):
            done[other] = other.handshake(one.outgoing()) or done[other]
    client.decrypt(server.outgoing())
    assert client.outgoing() == b""
    secret = client.encrypt(b"secret" * 100_000)
    assert server.decrypt(secret[:100]) == b""
    assert server.decrypt(secret[100:]) == b"secret" * 100_000
    assert not server.ended
    assert server.decrypt(client.goodbye()) == b""
    assert server.ended
    assert client.goodbye() == b""
