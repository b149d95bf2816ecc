"""The error of a body that cannot be decoded. Loading it costs ``http.client``: only when it is raised or named."""

from http.client import HTTPException

__all__ = ["BadCoding"]


class BadCoding(HTTPException):
    """A body is not what its Content-Encoding says, is encoded too often, or becomes more than it may."""

    __module__ = "wirekit.urllib.request"
