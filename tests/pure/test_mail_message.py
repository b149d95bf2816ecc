"""The message builder: structure, addresses, types, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._mail_message import message

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def shape(part: Any) -> Any:
    """The types of a message and its parts, nested."""
    kind = part.get_content_type()
    return [kind, *map(shape, part.iter_parts())] if part.is_multipart() else kind


def reread(made: EmailMessage) -> Any:
    """The message as its receiver reads it."""
    return message_from_bytes(made.as_bytes(), policy=policy.default)


def test_text_alone_is_one_part() -> None:
    made = reread(message("ann@example.org", "bob@example.org", "Hi", "text\n"))
    assert shape(made) == "text/plain"
    assert made.get_content() == "text\r\n"
    assert (made["From"], made["To"], made["Subject"]) == ("ann@example.org", "bob@example.org", "Hi")


def test_nothing_but_an_address_is_an_empty_message() -> None:
    assert reread(message("ann@example.org")).get_content() == "\r\n"


def test_html_alone_is_one_part() -> None:
    assert shape(reread(message("a@b.example", html="<p>x"))) == "text/html"


def test_every_part_has_its_place() -> None:
    made = reread(
        message(
            "a@b.example",
            text="t",
            html='<img src="cid:logo">',
            inline={"logo": PNG},
            attachments=[("a.csv", "x,ü\n"), ("b.bin", b"\0", "application/x-b")],
        )
    )
    assert shape(made) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]],
        "text/csv",
        "application/x-b",
    ]
    table, blob = made.iter_attachments()
    assert (table.get_filename(), table.get_payload(decode=True)) == ("a.csv", "x,ü\n".encode())
    assert (blob.get_filename(), blob.get_content()) == ("b.bin", b"\0")


def test_picture_without_text_stands_beside_the_html() -> None:
    made = reread(message("a@b.example", html="<img src='cid:logo'>", inline={"logo": PNG}))
    assert shape(made) == ["multipart/related", "text/html", "image/png"]


@pytest.mark.parametrize(
    "form", ['<img src="cid:x.png">', "<img src=' CID:x.png'>", "<b style=background:url(cid:x.png)>"]
)
def test_picture_has_the_identity_that_the_html_shows(form: str) -> None:
    made = reread(message("a@b.example", html=form, inline={"x.png": PNG}))
    html, picture = made.iter_parts()
    assert f"cid:{picture['Content-ID'][1:-1]}" in html.get_content()
    assert picture.get_content_disposition() == "inline"
    assert picture["Content-ID"].endswith("@b.example>")


def test_picture_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "logo.gif"
    path.write_bytes(b"GIF89a")
    made = reread(message("a@b.example", html='<img src="cid:l">', inline={"l": path}))
    picture = list(made.iter_parts())[1]
    assert (picture.get_content_type(), picture.get_filename()) == ("image/gif", "logo.gif")


def test_picture_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(ValueError, match="cid:other, but inline has logo"):
        message("a@b.example", html='<img src="cid:other">', inline={"logo": PNG})
    with pytest.raises(ValueError, match="inline has nothing"):
        message("a@b.example", html='<img src="cid:other">')
    with pytest.raises(ValueError, match="need html"):
        message("a@b.example", text="t", inline={"logo": PNG})


def test_cid_in_running_text_is_no_picture() -> None:
    made = message("a@b.example", html="<p>write cid:name to show a picture")
    assert "cid:name" in reread(made).get_content()


@pytest.mark.parametrize(
    "name, data, kind",
    [
        ("a.txt", b"x", "text/plain"),
        ("a.tar.gz", b"x", "application/octet-stream"),
        ("unknown", b"x", "application/octet-stream"),
        ("scan", b"%PDF-1.7", "application/pdf"),
        ("photo", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("mail.eml", b"Subject: x\n\n", "application/octet-stream"),
    ],
)
def test_type_is_told_by_name_or_first_bytes(name: str, data: bytes, kind: str) -> None:
    (part,) = reread(message("a@b.example", attachments=[(name, data)])).iter_attachments()
    assert part.get_content_type() == kind
    assert part.get_payload(decode=True) == data


def test_one_file_needs_no_list(tmp_path: Path) -> None:
    path = tmp_path / "übung.txt"
    path.write_text("x")
    for given in (path, str(path)):
        (part,) = reread(message("a@b.example", attachments=given)).iter_attachments()
        assert part.get_filename() == "übung.txt"
    inner = message("c@d.example", subject="inner")
    (part,) = reread(message("a@b.example", attachments=inner)).iter_attachments()
    assert part.get_content()["Subject"] == "inner"


def test_name_of_a_file_loses_its_directories() -> None:
    made = reread(message("a@b.example", attachments=[("../../etc/passwd", b""), ("C:\\x\\y.txt", b"")]))
    assert [part.get_filename() for part in made.iter_attachments()] == ["passwd", "y.txt"]


@pytest.mark.parametrize(
    "given, error",
    [
        ([b"x"], TypeError),
        ([("a", b"x", "text")], ValueError),
        ([("a\r\nb", b"x")], ValueError),
        (["/no/such/file"], OSError),
    ],
)
def test_attachment_that_is_none(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        message("a@b.example", attachments=given)


@pytest.mark.parametrize(
    "given, shown",
    [
        ("ann@example.org", "ann@example.org"),
        (" Ann <ann@example.org> ", "Ann <ann@example.org>"),
        ('"A, \\"B\\"" <ann@example.org>', '"A, \\"B\\"" <ann@example.org>'),
        (("Ann, B", "ann@example.org"), '"Ann, B" <ann@example.org>'),
        (Address("Ann", "ann", "example.org"), "Ann <ann@example.org>"),
        ("Änn <ann@example.org>", "Änn <ann@example.org>"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ('"a b\\"c"@example.org', '"a b\\"c"@example.org'),
        ("a..b@example.org", "a..b@example.org"),
        ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
        (["ann@example.org", ("B", "b@example.org")], "ann@example.org, B <b@example.org>"),
        (("ann@example.org", "b@example.org"), "ann@example.org, b@example.org"),
    ],
)
def test_addresses_as_people_write_them(given: Any, shown: str) -> None:
    made = reread(message("a@b.example", given))
    assert str(made["To"]) == shown


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example.org, bob@example.org",
        "Ann <ann@example.org> x",
        "ann b@example.org",
        "ann@exa mple.org",
        "ann@b@example.org",
        "ann@a..b",
        'ann"@example.org',
        '""@example.org',
        "ann@example.org\r\nBcc: eve@example.org",
        ("Ann\nX: y", "ann@example.org"),
        "ann@" + "ü" * 70 + ".example",
    ],
)
def test_what_is_no_address_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r"address|must not hold"):
        message("a@b.example", given)


def test_every_kind_of_receiver_has_its_field() -> None:
    made = message(
        "a@b.example",
        "to@x.example",
        cc="cc@x.example",
        bcc=["b1@x.example", "b2@x.example"],
        reply_to="r@x.example",
    )
    assert [str(made[name]) for name in ("To", "Cc", "Bcc", "Reply-To")] == [
        "to@x.example",
        "cc@x.example",
        "b1@x.example, b2@x.example",
        "r@x.example",
    ]


def test_fields_stay_ascii_where_they_can() -> None:
    made = message("Änn <ann@example.org>", "bob@example.org", "Grüße")
    assert made.as_bytes().isascii()
    assert reread(made)["Subject"] == "Grüße"
    assert not message("a@b.example", "jörg@example.org").as_bytes().isascii()


def test_date_and_identity() -> None:
    made = message("a@b.example", date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert made["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert made["Message-ID"].endswith("@b.example>")
    assert message("a@b.example")["Message-ID"] != message("a@b.example")["Message-ID"]
    assert message("a@b.example")["Date"].datetime.tzinfo is not None


def test_further_fields() -> None:
    made = message("a@b.example", headers={"X-Kind": "news", "List-Id": "<x.example>"})
    assert (made["X-Kind"], made["List-Id"]) == ("news", "<x.example>")


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nBcc: eve@x.example"},
        {"X\r\nY": "a"},
        {"X Y": "a"},
        {"": "a"},
        {"Subject": "b"},
        {"bcc": "x"},
    ],
)
def test_field_that_must_not_be(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"field name|must not hold|parameter"):
        message("a@b.example", headers=headers)


def test_subject_stays_on_its_line() -> None:
    with pytest.raises(ValueError, match="Subject must not hold"):
        message("a@b.example", subject="a\nBcc: eve@x.example")
