"""Going on where a transfer stopped: what is remembered, and whether an answer continues it (RFC 9110 section 14).

Beside a part file lies a *note* with the validator of what is being fetched: its strong ETag, else its Last-Modified.
The next run asks for the rest with Range and If-Range: a server that still has the same thing answers 206 and sends
the rest, one that has another by now answers 200 and sends all of that. Without a validator nothing is resumed, since
two halves of different files would go unnoticed.

The URL is in the note as a digest only: it may hold a secret.
"""

from __future__ import annotations

import hashlib
import json
import os
import re

from wirekit.http.client import HTTPException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

__all__ = ["Note", "check_continuation", "choose_validator", "is_complete", "parse_content_range"]

# RFC 9110 section 14.4: Content-Range = "bytes" SP ( first "-" last "/" ( length / "*" ) / "*/" length )
_CONTENT_RANGE = re.compile(
    r"bytes (?:(\d{1,18})-(\d{1,18})/(?:(\d{1,18})|\*)|\*/(\d{1,18}))", re.ASCII | re.IGNORECASE
)
# RFC 9110 section 8.8.3: opaque-tag = DQUOTE *etagc DQUOTE; a weak one begins with W/
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]*"')
MOST = 4096
"""Bytes of a note; ours have some 200."""


class Note:
    """What is known about the part file at ``part``, when it was begun for ``url``."""

    def __init__(self, part: Path, url: str) -> None:
        self.path = part.with_name(part.name + "-note")
        self._digest = hashlib.sha256(url.encode()).hexdigest()
        self.validator = ""
        self.total: int | None = None

    def load(self) -> bool:
        """Read the note; False when there is none, or one for another URL, or one that makes no sense."""
        try:
            with self.path.open("rb") as file:
                known = json.loads(file.read(MOST))
            validator, total = known["validator"], known["total"]
            if (
                known["url"] != self._digest
                or not validator.isprintable()
                or not isinstance(total, int | None)
            ):
                return False
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return False
        self.validator, self.total = validator, total
        return bool(validator)

    def save(self, validator: str, total: int | None) -> None:
        """Write the note anew; readable for its owner alone. OSError when that fails."""
        self.remove()
        self.validator, self.total = validator, total
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - by descriptor
            json.dump({"url": self._digest, "validator": validator, "total": total}, file)

    def remove(self) -> None:
        """Take the note away."""
        self.path.unlink(missing_ok=True)


def choose_validator(message: Any) -> str:
    """Return what If-Range may carry for this answer: its strong ETag, else a Last-Modified strong enough; else ``""``.

    A date is strong when the answer was made at least a second after it (RFC 9110 section 8.8.2.2).
    """
    tag = (message.get("ETag") or "").strip()
    if tag:
        return tag if _STRONG_TAG.fullmatch(tag) else ""
    changed, made = message.get("Last-Modified") or "", message.get("Date") or ""
    try:
        from email.utils import parsedate_to_datetime  # only for servers without ETag

        age = parsedate_to_datetime(made) - parsedate_to_datetime(changed)
    except (ValueError, TypeError):
        return ""
    return changed.strip() if age.total_seconds() >= 1 else ""


def parse_content_range(value: str) -> tuple[int | None, int | None]:
    """Return (first byte, total length) of a Content-Range in bytes; None for what it leaves open.

    HTTPException when it is none, or contradicts itself.
    """
    if not (found := _CONTENT_RANGE.fullmatch(value.strip())):
        message = f"odd Content-Range {value[:80]!r}"
        raise HTTPException(message)
    first, last, total, only_total = (None if part is None else int(part) for part in found.groups())
    if first is None or last is None:
        return None, only_total
    if last < first or (total is not None and last >= total):
        message = f"odd Content-Range {value[:80]!r}"
        raise HTTPException(message)
    return first, total


def check_continuation(message: Any, offset: int, note: Note) -> None:
    """Make sure that a 206 answer is the rest of what the note tells of, from ``offset`` on; HTTPException when not."""
    first, total = parse_content_range(message.get("Content-Range") or "")
    if first != offset:
        text = f"asked to go on at byte {offset}, the server sends from byte {first}"
        raise HTTPException(text)
    if None not in {total, note.total} and total != note.total:
        text = f"the whole had {note.total} bytes, now it has {total}"
        raise HTTPException(text)
    tag = message.get("ETag")
    if tag and note.validator.startswith('"') and tag.strip() != note.validator:
        text = "the server goes on with another file"
        raise HTTPException(text)


def is_complete(message: Any, offset: int, note: Note) -> bool:
    """Tell whether a 416 answer to a request for what comes behind ``offset`` means that nothing is missing."""
    try:
        _, total = parse_content_range(message.get("Content-Range") or "")
    except HTTPException:
        return False
    tag = message.get("ETag")
    same = not (tag and note.validator.startswith('"')) or tag.strip() == note.validator
    return same and total == offset and note.total in {None, offset}
