"""Making a message of what a person has at hand: text, HTML, pictures, files and addresses.

``message`` gives an ``email.message.EmailMessage``, so whatever it leaves out can be done to its result by hand. The
parts nest as every mail program expects them (RFC 2046, RFC 2387):

    multipart/mixed                with attachments
        multipart/alternative      with both forms of the text
            text/plain
            multipart/related      with pictures in the HTML
                text/html
                image/png ...

Only what it is given is read: no file but those named, no host name from the network (the Message-ID takes the
sender's domain).
"""

from __future__ import annotations

import mimetypes
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import localtime, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from wirekit._wire.http1 import encode_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from email.policy import Policy

__all__ = ["message"]

Person: TypeAlias = "str | Address | tuple[str, str]"
"""One address: ``"Ann <ann@example.org>"``, ``"ann@example.org"``, ``("Ann", "ann@example.org")`` or an Address."""

People: TypeAlias = "Person | Iterable[Person]"

File: TypeAlias = "str | Path | tuple[str, bytes | str] | tuple[str, bytes | str, str] | EmailMessage"
"""A path, (name, content), (name, content, type), or a message to enclose. Content as text is UTF-8."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_ODD_DOMAIN = re.compile(r"[\s<>,;()@]|^\.|\.\.").search
_CID = re.compile(r"""(?<=["'(])\s*+cid:([^"')\s]++)(?=\s*+["')])""", re.IGNORECASE)
_OURS = {"from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"}


def message(
    from_: Person,
    to: People = (),
    subject: str = "",
    text: str | None = None,
    html: str | None = None,
    attachments: File | Iterable[File] = (),
    inline: Mapping[str, str | Path | bytes] | None = None,
    cc: People = (),
    bcc: People = (),
    reply_to: People = (),
    headers: Mapping[str, str] | None = None,
    *,
    date: datetime | None = None,
) -> EmailMessage:
    """Make a message. ``send_message`` of smtplib and ``Mailer.send`` take it as it is.

    html: pictures in it are named ``cid:NAME``, and ``inline`` says what each NAME is: a path, or the bytes of a file
    with that name. attachments: types are told by their names, ``application/octet-stream`` where that says nothing.
    bcc: stays in the object, is used for delivery, and is left out of what is sent (smtplib.send_message). headers:
    more fields. date: now, without it.

    Addresses may hold characters beyond ASCII: domains become IDNA 2008, local parts need a server with SMTPUTF8.
    Raises ValueError for an address that is none, a control character anywhere in a field, a picture that HTML names
    and inline does not; OSError for a file that cannot be read.
    """
    sender = _read_person(from_)
    fields = {"From": [sender]}
    for name, people in (("To", to), ("Cc", cc), ("Bcc", bcc), ("Reply-To", reply_to)):
        fields[name] = [_read_person(person) for person in _each_person(people)]
    made = EmailMessage(policy=_choose_policy(fields.values()))
    for name, found in fields.items():
        if found:
            made[name] = found
    made["Subject"] = _check("Subject", subject)
    made["Date"] = date if date is not None else localtime()
    made["Message-ID"] = make_msgid(domain=sender.domain or "localhost")
    for name, value in (headers or {}).items():
        _add_field(made, name, value)
    _add_body(made, text, html, dict(inline or {}), sender.domain)
    for file in _each_file(attachments):
        _attach(made, file)
    return made


# ---------------------------------------------------------------------------------------------------------- fields


def _choose_policy(people: Iterable[list[Address]]) -> Policy[Any]:
    """Fields in UTF-8 only where an address cannot be said otherwise: not every server takes them (RFC 6531)."""
    plain = all(person.username.isascii() for group in people for person in group)
    return SMTP if plain else SMTPUTF8


def _check(name: str, value: str) -> str:
    """Let only a value pass that stays on one line."""
    if _CONTROL(value):
        text = f"{name} must not hold line ends or other control characters: {value!r}"
        raise ValueError(text)
    return value


def _add_field(made: EmailMessage, name: str, value: str) -> None:
    if name.lower() in _OURS:
        text = f"{name} is a parameter of its own; headers is for further fields"
        raise ValueError(text)
    if not re.fullmatch(r"[!-9;-~]++", name):
        text = f"{name!r} is no field name (RFC 5322 section 2.2)"
        raise ValueError(text)
    made[name] = _check(name, value)


def _each_person(people: People) -> Iterator[Person]:
    if isinstance(people, (str, Address)) or _is_pair(people):
        yield people  # type: ignore[misc]  # a pair is a person, whatever mypy makes of iterables
    else:
        yield from people


def _is_pair(people: Any) -> bool:
    """Tell ("Ann", "ann@example.org") from two addresses: a name has no @, or the second one would not stand alone."""
    return (
        isinstance(people, tuple)
        and len(people) == 2
        and all(isinstance(part, str) for part in people)
        and "@" not in people[0]
    )


def _read_person(person: Person) -> Address:
    """Return an address with its domain in ASCII. ValueError for what is not exactly one address."""
    if isinstance(person, Address):
        name, spec = person.display_name, person.addr_spec
    elif isinstance(person, tuple):
        name, spec = person
    else:
        name, spec = _parse_mailbox(_check("an address", person))
    _check("a name", name)
    local, at, domain = _check("an address", spec.strip()).rpartition("@")
    username = _read_local(local)
    if not at or not username or not domain or _ODD_DOMAIN(domain):
        text = f"not an address: {person!r} (say 'ann@example.org' or 'Ann <ann@example.org>', one at a time)"
        raise ValueError(text)
    try:
        host = domain if domain.startswith("[") else encode_host(domain).decode("ascii")
    except ValueError as error:
        text = f"not an address: {person!r} ({error})"
        raise ValueError(text) from error
    return Address(name, username, host)


def _read_local(local: str) -> str:
    """Return the local part of an address without its quotes (RFC 5321 section 4.1.2); "" where it is none."""
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        inner = local[1:-1]
        return re.sub(r"\\(.)", r"\1", inner) if re.fullmatch(r'(?:[^"\\]|\\.)++', inner) else ""
    return local if re.fullmatch(r"[^\s\"(),:;<>@\[\]\\]++", local) else ""


def _parse_mailbox(text: str) -> tuple[str, str]:
    """Split ``Name <address>`` into its parts; the name may stand in quotes (RFC 5322 section 3.4)."""
    text = text.strip()
    if not text.endswith(">"):
        return "", text
    name, _, spec = text[:-1].rpartition("<")
    name = name.strip()
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, spec


# ------------------------------------------------------------------------------------------------------------ parts


def _add_body(
    made: EmailMessage,
    text: str | None,
    html: str | None,
    inline: dict[str, str | Path | bytes],
    domain: str,
) -> None:
    if html is None:
        if inline:
            reason = "inline pictures need html that shows them"
            raise ValueError(reason)
        made.set_content(text or "")
        return
    identities = {name: make_msgid(domain=domain or "localhost") for name in inline}
    html = _name_pictures(html, identities)
    if text is None:
        made.set_content(html, subtype="html")
    else:
        made.set_content(text)
        made.add_alternative(html, subtype="html")
    shown: Any = made if text is None else made.get_payload(1)
    for name, source in inline.items():
        _relate(shown, name, source, identities[name])


def _name_pictures(html: str, identities: dict[str, str]) -> str:
    """Put the Content-ID of each picture where HTML says ``cid:NAME``. ValueError for a NAME that nobody gave."""

    def replace(found: re.Match[str]) -> str:
        if found[1] not in identities:
            text = f"the HTML shows cid:{found[1]}, but inline has {', '.join(identities) or 'nothing'}"
            raise ValueError(text)
        return f"cid:{identities[found[1]][1:-1]}"

    return _CID.sub(replace, html)


def _relate(shown: Any, name: str, source: str | Path | bytes, identity: str) -> None:
    if isinstance(source, bytes):
        filename, data = name, source
    else:
        filename, data = Path(source).name, Path(source).read_bytes()
    main, sub = _guess_type(filename, data)
    shown.add_related(
        data, main, sub, cid=identity, disposition="inline", filename=_check("a file name", filename)
    )


def _each_file(files: Any) -> Iterator[File]:
    if isinstance(files, (str, Path, EmailMessage)):
        yield files
    else:
        yield from files


def _attach(made: EmailMessage, file: File) -> None:
    if isinstance(file, EmailMessage):
        made.add_attachment(file)
        return
    if isinstance(file, tuple):
        name, content, *given = file
        data = content.encode() if isinstance(content, str) else bytes(content)
    elif isinstance(file, (str, Path)):
        name, data, given = Path(file).name, Path(file).read_bytes(), []
    else:
        text = (
            f"an attachment is a path, (name, content) or (name, content, type), in a list; not {file!r:.80}"
        )
        raise TypeError(text)
    main, sub = _split_type(given[0]) if given else _guess_type(name, data)
    name = re.split(r"[/\\]", _check("a file name", name))[-1]
    made.add_attachment(data, main, sub, filename=name)


def _split_type(given: str) -> tuple[str, str]:
    main, slash, sub = _check("a type", given).partition("/")
    if not (slash and re.fullmatch(r"[\w.+-]++", main) and re.fullmatch(r"[\w.+-]++", sub)):
        text = f"{given!r} is no media type, such as 'text/csv'"
        raise ValueError(text)
    return main, sub


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def _guess_type(name: str, data: bytes) -> tuple[str, str]:
    """Tell a type by a name, or by the first bytes of what pictures usually are."""
    guessed, encoding = mimetypes.guess_type(name)
    if guessed is None or encoding is not None:  # a.tar.gz is no tar
        guessed = next((kind for start, kind in _MAGIC if data.startswith(start)), "application/octet-stream")
    if guessed.startswith(("message/", "multipart/")):
        return "application", "octet-stream"  # a file of such a type is not a part of ours
    return _split_type(guessed)
