# Generated from src/wirekit/aio/urllib/_handlers/cookies.py by tools/unasync.py; edit that file.
"""Cookies: a jar that takes them from responses and adds them to requests."""

from typing import Any

from wirekit.urllib._handlers.base import HOME, BaseHandler

__all__ = ["HTTPCookieProcessor"]


class HTTPCookieProcessor(BaseHandler):
    """Lends a cookie jar to all requests of an opener. ``cookiejar``: one of one's own, or a new ``CookieJar``.

    Any object with ``add_cookie_header`` and ``extract_cookies`` will do.
    """

    __module__ = HOME

    def __init__(self, cookiejar: Any = None) -> None:
        if cookiejar is None:
            from wirekit.http.cookiejar import CookieJar  # for those that bring none

            cookiejar = CookieJar()
        self.cookiejar = cookiejar

    def http_request(self, request: Any) -> Any:
        """Add the cookies that the jar has for a request, unless the program has set a Cookie header itself.

        Those that were added when the same request was opened before are looked for anew.
        """
        if getattr(request, "_has_jars_cookies", False):
            request.unredirected_hdrs.pop("Cookie", None)
        own = request.has_header("Cookie")
        self.cookiejar.add_cookie_header(request)
        request._has_jars_cookies = not own  # noqa: SLF001 - ours
        return request

    def http_response(self, request: Any, response: Any) -> Any:
        """Take the cookies of a response into the jar."""
        self.cookiejar.extract_cookies(response, request)
        return response

    https_request = http_request
    https_response = http_response
