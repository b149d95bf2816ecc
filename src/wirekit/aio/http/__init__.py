"""HTTP, awaitable: `client` and `server`, and the status codes and methods of the standard library."""

from wirekit.http import HTTPMethod, HTTPStatus

__all__ = ["HTTPMethod", "HTTPStatus"]
