"""What urllib.request reads from others: any text and bytes, in any pieces, mean the same, or are a documented error."""

from __future__ import annotations

import email.message
import email.parser
import email.policy
import gzip
import ipaddress
import netrc
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from wirekit._wire import challenges, digest, multipart, proxies
from wirekit._wire.coding_errors import BadCoding
from wirekit._wire.decoding import make_chain
from wirekit._wire.netrc import find_entry, parse_netrc

try:
    from compression import zstd
except ImportError:
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path


# ---- challenges

TOKEN = st.text(st.sampled_from("abcXYZ019!#$%&'*+-.^_`|~"), min_size=1, max_size=8)
TEXT = st.text(st.sampled_from('ab ,="\\/\xe9\t'), max_size=12)
PARAMETERS = st.dictionaries(TOKEN.map(str.lower), TEXT, min_size=1, max_size=4)


@given(
    st.lists(st.tuples(TOKEN, PARAMETERS), max_size=4),
    st.sampled_from([", ", ",", " , ,"]),
    st.booleans(),
)
def test_challenges_are_read_as_they_were_written(
    written: list[tuple[str, dict[str, str]]], comma: str, together: bool
) -> None:
    values = [
        f"{scheme} "
        + comma.join(f"{name}={challenges.format_quoted(value)}" for name, value in parameters.items())
        for scheme, parameters in written
    ]
    read = challenges.parse_challenges([comma.join(values)] if together else values)
    assert [(one.scheme, one.parameters) for one in read] == [(name.lower(), of) for name, of in written]


@example('Digest realm="a')
@example("Digest a=b c=d, Basic realm=x")
@given(st.text(st.sampled_from('Basic Digest=",\\ realm\t\r\n\x00\xe9'), max_size=60) | st.text(max_size=30))
def test_any_text_is_challenges_or_none(text: str) -> None:
    for one in challenges.parse_challenges([text]):
        assert one.scheme == one.scheme.lower()
        assert one.scheme.strip()
        assert one.bare <= one.parameters.keys()
    digest.choose_challenge(challenges.parse_challenges([text]))
    digest.find_next_nonce([text])
    assert isinstance(challenges.parse_list(text), list)


# ---- netrc

WORD = st.text(st.sampled_from("abc019.-_@"), min_size=1, max_size=8)
HOSTS = st.dictionaries(WORD.map(lambda word: word.strip(".") or "a"), st.tuples(WORD, WORD), max_size=5)


@given(HOSTS, st.sampled_from(["\n", " ", "\n\t", " \r\n "]))
def test_netrc_is_read_as_the_standard_library_reads_it(
    tmp_path_factory: pytest.TempPathFactory, hosts: dict[str, tuple[str, str]], blank: str
) -> None:
    text = "".join(
        f"machine{blank}{host}{blank}login {user}{blank}password {word}\n"
        for host, (user, word) in hosts.items()
    )
    path: Path = tmp_path_factory.getbasetemp() / "netrc"
    path.write_text(text, "ascii", newline="")
    known = netrc.netrc(path).hosts
    read = parse_netrc(text)
    assert {one.host: (one.user, one.password) for one in read} == {
        host: (login[0], login[2]) for host, login in known.items()
    }
    for host, (user, word) in hosts.items():
        assert find_entry(read, host, None) == (host, user, word)
        assert find_entry(read, host, user + "x") is None


@given(st.text(st.sampled_from('machine default login password macdef"\\# \n\t\x00\xe9'), max_size=60))
def test_any_text_is_a_netrc_or_refused_without_its_passwords(text: str) -> None:
    try:
        entries = parse_netrc(text + "\nmachine end login l password s3cret")
    except ValueError as error:
        assert "s3cret" not in str(error)  # noqa: PT017 - one of two outcomes
        return
    for one in entries:
        assert one.host is None or one.host


# ---- multipart

NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='\r\n"\\\x00%'), min_size=1, max_size=8
)


def write_form(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    whole = b"".join(
        multipart.format_part_head("B-1", name, filename, None if filename is None else "a/b")
        + data
        + b"\r\n"
        for name, filename, data in parts
    )
    return whole + multipart.format_end("B-1")


@given(st.lists(st.tuples(NAME, st.none() | NAME, st.binary(max_size=40)), min_size=1, max_size=4))
def test_form_is_what_urllib3_writes(parts: list[tuple[str, str | None, bytes]]) -> None:
    assume(not any(b"B-1" in data for _, _, data in parts))
    fields: list[Any] = []
    for name, filename, data in parts:
        field = RequestField(name, data, filename)
        field.make_multipart(content_type=None if filename is None else "a/b")
        fields.append(field)
    assert write_form(parts) == encode_multipart_formdata(fields, "B-1")[0]


@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("ab;=' .\t"), min_size=1, max_size=6).map(str.strip).filter(bool),
            st.text("xyz019+/=\n", max_size=40).map(str.encode),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_form_is_read_back_by_the_email_package(parts: list[tuple[str, bytes]]) -> None:
    data = write_form([(name, None, content) for name, content in parts])
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/form-data; boundary=B-1\r\n\r\n"
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + data)
    read = [
        (one.get_param("name", header="content-disposition"), one.get_payload(decode=True))
        for one in message.get_payload()
        if isinstance(one, email.message.Message)
    ]
    assert read == parts


# ---- decoding

ENCODE: dict[str, Any] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
BODY = st.binary(max_size=200) | st.tuples(st.binary(min_size=1, max_size=9), st.integers(1, 9000)).map(
    lambda pair: pair[0] * pair[1]
)
CUTS = st.lists(st.integers(0, 4000), max_size=6)


def decode(codings: list[str], pieces: list[bytes], limit: int) -> bytes:
    """Give what pieces mean, as it is taken by so many bytes at once."""
    chain = make_chain(codings, most=4, expansion=1 << 40)
    assert chain is not None
    out = []
    for piece in pieces:
        chain.feed(piece)
        while part := chain.take(limit):
            out.append(part)
    chain.finish()
    return b"".join(out)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(place, len(data)) for place in cuts})
    return [part for a, b in zip([0, *places], [*places, len(data)], strict=True) if (part := data[a:b])]


@given(
    st.lists(st.sampled_from([*ENCODE]), min_size=1, max_size=3),
    BODY,
    CUTS,
    st.sampled_from([1, 100, 1 << 16]),
)
def test_any_split_of_an_encoded_body_gives_the_whole(
    codings: list[str], body: bytes, cuts: list[int], limit: int
) -> None:
    encoded = body
    for coding in codings:
        encoded = ENCODE[coding](encoded)
    assert decode(codings, cut(encoded, cuts), max(limit, len(body) // 200)) == body


@given(st.sampled_from([*ENCODE]), BODY, st.data())
def test_a_body_that_is_cut_off_is_an_error(coding: str, body: bytes, data: st.DataObject) -> None:
    encoded = ENCODE[coding](body)
    assume(len(encoded) > 1)
    end = data.draw(st.integers(1, len(encoded) - 1))
    with pytest.raises(BadCoding):
        decode([coding], [encoded[:end]], 1 << 16)


@given(st.lists(st.sampled_from([*ENCODE]), min_size=1, max_size=2), st.binary(max_size=300), CUTS)
def test_any_bytes_are_decoded_or_refused_in_any_pieces(
    codings: list[str], data: bytes, cuts: list[int]
) -> None:
    results: list[bytes | None] = []
    for pieces in ([data], cut(data, cuts)):
        try:
            results.append(decode(codings, pieces, 1 << 16))
        except BadCoding:
            results.append(None)
    assert results[0] == results[1]


# ---- hosts without a proxy

LABEL = st.text(st.sampled_from("abc019-"), min_size=1, max_size=4).filter(lambda one: one.strip("-") == one)
HOST = st.lists(LABEL, min_size=1, max_size=3).map(".".join)
PORT = st.integers(1, 65535)


@given(HOST, HOST, PORT, st.sampled_from([", ", ","]))
def test_exception_is_for_a_host_and_all_below_it(host: str, other: str, port: int, between: str) -> None:
    assume(not any(one.rpartition(".")[2].isdigit() for one in (host, other)))
    listed = f"{other}x{between}{host}{between}"
    for asked in (host, host.upper(), f"{host}:{port}", f"below.{host}"):
        assert proxies.is_excepted(asked, listed), asked
    assert not proxies.is_excepted(f"not{host}", f"{host}:{port}, .{host}, {host}")
    assert proxies.is_excepted(f"{host}:{port}", f"{host}:{port}")
    assert not proxies.is_excepted(f"{host}:{port - 1}", f"{host}:{port}")


@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 128))
def test_exception_of_a_network_is_for_its_addresses(address: Any, base: Any, length: int) -> None:
    network = ipaddress.ip_network(f"{base}/{min(length, base.max_prefixlen)}", strict=False)
    host = f"[{address}]" if address.version == 6 else str(address)
    assert proxies.is_excepted(host, str(network)) == (address in network)


@given(st.text(max_size=20), st.text(max_size=40))
def test_any_list_of_exceptions_is_read(host: str, exceptions: str) -> None:
    assert proxies.is_excepted(host, "*") is True
    assert proxies.is_excepted(host, exceptions) in {True, False}
