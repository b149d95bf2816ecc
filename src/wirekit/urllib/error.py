"""Errors of opening URLs: the standard library's own classes, so that every ``except`` already written keeps working.

They are fetched when first asked for. ``urllib.error`` brings ``tempfile`` along (15 ms, for a base class of
``HTTPError`` that lends it a file's methods), which a program that meets no error need not pay for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from urllib.error import ContentTooShortError, HTTPError, URLError

__all__ = ["ContentTooShortError", "HTTPError", "URLError"]


def __getattr__(name: str) -> type[OSError]:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from wirekit._originals import original

    found: type[OSError] = getattr(original("urllib.error"), name)  # not at import: the reason of this module
    globals()[name] = found  # from now on a plain name
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
