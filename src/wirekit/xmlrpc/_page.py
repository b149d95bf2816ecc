"""The page that shows what a server does: its methods with signatures and help, search, and a console to try them.

Everything that a program or a client may have written is escaped. Style (``page.css``) and script (``page.js``) stand in the page
itself, and its policy names their hashes: nothing else runs, and nothing is loaded from anywhere.
"""

import functools
import html
import pkgutil
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from wirekit.xmlrpc._methods import MethodInfo, Parameter, describe

__all__ = ["format_page", "format_text", "make_policy", "read_part"]

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
{icon}
<style>{style}</style>
</head>
<body>
<a class="skip" href="#methods">Skip to the methods</a>
<div class="frame">
<header>
<h1>{name}</h1>
<div class="doc">{about}</div>
</header>
<div class="side">
<nav aria-label="Methods">
<form class="search" role="search">
<input id="search" type="search" placeholder="Search methods" aria-label="Search methods" autocomplete="off">
<kbd aria-hidden="true">/</kbd>
</form>
<p class="count" id="count" role="status">{count}</p>
<ul>
{links}
</ul>
</nav>
</div>
<main id="methods">
{methods}
<p class="nothing" id="nothing" hidden>No method fits.</p>
</main>
</div>
<script>{script}</script>
</body>
</html>
"""
_ICON: Final = (
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%232450c8'/%3E%3Cpath d='M6 4 2.5 8 6 12M10 4l3.5 4L10 12' "
    "fill='none' stroke='white' stroke-width='1.8'/%3E%3C/svg%3E\">"
)  # else every browser asks for /favicon.ico, which the policy forbids
_METHOD: Final = """\
<article class="method" id="m-{anchor}" data-name="{name}">
<div class="told">
<h2><a href="#m-{anchor}">{name}</a><span class="signature">{signature}</span></h2>
<div class="doc">{doc}</div>
</div>{console}
</article>"""
_CONSOLE: Final = """
<details class="try">
<summary>Try it</summary>
<form class="console" data-method="{name}">
<div class="fields">
{fields}
</div>
<button type="submit">Call</button>
<output class="answer" aria-live="polite"></output>
</form>
</details>"""
_FIELD: Final = """\
<label>{name}{type}<input data-name="{name}"{more} autocomplete="off" autocapitalize="off" spellcheck="false"></label>"""
_HINTS: Final = {
    "int": "42",
    "float": "1.5",
    "bool": "true",
    "str": "text",
    "bytes": '{"$base64": "QUJD"}',
    "datetime": '{"$dateTime": "20260228T12:00:00"}',
    "list": "[1, 2]",
    "tuple": "[1, 2]",
    "dict": '{"name": "value"}',
}
_LINKED: Final = re.compile(
    r"`{1,2}(?P<code>[^`\n]{1,200})`{1,2}|(?P<url>https?://[^\s<>\"')]*[^\s<>\"').,;:!?])"
    r"|\bRFC[- ]?(?P<rfc>[0-9]{1,5})\b|\bPEP[- ]?(?P<pep>[0-9]{1,4})\b"
)


@functools.lru_cache(2)
def read_part(name: str) -> str:
    """Return the text of ``page.css`` or ``page.js``."""
    data = pkgutil.get_data(__package__, name)
    assert data is not None  # they are parts of this package
    return data.decode("utf-8")


@functools.lru_cache(2)
def make_policy(*, console: bool) -> str:
    """Return the page's Content-Security-Policy: our style, our script, and calls to this server from the console."""
    style, script = (
        b64encode(sha256(read_part(name).encode("utf-8")).digest()).decode("ascii")
        for name in ("page.css", "page.js")
    )
    connect = "'self'" if console else "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; connect-src {connect}; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def format_page(title: str, name: str, about: str, methods: Mapping[str, Any], *, console: bool) -> str:
    """Return the page. methods: functions by name, or pairs (text of the parameters, help); system's come last."""
    order = sorted(methods, key=lambda method: (method.startswith("system."), method))
    infos = [describe(method, methods[method]) for method in order]
    return _PAGE.format(
        title=html.escape(title),
        icon=_ICON,
        style=read_part("page.css"),
        script=read_part("page.js"),
        name=html.escape(name),
        about=format_text(about),
        count=f"{len(infos)} method{'s' * (len(infos) != 1)}",
        links="\n".join(_format_link(info) for info in infos),
        methods="\n".join(_format_method(info, console=console) for info in infos),
    )


def _anchor(name: str) -> str:
    """Return a method's name as it can stand in an id and in a link to it."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda found: f"_{ord(found[0]):x}_", name)


def _format_link(info: MethodInfo) -> str:
    name = html.escape(info.name)
    return f'<li data-name="{name}"><a href="#m-{_anchor(info.name)}">{name}</a></li>'


def _format_method(info: MethodInfo, *, console: bool) -> str:
    name = html.escape(info.name)
    return _METHOD.format(
        anchor=_anchor(info.name),
        name=name,
        signature=_format_signature(info),
        doc=format_text(info.doc) or "<p>No documentation.</p>",
        console=_CONSOLE.format(name=name, fields=_format_fields(info)) if console else "",
    )


def _format_signature(info: MethodInfo) -> str:
    """Return a signature with its types marked."""
    if info.parameters is None:
        text = html.escape(info.signature)
    else:
        text = f"({', '.join(_format_parameter(one) for one in info.parameters)})"
    return text + (f' → <span class="type">{html.escape(info.returns)}</span>' if info.returns else "")


def _format_parameter(one: Parameter) -> str:
    text = "*" * one.rest + html.escape(one.name)
    if one.type:
        text += f': <span class="type">{html.escape(one.type)}</span>'
    if one.default is not None:
        text += (" = " if one.type else "=") + html.escape(one.default)
    return text


def _format_fields(info: MethodInfo) -> str:
    """Return the fields of a method's console: one for each parameter, or one for all where they are not known."""
    if info.parameters is None:
        return _format_field(Parameter("arguments", "", None, rest=True))
    if not info.parameters:
        return '<p class="hint">It takes no arguments.</p>'
    return "\n".join(map(_format_field, info.parameters))


def _format_field(one: Parameter) -> str:
    kind = f': <span class="type">{html.escape(one.type)}</span>' if one.type else ""
    more = ""
    if one.rest:
        kind += ' <span class="hint">any number, with commas between</span>'
        more += ' data-rest placeholder="1, &quot;two&quot;, [3]"'
    elif one.default is not None:
        more += f' placeholder="{html.escape(one.default)}"'
    else:
        hint = _HINTS.get(one.type.rpartition(".")[2].partition("[")[0], "JSON, or plain text")
        more += f' required placeholder="{html.escape(hint)}"'
    return _FIELD.format(name=html.escape(one.name), type=kind, more=more)


# ------------------------------------------------------------------------------------------------------------- text


def format_text(text: str) -> str:
    """Return help as HTML: paragraphs, indented blocks as they stand, links to URLs, RFCs and PEPs, `code`.

    All of it is escaped; a link leads to http and https alone.
    """
    blocks = re.split(r"\n[ \t]*\n", text.expandtabs(4).strip("\n"))
    return "\n".join(_format_block(block) for block in blocks if block.strip())


def _format_block(block: str) -> str:
    lines = block.split("\n")
    if all(line.startswith("    ") or not line.strip() for line in lines) or any(
        line.lstrip().startswith(">>> ") for line in lines
    ):
        return f"<pre>{html.escape(_dedent(lines))}</pre>"
    return f"<p>{_link(block.strip())}</p>"


def _dedent(lines: list[str]) -> str:
    depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[depth:] for line in lines)


def _link(text: str) -> str:
    pieces, here = [], 0
    for found in _LINKED.finditer(text):
        pieces.append(html.escape(text[here : found.start()]))
        shown = html.escape(found[0])
        if found["code"]:
            pieces.append(f"<code>{html.escape(found['code'])}</code>")
        elif found["url"]:
            pieces.append(f'<a href="{shown}" rel="noreferrer noopener">{shown}</a>')
        else:
            place = (
                f"www.rfc-editor.org/rfc/rfc{int(found['rfc'])}"
                if found["rfc"]
                else f"peps.python.org/pep-{int(found['pep']):04}/"
            )
            pieces.append(f'<a href="https://{place}" rel="noreferrer noopener">{shown}</a>')
        here = found.end()
    pieces.append(html.escape(text[here:]))
    return "".join(pieces)
