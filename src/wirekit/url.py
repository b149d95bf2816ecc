"""A URL as a value: ``URL(text)`` by the letter of RFC 3986 and 3987, ``URL.whatwg(text)`` as browsers read it.

The standard library's ``urllib.parse`` hands strings in and out. Here a URL is an object that never changes, knows its
parts, and makes new ones:

    url = URL("https://example.org/shop?page=1")
    url / "shoes & socks"                 # https://example.org/shop/shoes%20&%20socks
    url.update_query(page=2)              # https://example.org/shop?page=2
    url.join("../about")                  # https://example.org/about

The two readings are kept apart on purpose. ``URL(text)`` takes what the grammar knows and refuses the rest with a
reason, so that no other program reads it otherwise. ``URL.whatwg(text)`` takes what browsers take, which is nearly
anything, and shows where they would go. A URL remembers how it was read, and what is made of it is read the same way.

Each URL has one text: scheme and host in lower case, other scripts as IDNA and escapes, addresses in their usual form,
no dot segments, no usual port. Equal texts are equal URLs, and ``http://a`` is ``http://a/``. The rules stand in ``_wire.iri`` and ``_wire.hosts``.

What has delimiters in it is given and taken as the URL writes it (``path``, ``query_string``, ``fragment``); what
stands between delimiters is given and taken as what it means (``user``, ``password``, ``segments``, ``query``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, final

from wirekit._wire import hosts, iri, queries, whatwg
from wirekit._wire.percent import Quoting, quote_text, unquote_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Pairs: TypeAlias = "Query | Mapping[str, Any] | Iterable[tuple[str, Any]]"
    """Names and values of a query. A value is text, a number, ``None`` (no ``=``), or a list or set of these."""

__all__ = ["URL", "Query", "is_global_address"]

_STRICT, _BROWSER = "rfc3986", "whatwg"
_SEGMENT = Quoting(b"!$&'()*+,;=:@")  # RFC 3986 section 3.3, pchar
_USERINFO = Quoting(b"!$&'()*+,;=")
_MOST_REMEMBERED = 256
"""Texts whose parts are remembered; then it starts anew."""
_LONGEST_REMEMBERED = 2048
"""Characters of a text worth remembering: longer ones hardly come twice, and would fill memory."""

_remembered: dict[str, tuple[str, iri.Parts]] = {}


# ruff: noqa: SLF001 - URLs look into each other


@final
class URL:
    """A URL, read strictly (RFC 3986; RFC 3987 for characters beyond ASCII); relative ones too. It never changes.

    ValueError, with a reason that holds no user name or password, for text that the grammar does not know or that
    other programs may read otherwise: blanks, backslashes, stray ``%``, control characters, ``127.1`` as a host.
    ``str(url)`` is the text in its one form, which reads back as the same URL. URLs can be compared, sorted, hashed,
    copied and pickled. ``repr`` and ``human`` hide a password, ``str`` does not.
    """

    __slots__ = ("_parts", "_query", "_reading", "_text")
    _text: str
    _parts: iri.Parts
    _reading: str
    _query: Query | None

    def __new__(cls, text: str | URL) -> URL:
        """Read text strictly; a URL that browsers read is read again."""
        if isinstance(text, URL):
            if text._reading == _STRICT:
                return text
            text = text._text
        elif not isinstance(text, str):
            message = f"a URL is made of text, not of {type(text).__name__}"
            raise TypeError(message)
        found = _remembered.get(text) or _read(text)
        return _make(found[0], found[1], _STRICT)

    @classmethod
    def whatwg(cls, text: str | URL, base: str | URL | None = None) -> URL:
        """Read text as browsers do (the WHATWG URL standard), against ``base`` if it is relative.

        ValueError for what browsers refuse, a relative one without base among it. ImportError where the package
        ada-url is missing.
        """
        for given in (text, base):
            if given is not None and not isinstance(given, str | URL):
                message = f"a URL is made of text, not of {type(given).__name__}"
                raise TypeError(message)
        href = whatwg.read(str(text), None if base is None else str(base))
        return _make(href, iri.parse_href(href), _BROWSER)

    # ---- its parts

    @property
    def reading(self) -> str:
        """How it was read: ``rfc3986`` or ``whatwg``."""
        return self._reading

    @property
    def scheme(self) -> str | None:
        """The scheme in lower case; ``None`` for a relative URL."""
        return self._parts.scheme

    @property
    def authority(self) -> str | None:
        """User, password, host and port, as the URL writes them; ``None`` if there is none."""
        userinfo, host, port = self._parts[1:4]
        if host is None:
            return None
        return (userinfo + "@" if userinfo is not None else "") + host + ("" if port is None else f":{port}")

    @property
    def user(self) -> str | None:
        """The user name, decoded; ``None`` if there is none."""
        userinfo = self._parts.userinfo
        return None if userinfo is None else _decode(userinfo.partition(":")[0])

    @property
    def password(self) -> str | None:
        """The password, decoded; ``None`` if there is none."""
        _, colon, password = (self._parts.userinfo or "").partition(":")
        return _decode(password) if colon else None

    @property
    def host(self) -> str | None:
        """The host as it is contacted: ASCII, no brackets, a zone id behind ``%``; ``None`` if there is none."""
        host = self._parts.host
        if host and host[0] == "[":
            return host[1:-1].replace("%25", "%", 1)
        return host

    @property
    def unicode_host(self) -> str | None:
        """The host in its letters, where these tell which one it is; ``None`` if there is none."""
        host = self.host
        return hosts.format_host(host) if host and ":" not in host else host

    @property
    def port(self) -> int | None:
        """The port that the URL names; ``None`` for the scheme's usual one."""
        return self._parts.port

    @property
    def effective_port(self) -> int | None:
        """The port to connect to: the one that the URL names, or else the usual one; ``None`` where none is known."""
        scheme, _, host, port, *_ = self._parts
        return iri.PORTS.get(scheme or "") if port is None and host else port

    @property
    def path(self) -> str:
        """The path as the URL writes it, escapes and all."""
        return self._parts.path

    @property
    def segments(self) -> tuple[str, ...]:
        """What stands between the slashes of the path, decoded: ``/a%2Fb/`` has ``a/b`` and an empty one."""
        path = self._parts.path
        return tuple([_decode(segment) for segment in path.removeprefix("/").split("/")]) if path else ()

    @property
    def name(self) -> str:
        """The last segment, decoded; empty if the path ends with a slash."""
        return _decode(self._parts.path.rpartition("/")[2])

    @property
    def query_string(self) -> str | None:
        """The query as the URL writes it; ``None`` if there is none, empty if nothing follows its ``?``."""
        return self._parts.query

    @property
    def query(self) -> Query:
        """The query as names and values, decoded."""
        if self._query is None:
            _set_query(self, Query(self._parts.query or ""))
        assert self._query is not None
        return self._query

    @property
    def fragment(self) -> str | None:
        """The fragment as the URL writes it; ``None`` if there is none, empty if nothing follows its ``#``."""
        return self._parts.fragment

    @property
    def origin(self) -> str:
        """Scheme, host and port as text (RFC 6454 section 6.2); ``null`` where a URL has no origin that others share."""
        scheme, _, host, port, path, _, _ = self._parts
        if scheme == "blob":  # the origin of the URL that it is about (WHATWG URL standard, section 4.7)
            inner = self._try(path)
            return inner.origin if inner and inner.scheme in {"http", "https"} else "null"
        if scheme not in iri.PORTS or host is None:
            return "null"
        return f"{scheme}://{host}" + ("" if port is None else f":{port}")

    def same_origin(self, other: str | URL) -> bool:
        """Tell whether both have one origin; never true of those without (``null`` is no origin)."""
        origin = self.origin
        return origin != "null" and origin == self._read(other).origin

    def is_absolute(self) -> bool:
        """Tell whether it has a scheme."""
        return self._parts.scheme is not None

    # ---- moving about

    def join(self, reference: str | URL) -> URL:
        """Resolve a reference against this URL: RFC 3986 section 5.2, or what browsers do, by this URL's reading."""
        if self._reading == _BROWSER:
            return URL.whatwg(reference, self)
        return self._with(iri.resolve(self._parts, URL(reference)._parts))

    def __truediv__(self, names: str) -> URL:
        """Go down: add segments to the path, with ``/`` between them; query and fragment stay behind.

        Names are taken as what they mean: ``%``, ``?`` and ``#`` are escaped. ValueError for ``.`` and ``..``, and for
        a slash in front: this never goes up (``join`` does).
        """
        if not isinstance(names, str):
            return NotImplemented
        return self._go_down(names.split("/"))

    def joinpath(self, *names: str) -> URL:
        """Add several segments, each of which may hold ``/``: ``url.joinpath("a", "b/c")`` is ``url / "a" / "b/c"``."""
        return self._go_down([name for part in names for name in part.split("/")])

    def _go_down(self, names: list[str]) -> URL:
        if names and not names[0]:
            message = "a path to append begins with no slash; with_path sets the whole of it"
            raise ValueError(message)
        if {".", ".."}.intersection(names):
            message = "'.' and '..' are no names to append; join resolves them"
            raise ValueError(message)
        path = self._parts.path
        if self._parts.host is None and path[:1] != "/" and self._parts.scheme is not None:
            message = f"a {self._parts.scheme}: URL like this has no segments to append to"
            raise ValueError(message)
        below = "/".join([quote_text(name, _SEGMENT) for name in names])
        if path[-1:] != "/" and (path or self._parts.host is not None):
            path += "/"
        return self._with(self._parts._replace(path=path + below, query=None, fragment=None))

    @property
    def parent(self) -> URL:
        """The URL one step up, without query and fragment: ``/a/b`` and ``/a/b/`` are below ``/a/``."""
        path = self._parts.path
        above = path[: path.removesuffix("/").rfind("/") + 1] or ("/" if path[:1] == "/" else "")
        return self._with(self._parts._replace(path=above, query=None, fragment=None))

    # ---- with other parts

    def with_scheme(self, scheme: str) -> URL:
        """Return it with another scheme."""
        if set(":/?#").intersection(scheme):
            message = f"{scheme!r} is no scheme"
            raise ValueError(message)
        return self._with(self._parts._replace(scheme=scheme))

    def with_user(self, user: str | None, password: str | None = None) -> URL:
        """Return it with another user name and password; ``None`` for the name removes both."""
        if user is None:
            userinfo = None
        else:
            userinfo = quote_text(user, _USERINFO)
            if password is not None:
                userinfo += ":" + quote_text(password, _USERINFO)
        return self._with_authority(userinfo=userinfo)

    def with_password(self, password: str | None) -> URL:
        """Return it with another password, or none."""
        user = self.user
        return self.with_user("" if user is None and password is not None else user, password)

    def with_host(self, host: str) -> URL:
        """Return it with another host: a name in any script, or an address, IPv6 with brackets or without."""
        if not host or set("/?#@\\").intersection(host):
            message = f"{host!r} is no host"
            raise ValueError(message)
        if ":" in host and host[0] != "[":
            host = f"[{host if '%25' in host else host.replace('%', '%25')}]"
        return self._with(self._parts._replace(host=host))

    def with_port(self, port: int | None) -> URL:
        """Return it with another port; ``None`` is the scheme's usual one."""
        if port is not None and (type(port) is not int or not 0 <= port <= 65535):
            message = f"{port!r} is no port from 0 to 65535"
            raise ValueError(message)
        return self._with_authority(port=port)

    def with_path(self, path: str) -> URL:
        """Return it with another path, without query and fragment. Escapes stay, what needs one gets one."""
        if self._parts.host is not None and path[:1] != "/":
            path = "/" + path
        path = iri.repair(path, "path")
        return self._with(self._parts._replace(path=path, query=None, fragment=None))

    def with_segments(self, *segments: str) -> URL:
        """Return it with a path of these segments, taken as what they mean; without query and fragment."""
        if {".", ".."}.intersection(segments):
            message = "'.' and '..' are no names of segments"
            raise ValueError(message)
        path = "/" + "/".join([quote_text(segment, _SEGMENT) for segment in segments])
        return self._with(self._parts._replace(path=path, query=None, fragment=None))

    def with_name(self, name: str) -> URL:
        """Return it with another last segment, without query and fragment."""
        if not name or "/" in name:
            message = f"{name!r} is no name of a segment"
            raise ValueError(message)
        path = self._parts.path
        return self._with(self._parts._replace(path=path[: path.rfind("/") + 1]))._go_down([name])

    def with_fragment(self, fragment: str | None) -> URL:
        """Return it with another fragment, or none. Escapes stay, what needs one gets one."""
        if fragment is not None:
            fragment = iri.repair(fragment, "fragment")
        return self._with(self._parts._replace(fragment=fragment))

    def with_query(self, query: str | Pairs | None = None, /, **more: Any) -> URL:
        """Return it with another query: text as the URL writes it, names and values, or none."""
        if isinstance(query, str) and not more:
            return self._with_query(iri.repair(query, "query"))
        if isinstance(query, str):
            query = Query(query)
        pairs = [*_read_pairs(query or ()), *_read_pairs(more)]
        return self._with_query(queries.format_pairs(pairs) if pairs else None)

    def extend_query(self, query: Pairs = (), /, **more: Any) -> URL:
        """Return it with names and values added at the end of the query."""
        return self._with_query(queries.extend(self._parts.query, [*_read_pairs(query), *_read_pairs(more)]))

    def update_query(self, query: Pairs = (), /, **more: Any) -> URL:
        """Return it with names set to other values, in their old places; the others stay as they are written."""
        return self._with_query(queries.update(self._parts.query, [*_read_pairs(query), *_read_pairs(more)]))

    def without_query(self, *names: str) -> URL:
        """Return it without the pairs of these names; without the whole query if no name is given."""
        return self._with_query(queries.remove(self._parts.query, names) if names else None)

    def _with_query(self, query: str | None) -> URL:
        return self._with(self._parts._replace(query=query))

    def _with_authority(self, **changes: Any) -> URL:
        if not self._parts.host:
            message = "a URL without host has neither user nor port"
            raise ValueError(message)
        return self._with(self._parts._replace(**changes))

    def _with(self, parts: iri.Parts) -> URL:
        return self._read(iri.format_parts(parts))

    def _read(self, text: str | URL) -> URL:
        return URL.whatwg(text) if self._reading == _BROWSER else URL(text)

    def _try(self, text: str) -> URL | None:
        try:
            return self._read(text)
        except ValueError:
            return None

    # ---- whom it leads to

    def host_is_global(self, resolve: Callable[[str], Iterable[str]] | None = None) -> bool:
        """Tell whether the host is of the Internet at large, and not of this machine, this network, or reserved.

        An address is known by its number, however it is spelled; one that holds an IPv4 address (mapped, NAT64, 6to4)
        is as global as that. Names reserved for local use, and names without a dot, are not global; nor is a URL
        without host. Any other name is taken for global *unless looked up*: with ``resolve``, which gives the addresses
        of a name as text, all of them must be global, and there must be some. What a name leads to may change at any
        time, so whoever must be sure connects to an address that ``is_global_address`` has seen (docs/urls.md).
        """
        host = self._parts.host
        if not host:
            return False
        found = hosts.is_global(host)
        if found is not None:
            return found
        if resolve is None:
            return True
        looked_up = list(resolve(host))
        return bool(looked_up) and all(map(is_global_address, looked_up))

    # ---- as text

    def human(self) -> str:
        """Return it for people: host in its letters, escapes as the characters they stand for, no password.

        What does not show, or shows as something else, stays an escape. Read again it is the same URL, but for a
        password, which ``***`` stands for.
        """
        if self._reading == _BROWSER and self._parts.scheme not in iri.PORTS:
            return _mask(self)
        scheme, userinfo, host, port, path, query, fragment = self._parts
        shown = iri.Parts(
            scheme,
            None if userinfo is None else iri.show(_mask_userinfo(userinfo), "userinfo"),
            hosts.format_host(host) if host else host,
            port,
            iri.show(path, "path"),
            None if query is None else iri.show(query, "query"),
            None if fragment is None else iri.show(fragment, "fragment"),
        )
        return iri.format_parts(shown)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        call = "URL" if self._reading == _STRICT else "URL.whatwg"
        return f"{call}({_mask(self)!r})"

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, URL) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, URL) else NotImplemented

    def __hash__(self) -> int:
        return hash((URL, self._key))

    @property
    def _key(self) -> str:
        """What makes URLs equal: the text, with the path that an empty one stands for (RFC 3986 section 6.2.3)."""
        parts = self._parts
        if parts.path or parts.scheme not in iri.PORTS:
            return self._text
        return iri.format_parts(parts._replace(path="/"))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._text, self._reading)

    def __copy__(self) -> URL:
        return self

    def __deepcopy__(self, memo: object) -> URL:
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = f"a URL does not change: with_{name} and the like make another one"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        message = "a URL does not change"
        raise AttributeError(message)


_set_text = URL.__dict__["_text"].__set__  # past __setattr__
_set_parts = URL.__dict__["_parts"].__set__
_set_reading = URL.__dict__["_reading"].__set__
_set_query = URL.__dict__["_query"].__set__


def _make(text: str, parts: iri.Parts, reading: str) -> URL:
    url = object.__new__(URL)
    _set_text(url, text)
    _set_parts(url, parts)
    _set_reading(url, reading)
    _set_query(url, None)
    return url


def _restore(text: str, reading: str) -> URL:
    return URL(text) if reading == _STRICT else _make(text, iri.parse_href(text), _BROWSER)


def _read(text: str) -> tuple[str, iri.Parts]:
    parts = iri.parse(text)
    found = iri.format_parts(parts), parts
    if len(text) <= _LONGEST_REMEMBERED:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[text] = found
    return found


def _decode(text: str) -> str:
    return unquote_text(text, "utf-8", "replace") if "%" in text else text


def _mask_userinfo(userinfo: str) -> str:
    user, colon, _ = userinfo.partition(":")
    return user + ":***" if colon else user


def _mask(url: URL) -> str:
    userinfo = url._parts.userinfo
    if userinfo is None or ":" not in userinfo:
        return str(url)
    return iri.format_parts(url._parts._replace(userinfo=_mask_userinfo(userinfo)))


def is_global_address(address: str) -> bool:
    """Tell whether an IP address is one of the Internet at large; ``False`` for a name, or any other text.

    address: as sockets give it (``sock.getpeername()[0]``). The one test that nobody gets round: made of the address
    of a connection that stands, before anything is sent on it.
    """
    return hosts.is_global(address) is True


# ---- queries


class Query(Mapping[str, str]):
    """The names and values of a query, decoded, in order; a name may come several times. It never changes.

    ``query[name]`` is the first value of a name, ``get_all(name)`` are all of them, ``pairs`` is everything in order.
    As a mapping it has each name once.
    """

    __slots__ = ("_first", "_pairs")

    def __init__(self, query: str | Pairs = ()) -> None:
        if isinstance(query, str):
            self._pairs = tuple(queries.parse(query))
        else:
            self._pairs = tuple(
                [(name, "" if value is None else value) for name, value in _read_pairs(query)]
            )
        self._first: dict[str, str] = {}
        for name, value in self._pairs:
            self._first.setdefault(name, value)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every name and value, in order."""
        return self._pairs

    def get_all(self, name: str) -> list[str]:
        """Return all values of a name, in order; none for a name that is not there."""
        return [value for known, value in self._pairs if known == name]

    def __getitem__(self, name: str) -> str:
        return self._first[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._first)

    def __str__(self) -> str:
        return queries.format_pairs(list(self._pairs))

    def __repr__(self) -> str:
        return f"Query({list(self._pairs)!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Query):
            return self._pairs == other._pairs
        if isinstance(other, Mapping):
            return self._first == other and len(self._pairs) == len(self._first)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._pairs)


def _read_pairs(query: Pairs) -> list[tuple[str, str | None]]:
    """Make pairs of text of what a program gives for a query. TypeError for what is none."""
    if isinstance(query, Query):
        return list(query.pairs)
    if isinstance(query, str | bytes):
        message = "names and values are given as a mapping or as pairs"
        raise TypeError(message)
    items: Iterable[tuple[str, Any]] = query.items() if isinstance(query, Mapping) else query
    pairs: list[tuple[str, str | None]] = []
    for name, value in items:
        if not isinstance(name, str):
            message = f"a name in a query is text, not {type(name).__name__}"
            raise TypeError(message)
        if isinstance(value, list | tuple | set | frozenset):
            pairs += [(name, _format_value(element)) for element in value]
        else:
            pairs.append((name, _format_value(value)))
    return pairs


def _format_value(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    message = (
        f"a value in a query is text or a number, not {type(value).__name__}: say what it is to be written as"
    )
    raise TypeError(message)
