"""URLs as browsers read them (the WHATWG URL standard), by the library ``ada_url``.

Nothing of that reading is ours: it is Ada, the parser of Node.js, which follows the standard's own test set
(docs/design/urls.md). It reads nearly anything, and always writes what it read in one form.
"""

from __future__ import annotations

__all__ = ["read"]

_HINT = "reading URLs as browsers do needs the package ada-url (pip install ada-url)"


def read(text: str, base: str | None) -> str:
    """Return what browsers make of a URL, against a base if it is relative. ValueError for what they refuse too.

    Lone surrogates become U+FFFD, as in browsers. ImportError, with advice, where ``ada_url`` is not installed.
    """
    try:
        from ada_url import join_url, normalize_url  # not at import: 10 ms, and not there on every platform
    except ImportError as error:
        raise ImportError(_HINT, name=error.name) from error
    text = _replace_surrogates(text)
    try:
        return normalize_url(text) if base is None else join_url(_replace_surrogates(base), text)
    except ValueError:
        message = "URL refused: browsers cannot read it"
        raise ValueError(message) from None


def _replace_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
