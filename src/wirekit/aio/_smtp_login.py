"""Logging in to an SMTP server (RFC 4954): a part of ``smtplib``, whose methods call these functions.

The mechanisms themselves stand in ``wirekit._wire.sasl`` and beside it; here is what they need of a connection: whether it
hides what is said, what binds to its TLS session, chance.

A secret is sent, and kept in ``smtp.password`` because programs read it there; it is in no error, log or ``repr``.
"""

import base64
import binascii
import ipaddress
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import sasl

if TYPE_CHECKING:
    from wirekit.aio.smtplib import SMTP

__all__ = ["Login", "Wish", "answer", "authenticate", "log_in"]

_DONE: Final = {235, 503}  # 503: logged in already
_CREDENTIALS_REFUSED: Final = 535


class Wish(NamedTuple):
    """What a caller of ``login`` asks for beside name and password."""

    token: Any = None
    mechanism: str | None = None
    authzid: str = ""


class Login:
    """What is known while somebody logs in: hidden from whoever looks at the connection."""

    def __init__(self) -> None:
        self.answering = False  # what is sent now is an answer to a challenge
        self.mechanism: Any = None  # the one under way, where it is an object
        self.authzid = ""
        self.token: str | None = None

    def __repr__(self) -> str:
        return "<Login>"


def _errors() -> Any:
    from wirekit._wire import smtp_errors

    return smtp_errors


# ------------------------------------------------------------------------------------------------ one exchange


async def authenticate(
    smtp: "SMTP", mechanism: str, authobject: Callable[..., Any], *, initial: bool, most: int
) -> tuple[int, bytes]:
    """Do what ``SMTP.auth`` promises. most: challenges that are answered."""
    login = smtp._login = smtp._login or Login()
    login.mechanism = None
    try:
        code, text = await _begin(smtp, mechanism, authobject, initial=initial)
        while code == 334:
            smtp._auth_challenge_count += 1
            code, text = await _answer_challenge(smtp, authobject, text)
            if smtp._auth_challenge_count > most:
                message = f"Server AUTH mechanism infinite loop. Last response: {(code, text)!r}"
                raise _errors().SMTPException(message)
        if code not in _DONE:
            raise _errors().make_response_error(_errors().SMTPAuthenticationError, (code, text))
        _check_proof(smtp, login.mechanism, code)
    finally:
        login.mechanism, login.answering = None, False
    return code, text


async def _begin(
    smtp: "SMTP", mechanism: str, authobject: Callable[..., Any], *, initial: bool
) -> tuple[int, bytes]:
    """Send AUTH, with the initial response if there is one; an empty one is a single ``=`` (RFC 4954 section 4)."""
    response = await net.give(authobject) if initial else None
    smtp._auth_challenge_count = 0 if response is None else 1
    if response is None:
        return await smtp.docmd("AUTH", mechanism)
    return await smtp.docmd("AUTH", f"{mechanism} {_encode(response) or '='}")


async def _answer_challenge(smtp: "SMTP", authobject: Callable[..., Any], text: bytes) -> tuple[int, bytes]:
    """Answer one challenge; end the exchange (``*``) where there is no answer to it."""
    assert smtp._login is not None
    try:
        response = _encode(await net.give(authobject, _decode(text)))
    except Exception as error:
        await smtp.docmd("*")
        if isinstance(error, sasl.SaslError):
            raise _errors().SMTPException(str(error)) from None
        raise
    smtp._login.answering = True
    try:
        return await smtp.docmd(response)
    finally:
        if smtp._login is not None:
            smtp._login.answering = False


def _encode(response: Any) -> str:
    """Return an answer, text or bytes, in base64."""
    if isinstance(response, str):
        try:
            response = response.encode("utf-8")
        except UnicodeEncodeError:  # the error would show the secret
            raise ValueError("an answer to the server's challenge cannot be encoded as UTF-8") from None
    return base64.b64encode(response).decode("ascii")


def _decode(text: bytes) -> bytes:
    """Return a challenge; what is no base64 is taken for the text itself, as some servers mean it."""
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return text


def _check_proof(smtp: "SMTP", mechanism: Any, code: int) -> None:
    """Close where a server that has to prove itself let us in without (RFC 5802 section 3)."""
    if mechanism is None or mechanism.proven or code != 235:
        return
    smtp.close()
    message = "the server lets us in without proving that it knows the password: it is not who it says"
    raise _errors().SMTPException(message)


# ------------------------------------------------------------------------------------------------ one mechanism


async def answer(smtp: "SMTP", name: str, challenge: bytes | None = None) -> Any:
    """Return the answer of a mechanism to a challenge, by ``smtp.user``, ``smtp.password`` and what ``login`` was told.

    None where the server has to begin. Raises ValueError, SaslError.
    """
    if smtp._login is None:
        smtp._login = Login()
    login: Login = smtp._login
    user, password = smtp.user, smtp.password
    if name == "LOGIN":
        first = challenge is None or smtp._auth_challenge_count < 2
        return sasl.login(user, password, 0 if first else 1)
    if name == "CRAM-MD5":
        return None if challenge is None else sasl.cram_md5(user, password, challenge)
    if name == "PLAIN":
        return sasl.plain(user, password, login.authzid)
    if name == "EXTERNAL":
        return sasl.external(login.authzid or user)
    if name in {"XOAUTH2", "OAUTHBEARER"}:
        return _answer_by_token(smtp, name, challenge)
    if login.mechanism is None:
        login.mechanism = _make_mechanism(smtp, name)
    if challenge and name != "DIGEST-MD5":  # a server may ask for a second's work
        return await net.in_thread(login.mechanism, challenge)
    return login.mechanism(challenge)


def _answer_by_token(smtp: "SMTP", name: str, challenge: bytes | None) -> bytes:
    """Return the token's message; to what comes after it, an error that the server explains, the answer it waits for."""
    assert smtp._login is not None
    if challenge:
        return b"\x01" if name == "OAUTHBEARER" else b""  # RFC 7628 section 3.2.3
    token = smtp._login.token or ""
    if name == "XOAUTH2":
        return sasl.xoauth2(smtp.user, token)
    return sasl.oauthbearer(smtp.user, token, smtp._host, smtp._port)


def _make_mechanism(smtp: "SMTP", name: str) -> Any:
    """Return the object of a mechanism that takes several steps."""
    import secrets

    nonce = secrets.token_urlsafe(24)
    authzid = smtp._login.authzid if smtp._login is not None else ""
    if name == "DIGEST-MD5":
        from wirekit._wire.sasl_digest import DigestMD5

        return DigestMD5(smtp.user, smtp.password, smtp._host, nonce, authzid=authzid)
    from wirekit._wire.sasl_scram import Scram

    hash_name = "sha" + name.split("-")[2]
    return Scram(
        hash_name,
        smtp.user,
        smtp.password,
        nonce,
        authzid=authzid,
        binding=_find_binding(smtp),
        plus=name.endswith("-PLUS"),
        offered=any(one.endswith("-PLUS") for one in _offered(smtp)),
    )


def _find_binding(smtp: "SMTP") -> Any:
    """Return what is common to both ends of the TLS session alone; None without TLS."""
    session = smtp._session()
    if session is None:
        return None
    from wirekit._io.tls import channel_binding
    from wirekit._wire.sasl_scram import Binding

    found = channel_binding(session)
    return None if found is None else Binding(*found)


# ------------------------------------------------------------------------------------------------ which mechanism


async def log_in(
    smtp: "SMTP", user: str, password: str | None, wish: Wish, *, initial: bool
) -> tuple[int, bytes]:
    """Do what ``SMTP.login`` promises."""
    errors = _errors()
    if not smtp.has_extn("auth"):
        raise errors.SMTPNotSupportedError("SMTP AUTH extension not supported by server.")
    names = _choose(smtp, password, wish)
    if not names:
        raise errors.SMTPException(_explain_none(smtp))
    smtp.user, smtp.password = user, password or ""
    login = smtp._login = Login()
    login.authzid = wish.authzid
    try:
        if wish.token is not None:
            login.token = await net.give(wish.token) if callable(wish.token) else wish.token
        return await _try(smtp, names, initial=initial)
    finally:
        smtp._login = None


async def _try(smtp: "SMTP", names: list[str], *, initial: bool) -> tuple[int, bytes]:
    """Log in by the first mechanism that the server lets us in by: some servers offer what they do not support.

    Where the server has refused name and password by one SCRAM mechanism it will by another: those differ in the hash.
    """
    errors = _errors()
    last: Exception | None = None
    refused = False
    for name in names:
        if refused and name.startswith("SCRAM"):
            continue
        try:
            return await smtp.auth(name, _find_method(smtp, name), initial_response_ok=initial)
        except errors.SMTPAuthenticationError as error:
            last = error
            refused = refused or error.smtp_code == _CREDENTIALS_REFUSED
    assert last is not None
    raise last


def _find_method(smtp: "SMTP", name: str) -> Callable[..., Any]:
    """Return what answers for a mechanism: the object's own method for it, or ours."""
    method: Callable[..., Any] | None = getattr(smtp, _name_method(name), None)
    return method or partial(answer, smtp, name)


def _name_method(mechanism: str) -> str:
    return "auth_" + mechanism.lower().replace("-", "_")


def _offered(smtp: "SMTP") -> list[str]:
    return smtp.esmtp_features.get("auth", "").upper().split()


def _choose(smtp: "SMTP", password: str | None, wish: Wish) -> list[str]:
    """Return the mechanisms to try, best first."""
    offered = _offered(smtp)
    clear = _may_be_clear(smtp)
    if wish.mechanism is not None:
        name = wish.mechanism.upper()
        usable = name in offered and (clear or name not in sasl.CLEAR)
        return [name] if usable and (name in sasl.KNOWN or hasattr(smtp, _name_method(name))) else []
    if password is None and wish.token is None:
        return ["EXTERNAL"] if "EXTERNAL" in offered else []
    return sasl.choose_mechanisms(
        offered,
        token=wish.token is not None,
        binding=_find_binding(smtp) is not None,
        clear=clear,
    )


def _may_be_clear(smtp: "SMTP") -> bool:
    """Tell whether a secret itself may be sent: inside TLS, to this machine, or where the program wants it so."""
    if defaults.active.clear_login or smtp._session() is not None:
        return True
    address = smtp._address("getpeername")
    if isinstance(address, tuple):
        try:
            return ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
        except ValueError:
            return False
    return isinstance(address, str | bytes)  # a Unix socket's


def _explain_none(smtp: "SMTP") -> str:
    """Return the standard library's words, and why where it is for lack of TLS."""
    if not _may_be_clear(smtp) and sasl.CLEAR & set(_offered(smtp)):
        return (
            "No suitable authentication method found. The server takes the password in the clear only, and there is no "
            "TLS: starttls() first"
        )
    return "No suitable authentication method found."
