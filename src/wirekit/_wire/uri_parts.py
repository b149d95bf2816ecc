"""What split URLs are made of: the named tuples, and how an authority's parts are read from one.

``urllib.parse`` makes its result classes of these. Each comes in text and in bytes; an authority is taken apart only
when one of its parts is asked for. ``None`` stands for a component that is not there, where a program asked for that.
"""

from __future__ import annotations

from collections import namedtuple
from types import GenericAlias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, AnyStr, NamedTuple

__all__ = [
    "AuthorityBytesMixin",
    "AuthorityMixin",
    "AuthorityTextMixin",
    "BytesMixin",
    "DefragBase",
    "DefragBytesBase",
    "ParseBase",
    "ParseBytesBase",
    "SplitBase",
    "SplitBytesBase",
    "TextMixin",
]

if TYPE_CHECKING:

    class DefragBase(NamedTuple):
        url: str
        fragment: str

    class SplitBase(NamedTuple):
        scheme: str
        netloc: str
        path: str
        query: str
        fragment: str

    class ParseBase(NamedTuple):
        scheme: str
        netloc: str
        path: str
        params: str
        query: str
        fragment: str

    class DefragBytesBase(NamedTuple):
        url: bytes
        fragment: bytes

    class SplitBytesBase(NamedTuple):
        scheme: bytes
        netloc: bytes
        path: bytes
        query: bytes
        fragment: bytes

    class ParseBytesBase(NamedTuple):
        scheme: bytes
        netloc: bytes
        path: bytes
        params: bytes
        query: bytes
        fragment: bytes

else:  # typing.NamedTuple would import typing, which takes as long as all of this
    DefragBase = namedtuple("DefragBase", "url fragment")  # noqa: PYI024
    SplitBase = namedtuple("SplitBase", "scheme netloc path query fragment")  # noqa: PYI024
    ParseBase = namedtuple("ParseBase", "scheme netloc path params query fragment")  # noqa: PYI024
    DefragBytesBase = DefragBase
    SplitBytesBase = SplitBase
    ParseBytesBase = ParseBase

_FIELD_DOCS = {
    "url": "The URL without its fragment.",
    "scheme": "The scheme, in lower case.",
    "netloc": "The authority: [user[:password]@]host[:port].",
    "path": "The path, with its first slash.",
    "params": "The parameters of the last path segment, without the semicolon before them.",
    "query": "The query, without the question mark before it.",
    "fragment": "The fragment, without the hash before it.",
}


def _document_fields(*bases: Any) -> None:
    for base in bases:
        for name in base._fields:
            getattr(base, name).__doc__ = _FIELD_DOCS[name]


_document_fields(DefragBase, SplitBase, ParseBase)


class TextMixin:
    """What results made of text share."""

    __slots__ = ()
    _encoded_counterpart: Any
    _keep_empty = False

    def encode(self, encoding: str = "ascii", errors: str = "strict") -> Any:
        """Return the same as bytes. UnicodeEncodeError for characters that ``encoding`` lacks."""
        parts: Iterable[str | None] = self  # type: ignore[assignment]  # a mixin of tuples
        return self._encoded_counterpart(
            *[part if part is None else part.encode(encoding, errors) for part in parts]
        )


class BytesMixin:
    """What results made of bytes share."""

    __slots__ = ()
    _decoded_counterpart: Any
    _keep_empty = False

    def decode(self, encoding: str = "ascii", errors: str = "strict") -> Any:
        """Return the same as text. UnicodeDecodeError for bytes that ``encoding`` lacks."""
        parts: Iterable[bytes | None] = self  # type: ignore[assignment]  # a mixin of tuples
        return self._decoded_counterpart(
            *[part if part is None else part.decode(encoding, errors) for part in parts]
        )


def _split_userinfo(netloc: AnyStr, at: AnyStr, colon: AnyStr) -> tuple[AnyStr | None, AnyStr | None]:
    userinfo, found, _ = netloc.rpartition(at)
    if not found:
        return None, None
    username, found, password = userinfo.partition(colon)
    return username, password if found else None


def _split_host(
    netloc: AnyStr, at: AnyStr, opening: AnyStr, closing: AnyStr, colon: AnyStr
) -> tuple[AnyStr, AnyStr | None]:
    host_and_port = netloc.rpartition(at)[2]
    _, found, bracketed = host_and_port.partition(opening)
    if found:
        host, _, rest = bracketed.partition(closing)
        return host, rest.partition(colon)[2] or None
    host, _, port = host_and_port.partition(colon)
    return host, port or None


class AuthorityMixin:
    """The parts of an authority, as attributes."""

    __slots__ = ()
    _userinfo: Any
    _hostinfo: Any

    @property
    def username(self) -> Any:
        """The user name, still quoted; ``None`` without an ``@``."""
        return self._userinfo[0]

    @property
    def password(self) -> Any:
        """The password, still quoted; ``None`` where no colon begins one."""
        return self._userinfo[1]

    @property
    def hostname(self) -> Any:
        """The host in lower case, without brackets; ``None`` if there is none. A zone id keeps its case."""
        host = self._hostinfo[0]
        if not host:
            return None
        name, percent_sign, zone = host.partition("%" if isinstance(host, str) else b"%")
        return name.lower() + percent_sign + zone

    @property
    def port(self) -> int | None:
        """The port, ``None`` if there is none. ValueError unless it is a number from 0 to 65535 in ASCII digits."""
        port = self._hostinfo[1]
        if not port:
            return None
        if not (port.isdigit() and port.isascii()):
            message = f"Port could not be cast to integer value as {port!r}"
            raise ValueError(message)
        number = int(port)
        if number > _LAST_PORT:
            message = "Port out of range 0-65535"
            raise ValueError(message)
        return number

    __class_getitem__ = classmethod(GenericAlias)  # type: ignore[var-annotated]  # as typeshed leaves it


_LAST_PORT = 65_535


class AuthorityTextMixin(AuthorityMixin, TextMixin):
    """The parts of an authority, as text."""

    __slots__ = ()
    if TYPE_CHECKING:
        netloc: str
        username: str | None
        password: str | None
        hostname: str | None

    @property
    def _userinfo(self) -> tuple[str | None, str | None]:
        return _split_userinfo(self.netloc or "", "@", ":")

    @property
    def _hostinfo(self) -> tuple[str, str | None]:
        return _split_host(self.netloc or "", "@", "[", "]", ":")


class AuthorityBytesMixin(AuthorityMixin, BytesMixin):
    """The parts of an authority, as bytes."""

    __slots__ = ()
    if TYPE_CHECKING:
        netloc: bytes
        username: bytes | None
        password: bytes | None
        hostname: bytes | None

    @property
    def _userinfo(self) -> tuple[bytes | None, bytes | None]:
        return _split_userinfo(self.netloc or b"", b"@", b":")

    @property
    def _hostinfo(self) -> tuple[bytes, bytes | None]:
        return _split_host(self.netloc or b"", b"@", b"[", b"]", b":")
