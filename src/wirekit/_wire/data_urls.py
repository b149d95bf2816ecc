"""``data:`` URLs (RFC 2397): a small document inside its own address.

data:[<media type>][;base64],<data>
"""

from __future__ import annotations

from wirekit._wire.fields import check_value
from wirekit._wire.percent import unquote_bytes

__all__ = ["parse_data_url"]

_BASE64 = ";base64"


def parse_data_url(url: str) -> tuple[str, bytes]:
    """Return (media type, data); ``text/plain;charset=US-ASCII`` where no type is named.

    ValueError without a comma, for wrong base64, and for a media type that is no header value: a line end in it would
    begin another header (security row 8).
    """
    kind, comma, text = url.partition(":")[2].partition(",")
    if not comma:
        message = "a data: URL needs a comma between its media type and its data"
        raise ValueError(message)
    check_value(kind.encode("utf-8"))
    data = unquote_bytes(text.encode("utf-8"))
    if kind[-len(_BASE64) :].lower() == _BASE64:
        from binascii import a2b_base64  # for base64 alone

        kind = kind[: -len(_BASE64)]
        data = a2b_base64(data)
    return kind or "text/plain;charset=US-ASCII", data
