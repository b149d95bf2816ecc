"""What a function that is called may know of its call, in threads and tasks alike; and what the log is told."""

from contextvars import ContextVar
from typing import Any, Final

__all__ = ["current_request", "log_failure", "request_of_call"]

_LOGGER: Final = "wirekit.xmlrpc.server"
_ESCAPES: Final = {code: rf"\x{code:02x}" for code in (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))}

request_of_call: ContextVar[Any] = ContextVar("wirekit_xmlrpc_request")


def current_request() -> Any:
    """Return the request handler of the call that is being answered: ``headers``, ``client_address``, ``path``, ``user``.

    LookupError where there is none: outside of functions that a server calls, and in CGI.
    """
    try:
        return request_of_call.get()
    except LookupError:
        message = "no call is being answered here"
        raise LookupError(message) from None


current_request.__module__ = "wirekit.xmlrpc.server"


def log_failure(message: str, error: BaseException) -> None:
    """Log an exception with its traceback, as an error of ``wirekit.xmlrpc.server``.

    Control characters are escaped (security row 123): a part of the text may come from a client.
    """
    import logging  # when there is something to log
    import traceback

    text = "".join(traceback.format_exception(error)).rstrip("\n")
    logging.getLogger(_LOGGER).error("%s", f"{message}\n{text}".translate(_ESCAPES))
