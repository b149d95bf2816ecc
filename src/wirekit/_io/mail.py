"""What a mail client asks of the machine that it runs on: what it is called, and a TLS context."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from wirekit._wire.smtp_commands import format_literal, is_domain

if TYPE_CHECKING:
    import ssl

__all__ = ["choose_context", "look_up_own_name", "own_name"]


def own_name() -> str:
    """Return what this host may be called in EHLO, without asking anybody: its name if that is a full one."""
    name = socket.gethostname() or ""
    return name if is_domain(name) else format_literal("127.0.0.1")


def look_up_own_name() -> str:
    """Return this host's full name by the resolver, else its address as a literal; what the standard library does."""
    name = socket.getfqdn()
    if "." in name:
        return name
    try:
        address = socket.gethostbyname(socket.gethostname())
    except socket.gaierror:
        address = "127.0.0.1"
    return f"[{address}]"


def choose_context(
    context: ssl.SSLContext | None, keyfile: str | None = None, certfile: str | None = None
) -> ssl.SSLContext:
    """Return the context given, or ours; with a certificate of the client, in the way of old programs, if one is named.

    ValueError for both.
    """
    from wirekit._io import tls

    if not keyfile and not certfile:
        return context or tls.shared_context(None)
    if context is not None:
        message = "context and keyfile or certfile arguments are mutually exclusive"
        raise ValueError(message)
    import warnings

    message = "keyfile and certfile are old: a context says it all"
    warnings.warn(message, DeprecationWarning, stacklevel=3)
    context = tls.client_context(None)
    context.load_cert_chain(certfile or keyfile or "", keyfile)
    return context
