"""The misbehaving peer keeps its own promises: every fault that it is asked for really reaches the client."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.fix_peer import (
    Conversation,
    Faults,
    Peer,
    ScriptError,
    close,
    expect,
    half_close,
    read,
    request,
    reset,
    send,
    send_forever,
    stall,
    start_tls,
    until,
    wait,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path


def dial(peer: Peer) -> socket.socket:
    return socket.create_connection(peer.address, timeout=5)


def read_all(sock: socket.socket) -> list[bytes]:
    pieces = []
    while piece := sock.recv(4096):
        pieces.append(piece)
    return pieces


def test_expect_takes_the_very_bytes_and_records_them() -> None:
    with (
        Peer([expect(b"HELO\r\n"), send(b"250 ok\r\n"), expect(b"QUIT\r\n"), close()]) as peer,
        dial(peer) as sock,
    ):
        sock.sendall(b"HELO\r\nQU")
        assert sock.recv(100) == b"250 ok\r\n"
        sock.sendall(b"IT\r\n")
        assert read_all(sock) == []
        assert peer.heard() == b"HELO\r\nQUIT\r\n"
        assert peer.conversations[0].taken == [b"HELO\r\n", b"QUIT\r\n"]


def test_expect_other_bytes_fails_when_the_peer_is_closed() -> None:
    peer = Peer([expect(b"HELO\r\n"), close()])
    with dial(peer) as sock:
        sock.sendall(b"HELP\r\n")
        assert read_all(sock) == []
    with pytest.raises(ScriptError, match="HELP"):
        peer.close()


def test_expect_of_a_client_that_leaves_fails() -> None:
    peer = Peer([until(b"\n")])
    with dial(peer) as sock:
        sock.sendall(b"HEL")
    assert peer.heard() == b"HEL"
    with pytest.raises(ScriptError, match="left after b'HEL'"):
        peer.close()


def test_request_takes_head_and_body() -> None:
    requests = (
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        b"tail",
    )
    with Peer([request(), request(), request(), read(4), close()]) as peer, dial(peer) as sock:
        sock.sendall(b"".join(requests))
        assert read_all(sock) == []
        taken = peer.conversations[0].taken
    assert b"".join(taken) == b"".join(requests)
    assert len(taken) == 6


def test_split_sends_segments_that_are_read_one_by_one() -> None:
    with Peer([send(b"0123456789"), close()], faults=Faults(split=1)) as peer, dial(peer) as sock:
        assert read_all(sock) == [b"%d" % n for n in range(10)]


def test_split_by_three_keeps_the_parts_of_a_send_apart() -> None:
    with Peer([send(b"0123", b"45"), close()], faults=Faults(split=3)) as peer, dial(peer) as sock:
        assert read_all(sock) == [b"012", b"3", b"45"]


def test_split_over_a_unix_socket(tmp_path: Path) -> None:
    with (
        Peer([send(b"abc"), close()], faults=Faults(split=1), unix=tmp_path / "s") as peer,
        socket.socket(socket.AF_UNIX) as sock,
    ):
        sock.connect(str(tmp_path / "s"))
        sock.settimeout(5)
        assert b"".join(read_all(sock)) == b"abc"
        assert peer.address == str(tmp_path / "s")


@pytest.mark.parametrize("count", range(7))
def test_close_after_ends_in_order_after_that_many_bytes(count: int) -> None:
    with Peer([send(b"abc", b"def"), stall()], faults=Faults(close_after=count)) as peer, dial(peer) as sock:
        assert b"".join(read_all(sock)) == b"abcdef"[:count]


def test_close_after_more_bytes_than_are_sent_changes_nothing() -> None:
    with (
        Peer([send(b"abc"), send(b"!"), half_close()], faults=Faults(close_after=5)) as peer,
        dial(peer) as sock,
    ):
        assert b"".join(read_all(sock)) == b"abc!"


def test_reset_after_ends_by_rst() -> None:
    with Peer([until(b"\n"), send(b"abc")], faults=Faults(reset_after=2)) as peer, dial(peer) as sock:
        sock.sendall(b"go\n")
        with pytest.raises(ConnectionResetError):
            read_all(sock)


def test_reset_step_ends_by_rst() -> None:
    with Peer([until(b"\n"), reset()]) as peer, dial(peer) as sock:
        sock.sendall(b"go\n")
        with pytest.raises(ConnectionResetError):
            read_all(sock)


def test_close_with_unread_bytes_is_no_reset() -> None:
    with Peer([until(b"\n"), close()]) as peer, dial(peer) as sock:
        sock.sendall(b"go\nand more that no step takes")
        assert read_all(sock) == []


def test_half_close_leaves_the_client_to_talk() -> None:
    with Peer([half_close(), expect(b"still here")]) as peer, dial(peer) as sock:
        assert read_all(sock) == []
        sock.sendall(b"still here")
        sock.close()
        assert peer.heard() == b"still here"


def test_stall_stays_silent_until_the_client_leaves() -> None:
    with Peer([send(b"a"), stall()]) as peer, dial(peer) as sock:
        assert sock.recv(10) == b"a"
        sock.settimeout(0.02)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        assert not peer.conversations[0].left.is_set()
        sock.sendall(b"hello?")
        sock.close()
        assert peer.heard() == b"hello?"
        assert peer.conversations[0].left.is_set()


def test_heard_fails_while_the_client_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fix_peer.PATIENCE", 0.05)
    with Peer([send(b"a")]) as peer, dial(peer) as sock:
        assert sock.recv(1) == b"a"
        with pytest.raises(AssertionError, match="keeps connection 0 open"):
            peer.heard()


def test_wait_goes_on_with_the_event() -> None:
    go = threading.Event()
    with Peer([wait(go), send(b"late"), close()]) as peer, dial(peer) as sock:
        sock.settimeout(0.02)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        go.set()
        sock.settimeout(5)
        assert read_all(sock) == [b"late"]


def test_send_forever_ends_with_the_client() -> None:
    with Peer([send_forever(b"spam")]) as peer:
        with dial(peer) as sock:
            assert sock.recv(8) == b"spamspam"
        assert peer.heard() == b""
        assert isinstance(peer.conversations[0].broken, OSError)


def test_send_forever_past_its_cap_fails() -> None:
    peer = Peer([send_forever(b"spam", cap=1000)])
    with dial(peer) as sock:
        read_all(sock)
    with pytest.raises(ScriptError, match="still reads"):
        peer.close()


def test_scripts_are_played_in_turn_and_the_last_again() -> None:
    with Peer([send(b"1"), close()], [send(b"2"), close()]) as peer:
        got = []
        for _ in range(3):
            with dial(peer) as sock:
                got += read_all(sock)
        assert got == [b"1", b"2", b"2"]


def test_own_step_gets_the_conversation() -> None:
    def shout(conversation: Conversation) -> None:
        conversation.send(conversation.take(len).upper())

    with Peer([shout, close()]) as peer, dial(peer) as sock:
        sock.sendall(b"hello")
        assert read_all(sock) == [b"HELLO"]


def test_tls_from_the_beginning_and_its_goodbye(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    client_tls.check_hostname = True
    with Peer([expect(b"hi"), send(b"abc"), close()], tls=server_tls, faults=Faults(split=1)) as peer:
        tls = client_tls.wrap_socket(dial(peer), server_hostname="localhost", suppress_ragged_eofs=False)
        with tls:
            tls.sendall(b"hi")
            assert b"".join(read_all(tls)) == b"abc"  # no SSLEOFError: the goodbye came


def test_start_tls_after_clear_text(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with Peer([expect(b"STARTTLS\n"), send(b"go\n"), start_tls(server_tls), expect(b"in"), close()]) as peer:
        sock = dial(peer)
        sock.sendall(b"STARTTLS\n")
        assert sock.recv(10) == b"go\n"
        with client_tls.wrap_socket(sock, server_hostname="localhost") as tls:
            tls.sendall(b"in")
            assert read_all(tls) == []
        assert peer.heard() == b"STARTTLS\nin"


def test_heard_fails_when_nobody_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fix_peer.PATIENCE", 0.05)
    with Peer([]) as peer, pytest.raises(AssertionError, match="nobody made connection 0"):
        peer.heard()


def test_peer_fixture_makes_peers(peer: Callable[..., Peer]) -> None:
    first, second = peer([send(b"1"), close()]), peer([send(b"2"), close()])
    with dial(first) as one, dial(second) as two:
        assert read_all(one) + read_all(two) == [b"1", b"2"]
