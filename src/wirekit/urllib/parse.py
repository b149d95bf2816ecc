"""Take URLs apart, put them together, quote and unquote: urllib.parse, rebuilt.

Every public name of the standard library's module is here, reads and writes the same (as its newest release does), and
takes text or bytes. Below lies the grammar: ``_wire.uri`` splits, ``_wire.percent`` quotes, ``_wire.forms`` reads
pairs. What stands here is what a program sees: the result classes, which types go in and come out, and which profile of
``wirekit.defaults`` is asked.

In the safe profile a URL that two programs read in two ways is a ValueError (``strict_urls``), and a query has a
limited number of fields (``max_form_fields``). Neither changes what is returned: a URL that the safe profile accepts
reads the same in both. That is why one cache serves both: it holds accepted URLs only.

Importing this module is cheap on purpose (no ``re``, ``typing``, ``ipaddress``): every other one needs it.
"""

from __future__ import annotations

import warnings

from wirekit._wire import authorities, forms, percent, uri, uri_parts, uri_pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, AnyStr, Literal, ParamSpec, TypeVar, overload

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = [
    "DefragResult",
    "DefragResultBytes",
    "ParseResult",
    "ParseResultBytes",
    "SplitResult",
    "SplitResultBytes",
    "parse_qs",
    "parse_qsl",
    "quote",
    "quote_from_bytes",
    "quote_plus",
    "unquote",
    "unquote_plus",
    "unquote_to_bytes",
    "urldefrag",
    "urlencode",
    "urljoin",
    "urlparse",
    "urlsplit",
    "urlunparse",
    "urlunsplit",
]

# Programs add their own schemes to these lists (uses_netloc.append("s3")), so they are asked each time, never copied.
# The empty string stands for a URL without a scheme. The common ones stand first: a list is searched from its start.

uses_relative = ["", "https", "http", "ftp", "gopher", "nntp", "imap", "wais", "file", "shttp", "mms"]
uses_relative += ["prospero", "rtsp", "rtsps", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss"]

uses_netloc = ["", "https", "http", "ftp", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "shttp"]
uses_netloc += [
    "snews",
    "prospero",
    "rtsp",
    "rtsps",
    "rtspu",
    "rsync",
    "svn",
    "svn+ssh",
    "sftp",
    "nfs",
    "git",
]
uses_netloc += ["git+ssh", "ws", "wss", "itms-services"]

uses_params = [
    "",
    "ftp",
    "hdl",
    "prospero",
    "http",
    "imap",
    "https",
    "shttp",
    "rtsp",
    "rtsps",
    "rtspu",
    "sip",
]
uses_params += ["sips", "mms", "sftp", "tel"]

# Nothing asks these any more; they stay for programs that do.

non_hierarchical = ["gopher", "hdl", "mailto", "news", "telnet", "wais", "imap", "snews", "sip", "sips"]

uses_query = [
    "",
    "http",
    "wais",
    "imap",
    "https",
    "shttp",
    "mms",
    "gopher",
    "rtsp",
    "rtsps",
    "rtspu",
    "sip",
    "sips",
]

uses_fragment = [
    "",
    "ftp",
    "hdl",
    "http",
    "gopher",
    "news",
    "nntp",
    "wais",
    "https",
    "shttp",
    "snews",
    "file",
]
uses_fragment += ["prospero"]

scheme_chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."

_WHATWG_C0_CONTROL_OR_SPACE = authorities.CONTROLS_AND_SPACE
_UNSAFE_URL_BYTES_TO_REMOVE = ["\t", "\r", "\n"]
_ALWAYS_SAFE = frozenset(percent.UNRESERVED)
_ALWAYS_SAFE_BYTES = percent.UNRESERVED


class _Unread:
    """Stands for ``wirekit.defaults`` until a profile is first asked: importing that takes longer than all of this."""

    @property
    def active(self) -> Any:
        global defaults  # noqa: PLW0603 - replaces itself, once
        from wirekit import defaults as module  # not at import: the reason of this class

        defaults = module
        return module.active


defaults: Any = _Unread()

_MOST_REMEMBERED = 256
"""URLs in each cache; then it starts anew. The standard library keeps 128."""
_LONGEST_REMEMBERED = 2048
"""Characters of a URL worth remembering: longer ones hardly come twice, and would fill memory."""

_remembered: dict[str, SplitResult] = {}
_bases: dict[str, uri.Base] = {}
_quotings: dict[str, percent.Quoting] = {}
_byte_quotings: dict[bytes, percent.Quoting] = {}


def clear_cache() -> None:
    """Forget split URLs and tables for quoting."""
    _remembered.clear()
    _bases.clear()
    authorities.forget()
    _quotings.clear()
    _byte_quotings.clear()


# ---- text or bytes


def _noop(obj: Any) -> Any:
    return obj


def _encode_result(obj: Any, encoding: str = "ascii", errors: str = "strict") -> Any:
    return obj.encode(encoding, errors)


def _decode_args(args: Iterable[Any], encoding: str = "ascii", errors: str = "strict") -> tuple[Any, ...]:
    return tuple([arg.decode(encoding, errors) if arg else (None if arg is None else "") for arg in args])


def _coerce_args(*args: Any) -> tuple[Any, ...]:
    """Return the arguments as text, and a function that gives a result the type that they had.

    TypeError for a mixture of text and bytes; the empty string and ``None`` go with both. UnicodeDecodeError for
    bytes beyond ASCII.
    """
    is_text = isinstance(next((arg for arg in args if arg is not None), None), str)
    for arg in args[1:]:
        if arg and isinstance(arg, str) != is_text:
            message = "Cannot mix str and non-str arguments"
            raise TypeError(message)
    if is_text:
        return (*args, _noop)
    return (*_decode_args(args), _encode_result)


# ---- results

ResultBase = uri_parts.AuthorityTextMixin
"""An old name, kept for programs that test for it."""


class DefragResult(uri_parts.DefragBase, uri_parts.TextMixin):
    """What ``urldefrag`` returns: (url, fragment)."""

    __slots__ = ()

    def geturl(self) -> str:
        """Return the URL with its fragment again."""
        if self.fragment or (self._keep_empty and self.fragment is not None):
            return f"{self.url}#{self.fragment}"
        return self.url


class SplitResult(uri_parts.SplitBase, uri_parts.AuthorityTextMixin):
    """What ``urlsplit`` returns: (scheme, netloc, path, query, fragment), and the parts of netloc as attributes."""

    __slots__ = ()

    def geturl(self) -> str:
        """Return the URL; it may lack delimiters of empty components."""
        return urlunsplit(self)


class ParseResult(uri_parts.ParseBase, uri_parts.AuthorityTextMixin):
    """What ``urlparse`` returns: (scheme, netloc, path, params, query, fragment), and the parts of netloc."""

    __slots__ = ()

    def geturl(self) -> str:
        """Return the URL; it may lack delimiters of empty components."""
        return urlunparse(self)


class DefragResultBytes(uri_parts.DefragBytesBase, uri_parts.BytesMixin):
    """DefragResult in bytes."""

    __slots__ = ()

    def geturl(self) -> bytes:
        """Return the URL with its fragment again."""
        if self.fragment or (self._keep_empty and self.fragment is not None):
            return self.url + b"#" + self.fragment
        return self.url


class SplitResultBytes(uri_parts.SplitBytesBase, uri_parts.AuthorityBytesMixin):
    """SplitResult in bytes."""

    __slots__ = ()

    def geturl(self) -> bytes:
        """Return the URL; it may lack delimiters of empty components."""
        return urlunsplit(self)


class ParseResultBytes(uri_parts.ParseBytesBase, uri_parts.AuthorityBytesMixin):
    """ParseResult in bytes."""

    __slots__ = ()

    def geturl(self) -> bytes:
        """Return the URL; it may lack delimiters of empty components."""
        return urlunparse(self)


def _keeping(base: Any) -> Any:
    """Make the form of a result class whose empty components are not missing ones (``missing_as_none``).

    A class of its own, since a tuple has no room for one more attribute. It shows and pickles as its base does.
    """

    def __repr__(self: Any) -> str:
        return f"{base(*self)!r}"

    name = f"_{base.__name__}Keeping"
    members = {"__slots__": (), "__module__": __name__, "__doc__": base.__doc__, "_keep_empty": True}
    return type(name, (base,), {**members, "__repr__": __repr__})


_DefragResultKeeping = _keeping(DefragResult)
_SplitResultKeeping = _keeping(SplitResult)
_ParseResultKeeping = _keeping(ParseResult)
_DefragResultBytesKeeping = _keeping(DefragResultBytes)
_SplitResultBytesKeeping = _keeping(SplitResultBytes)
_ParseResultBytesKeeping = _keeping(ParseResultBytes)


def _pair(text: Any, data: Any) -> None:
    text._encoded_counterpart = data  # noqa: SLF001 - classes of this module
    data._decoded_counterpart = text  # noqa: SLF001


_pair(DefragResult, DefragResultBytes)
_pair(SplitResult, SplitResultBytes)
_pair(ParseResult, ParseResultBytes)
_pair(_DefragResultKeeping, _DefragResultBytesKeeping)
_pair(_SplitResultKeeping, _SplitResultBytesKeeping)
_pair(_ParseResultKeeping, _ParseResultBytesKeeping)


# ---- taking apart

_make_tuple: Any = tuple.__new__  # past the named tuple's own __new__, which takes twice as long
_split_web = uri.split_web
_recall = _remembered.get


def _split(url: str, scheme: str | None, allow_fragments: object) -> uri.Components:
    scheme = scheme or None
    if scheme:
        scheme = scheme.strip(_WHATWG_C0_CONTROL_OR_SPACE)
        scheme = scheme.replace("\n", "").replace("\r", "").replace("\t", "")
    return uri.split_uri(url, scheme, defaults.active.strict_urls, bool(allow_fragments))


def _split_and_remember(url: str) -> Any:
    """Split a URL; remember it if it is no longer than usual and the safe profile accepts it."""
    try:
        result = _make_tuple(SplitResult, _split_web(url, "") or uri.split_uri(url, "", True, True, ""))
    except ValueError:
        if defaults.active.strict_urls:
            raise
        return _make_tuple(SplitResult, uri.split_uri(url, "", False, True, ""))
    if len(url) <= _LONGEST_REMEMBERED:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[url] = result
    return result


if TYPE_CHECKING:

    @overload
    def urlsplit(
        url: str, scheme: str | None = "", allow_fragments: object = True, *, missing_as_none: bool = False
    ) -> SplitResult: ...
    @overload
    def urlsplit(
        url: bytes | bytearray | None,
        scheme: bytes | Literal[""] | None = "",
        allow_fragments: object = True,
        *,
        missing_as_none: bool = False,
    ) -> SplitResultBytes: ...


def urlsplit(
    url: Any, scheme: Any = "", allow_fragments: object = True, *, missing_as_none: bool = False
) -> Any:
    """Split ``scheme://netloc/path?query#fragment`` into a SplitResult; bytes into a SplitResultBytes.

    Components stay quoted. ``scheme`` is used where the URL names none; without ``allow_fragments`` a ``#`` belongs to
    the path or query. A component that is not there is empty, or ``None`` with ``missing_as_none``. Leading controls
    and spaces, and all tabs and line ends, are dropped. ValueError for brackets around anything but an IPv6 address,
    for characters that turn into delimiters, and in the safe profile for whatever makes the host ambiguous.
    """
    if type(url) is str and not scheme and allow_fragments and not missing_as_none:
        found = _recall(url)
        if found is not None:
            return found
        return _split_and_remember(url)
    url, scheme, give = _coerce_args(b"" if url is None else url, scheme)  # None has always given bytes
    parts = _split(url, scheme, allow_fragments)
    if missing_as_none:
        return give(_SplitResultKeeping(*parts))
    return give(SplitResult(*[part or "" for part in parts]))


if TYPE_CHECKING:

    @overload
    def urlparse(
        url: str, scheme: str | None = "", allow_fragments: object = True, *, missing_as_none: bool = False
    ) -> ParseResult: ...
    @overload
    def urlparse(
        url: bytes | bytearray | None,
        scheme: bytes | Literal[""] | None = "",
        allow_fragments: object = True,
        *,
        missing_as_none: bool = False,
    ) -> ParseResultBytes: ...


def urlparse(
    url: Any, scheme: Any = "", allow_fragments: object = True, *, missing_as_none: bool = False
) -> Any:
    """Split ``scheme://netloc/path;params?query#fragment`` into a ParseResult; bytes into a ParseResultBytes.

    As ``urlsplit``, and the parameters of the last path segment are set apart. ``urlsplit`` is usually what you want.
    """
    if type(url) is str and not scheme and allow_fragments and not missing_as_none:
        scheme, netloc, path, query, fragment = _recall(url) or _split_and_remember(url)
        params = None
        if ";" in path and scheme in uses_params:
            path, params = _splitparams(path)
        return _make_tuple(ParseResult, (scheme, netloc, path, params or "", query, fragment))
    url, scheme, give = _coerce_args(b"" if url is None else url, scheme)  # None has always given bytes
    scheme, netloc, path, query, fragment = _split(url, scheme, allow_fragments)
    params = None
    if (scheme or "") in uses_params and ";" in path:
        path, params = _splitparams(path, allow_none=True)
    parts = (scheme, netloc, path, params, query, fragment)
    if missing_as_none:
        return give(_ParseResultKeeping(*parts))
    return give(ParseResult(*[part or "" for part in parts]))


def _splitparams(url: str, allow_none: bool = False) -> tuple[str, str | None]:
    begin = url.find(";", url.rfind("/") + 1)
    if begin < 0:
        return url, None if allow_none else ""
    return url[:begin], url[begin + 1 :]


if TYPE_CHECKING:

    @overload
    def urldefrag(url: str, *, missing_as_none: bool = False) -> DefragResult: ...
    @overload
    def urldefrag(url: bytes | bytearray | None, *, missing_as_none: bool = False) -> DefragResultBytes: ...


def urldefrag(url: Any, *, missing_as_none: bool = False) -> Any:
    """Return (the URL without its fragment, the fragment) as a DefragResult; bytes as a DefragResultBytes."""
    url, give = _coerce_args(url)
    fragment = None
    if url and "#" in url:
        scheme, netloc, path, query, fragment = _split(url, None, allow_fragments=True)
        url = uri.unsplit_uri(scheme, netloc, path, query, None)
    if missing_as_none:
        return give(_DefragResultKeeping(url or "", fragment))
    return give(DefragResult(url or "", fragment or ""))


# ---- putting together


if TYPE_CHECKING:

    @overload
    def urlunsplit(components: Iterable[str | None], *, keep_empty: bool | None = None) -> str: ...  # type: ignore[overload-overlap]  # of None alone
    @overload
    def urlunsplit(components: Iterable[bytes | None], *, keep_empty: bool | None = None) -> bytes: ...


def urlunsplit(components: Iterable[Any], *, keep_empty: Any = None) -> Any:
    """Put the five components of ``urlsplit`` together again.

    The result may lack delimiters of empty components, unless ``keep_empty``; left alone, that is true for what
    ``missing_as_none`` made. ValueError where it is demanded of a result that cannot tell empty from missing, and in
    the safe profile for a netloc that ``urlsplit`` would refuse or read otherwise.
    """
    scheme, netloc, path, query, fragment = components
    kind = type(components)
    keep = keep_empty is not None or (kind is not SplitResult and kind is not tuple)
    if keep:
        keep = _keeps_empty(components, keep_empty)
    if type(scheme) is str and type(netloc) is str and not keep:
        try:
            return _unsplit(scheme, netloc, path, query, fragment)
        except TypeError:
            _coerce_args(scheme, netloc, path, query, fragment)  # says what is mixed
            raise
    scheme, netloc, path, query, fragment, give = _coerce_args(scheme, netloc, path, query, fragment)
    if keep:
        return give(uri.unsplit_uri(scheme, _checked(netloc, scheme), path, query, fragment))
    return give(_unsplit(scheme, netloc, path, query, fragment))


if TYPE_CHECKING:

    @overload
    def urlunparse(components: Iterable[str | None], *, keep_empty: bool | None = None) -> str: ...  # type: ignore[overload-overlap]  # of None alone
    @overload
    def urlunparse(components: Iterable[bytes | None], *, keep_empty: bool | None = None) -> bytes: ...


def urlunparse(components: Iterable[Any], *, keep_empty: Any = None) -> Any:
    """Put the six components of ``urlparse`` together again; as ``urlunsplit``."""
    scheme, netloc, path, params, query, fragment, give = _coerce_args(*components)
    keep = _keeps_empty(components, keep_empty)
    if params or (keep and params is not None):
        path = f"{path};{params}"
    if keep:
        return give(uri.unsplit_uri(scheme, _checked(netloc, scheme), path, query, fragment))
    return give(_unsplit(scheme, netloc, path, query, fragment))


def _keeps_empty(components: Any, keep_empty: Any) -> bool:
    if keep_empty is None:
        return bool(getattr(components, "_keep_empty", False))
    if keep_empty and not getattr(components, "_keep_empty", True):
        message = "empty and missing components cannot be told apart: split the URL with missing_as_none=True"
        raise ValueError(message)
    return bool(keep_empty)


def _unsplit(scheme: Any, netloc: Any, path: str, query: Any, fragment: Any) -> str:
    if netloc:
        if netloc not in authorities.plain_authorities and defaults.active.strict_urls:
            authorities.check_authority(netloc, scheme, strict=True)
        if path and path[0] != "/":
            path = "/" + path
        slashes = "//"
    else:
        slashes = "//" if _needs_slashes(scheme, path) else ""
    # str.join, no f-string: bytes among text must fail
    return "".join((
        scheme or "", ":" if scheme else "", slashes, netloc or "", path,
        "?" if query else "", query or "", "#" if fragment else "", fragment or "",
    ))  # fmt: skip


def _needs_slashes(scheme: Any, path: str) -> bool:
    """Tell whether an empty netloc must show: before a path that would be read as one, and in schemes that have one."""
    return path[:2] == "//" or bool(scheme and (not path or path[0] == "/") and scheme in uses_netloc)


def _checked(netloc: Any, scheme: Any) -> Any:
    """Let pass what ``urlsplit`` would accept: who builds a URL and who reads it must agree on its host."""
    if netloc and defaults.active.strict_urls:
        authorities.check_authority(netloc, scheme, strict=True)
    return netloc


# ---- resolving


if TYPE_CHECKING:

    @overload
    def urljoin(base: str, url: str | None, allow_fragments: object = True) -> str: ...
    @overload
    def urljoin(base: bytes, url: bytes | None, allow_fragments: object = True) -> bytes: ...


def urljoin(base: Any, url: Any, allow_fragments: object = True) -> Any:
    """Resolve a reference against a base (RFC 3986 section 5.2), with the customs of the standard library.

    A scheme that is not in ``uses_relative`` resolves nothing: the reference comes back. Errors as ``urlsplit``.
    """
    if not base:
        return url
    if not url:
        return base
    if type(base) is str and type(url) is str:
        return _join(base, url, allow_fragments)
    base, url, give = _coerce_args(base, url)
    return give(_join(base, url, allow_fragments))


def _join(base: str, url: str, allow_fragments: object) -> str:
    found = _bases.get(base) if allow_fragments else None
    (base_scheme, base_netloc, base_path, base_query, base_fragment), start, directory = found or _split_base(
        base, bool(allow_fragments)
    )
    if directory and base_scheme in uses_relative and base_scheme in uses_netloc and allow_fragments:
        joined = uri.join_reference(start, directory, url)
        if joined is not None:
            return joined
    scheme, netloc, path, query, fragment = _split_reference(url, base_scheme, bool(allow_fragments))
    if scheme != base_scheme or (scheme and scheme not in uses_relative):
        return url
    if not scheme or scheme in uses_netloc:
        if netloc:
            return uri.unsplit_uri(scheme, netloc, path, query, fragment)
        netloc = base_netloc
    if path:
        path = uri.resolve_path(base_path, path)
    else:
        path = base_path
        if query is None:
            query = base_query
            if fragment is None:
                fragment = base_fragment
    return uri.unsplit_uri(scheme, netloc, path, query, fragment)


def _split_reference(url: str, scheme: str | None, fragments: bool) -> uri.Components:
    strict = defaults.active.strict_urls
    if strict and fragments:
        found = _split_web(url, None)
        if found is not None:
            return found
    return uri.split_uri(url, scheme, strict, fragments)


def _split_base(base: str, fragments: bool) -> uri.Base:
    """Split a base; remember it as ``_split_and_remember`` does."""
    if not fragments:
        return uri.parse_base(base, strict=defaults.active.strict_urls, fragments=False)
    try:
        parts = uri.parse_base(base, strict=True)
    except ValueError:
        if defaults.active.strict_urls:
            raise
        return uri.parse_base(base, strict=False)
    if len(base) <= _LONGEST_REMEMBERED:
        if len(_bases) >= _MOST_REMEMBERED:
            _bases.clear()
        _bases[base] = parts
    return parts


# ---- quoting

_quote_text = percent.quote_text


def quote(
    string: str | bytes | bytearray, safe: Any = "/", encoding: str | None = None, errors: str | None = None
) -> str:
    """Quote what RFC 3986 does not call unreserved, and ``safe`` does not name, as ``%XX``.

    The default suits a path. Text is encoded first, by default in UTF-8; UnicodeEncodeError for what cannot be.
    TypeError for an encoding given with bytes.
    """
    if isinstance(string, str):
        if not string:
            return string
        if encoding is None and errors is None:
            try:
                quoting = _quotings[safe]
            except (KeyError, TypeError, BytesWarning):  # a warning under python -bb: bytes beside text
                quoting = _find_quoting(safe)
            return _quote_text(string, quoting)
        data = string.encode(
            "utf-8" if encoding is None else encoding, "strict" if errors is None else errors
        )
        return percent.quote_bytes(data, _find_quoting(safe))
    if encoding is not None or errors is not None:
        message = f"quote() doesn't support {'errors' if encoding is None else 'encoding'!r} for bytes"
        raise TypeError(message)
    return quote_from_bytes(string, safe)


def quote_plus(
    string: str | bytes, safe: Any = "", encoding: str | None = None, errors: str | None = None
) -> str:
    """Quote as HTML forms do: as ``quote``, but a space becomes ``+``, and ``/`` is quoted too."""
    space: Any = " " if isinstance(string, str) else b" "
    if isinstance(string, (str, bytes)) and space not in string:  # type: ignore[redundant-expr]  # bytearray may come
        return quote(string, safe, encoding, errors)
    return quote(string, safe + (" " if isinstance(safe, str) else b" "), encoding, errors).replace(" ", "+")


def quote_from_bytes(bs: bytes | bytearray, safe: Any = "/") -> str:
    """Quote bytes; the result is ASCII text. TypeError for anything else."""
    if not isinstance(bs, (bytes, bytearray)):
        message = "quote_from_bytes() expected bytes"
        raise TypeError(message)
    if not bs:
        return ""
    quoting = _quotings.get(safe) if type(safe) is str else None
    return percent.quote_bytes(bs, quoting or _find_quoting(safe))


def _find_quoting(safe: Any) -> percent.Quoting:
    """Return the table for ``safe``: text, of which what is beyond ASCII is ignored, or bytes."""
    data = (
        safe.encode("ascii", "ignore")
        if isinstance(safe, str)
        else bytes([byte for byte in safe if byte < 128])
    )
    quoting = _byte_quotings.get(data)
    if quoting is None:
        if len(_byte_quotings) >= _MOST_REMEMBERED:
            _byte_quotings.clear()
        quoting = _byte_quotings[data] = percent.Quoting(data)
    if type(safe) is str:
        if len(_quotings) >= _MOST_REMEMBERED:
            _quotings.clear()
        _quotings[safe] = quoting
    return quoting


def unquote(string: str | bytes, encoding: str | None = "utf-8", errors: str | None = "replace") -> str:
    """Replace each ``%XX`` by what it stands for; a ``%`` that begins no escape stays.

    Errors are shown as U+FFFD unless ``errors`` says otherwise. Bytes become text.
    """
    if isinstance(string, bytes):
        return percent.unquote_bytes(string).decode(encoding, errors)  # type: ignore[arg-type]  # None: its TypeError
    if "%" not in string:
        string.split  # noqa: B018 - AttributeError for what is no text, as in the standard library
        return string
    return percent.unquote_text(
        string, "utf-8" if encoding is None else encoding, "replace" if errors is None else errors
    )


def unquote_plus(string: str, encoding: str | None = "utf-8", errors: str | None = "replace") -> str:
    """Unquote what HTML forms write: ``+`` is a space."""
    return unquote(string.replace("+", " "), encoding, errors)


def unquote_to_bytes(string: str | bytes | bytearray) -> bytes:
    """Replace each ``%XX`` by its byte; text is UTF-8."""
    if not string:
        string.split  # noqa: B018 - AttributeError for what is neither text nor bytes, as in the standard library
        return b""
    if isinstance(string, str):
        return percent.unquote_bytes(string.encode("utf-8"))
    string.split  # noqa: B018 - as above
    return percent.unquote_bytes(bytes(string))


# ---- queries and forms


def urlencode(
    query: Mapping[Any, Any] | Sequence[tuple[Any, Any]],
    doseq: object = False,
    safe: Any = "",
    encoding: str | None = None,
    errors: str | None = None,
    quote_via: Callable[..., str] = quote_plus,
) -> str:
    """Write a mapping, or a sequence of pairs, as ``name=value&name=value``.

    With ``doseq`` each element of a value that is a sequence makes a pair of its own. What is neither text nor bytes is
    written as ``str`` shows it. ``quote_via`` quotes: it gets (text, safe, encoding, errors), or (bytes, safe).
    TypeError for a query of another kind.
    """
    pairs: Any = query
    if hasattr(query, "items"):
        pairs = query.items()
    else:
        _check_pairs(query)

    pairs = list(pairs)
    if quote_via is quote_plus and not safe and encoding is None and errors is None and pairs:
        text = _encode_at_once(_spread(pairs) if doseq else pairs)
        if text is not None:
            return text

    def write(part: Any) -> str:
        return (
            quote_via(part, safe) if isinstance(part, bytes) else quote_via(str(part), safe, encoding, errors)
        )

    written = []
    for name, value in pairs:
        start = write(name) + "="
        elements = value if doseq and _is_spread(value) else (value,)
        written += [start + write(element) for element in elements]
    return "&".join(written)


def _encode_at_once(pairs: list[tuple[Any, Any]] | None) -> str | None:
    """Write pairs of common types, with the usual options; ``None`` where they must be written one by one."""
    if pairs and _COMMON.issuperset({type(part) for pair in pairs for part in pair}):
        return forms.format_pairs(pairs)
    return None


_COMMON = frozenset((str, int, float, bool, type(None)))


def _check_pairs(query: Any) -> None:
    """Text is a sequence too, but no pair begins it; numbers have no length."""
    try:
        is_pairs = not len(query) or isinstance(query[0], tuple)
    except TypeError:
        is_pairs = False
    if not is_pairs:
        message = "not a valid non-string sequence or mapping object"
        raise TypeError(message)


def _is_spread(value: Any) -> bool:
    """Tell whether a value stands for several: it has a length, and is neither text nor bytes."""
    return not isinstance(value, (bytes, str)) and hasattr(value, "__len__")


def _spread(query: list[tuple[Any, Any]]) -> list[tuple[Any, Any]] | None:
    """Make a pair of each element of each value that stands for several; ``None`` if one stands for none at all.

    (Its name appears nowhere then, and must be one that can be quoted all the same.)
    """
    pairs = []
    for name, value in query:
        if not _is_spread(value):
            pairs.append((name, value))
        elif len(value) == 0:
            return None
        else:
            pairs += [(name, element) for element in value]
    return pairs


def parse_qs(
    qs: AnyStr | None,
    keep_blank_values: object = False,
    strict_parsing: object = False,
    encoding: str | None = "utf-8",
    errors: str | None = "replace",
    max_num_fields: int | None = None,
    separator: str | bytes = "&",
) -> dict[AnyStr, list[AnyStr]]:
    """Read a query into a dict of lists; arguments and errors as those of ``parse_qsl``."""
    found: dict[AnyStr, list[AnyStr]] = {}
    for name, value in _parse_query(
        qs, keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator
    ):
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def parse_qsl(
    qs: AnyStr | None,
    keep_blank_values: object = False,
    strict_parsing: object = False,
    encoding: str | None = "utf-8",
    errors: str | None = "replace",
    max_num_fields: int | None = None,
    separator: str | bytes = "&",
) -> list[tuple[AnyStr, AnyStr]]:
    """Read a query into a list of (name, value), in order; text gives text, bytes give bytes.

    Names without a value are left out unless ``keep_blank_values``. With ``strict_parsing`` a pair without ``=`` is a
    ValueError. So are more than ``max_num_fields`` pairs; where that is ``None``, the profile's ``max_form_fields``
    counts (1,000 in the safe one, no limit in that of the standard library).
    """
    return _parse_query(qs, keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator)


def _parse_query(
    qs: Any,
    keep_blank: object,
    strict: object,
    encoding: str | None,
    errors: str | None,
    limit: int | None,
    separator: Any,
) -> list[tuple[Any, Any]]:
    if not separator or not isinstance(separator, (str, bytes)):
        message = "Separator must be of type string or bytes."
        raise ValueError(message)
    if isinstance(qs, str):
        separator = separator if isinstance(separator, str) else str(separator, "ascii")
    else:
        qs = _bytes_of(qs)
        separator = separator if isinstance(separator, bytes) else bytes(separator, "ascii")
    if not qs:
        return []
    if limit is None:
        limit = defaults.active.max_form_fields
    if limit is not None and qs.count(separator) >= limit:
        message = "Max number of fields exceeded"
        raise ValueError(message)
    keep_blank, strict = bool(keep_blank), bool(strict)
    encoding = "utf-8" if encoding is None else encoding
    errors = "replace" if errors is None else errors
    if isinstance(qs, bytes):
        return forms.parse_bytes(qs, separator, keep_blank=keep_blank, strict=strict)
    return forms.parse_text(qs, separator, encoding, errors, keep_blank=keep_blank, strict=strict)


def _bytes_of(qs: Any) -> bytes:
    """Copy what shows its bytes. TypeError for what does not, if it is true: the rest was always taken for empty."""
    if qs is None:
        return b""
    try:
        return bytes(memoryview(qs))
    except TypeError:
        if qs:
            raise
    message = (
        f"Accepting {type(qs).__name__} objects with false value in urllib.parse.parse_qsl() is deprecated"
    )
    warnings.warn(message, DeprecationWarning, stacklevel=4)  # the caller of parse_qsl
    return b""


# ---- what older programs still call


def unwrap(url: object) -> str:
    """Take ``<URL:scheme://host/path>`` out of its wrapping; other text is only stripped of blanks."""
    text = str(url).strip()
    if text[:1] == "<" and text[-1:] == ">":
        text = text[1:-1].strip()
    return text[4:].strip() if text[:4] == "URL:" else text


_splitattr = uri_pieces.splitattr
_splithost = uri_pieces.splithost
_splitnport = uri_pieces.splitnport
_splitpasswd = uri_pieces.splitpasswd
_splitport = uri_pieces.splitport
_splitquery = uri_pieces.splitquery
_splittag = uri_pieces.splittag
_splittype = uri_pieces.splittype
_splituser = uri_pieces.splituser
_splitvalue = uri_pieces.splitvalue
_to_bytes = uri_pieces.to_bytes


def _outdated(function: Callable[P, R], instead: str) -> Callable[P, R]:
    """Make the public form of an old function, which warns each time."""
    name = function.__name__
    advice = f", use urllib.parse.{instead}() instead" if instead else ""

    def warn_and_call(*args: P.args, **kwargs: P.kwargs) -> R:
        warnings.warn(
            f"urllib.parse.{name}() is deprecated as of 3.8{advice}", DeprecationWarning, stacklevel=2
        )
        return function(*args, **kwargs)

    warn_and_call.__name__ = warn_and_call.__qualname__ = name
    warn_and_call.__doc__ = f"{function.__doc__} Deprecated{f': use ``{instead}``' if instead else ''}."
    warn_and_call.__wrapped__ = function  # type: ignore[attr-defined]  # inspect.signature looks there
    return warn_and_call


to_bytes = _outdated(_to_bytes, "")
splittype = _outdated(_splittype, "urlparse")
splithost = _outdated(_splithost, "urlparse")
splituser = _outdated(_splituser, "urlparse")
splitpasswd = _outdated(_splitpasswd, "urlparse")
splitport = _outdated(_splitport, "urlparse")
splitnport = _outdated(_splitnport, "urlparse")
splitquery = _outdated(_splitquery, "urlparse")
splittag = _outdated(_splittag, "urlparse")
splitattr = _outdated(_splitattr, "urlparse")
splitvalue = _outdated(_splitvalue, "parse_qsl")


def _splitnetloc(url: str, start: int = 0) -> tuple[str, str]:
    return uri.split_authority(url, start)


def _checknetloc(netloc: str) -> None:
    if netloc:
        authorities.check_normal_form(netloc)


def _check_bracketed_netloc(netloc: str) -> None:
    authorities.check_brackets(netloc)


class _Quoter(dict[int, str]):
    """A table from bytes to what stands for them when quoted, as ``Quoter`` was until 3.14."""

    def __init__(self, safe: Iterable[int]) -> None:
        super().__init__()
        self.safe = _ALWAYS_SAFE.union(safe)

    def __repr__(self) -> str:
        return f"<Quoter {dict(self)!r}>"

    def __missing__(self, b: int) -> str:
        self[b] = text = chr(b) if b in self.safe else f"%{b:02X}"
        return text


def __getattr__(name: str) -> Any:
    if name == "Quoter":
        message = "Deprecated in 3.11. urllib.parse.Quoter will be removed in Python 3.14: it was never meant to be public."
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        return _Quoter
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
