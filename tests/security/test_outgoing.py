"""Rows 128 and 155 of the security table: forms and messages that a program makes of what strangers gave it."""

from __future__ import annotations

import builtins
import io
import os
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, request, send
from tests.fix_twins import Twin, both_twins, heard, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

EVIL = 'a"\r\nX-Injected: 1\r\n\r\nb\r\n--XX\r\n\n\r'
PART = b"--XX\r\nContent-Disposition: form-data; name="


@pytest.mark.usefixtures("kept_opener")
@both_twins
async def test_row_128_names_in_a_form_stay_in_their_line(twin: Twin, peer: MakePeer) -> None:
    """As a server reads it: two parts, each with the fields that were meant."""
    web = twin.module("urllib.request")
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")])
    body = web.multipart({EVIL: "1"}, {"f" + EVIL: (EVIL, b"2", "text/plain")}, boundary="XX")
    opener = web.build_opener()
    response = await settle(opener.open(f"http://127.0.0.1:{server.port}/", body, timeout=5))
    await settle(response.read())
    await settle(opener.close())
    sent = (await heard(twin, server)).partition(b"\r\n\r\n")[2]
    name = b"a%22%0D%0AX-Injected: 1%0D%0A%0D%0Ab%0D%0A--XX%0D%0A%0A%0D"
    field = PART + b'"' + name + b'"\r\n\r\n1\r\n'
    file = PART + b'"f' + name + b'"; filename="' + name + b'"\r\nContent-Type: text/plain\r\n\r\n2\r\n'
    assert sent == field + file + b"--XX--\r\n"


@pytest.mark.parametrize("kind", ["text/plain\r\nX: y", "a\nb", "a\rb", "a\0b"])
@both_twins
async def test_row_128_type_and_boundary_with_line_ends_are_refused(twin: Twin, kind: str) -> None:
    multipart = twin.module("urllib.request").multipart
    with pytest.raises(ValueError, match="media type"):
        multipart({}, {"f": ("name", b"", kind)})
    with pytest.raises(ValueError, match="boundary"):
        multipart({}, boundary=kind)


@both_twins
async def test_row_155_text_of_a_message_names_nothing_to_fetch(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is given as an attachment or a picture by its path is opened; no other text, whatever it looks like."""
    secret = tmp_path / "passwd"
    secret.write_text("root:x:0")
    opened: list[Any] = []

    def watch(usual: Any) -> Any:
        def watched(path: Any, *more: Any, **named: Any) -> Any:
            opened.extend([path] * ("passwd" in str(path)))
            return usual(path, *more, **named)

        return watched

    message = twin.module("mail").message
    links = f"{secret} file://{secret} http://127.0.0.1:9/ @{secret}"
    with monkeypatch.context() as patched:
        for place in (builtins, io, os):
            patched.setattr(place, "open", watch(place.open))
        made = message(
            "ann@example.org",
            "bob@example.org",
            links,
            text=links,
            html=f'<img src="{secret}"><img src="file://{secret}"><link href="http://127.0.0.1:9/x">',
            attachments=[(f"file://{secret}", links), ("path.txt", str(secret))],
            inline={"logo": b"file://x"},
            headers={"X-Path": str(secret)},
        ).as_bytes()
        assert opened == []
        secret.read_text()
        assert opened  # it would have been seen
    read = message_from_bytes(made, policy=policy.default)
    texts = {part.get_filename(): part.get_content().rstrip() for part in read.walk() if part.get_filename()}
    assert texts["passwd"] == links.encode()
    assert texts["path.txt"] == str(secret)
    assert b"root:x:0" not in made


@both_twins
async def test_row_155_files_that_are_named_are_attached(twin: Twin, tmp_path: Path) -> None:
    """So that the test above can fail."""
    path = tmp_path / "a.txt"
    path.write_text("here")
    made = twin.module("mail").message("ann@example.org", attachments=path)
    assert next(made.iter_attachments()).get_content() == "here"
