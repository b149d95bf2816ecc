"""Uniform resource identifiers: taking apart, putting together, resolving (RFC 3986), and refusing what misleads.

``split_uri`` is the heart: five components, ``None`` for one that is not there (RFC 3986 section 5.2.1 tells that from
an empty one). It reads as CPython's urllib.parse does, which is RFC 3986 with two customs of browsers (leading blanks
and all tabs and line ends are dropped), by string methods alone: one expression for the whole of a URI has been tried
and was wrong wherever brackets came.

An *authority* is checked in two steps. What CPython refuses is refused always: brackets around anything but an IPv6
or IPvFuture address, and characters that turn into delimiters under NFKC. ``strict`` refuses besides what two programs
read in two ways, so that the host seen is the host contacted: backslashes, control characters, the code points that
the WHATWG URL standard forbids in a host, invisible characters, odd zone ids, and, in the schemes that browsers know,
numbers that some resolvers take for an IPv4 address, and labels that no name server can hold. It never changes a
component: what it lets through reads the same in both.

Percent-encoding lives in ``percent``, form data in ``forms``.
"""

from __future__ import annotations

from wirekit._wire.percent import unquote_text

__all__ = [
    "CONTROLS_AND_SPACE",
    "check_authority",
    "check_brackets",
    "check_normal_form",
    "forget",
    "plain_authorities",
    "resolve_path",
    "split_authority",
    "split_uri",
    "unsplit_uri",
]

CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
"""Dropped from the front of a URL, as browsers do (WHATWG URL standard, basic URL parser)."""

_SCHEMES = {
    scheme: scheme
    for scheme in ("http", "https", "ftp", "file", "mailto", "data", "ws", "wss", "git", "s3", "ssh")
}
"""Schemes met often, so that their characters need no look."""

_BROWSER_SCHEMES = frozenset(("http", "https", "ws", "wss", "ftp"))
"""Where hosts are names or IP addresses and nothing else (WHATWG's special schemes but for ``file``)."""

_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789.-:"
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


# ---- taking apart


def split_uri(
    url: str,
    scheme: str | None,
    strict: bool,
    fragments: bool = True,
    missing: str | None = None,
) -> tuple[str | None, str | None, str, str | None, str | None]:
    """Split into scheme (lower case), authority, path, query and fragment; ``missing`` for what is not there.

    ``scheme`` stands for a missing one. Without ``fragments`` a ``#`` ends the authority but belongs to the path or
    query. ValueError for an authority that ``check_authority`` refuses.
    """
    if url < "!":  # empty, or a blank or control in front
        url = url.lstrip(CONTROLS_AND_SPACE)
    if "\n" in url or "\r" in url or "\t" in url:
        url = url.replace("\n", "").replace("\r", "").replace("\t", "")
    begin = url.find(":") + 1
    if begin:
        found = _SCHEMES.get(url[: begin - 1]) or _parse_scheme(url[: begin - 1])
        if found is None:
            begin = 0
        else:
            scheme = found
    authority = query = fragment = missing
    if url.startswith("//", begin):
        begin += 2
        end = url.find("/", begin)
        authority = url[begin:end] if end >= 0 else url[begin:]
        if "?" in authority or "#" in authority:
            authority = split_authority(authority)[0]
        begin += len(authority)
        if authority not in plain_authorities:
            check_authority(authority, scheme, strict=strict)
    elif strict and "\\" in url and scheme in _BROWSER_SCHEMES:
        _refuse_hidden_authority(url[begin : begin + 2])
    path = url[begin:]
    if fragments and "#" in path:
        path, _, fragment = path.partition("#")
    if "?" in path:
        path, _, query = path.partition("?")
    return scheme, authority, path, query, fragment


def _parse_scheme(text: str) -> str | None:
    """Return a legal scheme in lower case (RFC 3986 section 3.1), ``None`` for other text."""
    if not (text.isascii() and text[:1].isalpha()):
        return None
    if not text.isalnum() and not text.replace("+", "").replace("-", "").replace(".", "").isalnum():
        return None
    return text.lower()


def split_authority(url: str, start: int = 0) -> tuple[str, str]:
    """Split at the first ``/``, ``?`` or ``#`` from ``start`` on: (what stands before it, the rest)."""
    ends = [end for end in (url.find(mark, start) for mark in "/?#") if end >= 0]
    end = min(ends, default=len(url))
    return url[start:end], url[end:]


# ---- putting together


def unsplit_uri(
    scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None
) -> str:
    """Put five components together (RFC 3986 section 5.3); those that are ``None`` leave no mark."""
    if authority is not None:
        if path and path[0] != "/":
            path = "/" + path
        path = "//" + authority + path  # + and no f-string: bytes among text must fail
    elif path[:2] == "//":
        path = "//" + path  # else its first segment would read as the authority
    if scheme:
        path = scheme + ":" + path
    if query is not None:
        path = path + "?" + query
    if fragment is not None:
        path = path + "#" + fragment
    return path


def resolve_path(base: str, path: str) -> str:
    """Resolve a path against the path of the base, dots removed (RFC 3986 sections 5.2.3 and 5.2.4).

    As in CPython, empty segments in the middle of a merged path are dropped, it is never empty, and one that climbs
    above the root comes back without its slash, which an authority in front restores.
    """
    if path[:1] == "/":
        segments = path.split("/")
    else:
        segments = base.split("/")
        if segments[-1]:
            segments.pop()
        segments += path.split("/")
        segments[1:-1] = filter(None, segments[1:-1])
    if "." in segments or ".." in segments:
        segments = _remove_dots(segments)
    return "/".join(segments) or "/"


def _remove_dots(segments: list[str]) -> list[str]:
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return kept


# ---- what is refused


def forget() -> None:
    """Forget the authorities met lately."""
    plain_authorities.clear()
    plain_authorities.add("")


def check_authority(authority: str, scheme: str | None, *, strict: bool) -> None:
    """Raise ValueError, with a reason, for an authority that is not empty and must not be used.

    The message never holds user name or password.
    """
    if _is_plain(authority):
        if len(plain_authorities) >= _MOST_REMEMBERED:
            forget()
        plain_authorities.add(authority)
        return
    if "[" in authority or "]" in authority:
        check_brackets(authority)
    if strict:
        _refuse_ambiguous(authority, scheme)
    if not authority.isascii():
        check_normal_form(authority)


def _is_plain(authority: str) -> bool:
    """Tell a host, with or without port, that no rule here can refuse: short, common characters, not a number."""
    try:
        if authority.encode().translate(None, _PLAIN) or len(authority) > MAX_LABEL:
            return False
    except UnicodeEncodeError:  # a lone surrogate
        return False
    host = authority.partition(":")[0] if ":" in authority else authority
    return host[-1:] > "9" and "0x" not in host


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
    odd = _NEVER_IN_AUTHORITY.intersection(authority)
    if odd:
        _refuse(f"{min(odd)!r} in the authority is read in two ways")
    host_and_port = authority.rpartition("@")[2]
    if host_and_port[:1] == "[":
        _refuse_odd_address(host_and_port[1:].partition("]")[0])
        return
    host = host_and_port.partition(":")[0]
    odd = _NEVER_IN_HOST.intersection(host)  # an odd port is a ValueError when it is asked for
    if odd:
        _refuse(f"{min(odd)!r} is not allowed in a host")
    known = scheme in _BROWSER_SCHEMES
    if known:
        _refuse_long(host)
        if "%" in host:
            host = _decode_host(host)
    if not (authority.isascii() and host.isascii()):
        _refuse_deceptive(authority + host, host)
    if known and not host.isalpha():
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


def _refuse_hidden_authority(start: str) -> None:
    r"""Refuse ``/\host`` and its like behind a browser's scheme: only ``//`` begins an authority, but not there."""
    if start in {"/\\", "\\/", "\\\\"}:
        _refuse("a backslash where browsers see the begin of a host")
