"""Following redirects; what is decided about one stands in ``wirekit._wire.redirects``."""

from typing import Any

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import redirects, uri_pieces
from wirekit.aio.urllib._handlers.base import HOME, BaseHandler
from wirekit.aio.urllib._handlers.bodies import rewind
from wirekit.aio.urllib._handlers.unread import drain
from wirekit.urllib import error, parse
from wirekit.urllib._wanted import Request

__all__ = ["HTTPRedirectHandler"]

_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_USUAL_REDIRECTIONS = 10


class HTTPRedirectHandler(BaseHandler):
    """Follows redirects (RFC 9110 section 15.4), within limits.

    ``max_redirections``: hops in all; left as it is, ``defaults.active.max_redirects`` counts. ``max_repeats``: hops to
    one and the same URL. ``credential_fields``: names, in lower case, of headers that stay behind when scheme, host or
    port change; a subclass may add its own.
    """

    __module__ = HOME

    max_repeats = 4
    max_redirections = _USUAL_REDIRECTIONS
    credential_fields: Any = redirects.CREDENTIAL_FIELDS

    inf_msg = (
        "The HTTP server returned a redirect error that would lead to an infinite loop.\n"
        "The last 30x error message was:\n"
    )

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """Return the request to go on with, None to leave it to other handlers, or raise HTTPError to go nowhere.

        Method and body: ``redirects.choose_method``; ``defaults.active.redirect_with_body``.
        """
        given = req.get_method()
        with_body = defaults.active.redirect_with_body
        if not with_body and given not in {"GET", "HEAD"} and (code in {307, 308} or given != "POST"):
            raise error.HTTPError(req.full_url, code, msg, headers, fp)
        method = redirects.choose_method(code, given)
        keeps_body = with_body and method == given
        fields = redirects.select_fields(
            req.headers,
            body=keeps_body,
            same_origin=defaults.active.cross_origin_credentials
            or redirects.is_same_origin(req.full_url, newurl),
            credentials=self.credential_fields,
        )
        return Request(
            newurl.replace(" ", "%20"),
            data=req.data if keeps_body else None,
            headers=fields,
            origin_req_host=req.origin_req_host,
            unverifiable=True,
            method=method,
            on_upload=getattr(req, "on_upload", None),
            on_download=getattr(req, "on_download", None),
        )

    async def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Follow the redirect; None where the response does not say whereto.

        HTTPError, with the response, for a place that is not gone to, for a loop, and for a body that cannot be sent
        a second time.
        """
        newurl = self._find_target(req, fp, code, msg, headers)
        if newurl is None:
            return None
        new = await net.give(self.redirect_request, req, fp, code, msg, headers, newurl)
        if new is None:
            return None
        if not self._may_hop(req, new, newurl):
            raise error.HTTPError(req.full_url, code, self.inf_msg + msg, headers, fp)
        if new.data is not None and new.data is req.data and not await rewind(req):
            reason = f"{msg} - The body can be read once only, so the redirect cannot be followed"
            raise error.HTTPError(req.full_url, code, reason, headers, fp)
        await drain(fp)
        return await self.parent.open(new, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def _find_target(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> str | None:
        """Return the URL to go to; None for none; HTTPError for one that is refused."""
        named = headers.get("location")
        if named is None:
            named = headers.get("uri")
            if named is None:
                return None
        # Its bytes came in as ISO-8859-1; those beyond ASCII are escaped as they are, blanks with them.
        named = parse.quote(named, encoding="iso-8859-1", safe=_PUNCTUATION)
        here = uri_pieces.splittype(req.full_url)[0] or ""
        try:
            parts = parse.urlsplit(named)
            refusal = redirects.find_refusal(
                here, parts.scheme or here, downgrade=defaults.active.redirect_downgrade
            )
            if parts.netloc and not parts.path:
                parts = parts._replace(path="/")
            target: str = parse.urljoin(req.full_url, parts.geturl())
        except ValueError as wrong:
            raise error.HTTPError(named, code, f"{msg} - {wrong}", headers, fp) from wrong
        if refusal:
            raise error.HTTPError(named, code, f"{msg} - Redirection to url '{named}' {refusal}", headers, fp)
        fragment = getattr(req, "fragment", None)  # goes along, RFC 9110 section 10.2.2
        return f"{target}#{fragment}" if fragment and "#" not in target else target

    def _may_hop(self, req: Any, new: Any, newurl: str) -> bool:
        """Count the hop; False when it is one too many. The counts go from request to request."""
        visited: dict[str, int] | None = getattr(req, "redirect_dict", None)
        if visited is None:
            visited = req.redirect_dict = {}
        new.redirect_dict = visited
        limit = self.max_redirections
        if limit == _USUAL_REDIRECTIONS:
            limit = defaults.active.max_redirects
        if visited.get(newurl, 0) >= self.max_repeats or sum(visited.values()) >= limit:
            return False
        visited[newurl] = visited.get(newurl, 0) + 1
        return True
