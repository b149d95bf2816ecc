"""Logins that stand in URLs, of requests and of proxies, where a server wants more than Basic.

Basic is sent at once. Where the answer is a Digest challenge, it is answered with the same login; from then on Digest is
what that server gets at once.
"""

from typing import Any

from wirekit.aio.urllib._handlers.base import HOME, BaseHandler
from wirekit.aio.urllib._handlers.unread import log_in

__all__ = ["URLLoginHandler"]


class URLLoginHandler(BaseHandler):
    """Logs in with the user and password that stand in a URL, where Digest is asked for. One of the usual handlers."""

    __module__ = HOME

    handler_order = 495  # behind Digest handlers that the program has added itself, before Basic

    _server: Any = None
    _proxy: Any = None

    async def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:  # noqa: ARG002 - the protocol's
        """Answer a server's Digest challenge; None where it is none, or the URL has no login."""
        if "@" not in (getattr(req, "_authority", None) or ""):
            return None
        if self._server is None:
            self._server = self._make("Authorization")
        return await log_in(self._server, "www-authenticate", req.full_url, req, fp, headers)

    async def http_error_407(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:  # noqa: ARG002 - the protocol's
        """Answer a proxy's Digest challenge; None where it is none, or the proxy's URL has no login."""
        if getattr(req, "_proxy_login", None) is None:
            return None
        if self._proxy is None:
            self._proxy = self._make("Proxy-authorization")
        return await log_in(self._proxy, "proxy-authenticate", req.host, req, fp, headers)

    def _make(self, header: str) -> Any:
        """Make what answers challenges under a header; it answers in advance from then on."""
        from wirekit.aio.urllib._handlers.auth import URLDigest  # for the few that need it

        made = URLDigest(header)
        made.add_parent(self.parent)
        for chain in (self.parent.handle_open, self.parent.process_response):
            for scheme in ("http", "https"):  # new lists: another thread may go through the old ones
                chain[scheme] = sorted([*chain.get(scheme, ()), made])
        return made
