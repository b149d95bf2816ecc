# Generated from src/wirekit/aio/urllib/_handlers/auth.py by tools/unasync.py; edit that file.
# ruff: noqa: ARG002 - the standard library fixes what handlers are given
"""Logging in to servers and proxies: Basic (RFC 7617), Digest (RFC 7616), Bearer (RFC 6750).

A handler waits for a challenge (401, or 407 of a proxy, also in answer to CONNECT), finds the login for the URL in its
password manager, and sends the request again. What it adds to a request is an unredirected header: another place gets
it only by asking for it itself.

A Digest handler remembers the challenge of each origin and proxy, and answers it in advance from then on, so that
further requests take one exchange and not two. It keeps nothing else of a server, and nothing of one for another
(security row 51).
"""

import os
import re
import warnings
from typing import Any

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._wire import digest, http1, targets
from wirekit._wire.challenges import Challenge, parse_challenges, parse_list, parse_pairs
from wirekit._wire.protection import covers, split_place
from wirekit.urllib._handlers.base import HOME, BaseHandler
from wirekit.urllib._handlers.bodies import find_position, may_rewind, rewind
from wirekit.urllib._handlers.unread import drain, log_in
from wirekit.urllib._passwords import HTTPPasswordMgr

__all__ = [
    "AbstractBasicAuthHandler",
    "AbstractDigestAuthHandler",
    "HTTPBasicAuthHandler",
    "HTTPBearerAuthHandler",
    "HTTPDigestAuthHandler",
    "ProxyBasicAuthHandler",
    "ProxyDigestAuthHandler",
    "URLDigest",
]

_MAX_STALE = 3
"""Answers to one request that a server may call right but for their nonce."""
_MAX_NONCES = 64
"""Nonces whose uses are counted; a server gives a new one for each that was forgotten."""
_MAX_SPACES = 256
"""Origins and proxies whose challenges are remembered."""


def _read_challenges(headers: Any, name: str) -> list[Challenge]:
    return parse_challenges([str(value) for value in headers.get_all(name) or ()])


def _check_known(challenges: list[Challenge], handler: str, known: set[str]) -> None:
    """ValueError where every login asked for is of a kind that a handler does not know (stdlib profile)."""
    if (
        defaults.active.refuse_unknown_logins
        and challenges
        and not any(one.scheme in known for one in challenges)
    ):
        message = f"{handler} does not support the following scheme: {challenges[0].scheme!r}"
        raise ValueError(message)


def _place_of(req: Any, auth_header: str) -> str:
    """Return what a login must be for: a proxy's host and port, or the whole URL."""
    place: str = req.host if auth_header.startswith("Proxy") else req.full_url
    return place


def _send_again(handler: Any, req: Any) -> Any:
    """Open a request once more, now with its login; None where its body can be had once only."""
    if not rewind(req):
        return None
    refusal = getattr(req, "_refusal", None)
    if refusal is not None:
        drain(refusal)
    return handler.parent.open(req, timeout=req.timeout)


# -------------------------------------------------------------------------------------------------------------- Basic


class AbstractBasicAuthHandler:
    """Logs in by name and password. password_mgr: where logins come from; ``add_password`` adds to it."""

    __module__ = HOME

    auth_header: str
    parent: Any
    rx = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]++)[ \t]++realm=(\"?+)([^\",]*+)\2")
    """Finds scheme, quote and realm of a simple challenge, for programs that look at it; nothing here does."""

    def __init__(self, password_mgr: Any = None) -> None:
        self.passwd: Any = HTTPPasswordMgr() if password_mgr is None else password_mgr
        self.add_password = self.passwd.add_password

    def http_error_auth_reqed(self, authreq: str, host: str, req: Any, headers: Any) -> Any:
        """Answer the first Basic challenge under a header's name; None where there is none, or no login for it."""
        challenges = _read_challenges(headers, authreq)
        for challenge in challenges:
            realm = challenge.parameters.get("realm")
            if challenge.scheme == "basic" and realm is not None:
                if "realm" in challenge.bare:
                    warnings.warn("Basic Auth Realm was unquoted", UserWarning, stacklevel=3)
                return self.retry_http_basic_auth(host, req, realm)
        _check_known(challenges, "AbstractBasicAuthHandler", {"basic"})
        return None

    def retry_http_basic_auth(self, host: str, req: Any, realm: Any) -> Any:
        """Send a request again with the login for a realm and host (or URL); None where there is none, or it failed."""
        user, password = self.passwd.find_user_password(realm, host)
        if password is None:
            return None
        login = targets.format_basic(user, password)
        if req.get_header(self.auth_header, None) == login:
            return None  # it was sent, and refused
        req.add_unredirected_header(self.auth_header, login)
        return _send_again(self, req)

    def http_request(self, req: Any) -> Any:
        """Add the login of a password manager that sends it before the server asks."""
        told = getattr(self.passwd, "is_authenticated", None)
        if told is None or not told(req.full_url) or req.has_header("Authorization"):
            return req
        user, password = self.passwd.find_user_password(None, req.full_url)
        if password is not None:
            req.add_unredirected_header("Authorization", targets.format_basic(user, password))
        return req

    def http_response(self, req: Any, response: Any) -> Any:
        """Tell such a password manager whether its login was good."""
        if hasattr(self.passwd, "is_authenticated"):
            self.passwd.update_authenticated(req.full_url, 200 <= response.code < 300)
        return response

    https_request = http_request
    https_response = http_response


class HTTPBasicAuthHandler(AbstractBasicAuthHandler, BaseHandler):
    """Logs in to servers by name and password, which they get to know (RFC 7617); in UTF-8."""

    __module__ = HOME

    auth_header = "Authorization"

    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Answer the challenge; None, to leave the error to others, where that cannot be done."""
        return log_in(self, "www-authenticate", req.full_url, req, fp, headers)


class ProxyBasicAuthHandler(AbstractBasicAuthHandler, BaseHandler):
    """Logs in to proxies by name and password; logins are kept for the proxy's ``host:port``.

    A proxy that has asked once gets its login at once from then on: a tunnel is known by it.
    """

    __module__ = HOME

    auth_header = "Proxy-authorization"
    handler_order = 497  # behind Digest handlers, before the connection is chosen

    def __init__(self, password_mgr: Any = None) -> None:
        super().__init__(password_mgr)
        self._realms: dict[str, Any] = {}

    def retry_http_basic_auth(self, host: str, req: Any, realm: Any) -> Any:
        """Send a request again with the login for a realm of a proxy; None where there is none, or it failed."""
        self._realms.pop(host, None)
        response = super().retry_http_basic_auth(host, req, realm)
        if response is not None:
            self._realms[host] = realm
        return response

    def http_open(self, req: Any) -> None:
        """Add the login that the request's proxy has asked for before; None, for others open it."""
        proxied = req.has_proxy() or getattr(req, "_tunnel_host", None)
        if proxied and req.host in self._realms and not req.has_header(self.auth_header):
            user, password = self.passwd.find_user_password(self._realms[req.host], req.host)
            if password is not None:
                req.add_unredirected_header(self.auth_header, targets.format_basic(user, password))

    https_open = http_open

    def http_error_407(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Answer the challenge; None, to leave the error to others, where that cannot be done."""
        return log_in(self, "proxy-authenticate", req.host, req, fp, headers)


# ------------------------------------------------------------------------------------------------------------- Digest


class AbstractDigestAuthHandler:
    """Logs in without showing the password. passwd: where logins come from; ``add_password`` adds to it.

    Of several challenges the strongest is answered: SHA-512-256, SHA-256, MD5, each also with ``-sess``.
    """

    __module__ = HOME

    auth_header: str
    parent: Any

    def __init__(self, passwd: Any = None) -> None:
        self.passwd: Any = HTTPPasswordMgr() if passwd is None else passwd
        self.add_password = self.passwd.add_password
        self.retried = 0
        self.nonce_count = 0
        self.last_nonce: Any = None
        self._counts: dict[str, int] = {}  # of the nonces in use
        self._spaces: dict[Any, tuple[dict[str, str], tuple[Any, Any]]] = {}

    def reset_retry_count(self) -> None:
        """Do nothing that is needed: each request counts its own attempts. The standard library's name."""
        self.retried = 0

    def http_error_auth_reqed(self, auth_header: str, host: str, req: Any, headers: Any) -> Any:
        """Answer the strongest Digest challenge under a header's name; None where that cannot be done.

        A login that was refused is not tried again, unless the server says that only its nonce was too old.
        """
        challenges = _read_challenges(headers, auth_header)
        challenge = digest.choose_challenge(challenges)
        if challenge is None:
            self._check_known(challenges)
            return None
        tries = getattr(req, "_digest_tries", 0)
        if tries and not (digest.is_stale(challenge) and tries <= _MAX_STALE):
            self._spaces.pop(self._space_of(req), None)
            return None
        return self._answer(req, challenge.parameters, tries)

    def _check_known(self, challenges: list[Challenge]) -> None:
        _check_known(challenges, "AbstractDigestAuthHandler", {"digest", "basic"})

    def retry_http_digest_auth(self, req: Any, auth: str) -> Any:
        """Send a request again with the answer to one challenge, as it stands in its header; None if that cannot be."""
        _, _, parameters = auth.partition(" ")
        return self._answer(req, parse_pairs([one for one in parse_list(parameters) if "=" in one]), 0)

    def _answer(self, req: Any, parameters: dict[str, str], tries: int) -> Any:
        answer = net.give(self.get_authorization, req, parameters)
        if not answer or not may_rewind(req):
            return None
        value = f"Digest {answer}"
        if req.get_header(self.auth_header, None) == value:
            return None
        req.add_unredirected_header(self.auth_header, value)
        req._digest_tries = tries + 1  # noqa: SLF001 - ours
        try:
            return _send_again(self, req)
        finally:
            req._digest_tries = 0  # noqa: SLF001 - ours

    def get_cnonce(self, nonce: str) -> str:
        """Return text that nobody can foresee."""
        return os.urandom(16).hex()

    def get_authorization(self, req: Any, chal: dict[str, str]) -> str | None:
        """Return the answer to a challenge, as it stands behind ``Digest``; None where there is no login for it."""
        login = self._find_login(req, chal.get("realm", ""))
        if login[1] is None:
            return None
        value = self._format(req, chal, login)
        if value is None:
            return None
        if len(self._spaces) >= _MAX_SPACES:
            self._spaces.clear()
        self._spaces[self._space_of(req)] = (chal, login)
        return value.partition(" ")[2]

    def _find_login(self, req: Any, realm: str) -> tuple[Any, Any]:
        found: tuple[Any, Any] = self.passwd.find_user_password(realm, _place_of(req, self.auth_header))
        if found[1] is None and self.auth_header.startswith("Proxy"):
            found = self.passwd.find_user_password(realm, req.full_url)  # for which older programs keep it
        return found

    def _format(self, req: Any, chal: dict[str, str], login: tuple[Any, Any]) -> str | None:
        nonce = chal.get("nonce", "")
        body = None
        if digest.choose_protection(chal) == "auth-int":
            body = _read_body(req)
        method, uri = _find_target(req, self.auth_header)
        count = self._counts.pop(nonce, 0) + 1
        if len(self._counts) >= _MAX_NONCES:
            del self._counts[next(iter(self._counts))]
        self._counts[nonce] = self.nonce_count = count
        self.last_nonce = nonce
        return digest.format_answer(
            chal,
            login[0],
            login[1],
            method=method,
            uri=uri,
            count=count,
            cnonce=self.get_cnonce(nonce),
            body=body,
        )

    def get_algorithm_impls(self, algorithm: str) -> tuple[Any, Any]:
        """Return the hash H and its keyed form KD of an algorithm, both from text to text; ValueError if unknown."""
        found = digest.find_hash(algorithm)
        if found is None:
            message = f"Unsupported digest authentication algorithm {algorithm!r}"
            raise ValueError(message)
        hashed = found
        return (
            lambda text: hashed(text.encode("ascii")),
            lambda secret, data: hashed(f"{secret}:{data}".encode("ascii")),
        )

    def get_entity_digest(self, data: Any, chal: Any) -> None:
        """Return None, as in the standard library. Bodies are hashed where ``auth-int`` is asked for all the same."""

    # ---- in advance

    def _answer_in_advance(self, req: Any) -> None:
        """Add the answer to the challenge that this origin or proxy gave last, if the login is still the same."""
        known = self._spaces.get(self._space_of(req))
        if known is None or getattr(req, "_digest_tries", None):
            return
        parameters, login = known
        if not _is_inside(req, parameters, self.auth_header):
            return
        if self._find_login(req, parameters.get("realm", "")) == login:
            value = self._format(req, parameters, login)
            if value is not None:
                req.add_unredirected_header(self.auth_header, value)
        return

    def http_response(self, req: Any, response: Any) -> Any:
        """Take note of the nonce that the next answer should have (RFC 7616 section 3.5)."""
        known = self._spaces.get(self._space_of(req)) if self._spaces else None
        if known is not None and str(req.get_header(self.auth_header, "")).startswith("Digest "):
            prefix = "Proxy-" if self.auth_header.startswith("Proxy") else ""
            nonce = digest.find_next_nonce(response.headers.get_all(f"{prefix}Authentication-Info") or ())
            if nonce:
                self._spaces[self._space_of(req)] = ({**known[0], "nonce": nonce}, known[1])
        return response

    https_response = http_response

    def _space_of(self, req: Any) -> tuple[Any, ...]:
        """Return what a challenge counts for: an origin or a proxy, and there a user where the URL names one."""
        place = split_place(_place_of(req, self.auth_header))
        if self.auth_header.startswith("Proxy"):
            return place.host, place.port
        return (place.scheme, place.user, place.host, place.port)


def _find_target(req: Any, auth_header: str) -> tuple[str, str]:
    """Return the method and target that an answer is for; of the tunnel where it is for a proxy that makes one."""
    tunnel = getattr(req, "_tunnel_host", None)
    if tunnel is not None and auth_header.startswith("Proxy"):
        place = split_place(tunnel)
        return "CONNECT", http1.format_host(place.host, int(place.port or 443), None).decode("ascii")
    if req.has_proxy():
        return req.get_method(), targets.format_absolute(req.selector)
    return req.get_method(), targets.encode_target(req.selector)


def _is_inside(req: Any, parameters: dict[str, str], auth_header: str) -> bool:
    """Tell whether a URL is among those that a challenge says it is for (RFC 7616 section 3.3: domain)."""
    named = parameters.get("domain", "").split()
    if not named or auth_header.startswith("Proxy"):
        return True
    from wirekit.urllib.parse import urljoin

    here = split_place(req.full_url)
    return any(covers(split_place(urljoin(req.full_url, one)), here) for one in named)


def _read_body(req: Any) -> bytes | None:
    """Return a body to hash it; None for one that cannot be had again. A file is left where it stood."""
    data = req.data
    if data is None:
        return b""
    if not hasattr(data, "read"):
        try:
            return bytes(memoryview(data))
        except TypeError:
            return None
    if getattr(req, "_start", None) is None:
        req._start = find_position(data)  # noqa: SLF001 - ours
    if not rewind(req):
        return None
    whole = net.give(data.read)
    return whole if rewind(req) and isinstance(whole, bytes) else None


def _has_own_login(req: Any) -> bool:
    """Tell whether the program has said itself how to log in: it counts before what was learnt."""
    if "Authorization" in req.headers:
        return True
    added = str(req.unredirected_hdrs.get("Authorization") or "")
    return (
        bool(added) and not added.startswith("Digest ") and "@" not in (getattr(req, "_authority", "") or "")
    )


class HTTPDigestAuthHandler(BaseHandler, AbstractDigestAuthHandler):
    """Logs in to servers by Digest, before a Basic handler would."""

    __module__ = HOME

    auth_header = "Authorization"
    handler_order = 490

    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Answer the challenge; None, to leave the error to others, where that cannot be done."""
        return log_in(self, "www-authenticate", req.full_url, req, fp, headers)

    def http_open(self, req: Any) -> None:
        """Answer in advance; None, for others open it."""
        if not _has_own_login(req):
            self._answer_in_advance(req)

    https_open = http_open


class ProxyDigestAuthHandler(BaseHandler, AbstractDigestAuthHandler):
    """Logs in to proxies by Digest, also for tunnels; logins are kept for the proxy's ``host:port``."""

    __module__ = HOME

    auth_header = "Proxy-Authorization"
    handler_order = 490

    def http_error_407(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Answer the challenge; None, to leave the error to others, where that cannot be done."""
        return log_in(self, "proxy-authenticate", req.host, req, fp, headers)

    def http_open(self, req: Any) -> None:
        """Answer in advance; None, for others open it."""
        if req.has_proxy() or getattr(req, "_tunnel_host", None):
            self._answer_in_advance(req)

    https_open = http_open


class URLDigest(BaseHandler, AbstractDigestAuthHandler):
    """Answers Digest challenges with the login that stands in the URL of a request, or of its proxy."""

    __module__ = HOME

    handler_order = 495

    def __init__(self, auth_header: str) -> None:
        AbstractDigestAuthHandler.__init__(self)
        self.auth_header = auth_header

    def _check_known(self, challenges: list[Challenge]) -> None:
        """Let any challenge pass: nobody has asked for this handler."""

    def _find_login(self, req: Any, realm: str) -> tuple[Any, Any]:
        if self.auth_header.startswith("Proxy"):
            login: tuple[Any, Any] = getattr(req, "_proxy_login", None) or (None, None)
            return login
        user, password, _ = targets.split_login(getattr(req, "_authority", None) or "")
        return (user, password) if user is not None else (None, None)

    def http_open(self, req: Any) -> None:
        """Answer in advance; None, for others open it."""
        if self._find_login(req, "")[0] is not None and "Authorization" not in req.headers:
            self._answer_in_advance(req)

    https_open = http_open


# ------------------------------------------------------------------------------------------------------------- Bearer


class HTTPBearerAuthHandler(BaseHandler):
    """Sends tokens (RFC 6750) to the URLs that they were given for, and nowhere else; a redirect does not take one along.

    Tokens are sent at once: nobody has to ask for them.
    """

    __module__ = HOME

    def __init__(self) -> None:
        self._tokens: dict[Any, Any] = {}

    def add_token(self, uri: str, token: Any) -> None:
        """Keep a token for all that lies below a URL, whose scheme counts as well.

        token: text, or a function of a request that gives it anew for each. ValueError for text that is no token.
        """
        if isinstance(token, str):
            _check_token(token)
        self._tokens[split_place(uri)] = token

    def http_request(self, req: Any) -> Any:
        """Add the token for a request's URL, unless it has an Authorization header of its own."""
        here = split_place(req.full_url)
        found = [base for base in self._tokens if covers(base, here)]
        if not found or "Authorization" in req.headers:
            return req
        token = self._tokens[max(found, key=lambda base: len(base.path))]
        if callable(token):
            token = net.give(token, req)
        req.add_unredirected_header("Authorization", f"Bearer {_check_token(token)}")
        return req

    https_request = http_request


def _check_token(token: str) -> str:
    if not token or not token.isascii() or any(not "!" <= one <= "~" for one in token):
        message = "a bearer token consists of visible ASCII characters"
        raise ValueError(message)
    return token
