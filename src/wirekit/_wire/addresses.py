"""IP addresses as hosts write them: every spelling of one that some resolver takes, its usual form, whether it is global.

An IPv4 address has been written in many ways: ``127.0.0.1``, ``127.1``, ``0x7f.1``, ``0177.0.0.1``, ``2130706433``.
``parse_ipv4`` knows them all, as the WHATWG URL standard (section 3.5) and ``inet_aton`` do, so that whoever allows or
forbids an address looks at the number and never at its spelling. ``format_ipv6`` writes RFC 5952's form, without a
dotted quad in it, as browsers do.

``is_global`` follows the IANA registries of special-purpose addresses (RFC 6890), not the interpreter's release. An
address that holds an IPv4 address, to which packets for it go in the end (mapped, NAT64, 6to4), is as global as that.
"""

from __future__ import annotations

__all__ = ["format_ipv4", "format_ipv6", "is_global_ipv4", "is_global_ipv6", "parse_ipv4", "parse_ipv6"]

_DIGITS = {8: frozenset("01234567"), 10: frozenset("0123456789"), 16: frozenset("0123456789abcdefABCDEF")}
_MOST_DIGITS = 64
"""Digits of one number that are looked at: int() takes quadratic time, and zeros in front may be many."""


def parse_ipv4(host: str) -> int | None:
    """Return the number of an IPv4 address in any spelling, ``None`` for other text. Case and one final dot are free."""
    parts = host.split(".")
    if parts[-1] == "" and len(parts) > 1:
        parts.pop()
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        number = _parse_number(part)
        if number is None:
            return None
        numbers.append(number)
    last = numbers.pop()
    room: int = 256 ** (4 - len(numbers))
    if last >= room or any(number > 255 for number in numbers):
        return None
    return last + sum(number << (24 - 8 * place) for place, number in enumerate(numbers))


def _parse_number(text: str) -> int | None:
    base = 10
    if text[:2] in {"0x", "0X"}:
        text, base = text[2:] or "0", 16  # "0x" alone is zero (WHATWG, IPv4 number parser)
    elif text[:1] == "0" and len(text) > 1:
        text, base = text[1:], 8
    text = text.lstrip("0") or text[:1]
    if not text or len(text) > _MOST_DIGITS or not _DIGITS[base].issuperset(text):
        return None
    return int(text, base)


def format_ipv4(number: int) -> str:
    """Write four decimal numbers with dots between them."""
    return ".".join([str(number >> shift & 255) for shift in (24, 16, 8, 0)])


def parse_ipv6(text: str) -> int:
    """Return the number of an IPv6 address without brackets and zone. ValueError for anything else."""
    from ipaddress import IPv6Address  # not at import: 4 ms, for the few hosts with brackets

    if "%" in text or "/" in text:
        message = f"{text!r} is no IPv6 address"
        raise ValueError(message)
    return int(IPv6Address(text))


def format_ipv6(number: int) -> str:
    """Write an IPv6 address: lower case, no zeros in front, the longest run of zero pieces as ``::`` (RFC 5952)."""
    pieces = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -16, -16)]
    start, length = _find_zeros(pieces)
    if length < 2:
        return ":".join(pieces)
    return ":".join(pieces[:start]) + "::" + ":".join(pieces[start + length :])


def _find_zeros(pieces: list[str]) -> tuple[int, int]:
    """Return where the longest run of zeros begins, the first of equals, and its length."""
    best, start = (0, 0), 0
    for place, piece in enumerate([*pieces, ""]):
        if piece != "0":
            if place - start > best[1]:
                best = (start, place - start)
            start = place + 1
    return best


# ---- global or not

_LOCAL_IPV4 = (
    ("0.0.0.0", 8),  # noqa: S104 - this network (RFC 791), never bound here; Linux connects to itself
    ("10.0.0.0", 8),  # private (RFC 1918)
    ("100.64.0.0", 10),  # behind a provider's NAT (RFC 6598)
    ("127.0.0.0", 8),  # this host (RFC 1122)
    ("169.254.0.0", 16),  # link-local (RFC 3927), where clouds tell machines their secrets
    ("172.16.0.0", 12),  # private
    ("192.0.0.0", 24),  # protocol assignments (RFC 6890)
    ("192.0.2.0", 24),  # documentation (RFC 5737)
    ("192.88.99.0", 24),  # relays of 6to4, deprecated (RFC 7526)
    ("192.168.0.0", 16),  # private
    ("198.18.0.0", 15),  # benchmarks (RFC 2544)
    ("198.51.100.0", 24),  # documentation
    ("203.0.113.0", 24),  # documentation
    ("224.0.0.0", 3),  # multicast, reserved, broadcast (RFC 1112, RFC 919)
)


def _network(address: str, length: int, bits: int) -> tuple[int, int]:
    """Return (shift, prefix) of a network."""
    number = parse_ipv4(address) if bits == 32 else _hextets(address)
    assert number is not None
    return bits - length, number >> (bits - length)


def _hextets(start: str) -> int:
    """Read the first pieces of an IPv6 address, the others being zero: importing ipaddress for that takes too long."""
    number = 0
    for place, piece in enumerate(start.split(":")):
        number |= int(piece, 16) << (112 - 16 * place)
    return number


_LOCAL4 = tuple([_network(address, length, 32) for address, length in _LOCAL_IPV4])

_UNICAST = _network("2000", 3, 128)
"""All that is assigned to be global (RFC 4291 section 2.4); whatever lies outside is local, reserved or of a protocol."""
_LOCAL6 = tuple([
    _network(address, length, 128)
    for address, length in (
        ("2001", 23),  # protocol assignments (RFC 2928): Teredo, benchmarks, ORCHID
        ("2001:db8", 32),  # documentation (RFC 3849)
        ("3fff", 20),  # documentation (RFC 9637)
    )
])  # fmt: skip
_MAPPED = _network("0:0:0:0:0:ffff", 96, 128)
_NAT64 = _network("64:ff9b", 96, 128)
_6TO4 = _network("2002", 16, 128)


def is_global_ipv4(number: int) -> bool:
    """Tell whether an IPv4 address is one of the Internet at large."""
    return not any(number >> shift == prefix for shift, prefix in _LOCAL4)


def is_global_ipv6(number: int) -> bool:
    """Tell whether an IPv6 address is one of the Internet at large; an IPv4 address in it decides."""

    def within(network: tuple[int, int]) -> bool:
        return number >> network[0] == network[1]

    if within(_MAPPED) or within(_NAT64):  # RFC 4291 section 2.5.5.2, RFC 6052 section 2.1
        return is_global_ipv4(number & 0xFFFFFFFF)
    if not within(_UNICAST) or any(map(within, _LOCAL6)):
        return False
    if within(_6TO4):  # RFC 3056 section 2
        return is_global_ipv4(number >> 80 & 0xFFFFFFFF)
    if number >> 32 & 0xFDFFFFFF == 0x5EFE:  # ISATAP: RFC 5214 section 6.1
        return is_global_ipv4(number & 0xFFFFFFFF)
    return True
