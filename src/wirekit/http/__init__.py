"""HTTP: `client` and `server`, and the standard library's own status codes and methods.

`client.py` and `server.py` in this folder are generated from `wirekit.aio.http`: edit there.
"""

from http import HTTPMethod, HTTPStatus

__all__ = ["HTTPMethod", "HTTPStatus"]
