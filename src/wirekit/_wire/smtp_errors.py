"""The errors of SMTP: the standard library's own classes, and ours below them.

    smtplib.SMTPException (an OSError)
      SMTPServerDisconnected
        SMTPOutcomeUnknown      accepted, refused, unknown    the connection broke where the message may have arrived
      SMTPNotSupportedError, SMTPRecipientsRefused
      SMTPResponseException     smtp_code, smtp_error
        SMTPSenderRefused, SMTPDataError, SMTPConnectError, SMTPHeloError, SMTPAuthenticationError    (the same objects)

Those with a reply also get ``enhanced``, the reply's enhanced status code or None.

This module costs the import of ``smtplib``; nothing loads it before an error is raised or named.
"""

from collections.abc import Mapping
from typing import Any

from wirekit._originals import original
from wirekit._wire.smtp_replies import Reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    import smtplib as originals
else:
    originals = original("smtplib")

__all__ = [
    "SMTPAuthenticationError",
    "SMTPConnectError",
    "SMTPDataError",
    "SMTPException",
    "SMTPHeloError",
    "SMTPNotSupportedError",
    "SMTPOutcomeUnknown",
    "SMTPRecipientsRefused",
    "SMTPResponseException",
    "SMTPSenderRefused",
    "SMTPServerDisconnected",
    "make_response_error",
]

SMTPAuthenticationError = originals.SMTPAuthenticationError
SMTPConnectError = originals.SMTPConnectError
SMTPDataError = originals.SMTPDataError
SMTPException = originals.SMTPException
SMTPHeloError = originals.SMTPHeloError
SMTPNotSupportedError = originals.SMTPNotSupportedError
SMTPRecipientsRefused = originals.SMTPRecipientsRefused
SMTPResponseException = originals.SMTPResponseException
SMTPSenderRefused = originals.SMTPSenderRefused
SMTPServerDisconnected = originals.SMTPServerDisconnected


class SMTPOutcomeUnknown(SMTPServerDisconnected):
    """The connection broke between the end of a message and the reply to it: it may have been delivered, or not.

    To send it again may double it. ``unknown`` names the recipients for whom that is so; ``refused`` those that the
    server refused before, with its replies; ``accepted`` those for whom an LMTP server had already said that it
    delivers.
    """

    __module__ = "wirekit.smtplib"

    def __init__(
        self,
        message: str,
        unknown: tuple[str, ...] = (),
        refused: Mapping[str, tuple[int, bytes]] | None = None,
        accepted: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.unknown = unknown
        self.refused = dict(refused or {})
        self.accepted = accepted

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.unknown, self.refused, self.accepted)


def make_response_error(kind: Any, reply: tuple[int, Any], *more: object) -> Any:
    """Return an error of this class for a reply, with the reply's enhanced status code as ``enhanced``.

    more: what else the class takes, such as the sender.
    """
    error = kind(reply[0], reply[1], *more)
    error.enhanced = Reply(*reply).enhanced if isinstance(reply[1], bytes) else None
    return error
