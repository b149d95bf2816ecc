"""Authorities of URIs: which ones are refused, because two programs would read them in two ways.

What CPython refuses is refused always: brackets around anything but an IPv6 or IPvFuture address, and characters that
turn into delimiters under NFKC. ``strict`` refuses besides whatever makes the host seen another than the host
contacted: backslashes, control characters, the code points that the WHATWG URL standard forbids in a host, invisible
characters, odd zone ids, and, in the schemes that browsers know, numbers that some resolvers take for an IPv4 address,
and labels that no name server can hold. Nothing here changes an authority: what is let through reads the same in both.

Most authorities are plain names. Those are told by one look at their bytes, and remembered (``plain_authorities``).
"""

from __future__ import annotations

from wirekit._wire.percent import unquote_text

__all__ = [
    "BROWSER_SCHEMES",
    "CONTROLS_AND_SPACE",
    "check_authority",
    "check_brackets",
    "check_normal_form",
    "forget",
    "is_plain",
    "plain_authorities",
    "refuse_hidden_authority",
]

CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
"""Dropped from the front of a URL, as browsers do (WHATWG URL standard, basic URL parser)."""

BROWSER_SCHEMES = frozenset(("http", "https", "ws", "wss", "ftp"))
"""Where hosts are names or IP addresses and nothing else (WHATWG's special schemes but for ``file``)."""

_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789.-"
_IN_AUTHORITIES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=%:@"
_MOST_REMEMBERED = 256
plain_authorities = {""}
"""Authorities met lately that no rule here refuses, whatever scheme and profile: most URLs share a few hosts."""

_NEVER_IN_AUTHORITY = frozenset(CONTROLS_AND_SPACE[:-1] + "\x7f\\/?#")
_NEVER_IN_HOST = frozenset(' "<>^|`')  # WHATWG's forbidden host code points, and RFC 3986's `"` and "`"
_MADE_BY_NFKD = frozenset("/?#@:%\\[]<>^| ") | _NEVER_IN_AUTHORITY
_HEX = frozenset("0123456789abcdefABCDEF")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_FUTURE_ADDRESS = _UNRESERVED | frozenset("!$&'()*+,;=:")  # RFC 3986 section 3.2.2

MAX_LABEL = 63
"""Octets of a label (RFC 1035 section 2.3.4)."""
MAX_HOST = 253
"""Octets of a whole name as text, without the final dot (RFC 1035 section 2.3.4 counts 255 with its own overhead)."""

_DIGITS = "0123456789"

_JOINERS = "\u200c\u200d"
"""Invisible, but letters in some scripts (RFC 5892 appendix A): allowed between letters that are not ASCII."""
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xFFFD, 0xFFFD),
    (0xE0000, 0xE0FFF),
)
"""Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties) beyond general category Cf; and U+FFFD."""


def forget() -> None:
    """Forget the authorities met lately."""
    plain_authorities.clear()
    plain_authorities.add("")


def check_authority(authority: str, scheme: str | None, *, strict: bool) -> None:
    """Raise ValueError, with a reason, for an authority that is not empty and must not be used.

    The message never holds user name or password.
    """
    userinfo, _, place = authority.rpartition("@")
    if (place in plain_authorities or is_plain(place)) and not (userinfo and _has_odd_characters(userinfo)):
        return
    if "[" in authority or "]" in authority:
        check_brackets(authority)
    if strict:
        _refuse_ambiguous(authority, scheme)
    if not authority.isascii():
        check_normal_form(authority)


def is_plain(place: str) -> bool:
    """Tell a host, with or without port, that no rule here can refuse: short, common characters, not a number.

    It is remembered.
    """
    try:
        host = place
        if place[-1] <= "9":  # a port, or a number
            host, _, port = place.partition(":")
            if host[-1] <= "9" or not port.isdigit():
                return False
        # strip leaves nothing of what holds these bytes alone
        if host.encode().strip(_IN_NAMES) or len(host) > MAX_LABEL or "0x" in host:
            return False
    except (IndexError, UnicodeEncodeError):  # nothing, or a lone surrogate
        return False
    if len(plain_authorities) >= _MOST_REMEMBERED:
        forget()
    plain_authorities.add(place)
    return True


def _has_odd_characters(text: str) -> bool:
    """Tell whether text holds characters beyond those of RFC 3986 section 3.2, brackets among them."""
    return not text.isascii() or bool(text.encode().translate(None, _IN_AUTHORITIES))


def check_brackets(authority: str) -> None:
    """Raise ValueError unless brackets hold an IP address of version 6 or later, and stand alone before the port."""
    host_and_port = authority.rpartition("@")[2]
    before, opening, rest = host_and_port.partition("[")
    host, _, port = rest.partition("]")
    if ("[" in authority) != ("]" in authority) or (opening and (before or (port and port[0] != ":"))):
        message = "Invalid IPv6 URL"
        raise ValueError(message)
    _check_bracketed(host if opening else before.partition(":")[0])


def _check_bracketed(host: str) -> None:
    if host[:1] in {"v", "V"}:  # RFC 3986 section 3.2.2: IPvFuture
        version, dot, address = host[1:].partition(".")
        if not (version and dot and address and _HEX.issuperset(version)):
            message = "IPvFuture address is invalid"
            raise ValueError(message)
        return
    from ipaddress import ip_address  # not at import: 4 ms, for the few URLs with brackets

    if ip_address(host).version == 4:
        message = "An IPv4 address cannot be in brackets"
        raise ValueError(message)


def check_normal_form(authority: str) -> None:
    """Raise ValueError if a character becomes a delimiter under NFKC, which IDNA applies (CVE-2019-9636).

    Each distinct character is looked at once: compatibility mappings know no context, and the time stays linear,
    which that of normalising hostile text does not.
    """
    from unicodedata import normalize  # not at import: 1 MB, for the few hosts that are not ASCII

    others = {character for character in authority if character > "\x7f"}
    if not {"/", "?", "#", "@", ":"}.isdisjoint(normalize("NFKC", "".join(others))):
        userinfo, at, host = authority.rpartition("@")
        shown = ("***@" if userinfo else at) + host
        message = f"netloc {shown!r} contains invalid characters under NFKC normalization"
        raise ValueError(message)


def _refuse_ambiguous(authority: str, scheme: str | None) -> None:
    """Refuse what ``strict`` stands for in this module's essay."""
    host_and_port = authority.rpartition("@")[2]
    if _has_odd_characters(authority):
        odd = _NEVER_IN_AUTHORITY.intersection(authority)
        if odd:
            _refuse(f"{min(odd)!r} in the authority is read in two ways")
        if host_and_port[:1] == "[":
            _refuse_odd_address(host_and_port[1:].partition("]")[0])
            return
        odd = _NEVER_IN_HOST.intersection(host_and_port.partition(":")[0])
        if odd:  # an odd port is a ValueError when it is asked for
            _refuse(f"{min(odd)!r} is not allowed in a host")
    host = host_and_port.partition(":")[0]
    known = scheme in BROWSER_SCHEMES
    if known:
        _refuse_long(host)
        if "%" in host:
            host = _decode_host(host)
    if not (authority.isascii() and host.isascii()):
        _refuse_deceptive(authority + host, host)
    # The last two characters tell a number at the end, with a final dot or without, from a name: ``.1``, ``1.``, ``23``.
    if known and (host[-2:] <= "9~" or "0x" in host or "0X" in host or not host.isascii()):
        _refuse_odd_number(host)


def _refuse(reason: str) -> None:
    message = f"URL refused: {reason}"
    raise ValueError(message)


def _refuse_odd_address(address: str) -> None:
    """Zone ids hold unreserved characters (RFC 6874 section 2), later addresses what RFC 3986 section 3.2.2 lists."""
    if address[:1] in {"v", "V"}:
        if not _IN_FUTURE_ADDRESS.issuperset(address):
            _refuse("an address in brackets holds characters beyond RFC 3986 section 3.2.2")
    elif not _UNRESERVED.issuperset(address.partition("%")[2]):
        _refuse("a zone id holds characters beyond RFC 6874 section 2")


def _refuse_long(host: str) -> None:
    name = host.removesuffix(".")
    if len(name) > MAX_HOST or (len(name) > MAX_LABEL and max(map(len, name.split("."))) > MAX_LABEL):
        _refuse(f"a host has at most {MAX_HOST} characters, {MAX_LABEL} between dots")


def _decode_host(host: str) -> str:
    """Browsers decode a host's escapes, resolvers do not: only those of other scripts can mean one thing."""
    for escape in host.split("%")[1:]:
        digits = escape[:2]
        if len(digits) < 2 or not _HEX.issuperset(digits) or digits[0] < "8":
            _refuse(f"'%{digits}' in the host is read in two ways")
    return unquote_text(host, "utf-8", "replace")  # what is not UTF-8 shows as U+FFFD and is refused as such


def _refuse_deceptive(authority: str, host: str) -> None:
    """Refuse invisible characters of a host, and characters that become a delimiter in host or user name."""
    from unicodedata import category, normalize  # not at import: see check_normal_form

    others = {character for character in authority if character > "\x7f"}
    made = _MADE_BY_NFKD.intersection(normalize("NFKD", "".join(others)))  # NFKD finds `<` in U+226E as well
    if made:
        _refuse(f"a character stands for {min(made)!r} in normal form")
    for character in others.intersection(host):
        if character in _JOINERS:
            _refuse_loose_joiner(host, character)
        elif category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} or _vanishes(character):
            _refuse(f"U+{ord(character):04X} in the host is invisible, or no character")


def _refuse_loose_joiner(host: str, joiner: str) -> None:
    for before, after in zip(host.split(joiner), host.split(joiner)[1:], strict=False):
        if before[-1:] <= "\x7f" or after[:1] <= "\x7f":
            _refuse(f"U+{ord(joiner):04X} in the host is invisible")


def _vanishes(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in _INVISIBLE)


def _refuse_odd_number(host: str) -> None:
    """Refuse what ends in a number but is no plain IPv4 address: 127.1, 0x7f.1, 2130706433 (WHATWG, host parsing)."""
    plain = host
    if not host.isascii():
        from unicodedata import normalize  # not at import: see check_normal_form

        plain = normalize("NFKC", host).replace("\u3002", ".")
    labels = plain.split(".")
    last = labels[-1] or labels[-2:][0]
    if not _may_be_number(last):
        return
    if host != plain or len(labels) != 4 or not all(map(_is_octet, labels)):
        _refuse("the host reads as a number, but is no IPv4 address in the form 192.0.2.1")


def _may_be_number(label: str) -> bool:
    if label[:2] in {"0x", "0X"}:
        return _HEX.issuperset(label[2:])
    return label.isdigit() and label.isascii()


def _is_octet(label: str) -> bool:
    return (
        label.isdigit()
        and label.isascii()
        and len(label) <= 3
        and str(int(label)) == label
        and int(label) <= 255
    )


def refuse_hidden_authority(start: str) -> None:
    r"""Refuse ``/\host`` and its like behind a browser's scheme: only ``//`` begins an authority, but not there."""
    if start in {"/\\", "\\/", "\\\\"}:
        _refuse("a backslash where browsers see the begin of a host")
