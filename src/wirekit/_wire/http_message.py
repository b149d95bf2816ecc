"""The fields of an HTTP message as the object that programs know: ``email.message.Message`` with one method more.

Loading this costs the email package, so a response makes it when its fields are first touched.
"""

from collections.abc import Iterable
from email.message import Message
from email.parser import Parser
from typing import TypeVar

from wirekit._wire.fields import MATCH_BLOCK, mend_block, split_block

__all__ = ["HTTPMessage", "parse_block", "parse_by_email"]


M = TypeVar("M", bound=Message)


class HTTPMessage(Message):
    """The fields of one head: a multi-map by case-insensitive name, in order of arrival."""

    __module__ = "wirekit.http.client"

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> "HTTPMessage":
        """Make a message of (name, value) pairs that have been validated already."""
        return _fill(cls(), fields)

    def getallmatchingheaders(self, name: str) -> list[str]:
        """Return the field lines of this name, each as ``Name: value`` with a line feed behind it."""
        wanted = name.lower()
        return [f"{key}: {value}\n" for key, value in self.items() if key.lower() == wanted]


def parse_by_email(block: bytes, kind: type[Message] = HTTPMessage) -> Message:
    """Read a field block as the email package does: every oddity is taken for something (stdlib profile).

    block: field lines with their ends, the empty line included.
    """
    return Parser(_class=kind).parsestr(block.decode("iso-8859-1"))


def parse_block(block: bytes, kind: type[Message] | None = None, *, strict: bool) -> Message:
    """Read a field block, its empty line included; BadField for an odd one where strict."""
    if not MATCH_BLOCK(block):
        if not strict:
            return parse_by_email(block, kind or HTTPMessage)
        block, wrong = mend_block(block)
        if wrong:
            from wirekit._wire.http_errors import BadField

            raise BadField(wrong, block)
    return _fill((kind or HTTPMessage)(), split_block(block))


def _fill(message: M, fields: Iterable[tuple[str, str]]) -> M:
    message._headers = list(fields)  # type: ignore[attr-defined]  # noqa: SLF001 - what the email parser fills, without its 20 us
    message._payload = ""  # type: ignore[attr-defined]  # noqa: SLF001 - as the email parser leaves it
    return message
