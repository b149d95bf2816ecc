# ruff: noqa: SLF001 - the parts of one conversation, in modules of a readable size
"""TLS on FTP's two connections: which context, and the session that binds one to the other (security row 139).

The data connection resumes the newest session of the control connection. TLS 1.3 has one as soon as a ticket has
arrived, which comes behind the handshake and so with the first reply. A server that sees its own ticket again knows
that no stranger has come to its data port; a server that does not ask loses nothing by it, and both save a handshake.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.channels import asynchronous as channels
from wirekit._wire.ftp_replies import check_reply
from wirekit.aio._ftp.data import read_verdict

if TYPE_CHECKING:
    import ssl

    from wirekit.aio.ftplib import FTP_TLS

__all__ = ["choose_context", "protect", "secure"]


def choose_context(context: ssl.SSLContext | None, keyfile: Any, certfile: Any) -> ssl.SSLContext:
    """Return the context to use: the caller's, or one that checks certificates as ``defaults`` says."""
    if keyfile is not None or certfile is not None:
        if context is not None:
            message = "context and keyfile or certfile arguments are mutually exclusive"
            raise (TypeError if sys.version_info >= (3, 12) else ValueError)(message)
        import warnings

        message = "keyfile and certfile are deprecated, use a custom context instead"
        warnings.warn(message, DeprecationWarning, stacklevel=3)
    if context is not None:
        return context
    from wirekit._io.tls import client_context

    context = client_context(None)
    if not defaults.active.verify_tls_beyond_http:
        import ssl

        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certfile is not None:
        context.load_cert_chain(certfile, keyfile)
    return context


async def secure(ftp: FTP_TLS, sock: Any, stream: Any) -> tuple[Any, Any]:
    """Speak TLS on the control connection; return its socket and stream. Closed when that fails."""
    try:
        secured = await net.start_tls(sock, ftp.context, ftp.host, stream)
    except BaseException:
        sock.close()
        raise
    ftp._secured_by = ftp.context
    return secured


async def protect(ftp: FTP_TLS, conn: Any) -> Any:
    """Speak TLS on a data connection, in the control connection's session; return what stands in its place.

    Raises what the server says of it, where it does; else ssl.SSLError, OSError. It is closed then.
    """
    try:
        return (await net.start_tls(conn, ftp.context, ftp.host, session=_find_session(ftp)))[0]
    except OSError as error:
        conn.close()
        await _explain(ftp, error)
        raise
    except BaseException:
        conn.close()
        raise


async def _explain(ftp: FTP_TLS, error: OSError) -> None:
    """Raise what the server says of a handshake that failed, unless it was we who refused the certificate."""
    verdict = await read_verdict(ftp, error)
    if verdict is None or type(error).__name__ == "SSLCertVerificationError":
        return
    try:
        check_reply(verdict)
    except Exception as told:
        raise told from error


def _find_session(ftp: FTP_TLS) -> Any:
    """Return the newest session of the control connection; None where there is none for this context."""
    tls = channels.tls_of(ftp.sock)
    if tls is None or ftp.context not in (ftp._secured_by, getattr(tls, "context", None)):
        return None
    return tls.session
