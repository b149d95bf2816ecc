"""CORS: what browsers are told, and whose page sent a request."""

from __future__ import annotations

import pytest

from wirekit._wire.cors import choose_cors_fields, choose_preflight_fields, is_foreign

METHODS = ("GET", "HEAD", "PUT")
HERE = "https://app.example"


def test_nothing_is_said_where_nobody_is_allowed() -> None:
    assert choose_cors_fields(HERE, ()) == []


def test_everybody_is_allowed_by_a_star() -> None:
    fields = dict(choose_cors_fields(None, ("*",)))
    assert fields["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in fields["Access-Control-Expose-Headers"]
    assert "Vary" not in fields


def test_named_origins_are_told_apart() -> None:
    assert dict(choose_cors_fields(HERE, (HERE,)))["Access-Control-Allow-Origin"] == HERE
    for other in ("https://evil.example", None):
        assert choose_cors_fields(other, (HERE,)) == [("Vary", "Origin")]


def test_preflight_is_answered() -> None:
    fields = dict(choose_preflight_fields(HERE, "PUT", "x-a, Content-Type", (HERE,), METHODS))
    assert fields["Access-Control-Allow-Methods"] == "GET, HEAD, PUT"
    assert fields["Access-Control-Allow-Headers"] == "x-a, Content-Type"
    assert int(fields["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Allow-Headers" not in dict(
        choose_preflight_fields(HERE, "GET", None, ("*",), METHODS)
    )


@pytest.mark.parametrize("headers", ["a\r\nX: 1", "a b", "", "a,"])
def test_preflight_echoes_only_names_of_fields(headers: str) -> None:
    fields = dict(choose_preflight_fields(HERE, "GET", headers, ("*",), METHODS))
    assert "Access-Control-Allow-Headers" not in fields


@pytest.mark.parametrize(
    "origin,method", [(None, "GET"), ("https://evil.example", "GET"), (HERE, "DELETE"), (HERE, None)]
)
def test_preflight_fails(origin: str | None, method: str | None) -> None:
    assert choose_preflight_fields(origin, method, None, (HERE,), METHODS) == []


@pytest.mark.parametrize(
    "origin,host,site,foreign",
    [
        (None, "a:8000", None, False),
        ("http://a:8000", "a:8000", None, False),
        ("http://A:8000", "a:8000", "same-origin", False),
        (None, "a:8000", "none", False),
        ("http://b", "a:8000", None, True),
        ("http://a:9000", "a:8000", None, True),
        ("null", "a:8000", None, True),
        ("http://a:8000/x", "a:8000", None, True),
        ("http://a:8000", None, None, True),
        ("http://a:8000", "a:8000", "cross-site", True),
        (None, "a:8000", "same-site", True),
    ],
)
def test_pages_of_others_are_known(
    origin: str | None, host: str | None, site: str | None, foreign: bool
) -> None:
    assert is_foreign(origin, host, site) is foreign
