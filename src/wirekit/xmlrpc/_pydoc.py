"""The documentation page as the standard library draws it: pydoc's, for the ``stdlib`` profile and for programs that name it."""

import pydoc
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from wirekit.xmlrpc._methods import describe

__all__ = ["ServerHTMLDoc"]

_LINKED = re.compile(
    r"\b(?:(?P<url>(?:https?|ftp)://\S+[\w/])|RFC[- ]?(?P<rfc>\d+)|PEP[- ]?(?P<pep>\d+)|(?P<own>self\.)?(?P<name>[\w.]+))\b"
)
_RFC: Final = "https://www.rfc-editor.org/rfc/rfc%d.txt"
_PEP: Final = "https://peps.python.org/pep-%04d/"


class ServerHTMLDoc(pydoc.HTMLDoc):
    """Draws the documentation of a server in pydoc's style."""

    __module__ = "wirekit.xmlrpc.server"

    def markup(
        self,
        text: str,
        escape: Callable[[str], str] | None = None,
        funcs: Mapping[Any, str] = {},
        classes: Mapping[Any, str] = {},
        methods: Mapping[Any, str] = {},
    ) -> str:
        """Return text as HTML, with links where it names a URL, an RFC, a PEP, or one of these names."""
        escape = escape or self.escape
        pieces, here = [], 0
        for found in _LINKED.finditer(text):
            pieces.append(escape(text[here : found.start()]))
            pieces.append(self._link(found, escape, (methods, funcs, classes), classes))
            here = found.end()
        pieces.append(escape(text[here:]))
        return "".join(pieces)

    def _link(
        self, found: "re.Match[str]", escape: Callable[[str], str], known: tuple[Any, ...], classes: Any
    ) -> str:
        if found["url"]:
            url = escape(found[0]).replace('"', "&quot;")
            return f'<a href="{url}">{url}</a>'
        if found["rfc"]:
            return f'<a href="{_RFC % int(found["rfc"])}">{escape(found[0])}</a>'
        if found["pep"]:
            return f'<a href="{_PEP % int(found["pep"])}">{escape(found[0])}</a>'
        if found.string[found.end() : found.end() + 1] == "(":
            return self.namelink(found["name"], *known)
        if found["own"]:
            return f"self.<strong>{found['name']}</strong>"
        return self.namelink(found["name"], classes)

    def docroutine(  # type: ignore[override]  # the standard library's signature
        self,
        object: Any,
        name: str,
        mod: Any = None,  # noqa: ARG002 - likewise
        funcs: Mapping[Any, str] = {},
        classes: Mapping[Any, str] = {},
        methods: Mapping[Any, str] = {},
        cl: Any = None,
    ) -> str:
        """Return the entry of a function."""
        known = describe(name, object)
        anchor = self.escape(f"{cl.__name__ if cl else ''}-{name}")
        signature = known.signature + (f" -> {known.returns}" if known.returns else "")
        title = f'<a name="{anchor}"><strong>{self.escape(name)}</strong></a>{self.escape(signature)}'
        doc = self.markup(known.doc, self.preformat, funcs, classes, methods)
        return f"<dl><dt>{title}</dt>{doc and f'<dd><tt>{doc}</tt></dd>'}</dl>\n"

    def docserver(self, server_name: str, package_documentation: str, methods: Mapping[str, Any]) -> str:
        """Return the contents of a server's page; methods: functions by name."""
        links: dict[Any, str] = {}
        for name, method in methods.items():
            links[name] = links[method] = f"#-{name}"
        head = self.heading(f"<big><big><strong>{self.escape(server_name)}</strong></big></big>")
        about = self.markup(package_documentation, self.preformat, links)
        entries = "".join(self.docroutine(methods[name], name, funcs=links) for name in sorted(methods))
        return f"{head}<p>{about and f'<tt>{about}</tt>'}</p>\n" + self.bigsection(
            "Methods", "functions", entries
        )

    def page(self, title: str, contents: str) -> str:
        """Return a whole page."""
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f"<title>Python: {title}</title>\n"
            '<link rel="stylesheet" type="text/css" href="/pydoc.css">'
            f"</head><body>{contents}</body></html>"
        )
