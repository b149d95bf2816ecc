"""From a message to its envelope and its bytes."""

from email._policybase import Compat32
from email.errors import HeaderParseError, MessageError
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.text import MIMEText
from typing import Any

import pytest

from wirekit._wire.smtp_messages import BadMessage, flatten, read_recipients, read_sender


def message(**fields: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


@pytest.mark.parametrize("strict", [True, False])
def test_sender_is_senders_or_the_first_author(strict: bool) -> None:
    assert read_sender(message(From="Bo <bo@x>, Bi <bi@x>"), strict=strict) == "bo@x"
    assert read_sender(message(From="Bo <bo@x>, Bi <bi@x>", Sender="Secretary <s@x>"), strict=strict) == "s@x"


@pytest.mark.parametrize("fields", [{}, {"To": "a@b"}, {"From": "group:;"}])
def test_message_that_nobody_sends_is_an_error(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no From field"):
        read_sender(message(**fields), strict=True)


@pytest.mark.parametrize("strict", [True, False])
def test_recipients_are_of_to_bcc_and_cc(strict: bool) -> None:
    made = message(To='"Doe, John" <a@x>, b@x', Cc="C <c@x>", Bcc="d@x")
    assert read_recipients(made, strict=strict) == ["a@x", "b@x", "d@x", "c@x"]
    assert read_recipients(message(), strict=strict) == []


def test_every_field_of_a_name_counts() -> None:
    made = Message()
    made["To"] = "a@x"
    made["To"] = "b@x"
    assert read_recipients(made, strict=True) == ["a@x", "b@x"]


def test_header_object_is_read() -> None:
    made: Any = Message()
    made["To"] = Header("J\xf6rg <a@x>", "utf-8")
    assert read_recipients(made, strict=True) == ["a@x"]


def test_message_sent_again_has_other_fields() -> None:
    made = message(
        From="a@x", To="b@x", Bcc="c@x", Resent_Date="Thu, 1 Jan 1970 17:42:00 +0000", Resent_From="d@x",
        Resent_To="e@x", Resent_Bcc="f@x",
    )  # fmt: skip
    assert read_sender(made, strict=True) == "d@x"
    assert read_recipients(made, strict=True) == ["e@x", "f@x"]
    made["Resent-Date"] = "Thu, 2 Jan 1970 17:42:00 +0000"
    for read in (read_sender, read_recipients):
        with pytest.raises(ValueError, match="more than one 'Resent-'"):
            read(made, strict=True)


def test_address_that_is_not_certain_is_an_error() -> None:
    made = Message()
    made["To"] = "alice@example.org)bob@example.com"
    with pytest.raises(ValueError, match="mail address"):
        read_recipients(made, strict=True)


def test_bytes_are_without_blind_copies_and_the_message_keeps_them() -> None:
    made = message(From="a@x", To="b@x", Bcc="secret@x", Resent_Bcc="too@x", Subject="s")
    made.set_content("body\n")
    flat = flatten(made)
    assert b"secret" not in flat
    assert b"too@x" not in flat
    assert made["Bcc"] == "secret@x"
    assert flat.startswith(b"From: a@x\r\nTo: b@x\r\nSubject: s\r\n")
    assert flat.endswith(b"\r\n\r\nbody\r\n")
    assert b"\n" not in flat.replace(b"\r\n", b"")


def test_fields_may_hold_utf8() -> None:
    made = message(From="j\xf6rg@x", To="b@x", Subject="gr\xfc\xdfe")
    made.set_content("\xe4\n", cte="8bit")
    flat = flatten(made, utf8=True)
    assert "From: j\xf6rg@x\r\n".encode() in flat
    assert "Subject: gr\xfc\xdfe\r\n".encode() in flat


def test_eight_bit_bodies_are_encoded_where_they_must_be() -> None:
    made = message(From="a@x", To="b@x")
    made.set_content("\xe4\n", cte="8bit")
    assert not flatten(made).isascii()
    assert flatten(made, eight_bit=False).isascii()


@pytest.mark.parametrize(
    "value",
    [
        "x\r\nX-Injected: y",
        "x\nX-Injected: y",
        "x\n\nX-Body: y",
        "x\r\n\r\nbody",
        "x\ry",
        "x\n",
        "x\r\n \nbody",
    ],
)
def test_field_that_would_become_two_is_refused(value: str) -> None:
    made = Message()
    made["To"] = "b@x"
    made["Subject"] = value
    with pytest.raises(BadMessage) as caught:
        flatten(made)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, MessageError)


class Careless(Compat32):
    """Puts a line of its own into each field, and looks at nothing."""

    verify_generated_headers = False
    injected = ""

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}{self.injected}\r\n".encode()


@pytest.mark.parametrize(
    "line", ["X-Injected: y", "To: y", "SUBJECT : y", "Mime-Version: 1\r\nmime-version: 2"]
)
def test_field_that_becomes_two_is_refused_whatever_the_generator_lets_pass(line: str) -> None:
    policy = Careless()
    type(policy).injected = "\r\n" + line
    made = Message(policy=policy)
    made["To"] = "b@x"
    made["Subject"] = "x"
    with pytest.raises(BadMessage, match="read as a field"):
        flatten(made)


def test_fault_of_the_generator_is_the_messages() -> None:
    class Failing(Compat32):
        def fold_binary(self, name: str, value: str) -> bytes:
            raise HeaderParseError("no")

    made = Message(policy=Failing())
    made["Subject"] = "x"
    with pytest.raises(BadMessage, match=r"^no$"):
        flatten(made)


def test_folded_field_and_the_generators_own_fields_pass() -> None:
    made = Message()
    made["Subject"] = "long " * 40
    made.set_payload("\xe4", "utf-8")
    assert flatten(made).count(b"Subject:") == 1
    assert flatten(MIMEText("\xe4", "plain", "utf-8"))


def test_message_without_body_passes() -> None:
    made = Message()
    made["Subject"] = "x"
    assert flatten(made) == b"Subject: x\r\n\r\n"
