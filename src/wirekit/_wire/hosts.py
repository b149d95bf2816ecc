"""Hosts of URLs: one text for each, in ASCII; its letters for people; whether it is one of the Internet at large.

``parse_host`` takes what stands in a URL and gives the host as it will be contacted: addresses in their usual form,
names in lower case, other scripts by IDNA 2008 (RFC 5891, mapped first as UTS 46 says). In the schemes of browsers a
host is a name or an address and nothing else, and what two programs would read in two ways is refused there
(``authorities``); elsewhere it may be any registered name of RFC 3986, escapes and all.

``is_global`` answers by the text alone. It cannot know where a name leads: it says ``None`` of one, unless the name is
reserved for local use. Whoever connects must look at the address that the name turned out to have.
"""

from __future__ import annotations

import re

from wirekit._wire import addresses, authorities
from wirekit._wire.percent import Quoting, quote_text, unquote_text

__all__ = ["format_host", "is_global", "parse_host"]

_IN_NAME = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*+")
"""RFC 3986 section 3.2.2, reg-name."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_ZONE = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})++")
"""RFC 6874 section 2."""
_BEYOND_ASCII = Quoting(bytes(range(0x80)))
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_RESERVED_NAMES = frozenset(
    ("alt", "corp", "example", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain",
     "localhost", "onion", "private", "test")
)  # fmt: skip
"""Names below which nothing is global: RFC 6761, 6762, 7686, 8375, 9476, ICANN's ``internal``, and what networks use."""

_ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"))
"""Scripts whose letters look like each other's: a label that mixes them is not shown in letters."""


def parse_host(host: str, scheme: str | None) -> str:
    """Return a host, as a URL writes it, as it is contacted; an IPv6 address keeps its brackets.

    Characters beyond ASCII are names of IDNA 2008. Without a scheme it is judged as browsers' ones are: most relative
    URLs will be of those. ValueError, with a reason, for what is no host.
    """
    if host[:1] == "[":
        return f"[{_parse_bracketed(host)}]"
    if scheme is not None and scheme not in authorities.BROWSER_SCHEMES:
        return _parse_name(host)
    authorities.check_authority(host, "http", strict=True)
    if "%" in host:
        host = unquote_text(host, "utf-8", "strict")  # escapes of other scripts alone come here
    if not host.isascii():
        return encode_name(host)
    if not _IN_NAME.fullmatch(host):
        _refuse("a character of the host is not one of RFC 3986 section 3.2.2")
    return host.lower()


def _refuse(reason: str) -> None:
    message = f"URL refused: {reason}"
    raise ValueError(message)


def _parse_bracketed(host: str) -> str:
    if host[-1] != "]" or len(host) < 2:
        _refuse("brackets do not match")
    address = host[1:-1]
    if address[:1] in {"v", "V"}:
        authorities.check_authority(host, None, strict=True)
        return address.lower()
    address, percent, zone = address.partition("%25")
    if percent and not _ZONE.fullmatch(zone):
        _refuse("a zone id holds characters beyond RFC 6874 section 2")
    try:
        number = addresses.parse_ipv6(address)
    except ValueError as error:
        message = f"URL refused: {error}"
        raise ValueError(message) from None
    return addresses.format_ipv6(number) + percent + zone


def _parse_name(host: str) -> str:
    """Return a registered name of a scheme that we know nothing about: case and escapes in one form."""
    authorities.check_authority(host, None, strict=True)
    if not host.isascii():
        if "%" not in host:
            name = encode_name(host)
            if addresses.parse_ipv4(name) is not None:
                _refuse("an address in other digits than 0 to 9")
            return name
        host = quote_text(host, _BEYOND_ASCII)  # no name of a server, to judge by its escapes
    if not _IN_NAME.fullmatch(host):
        _refuse("a character of the host is not one of RFC 3986 section 3.2.2")
    return _ESCAPE.sub(_format_escape, host.lower())


def _format_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character.lower() if character in _UNRESERVED else match[0].upper()


def encode_name(host: str) -> str:
    """Return a name in other scripts in ASCII: UTS 46 maps it, IDNA 2008 encodes each label that needs it."""
    import idna  # not at import: 10 ms, for the few hosts that are not ASCII

    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
        labels = [
            label if label.isascii() and label[:4] != "xn--" else idna.alabel(label).decode()
            for label in mapped.split(".")
        ]
    except idna.IDNAError as error:
        message = f"URL refused: the host is no name of IDNA 2008: {error}"
        raise ValueError(message) from None
    name = ".".join(labels)
    authorities.check_authority(name, "http", strict=True)
    if not _IN_NAME.fullmatch(name):  # a label of its own in ASCII
        _refuse("a character of the host is not one of RFC 3986 section 3.2.2")
    return name


# ---- for people


def format_host(host: str) -> str:
    """Return a host in its letters, as far as these tell which host it is; ``parse_host`` reads them back."""
    if "xn--" not in host or host[0] == "[":
        return host
    labels = [_decode_label(label) if label[:4] == "xn--" else label for label in host.split(".")]
    shown = ".".join(labels)
    try:
        return shown if parse_host(shown, "http") == host else host
    except ValueError:
        return host


def _decode_label(label: str) -> str:
    import idna  # not at import: see encode_name

    try:
        shown = idna.ulabel(label)
    except idna.IDNAError:
        return label
    from unicodedata import name  # not at import: 1 MB, for the few hosts that are not ASCII

    scripts = {name(character, "").partition(" ")[0] for character in shown if character.isalpha()}
    return shown if len(scripts & _ALIKE) < 2 else label


# ---- global or not


def is_global(host: str) -> bool | None:
    """Tell whether a host is of the Internet at large: ``None`` if it is a name, which must be looked up.

    host: in any spelling, with or without brackets. False for an address of a private or special network, for a name
    that is reserved for local use or has no dot, and for whatever could be read as an address but is none.
    """
    if ":" in host:
        return _is_global_ipv6(host.strip("[]"))
    name = _spell_plainly(host)
    number = addresses.parse_ipv4(name)
    if number is not None:
        return addresses.is_global_ipv4(number)
    labels = name.removesuffix(".").split(".")
    last = labels[-1]
    if (
        len(labels) < 2
        or not all(labels)
        or last[:1].isdigit()
        or not _IN_NAME.fullmatch(name)
        or "%" in name
    ):
        return False
    return False if last in _RESERVED_NAMES or ".".join(labels[-2:]) in _RESERVED_NAMES else None


def _is_global_ipv6(address: str) -> bool:
    if "%" in address:  # a zone: of one link
        return False
    try:
        return addresses.is_global_ipv6(addresses.parse_ipv6(address))
    except ValueError:
        return False


def _spell_plainly(host: str) -> str:
    """Take escapes, case and other forms of the same characters away; what cannot be read becomes an odd name."""
    if "%" in host:
        host = unquote_text(host, "utf-8", "replace")
    if not host.isascii():
        try:
            return encode_name(host)
        except ValueError:
            return "%"
    return host.lower()
