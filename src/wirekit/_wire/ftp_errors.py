"""The errors of FTP: the standard library's own classes, and ours below them.

    ftplib.Error
      error_reply, error_temp, error_perm, error_proto          (the same objects)
        IncompleteTransfer (error_proto)   received, expected   the data connection broke off, whatever the reply says
        BadListing (error_proto)           line                 a listing that nobody can read
        WrongDigest (error_proto)          path, algorithm      a file that is another on the other side
        NoSuchFile (error_perm)                                 a path that leads nowhere; a FileNotFoundError too
      ReplyTooLong      limit, unit     a line, or a whole reply, above its limit
      ListingTooLong    limit, unit     a directory's listing above its limit

A control connection that the server closes is an EOFError, as there; what the network does is an OSError.

This module costs the import of ``ftplib``, and of ``ssl`` with it; nothing loads it before an error is raised or named.
"""

from wirekit._originals import original

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ftplib as originals
else:
    originals = original("ftplib")

__all__ = [
    "BadListing",
    "Error",
    "IncompleteTransfer",
    "ListingTooLong",
    "NoSuchFile",
    "ReplyTooLong",
    "WrongDigest",
    "all_errors",
    "error_perm",
    "error_proto",
    "error_reply",
    "error_temp",
]

Error = originals.Error
all_errors = originals.all_errors
error_perm = originals.error_perm
error_proto = originals.error_proto
error_reply = originals.error_reply
error_temp = originals.error_temp


class ReplyTooLong(Error):
    """A line of a reply, or the whole of it, exceeds ``limit``; ``unit`` says of what: bytes or lines."""

    __module__ = "wirekit.ftplib"

    def __init__(self, limit: int, unit: str = "bytes") -> None:
        super().__init__(f"got more than {limit} {unit}")
        self.limit = limit
        self.unit = unit

    def __reduce__(self) -> tuple[type["ReplyTooLong"], tuple[int, str]]:
        return type(self), (self.limit, self.unit)


class ListingTooLong(Error):
    """The listing of a directory, or a line of it, exceeds ``limit``; ``unit`` says of what: bytes or lines."""

    __module__ = "wirekit.ftplib"

    def __init__(self, limit: int, unit: str = "bytes") -> None:
        super().__init__(f"got more than {limit} {unit}")
        self.limit = limit
        self.unit = unit

    def __reduce__(self) -> tuple[type["ListingTooLong"], tuple[int, str]]:
        return type(self), (self.limit, self.unit)


class IncompleteTransfer(error_proto):
    """The data connection broke off after ``received`` bytes of ``expected``, and the server calls that complete."""

    __module__ = "wirekit.ftplib"

    def __init__(self, received: int, expected: int) -> None:
        super().__init__(f"the transfer ended after {received} of {expected} bytes")
        self.received = received
        self.expected = expected

    def __reduce__(self) -> tuple[type["IncompleteTransfer"], tuple[int, int]]:
        return type(self), (self.received, self.expected)


class BadListing(error_proto):
    """A listing in a form that nobody can read; ``line`` is one of its lines."""

    __module__ = "wirekit.ftplib"

    def __init__(self, line: str) -> None:
        super().__init__(f"no form of listing has lines such as {line[:200]!r}")
        self.line = line

    def __reduce__(self) -> tuple[type["BadListing"], tuple[str]]:
        return type(self), (self.line,)


class WrongDigest(error_proto):
    """The file that was copied to or from ``path`` differs from the original by its digest (``algorithm``)."""

    __module__ = "wirekit.tree"

    def __init__(self, path: str, algorithm: str) -> None:
        super().__init__(f"{path}: the {algorithm} digests of both sides differ")
        self.path = path
        self.algorithm = algorithm

    def __reduce__(self) -> tuple[type["WrongDigest"], tuple[str, str]]:
        return type(self), (self.path, self.algorithm)


class NoSuchFile(error_perm, FileNotFoundError):
    """A path leads nowhere, or to something that we may not see; the text is the server's reply."""

    __module__ = "wirekit.tree"
