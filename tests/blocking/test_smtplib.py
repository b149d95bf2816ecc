# Generated from tests/aio/test_smtplib.py by tools/unasync.py; edit that file.
"""SMTP over loopback: connecting, greeting, single commands, replies, the end."""

from __future__ import annotations

import contextlib
import io
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Faults, Peer, close, expect, reset, send, stall, until, wait
from tests.fix_smtp import ALL, MailServer
from wirekit import ConnectionBusy, Timeout, defaults, smtplib
from wirekit._io import blocking as net

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

HELLO = b"220 mail.example ESMTP\r\n"


def connect(peer: Peer, timeout: Any = 5, **options: Any) -> Any:
    smtp = smtplib.SMTP(timeout=timeout, **options)
    code, _ = smtp.connect(peer.host, peer.port)
    assert code == 220
    return smtp


# ---- connecting


def test_greeting_is_returned(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = smtplib.SMTP(timeout=5)
    assert smtp.connect(peer.host, peer.port) == (220, b"mail.example ESMTP")
    assert smtp.sock is not None
    smtp.close()
    assert smtp.sock is None


def test_port_may_stand_behind_the_host(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = smtplib.SMTP(timeout=5)
    assert smtp.connect(f"{peer.host}:{peer.port}")[0] == 220
    assert (smtp._host, smtp._port) == (peer.host, peer.port)
    smtp.close()


def test_port_that_is_no_number_is_an_error() -> None:
    with pytest.raises(OSError, match="nonnumeric port"):
        smtplib.SMTP().connect("localhost:bogus")


def test_context_connects_and_takes_leave(mail: MakeMail) -> None:
    server, peer = mail()
    with smtplib.SMTP(peer.host, peer.port, timeout=5) as smtp:
        assert smtp.noop() == (250, b"2.0.0 OK")
    assert smtp.sock is None
    heard(peer)
    assert server.commands == ["noop", "QUIT"]


def test_server_that_does_not_welcome_is_an_error(peer: MakePeer) -> None:
    server = peer([send(b"554 5.7.1 go away\r\n")])
    with pytest.raises(smtplib.SMTPConnectError) as caught:
        with smtplib.SMTP(server.host, server.port, timeout=5):
            pass
    assert (caught.value.smtp_code, caught.value.smtp_error) == (554, b"5.7.1 go away")
    assert vars(caught.value)["enhanced"] == (5, 7, 1)
    heard(server)


def test_connect_returns_what_a_server_says_that_does_not_welcome(peer: MakePeer) -> None:
    server = peer([send(b"554 5.7.1 go away\r\n")])
    smtp = smtplib.SMTP(timeout=5)
    assert smtp.connect(server.host, server.port) == (554, b"5.7.1 go away")
    smtp.close()


def test_server_that_hangs_up_without_a_word_is_an_error(peer: MakePeer) -> None:
    server = peer([close()])
    smtp = smtplib.SMTP(timeout=5)
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"^Connection unexpectedly closed$"):
        smtp.connect(server.host, server.port)
    assert smtp.sock is None


def test_connect_anew_forgets_the_server_before(mail: MakeMail, peer: MakePeer) -> None:
    _, first = mail()
    second = peer([MailServer("X-ONE")])
    smtp = connect(first)
    smtp.ehlo()
    assert smtp.has_extn("pipelining")
    smtp.connect(second.host, second.port)
    assert (smtp.ehlo_resp, smtp.esmtp_features, smtp.does_esmtp) == (None, {}, False)
    smtp.ehlo_or_helo_if_needed()
    assert smtp.esmtp_features == {"x-one": ""}
    smtp.close()
    heard(first)


def test_commands_without_connection_are_errors() -> None:
    smtp = smtplib.SMTP()
    for call in (smtp.ehlo, smtp.noop, smtp.getreply, smtp.quit):
        with pytest.raises(smtplib.SMTPServerDisconnected, match=r"please run connect\(\) first"):
            call()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtp.send("text")
    with smtplib.SMTP() as other:
        assert other.sock is None


def test_source_address_is_bound(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = smtplib.SMTP(timeout=5, source_address=("127.0.0.1", 0))
    smtp.connect(peer.host, peer.port, ("127.0.0.1", 0))
    assert smtp.source_address == ("127.0.0.1", 0)
    assert smtp.sock.getsockname()[0] == "127.0.0.1"
    smtp.close()


def test_small_commands_leave_at_once(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer)
    assert smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    smtp.close()


def test_timeout_of_0_is_an_error() -> None:
    with pytest.raises(ValueError, match="Non-blocking"):
        smtplib.SMTP(timeout=0).connect("127.0.0.1", 1)


def test_default_timeout_is_the_profiles(mail: MakeMail) -> None:
    _, peer = mail()
    with defaults.using(timeout=7.0):
        smtp = smtplib.SMTP()
        smtp.connect(peer.host, peer.port)
    assert smtp._stream.timeout == 7.0
    smtp.close()


def test_connect_without_host_goes_to_the_constructors(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = smtplib.SMTP(timeout=5)
    smtp._host, smtp._port = peer.host, peer.port
    assert smtp.connect()[0] == 220
    smtp.close()


def test_proxy_is_used(peer: MakePeer) -> None:
    from tests.fix_proxy import tunnel

    server = peer([MailServer(*ALL)])
    proxy = peer([tunnel])
    smtp = smtplib.SMTP(timeout=5, proxy=f"http://{proxy.host}:{proxy.port}")
    smtp.connect("127.0.0.1", server.port)
    assert smtp.ehlo()[0] == 250
    smtp.quit()
    assert heard(proxy).startswith(b"CONNECT 127.0.0.1:%d " % server.port)


# ---- who we are


def test_ehlo_says_our_address_where_the_name_is_none(
    mail: MakeMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "my_host")
    server, peer = mail()
    smtp = connect(peer)
    assert smtp.local_hostname == "[127.0.0.1]"
    smtp.ehlo()
    smtp.helo("other.example")
    smtp.close()
    heard(peer)
    assert server.commands == ["ehlo [127.0.0.1]", "helo other.example"]


def test_full_host_name_is_said_without_asking_anybody(
    mail: MakeMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("somebody asked the resolver")

    monkeypatch.setattr(socket, "gethostname", lambda: "here.example")
    monkeypatch.setattr(socket, "getfqdn", refuse)
    monkeypatch.setattr(socket, "gethostbyname", refuse)
    _, peer = mail()
    smtp = connect(peer)
    assert smtp.local_hostname == "here.example"
    smtp.close()


def test_name_that_is_given_stays(mail: MakeMail) -> None:
    _, peer = mail()
    with defaults.using(resolve_local_name=True):
        smtp = connect(peer, local_hostname="given")
    assert smtp.local_hostname == "given"
    smtp.close()


@pytest.mark.parametrize(
    "fqdn, wanted", [("here.example", "here.example"), ("here", "[192.0.2.7]"), ("gone", "[127.0.0.1]")]
)
def test_resolver_is_asked_where_that_is_wanted(
    mail: MakeMail, monkeypatch: pytest.MonkeyPatch, fqdn: str, wanted: str
) -> None:
    def look_up(_: str) -> str:
        if fqdn == "gone":
            raise socket.gaierror
        return "192.0.2.7"

    monkeypatch.setattr(socket, "getfqdn", lambda: fqdn)
    monkeypatch.setattr(socket, "gethostbyname", look_up)
    _, peer = mail()
    with defaults.using(resolve_local_name=True):
        smtp = connect(peer)
    assert smtp.local_hostname == wanted
    smtp.close()


# ---- greeting and commands


def test_ehlo_learns_what_is_offered(mail: MakeMail) -> None:
    _, peer = mail(("SIZE 1000", "AUTH PLAIN", "AUTH=LOGIN"))
    smtp = connect(peer)
    reply = smtp.ehlo()
    assert reply == (250, b"mail.example\nSIZE 1000\nAUTH PLAIN\nAUTH=LOGIN")
    assert smtp.ehlo_resp == reply[1]
    assert smtp.does_esmtp
    assert smtp.esmtp_features == {"size": "1000", "auth": " PLAIN LOGIN"}
    assert smtp.has_extn("SIZE")
    assert not smtp.has_extn("chunking")
    smtp.close()


def test_helo_is_tried_where_ehlo_is_not_known(mail: MakeMail) -> None:
    server, peer = mail(answers={"ehlo": "502 5.5.2 what?"})
    smtp = connect(peer)
    smtp.ehlo_or_helo_if_needed()
    smtp.ehlo_or_helo_if_needed()
    assert (smtp.ehlo_resp, smtp.helo_resp, smtp.does_esmtp) == (b"5.5.2 what?", b"mail.example", False)
    smtp.close()
    heard(peer)
    assert [command.partition(" ")[0] for command in server.commands] == ["ehlo", "helo"]


def test_server_that_takes_neither_is_an_error(mail: MakeMail) -> None:
    _, peer = mail(answers={"ehlo": "502 no", "helo": "550 5.7.1 no"})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPHeloError) as caught:
        smtp.ehlo_or_helo_if_needed()
    assert (caught.value.smtp_code, vars(caught.value)["enhanced"]) == (550, (5, 7, 1))
    smtp.close()


def test_each_command_has_its_method(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer, local_hostname="here.example")
    assert smtp.docmd("NOOP") == (250, b"2.0.0 OK")
    assert smtp.docmd("NOOP", "with words") == (250, b"2.0.0 OK")
    assert smtp.help() == b"one\ntwo"
    assert smtp.help("mail") == b"one\ntwo"
    assert smtp.verify("Bob <bob@x>") == (252, b"bob@x")
    assert smtp.vrfy("Bob Smith") == (252, b"Bob Smith")
    assert smtp.expn("list") == (252, b"list")
    assert smtp.rset() == (250, b"2.0.0 OK")
    smtp.putcmd("noop")
    assert smtp.getreply() == (250, b"2.0.0 OK")
    assert smtp.quit() == (221, b"2.0.0 bye")
    assert smtp.sock is None
    heard(peer)
    assert server.commands == [
        "NOOP", "NOOP with words", "help", "help mail", "vrfy bob@x", "vrfy Bob Smith", "expn list", "rset", "noop",
        "quit",
    ]  # fmt: skip
    assert not server.odd


def test_quit_forgets_the_greeting(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer)
    smtp.ehlo()
    smtp.quit()
    assert (smtp.ehlo_resp, smtp.helo_resp, smtp.esmtp_features, smtp.does_esmtp) == (None, None, {}, False)


def test_transaction_by_single_commands(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.ehlo()
    assert smtp.mail("Alice <a@x>", ["SIZE=10", "BODY=8BITMIME"]) == (250, b"2.1.0 OK")
    assert smtp.rcpt("b@x", ["NOTIFY=NEVER"]) == (250, b"2.1.5 OK")
    assert smtp.data("one\n.two\r") == (250, b"2.0.0 taken")
    assert smtp.data_replies == [(250, b"2.0.0 taken")]
    smtp.quit()
    (got,) = server.mails
    assert (got.sender, got.recipients, got.message) == ("a@x", ["b@x"], b"one\r\n.two\r\n")
    assert (got.options, got.rcpt_options) == (["SIZE=10", "BODY=8BITMIME"], ["NOTIFY=NEVER"])
    assert not server.odd


def test_options_are_left_out_without_ehlo(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.helo()
    smtp.mail("a@x", ["SIZE=10"])
    smtp.rcpt("b@x", ["NOTIFY=NEVER"])
    smtp.close()
    heard(peer)
    assert server.commands[1:] == ["mail from:<a@x>", "rcpt to:<b@x>"]


def test_data_that_is_not_wanted_is_an_error(mail: MakeMail) -> None:
    _, peer = mail(answers={"data": "451 4.3.0 later"})
    smtp = connect(peer)
    smtp.mail("a@x")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.data(b"x")
    assert caught.value.smtp_code == 451
    smtp.close()


def test_smtputf8_makes_commands_utf8_until_reset(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.ehlo()
    with pytest.raises(UnicodeEncodeError):
        smtp.mail("j\xf6rg@x")
    smtp.mail("j\xf6rg@x", ["SMTPUTF8"])
    smtp.rcpt("\u7528\u6237@x")
    assert smtp.command_encoding == "utf-8"
    smtp.rset()
    assert smtp.command_encoding == "ascii"
    smtp.close()
    heard(peer)
    assert server.commands[1:] == ["mail from:<j\xf6rg@x> SMTPUTF8", "rcpt to:<\u7528\u6237@x>", "rset"]


def test_option_that_needs_what_is_not_offered_is_an_error(mail: MakeMail) -> None:
    server, peer = mail(("8BITMIME",))
    smtp = connect(peer)
    smtp.ehlo()
    for option in ("SMTPUTF8", "RET=HDRS", "REQUIRETLS"):
        with pytest.raises(smtplib.SMTPNotSupportedError, match="not supported by server"):
            smtp.mail("a@x", [option])
    with pytest.raises(smtplib.SMTPNotSupportedError, match="DSN"):
        smtp.rcpt("a@x", ["NOTIFY=NEVER"])
    with defaults.using("stdlib"):
        smtp.mail("a@x", ["RET=HDRS"])
    smtp.close()
    heard(peer)
    assert server.commands[1:] == ["mail from:<a@x> RET=HDRS"]


def test_option_and_address_that_are_none_are_errors(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.ehlo()
    with pytest.raises(ValueError, match="option"):
        smtp.mail("a@x", ["SIZE=big"])
    with pytest.raises(ValueError, match="not one mail address"):
        smtp.rcpt("a@x, b@x")
    smtp.close()
    heard(peer)
    assert len(server.commands) == 1


# ---- replies


@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
def test_replies_come_in_any_pieces(mail: MakeMail, faults: Faults) -> None:
    _, peer = mail(peer_options={"faults": faults})
    smtp = connect(peer)
    assert smtp.ehlo()[0] == 250
    assert smtp.has_extn("chunking")
    assert smtp.quit()[0] == 221


def test_replies_to_several_commands_come_in_order(mail: MakeMail) -> None:
    _, peer = mail(answers={"noop 2": "451 two"})
    smtp = connect(peer)
    for number in range(1, 4):
        smtp.putcmd("noop", str(number))
    replies = [smtp.getreply() for _ in range(3)]
    assert replies == [(250, b"2.0.0 OK"), (451, b"two"), (250, b"2.0.0 OK")]
    smtp.close()


def test_what_is_no_reply_has_no_code_and_closes(peer: MakePeer) -> None:
    server = peer([send(HELLO), until(b"\r\n"), send(b"nonsense\r\n")])
    smtp = connect(server)
    assert smtp.noop() == (-1, b"ense")
    assert smtp.sock is None
    heard(server)


def test_ehlo_answered_by_an_empty_line_is_a_disconnection(peer: MakePeer) -> None:
    server = peer([send(HELLO), until(b"\r\n"), send(b"\r\n")])
    smtp = connect(server)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="Server not connected"):
        smtp.ehlo()


@pytest.mark.parametrize("end", [close(), reset()], ids=["close", "reset"])
@pytest.mark.parametrize("said", [b"", b"25", b"250-one\r\n"])
def test_connection_that_ends_in_place_of_a_reply_is_an_error(peer: MakePeer, said: bytes, end: Any) -> None:
    server = peer([send(HELLO), until(b"\r\n"), send(said), end])
    smtp = connect(server)
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"^Connection unexpectedly closed"):
        smtp.noop()
    assert smtp.sock is None
    with pytest.raises(smtplib.SMTPServerDisconnected, match="please run"):
        smtp.noop()


def test_reply_that_does_not_come_is_a_disconnection_by_timeout(peer: MakePeer) -> None:
    server = peer([send(HELLO), stall()])
    smtp = connect(server)
    smtp.sock.settimeout(0.05)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out") as caught:
        smtp.noop()
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert smtp.sock is None
    heard(server)


def test_total_time_ends_a_server_that_says_a_little_now_and_then(peer: MakePeer) -> None:
    answered = threading.Event()

    def drip(conversation: Any) -> None:
        conversation.sock.settimeout(0.02)
        while not answered.is_set():
            conversation.sock.sendall(b"250-and so on\r\n")
            with contextlib.suppress(TimeoutError):
                if not conversation.fill():
                    return

    server = peer([send(HELLO), until(b"\r\n"), drip])
    smtp = connect(server, timeout=Timeout(5, total=1))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtp.noop()
    answered.set()


def test_total_time_begins_anew_with_each_call(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer, timeout=Timeout(5, total=3))
    first = smtp._stream.deadline
    assert first is not None
    smtp.timeout = Timeout(5, total=30)
    smtp.noop()
    assert smtp._stream.deadline > first + 20
    with defaults.using(total_timeout=9.0):
        smtp.timeout = 5
        smtp.noop()
        assert smtp._stream.deadline > net.monotonic() + 8
    smtp.noop()
    assert smtp._stream.deadline is None
    smtp.close()


def test_total_time_covers_connecting(peer: MakePeer) -> None:
    server = peer([stall()])
    smtp = smtplib.SMTP(timeout=Timeout(5, total=0.05))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtp.connect(server.host, server.port)
    assert smtp.sock is None


def test_unasked_words_close_the_connection(peer: MakePeer) -> None:
    said = threading.Event()
    server = peer(
        [send(HELLO), expect(b"noop\r\n"), send(b"250 OK\r\n250 one more\r\n"), lambda _: said.set()]
    )
    smtp = connect(server)
    assert smtp.noop() == (250, b"OK")
    assert said.wait(5)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="unasked: 250 one more"):
        smtp.noop()
    assert smtp.sock is None
    assert heard(server) == b"noop\r\n"


def test_farewell_that_came_while_nobody_asked_is_told(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([send(HELLO), wait(go), send(b"421 4.4.2 idle for too long\r\n"), close()])
    smtp = connect(server)
    go.set()
    heard(server)
    smtp._stream._asked = 0.0  # the blocking twin asks the system now and then only
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"421 4\.4\.2 idle for too long"):
        smtp.noop()
    assert smtp.sock is None


# ---- what programs touch


def test_file_is_where_replies_come_from(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer)
    assert smtp.file is not None
    smtp.putcmd("noop")
    assert net.give(smtp.file.readline) == b"250 2.0.0 OK\r\n"
    smtp.close()
    assert smtp.file is None


def test_file_of_a_program_is_read(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer)
    smtp.file = io.BytesIO(b"250-from\r\n250 memory\r\n451 next\r\n")
    smtp.putcmd("noop")
    assert smtp.getreply() == (250, b"from\nmemory")
    assert smtp.getreply() == (451, b"next")
    file = smtp.file
    smtp.close()
    assert file.closed


class StandIn:
    """A socket of a program's own, that has only what smtplib has always used."""

    def __init__(self, replies: bytes) -> None:
        self.replies = replies
        self.sent = b""
        self.closed = False

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def makefile(self, mode: str) -> io.BytesIO:
        assert mode == "rb"
        return io.BytesIO(self.replies)

    def close(self) -> None:
        self.closed = True


def test_stand_in_for_a_socket_works() -> None:
    class Tunnelled(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
            assert (host, port) == ("far.example", 25)
            return sock

    sock = StandIn(HELLO + b"250-far\r\n250 PIPELINING\r\n250 a\r\n250 b\r\n354 c\r\n250 d\r\n221 e\r\n")
    smtp = Tunnelled(local_hostname="here")
    assert smtp.connect("far.example")[0] == 220
    assert smtp.sendmail("a@x", "b@x", b"hi") == {}
    smtp.quit()
    assert sock.sent == b"ehlo here\r\nmail from:<a@x>\r\nrcpt to:<b@x>\r\ndata\r\nhi\r\n.\r\nquit\r\n"
    assert sock.closed


def test_create_connection_of_a_program_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    sock = StandIn(HELLO)
    asked = []

    def create_connection(*given: object) -> StandIn:
        asked.append(given)
        return sock

    monkeypatch.setattr(socket, "create_connection", create_connection)
    smtp = smtplib.SMTP(timeout=3)
    smtp.connect("far.example", 26, ("", 0))
    smtp.close()
    assert asked == [(("far.example", 26), 3, ("", 0))]


def test_socket_error_in_sending_is_a_disconnection() -> None:
    class Broken(StandIn):
        def sendall(self, data: bytes) -> None:
            raise BrokenPipeError("gone")

    smtp = smtplib.SMTP()
    smtp.sock = Broken(b"")
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"^Server not connected$") as caught:
        smtp.noop()
    assert isinstance(caught.value.__cause__, BrokenPipeError)
    assert smtp.sock is None


def test_bytes_and_text_are_sent_as_they_are(peer: MakePeer) -> None:
    server = peer([send(HELLO), expect(b"one\r\ntwo\r\n"), send(b"250 OK\r\n")])
    smtp = connect(server)
    smtp.send("one\r\n")
    smtp.send(b"two\r\n")
    assert smtp.getreply() == (250, b"OK")
    smtp.close()


# ---- whose turn it is


def test_connection_in_the_middle_of_an_exchange_is_busy(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.putcmd("noop")
    smtp._owner = object()  # another task or thread has sent that
    for call in (smtp.noop, smtp.quit, lambda: smtp.sendmail("a@x", "b@x", "hi")):
        with pytest.raises(ConnectionBusy):
            call()
    assert smtp.getreply() == (250, b"2.0.0 OK")
    assert smtp.noop() == (250, b"2.0.0 OK")
    smtp.close()
    heard(peer)
    assert server.commands == ["noop", "noop"]


def test_mistake_before_sending_leaves_the_connection_free(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = connect(peer)
    for mistake in ("a\nb", "a\0b"):
        with pytest.raises(ValueError, match="prohibited"):
            smtp.docmd(mistake)
    with pytest.raises(UnicodeEncodeError):
        smtp.docmd("h\xe9")
    assert smtp._owner is None
    assert smtp.noop() == (250, b"2.0.0 OK")
    smtp.close()


# ---- watching


def test_debuglevel_shows_the_conversation(mail: MakeMail, capsys: pytest.CaptureFixture[str]) -> None:
    _, peer = mail(("SIZE 1",))
    smtp = smtplib.SMTP(timeout=5, local_hostname="here")
    smtp.set_debuglevel(1)
    smtp.connect(peer.host, peer.port)
    smtp.ehlo()
    smtp.quit()
    told = capsys.readouterr()
    assert told.out == ""
    for line in (
        f"connect: to ('127.0.0.1', {peer.port}) None",
        "connect: b'mail.example ESMTP'",
        "send: 'ehlo here\\r\\n'",
        "reply: b'250-mail.example\\r\\n'",
        "reply: b'250 SIZE 1\\r\\n'",
        "reply: retcode (250); Msg: b'mail.example\\nSIZE 1'",
    ):
        assert f"{line}\n" in told.err
    smtp.set_debuglevel(2)
    smtp._print_debug("a", "b")
    assert capsys.readouterr().err.endswith(" a b\n")


def test_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        smtplib.nothing  # noqa: B018  -- the attribute is what is asked for
    assert {"SMTPException", "SMTP"} <= set(dir(smtplib))
    assert sys.modules[smtplib.SMTP.__module__] is smtplib
