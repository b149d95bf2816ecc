"""Command lines of SMTP, and what may stand in them (RFC 5321 section 4.1, and the extensions' own parameters).

Every command passes ``check_command`` before it is encoded: no control character leaves, whatever argument brought it
along (security rows 146, 147). The options of MAIL and RCPT are checked against their grammar and against what the
server offers, so that a mistake is told before anything is sent.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

__all__ = [
    "OptionNotOffered",
    "check_command",
    "check_mail_options",
    "check_recipient_options",
    "choose_body",
    "format_literal",
    "is_domain",
    "mask",
    "parse_size_limit",
    "wants",
]

_is_plain = re.compile(r"[^\x00-\x1f\x7f]*+").fullmatch
_SECRET = re.compile(r"(AUTH +[A-Za-z0-9_\-]++ +)\S", re.IGNORECASE).match
_KEYWORD: Final = r"[A-Za-z0-9][A-Za-z0-9\-]*+"
_is_option = re.compile(
    rf"{_KEYWORD}(?:=[^\x00-\x20=\x7f]++)?+"
).fullmatch  # RFC 5321's esmtp-param; 6531 adds UTF-8
_XTEXT: Final = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})++"  # RFC 3461 section 4
_UTF8_TEXT: Final = r"(?:[!-<>-\[\]-~]|\\x\{[0-9A-F]{2,6}\}|[^\x00-\x7f])++"  # RFC 6533 section 3
_DIGITS: Final = "[0-9]{1,20}"
_MAIL_GRAMMAR: Final = {
    "SIZE": _DIGITS,  # RFC 1870
    "BODY": "7BIT|8BITMIME|BINARYMIME",  # RFC 6152, RFC 3030
    "SMTPUTF8": None,  # RFC 6531
    "REQUIRETLS": None,  # RFC 8689
    "RET": "FULL|HDRS",  # RFC 3461
    "ENVID": _XTEXT,
    "BY": r"-?[0-9]{1,9};[NRnr][Tt]?",  # RFC 2852
    "AUTH": rf"<>|{_XTEXT}",  # RFC 4954 section 5
}
_RECIPIENT_GRAMMAR: Final = {
    "NOTIFY": "NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*+",
    "ORCPT": rf"[A-Za-z0-9\-]++;(?:{_XTEXT}|{_UTF8_TEXT})",
}
_OFFERED_AS: Final = {
    "RET": "dsn", "ENVID": "dsn", "NOTIFY": "dsn", "ORCPT": "dsn", "BY": "deliverby",
    "SMTPUTF8": "smtputf8", "REQUIRETLS": "requiretls",
}  # fmt: skip
_BODIES: Final = {"8BITMIME": "8bitmime", "BINARYMIME": "binarymime"}
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?+"
_is_domain = re.compile(rf"{_LABEL}(?:\.{_LABEL})++").fullmatch


class OptionNotOffered(Exception):
    """The server does not offer what an option asks for; the text says so."""


def check_command(text: str) -> str:
    """Return a command line, given without its end; ValueError for one with a control character in it.

    The error shows the line, unless it holds a secret.
    """
    if _is_plain(text):
        return text
    shown = mask(text).replace("\n", "\\n").replace("\r", "\\r")
    kind = "newline" if "\r" in text or "\n" in text else "control"
    message = f"command and arguments contain prohibited {kind} characters: {shown}"
    raise ValueError(message)


def mask(text: str) -> str:
    """Return a command line with its credentials, if it has any, taken out."""
    found = _SECRET(text)
    return f"{found[1]}***" if found else text


def wants(options: Iterable[str], keyword: str) -> bool:
    """Tell whether this option is among them, with a value or without."""
    return any(option.partition("=")[0].upper() == keyword for option in options)


def check_mail_options(options: Collection[str], features: Mapping[str, str], *, strict: bool) -> None:
    """Let pass what MAIL may carry to a server with these features; ValueError, OptionNotOffered for the rest.

    strict: as far as their grammar and every extension go. Without it only SMTPUTF8, whose lack would deliver to
    another address, and REQUIRETLS, whose lack would deliver in the clear, are looked at.
    """
    if strict:
        _check(options, features, _MAIL_GRAMMAR)
    elif options:
        _check_offered([one for one in options if one.upper() in {"SMTPUTF8", "REQUIRETLS"}], features)


def check_recipient_options(options: Collection[str], features: Mapping[str, str], *, strict: bool) -> None:
    """Do the same for the options of RCPT."""
    if strict:
        _check(options, features, _RECIPIENT_GRAMMAR)


def _check(options: Collection[str], features: Mapping[str, str], grammar: Mapping[str, str | None]) -> None:
    seen = set()
    for option in options:
        keyword, equals, value = option.partition("=")
        keyword = keyword.upper()
        wanted = grammar.get(keyword, "")
        if not _is_option(option):
            message = f"no option of this command: {option!r}"
        elif keyword in seen:
            message = f"option given twice: {option!r}"
        elif wanted is None and equals:
            message = f"this option takes no value: {option!r}"
        elif wanted and not re.fullmatch(wanted, value, re.IGNORECASE):
            message = f"this option takes another value: {option!r}"
        else:
            seen.add(keyword)
            continue
        raise ValueError(message)
    _check_offered(options, features)


def _check_offered(options: Collection[str], features: Mapping[str, str]) -> None:
    for option in options:
        keyword, _, value = option.upper().partition("=")
        extension = _BODIES.get(value) if keyword == "BODY" else _OFFERED_AS.get(keyword)
        if extension is not None and extension not in features:
            message = f"{extension.upper()} not supported by server"
            raise OptionNotOffered(message)


def choose_body(message: bytes, options: Collection[str], features: Mapping[str, str]) -> tuple[str, ...]:
    """Return the BODY option to add for this message: 8BITMIME where it has such bytes and the server takes them."""
    if "8bitmime" not in features or message.isascii() or wants(options, "BODY"):
        return ()
    return ("BODY=8BITMIME",)


@lru_cache(16)
def parse_size_limit(size: str) -> int | None:
    """Return the largest message, in bytes, that SIZE's parameter names (RFC 1870); None where that is no limit."""
    value = size.partition(" ")[0]
    if not value.isascii() or not value.isdigit() or len(value) > 20:
        return None
    return int(value) or None


def is_domain(name: str) -> bool:
    """Tell whether a name may stand for this host in EHLO: a domain of two labels or more (RFC 5321 section 4.1.1.1)."""
    return len(name) <= 255 and _is_domain(name) is not None and not name.rpartition(".")[2].isdigit()


def format_literal(address: str) -> str:
    """Return an IP address as an address literal: ``[192.0.2.1]``, ``[IPv6:2001:db8::1]`` (RFC 5321 section 4.1.3)."""
    plain = address.partition("%")[0]
    return f"[IPv6:{plain}]" if ":" in plain else f"[{plain}]"
