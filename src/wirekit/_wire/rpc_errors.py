"""The errors of XML-RPC: the standard library's own classes, and ours below them.

    xmlrpc.client.Error
      Fault               faultCode, faultString          what the method answered instead of a value
      ProtocolError       url, errcode, errmsg, headers   the server answered, but not to the call
      ResponseError                                       what came is no XML-RPC
        BadMessage        reason    well-formed XML that is no message of XML-RPC, or holds a DTD (also a ValueError)
          BadValue                  a value that is not of the type it claims (also a TypeError)
          MessageTooLarge limit     a message beyond a limit: bytes, values, nesting

XML that is not well-formed is ``xml.parsers.expat.ExpatError``, as in the standard library. This module costs the
import of ``xmlrpc.client``; nothing loads it before an error is raised or named.
"""

from wirekit._originals import original

TYPE_CHECKING = False
if TYPE_CHECKING:
    import xmlrpc.client as originals
else:
    originals = original("xmlrpc.client")

__all__ = [
    "BadMessage",
    "BadValue",
    "Error",
    "Fault",
    "MessageTooLarge",
    "ProtocolError",
    "ResponseError",
]

Error = originals.Error
Fault = originals.Fault
ProtocolError = originals.ProtocolError
ResponseError = originals.ResponseError


class BadMessage(ResponseError, ValueError):
    """What came is XML, but no message of XML-RPC; ``reason`` says why."""

    __module__ = "wirekit.xmlrpc.client"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class BadValue(BadMessage, TypeError):
    """A value that came is not of the type that its element names; ``reason`` says which.

    A TypeError as well, since that is what the standard library raises for a bad boolean, and a ValueError for a bad
    number.
    """

    __module__ = "wirekit.xmlrpc.client"


class MessageTooLarge(BadMessage):
    """What came exceeds ``limit``: bytes, values or levels of nesting, as ``reason`` says."""

    __module__ = "wirekit.xmlrpc.client"

    def __init__(self, reason: str, limit: int) -> None:
        super().__init__(reason)
        self.args = (reason, limit)
        self.limit = limit
