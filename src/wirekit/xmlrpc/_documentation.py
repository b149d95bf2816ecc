"""What a documented server tells of itself, and the pages that show it.

The page of the safe profile is made by ``_page``; the ``stdlib`` profile has pydoc's (``_pydoc``), for programs that look
into it. Both run no script but our own, and load nothing: their Content-Security-Policy says so.
"""

from typing import Any, Final

from wirekit import defaults
from wirekit.xmlrpc import _page
from wirekit.xmlrpc._methods import resolve_dotted_attribute

__all__ = ["XMLRPCDocGenerator", "read_style"]

_PLAIN_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def read_style() -> bytes:
    """Return the style of the page, by itself."""
    return _page.read_part("page.css").encode("utf-8")


class XMLRPCDocGenerator:
    """Makes the documentation page of a server. A mixin, beside SimpleXMLRPCDispatcher.

    ``console``: whether the page has a console to try the methods.
    """

    __module__ = "wirekit.xmlrpc.server"

    console = True
    funcs: dict[str, Any]
    instance: Any

    def __init__(self) -> None:
        self.server_name = "XML-RPC Server Documentation"
        self.server_documentation = "This server exports the following methods through the XML-RPC protocol."
        self.server_title = "XML-RPC Server Documentation"

    def set_server_title(self, server_title: str) -> None:
        """Set the title of the page."""
        self.server_title = server_title

    def set_server_name(self, server_name: str) -> None:
        """Set what stands at the top of the page."""
        self.server_name = server_name

    def set_server_documentation(self, server_documentation: str) -> None:
        """Set what stands below that: text, of which blank lines make paragraphs."""
        self.server_documentation = server_documentation

    def generate_html_documentation(self) -> str:
        """Return the page, as text.

        It has all methods that ``system_listMethods`` names. Of an object that dispatches by itself it tells what its
        methods ``_get_method_argstring(name)`` and ``_methodHelp(name)`` give.
        """
        own: Any = self
        methods = {name: self._find_documented(name) for name in own.system_listMethods()}
        if defaults.active.strict_xmlrpc:
            return _page.format_page(
                self.server_title, self.server_name, self.server_documentation, methods, console=self.console
            )
        from wirekit.xmlrpc._pydoc import ServerHTMLDoc  # loads pydoc

        draw = ServerHTMLDoc()
        contents = draw.docserver(self.server_name, self.server_documentation, methods)
        return draw.page(draw.escape(self.server_title), contents)

    def _find_documented(self, name: str) -> Any:
        """Return a method, or (text of its parameters, help) where there is only that."""
        if name in self.funcs:
            return self.funcs[name]
        instance = self.instance
        told = (
            instance._get_method_argstring(name) if hasattr(instance, "_get_method_argstring") else None,  # noqa: SLF001 - its public face
            instance._methodHelp(name) if hasattr(instance, "_methodHelp") else None,  # noqa: SLF001 - likewise
        )
        if told == (None, None) and not hasattr(instance, "_dispatch"):
            try:
                return resolve_dotted_attribute(instance, name)
            except AttributeError:
                pass
        return told

    def list_page_headers(self) -> dict[str, str]:
        """Return the headers that the page is sent with: it runs our script and nothing else, in no other page."""
        strict = defaults.active.strict_xmlrpc
        return {
            "Content-Security-Policy": _page.make_policy(console=self.console) if strict else _PLAIN_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }
