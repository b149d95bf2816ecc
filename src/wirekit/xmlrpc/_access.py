"""Who may call: ready functions for a server's ``authenticate``.

Such a function takes the request handler and returns who calls (anything true), or None for a stranger. A program writes its
own to look into a database, a header of a proxy, or a client's certificate (``request.connection.getpeercert()``).
"""

from binascii import Error as _Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any, Final

__all__ = ["basic_users", "bearer_tokens"]

_PUBLIC: Final = "wirekit.xmlrpc.server"


def basic_users(users: Mapping[str, str]) -> Callable[[Any], str | None]:
    """Let users in by name and password (RFC 7617); ``request.user`` is the name.

    The time that it takes tells nothing of the password.
    """

    def authenticate(request: Any) -> str | None:
        scheme, _, value = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = a2b_base64(value.strip()).decode("utf-8").partition(":")
        except (_Base64Error, ValueError):
            return None
        right = compare_digest(users.get(user, "").encode(), password.encode())
        return user if right and user in users else None

    authenticate.challenge = 'Basic realm="XML-RPC", charset="UTF-8"'  # type: ignore[attr-defined]
    return authenticate


def bearer_tokens(tokens: Mapping[str, str]) -> Callable[[Any], str | None]:
    """Let programs in by a token (RFC 6750), of which tokens tells whose it is; ``request.user`` is that."""

    def authenticate(request: Any) -> str | None:
        scheme, _, value = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        given = value.strip().encode()
        found = None
        for token, user in tokens.items():  # all of them: the time tells nothing
            if compare_digest(token.encode(), given):
                found = user
        return found

    authenticate.challenge = 'Bearer realm="XML-RPC"'  # type: ignore[attr-defined]
    return authenticate


for _function in (basic_users, bearer_tokens):
    _function.__module__ = _PUBLIC
