"""What the parts of a request handler may count on in each other.

``BaseHTTPRequestHandler`` and its subclasses are put together of parts, each in a module of its own. This names what they
share, for readers and type checkers; there is nothing in it when the program runs.
"""

from typing import Any

__all__ = ["Handled"]


class Handled:
    """The request that is being answered, and the means to answer it."""

    command: str | None
    path: str
    request_version: str
    requestline: str
    headers: Any
    rfile: Any
    wfile: Any
    server: Any
    protocol_version: str
    close_connection: bool

    send_response: Any
    send_response_only: Any
    send_header: Any
    send_error: Any
    end_headers: Any
    flush_headers: Any
    log_request: Any
    log_error: Any
    address_string: Any
    version_string: Any
    date_time_string: Any
    server_stops: Any
    handle_one_request: Any
    parse_request: Any

    _head: Any
    _status: int
    _answered: bool
    _error_fields: Any
    _begin_again: Any
