"""From a message to its envelope and its bytes: what ``send_message`` takes out of an ``email.message.Message``.

Addresses come from the fields (RFC 5322 section 3.6), or from the Resent- fields of a message that was sent again. The
Bcc fields never leave.
"""

import copy
import re
from collections import Counter
from email.errors import MessageError
from email.generator import BytesGenerator
from io import BytesIO
from typing import Any

from wirekit._wire.smtp_addresses import parse_list

__all__ = ["BadMessage", "flatten", "read_recipients", "read_sender"]

_FIELD = re.compile(rb"^([^ \t\r\n:]++)[ \t]*+:", re.MULTILINE)
_LINE_END_INSIDE = re.compile(r"\r(?!\n)|\n(?![ \t])").search
_MAY_BE_ADDED = {"content-transfer-encoding", "content-type", "mime-version"}  # the generator's own


class BadMessage(MessageError, ValueError):
    """A message that cannot be sent as it is: the caller's mistake, whichever of the two he looks for."""


def read_sender(message: Any, *, strict: bool) -> str:
    """Return the sender's address: of Sender, else the first of From. ValueError where there is none."""
    prefix = _choose_prefix(message)
    field = message.get(prefix + "Sender") or message.get(prefix + "From")
    found = _read([field], strict=strict) if field is not None else []
    if not found:
        raise ValueError(f"the message has no {prefix}From field with an address: who sends it?")
    return found[0]


def read_recipients(message: Any, *, strict: bool) -> list[str]:
    """Return the addresses of To, Bcc and Cc, in this order."""
    prefix = _choose_prefix(message)
    fields = [field for name in ("To", "Bcc", "Cc") for field in message.get_all(prefix + name, [])]
    return _read(fields, strict=strict)


def _choose_prefix(message: Any) -> str:
    """Return what the names of the fields that count begin with. ValueError where two senders have sent it again."""
    times = len(message.get_all("Resent-Date", []))
    if times > 1:
        raise ValueError("message has more than one 'Resent-' header block")
    return "Resent-" if times else ""


def _read(fields: list[Any], *, strict: bool) -> list[str]:
    if strict:
        return [address for field in fields for address in parse_list(str(field))]
    from email.utils import getaddresses

    return [address for _, address in getaddresses([str(field) for field in fields])]


def flatten(message: Any, *, utf8: bool = False, eight_bit: bool = True) -> bytes:
    """Return the message's bytes, line ends as CR LF, without its Bcc fields.

    utf8: fields may hold UTF-8 (RFC 6532). eight_bit: bodies may hold bytes above 127; else they are encoded.
    BadMessage for a field whose text would become another field (security row 153).
    """
    for name, value in message.raw_items():
        if _LINE_END_INSIDE(str(value)):
            raise BadMessage(f"the field {name!r} holds a line end that would end it")
    message = copy.copy(message)
    del message["Bcc"]
    del message["Resent-Bcc"]
    changes: dict[str, Any] = {"utf8": True} if utf8 else {} if eight_bit else {"cte_type": "7bit"}
    policy = message.policy.clone(**changes) if changes else None
    whole = BytesIO()
    try:
        BytesGenerator(whole, policy=policy).flatten(message, linesep="\r\n")
    except MessageError as error:
        raise BadMessage(str(error)) from error
    flat = whole.getvalue()
    _check_head(flat, message)
    return flat


def _check_head(flat: bytes, message: Any) -> None:
    """Compare the fields that will be read with those that were meant."""
    meant = Counter(name.lower() for name in message.keys())  # noqa: SIM118 - each as often as it occurs
    head = flat[: flat.find(b"\r\n\r\n") + 2] if b"\r\n\r\n" in flat else flat
    read = Counter(name.decode("latin-1").lower() for name in _FIELD.findall(head))
    for name, times in read.items():
        if times > max(meant[name], name in _MAY_BE_ADDED):
            raise BadMessage(f"a field of the message holds a line that would be read as a field {name!r}")
