"""Redirect decisions: origins, refusals, methods, fields."""

from __future__ import annotations

import pytest

from wirekit._wire import redirects


@pytest.mark.parametrize(
    "url, origin",
    [
        ("http://example.org/a", ("http", "example.org", "80")),
        ("HTTPS://Example.ORG", ("https", "example.org", "443")),
        ("http://example.org:080/", ("http", "example.org", "80")),
        ("http://example.org:/", ("http", "example.org", "80")),
        ("http://user:pw@example.org:8080/", ("http", "example.org", "8080")),
        ("http://[::1]/", ("http", "[::1]", "80")),
        ("http://[::1]:81/", ("http", "[::1]", "81")),
        ("s3://bucket/key", ("s3", "bucket", "")),
        ("data:,x", ("data", "", "")),
        ("no-scheme", ("", "", "")),
    ],
)
def test_origin_is_scheme_host_and_port(url: str, origin: tuple[str, str, str]) -> None:
    assert redirects.parse_origin(url) == origin


@pytest.mark.parametrize(
    "other, same",
    [
        ("http://h/other?x", True),
        ("http://H:80/", True),
        ("http://someone@h/", True),
        ("https://h/", False),
        ("http://h:8080/", False),
        ("http://sub.h/", False),
        ("http://h./", False),
    ],
)
def test_same_origin_needs_all_three(other: str, same: bool) -> None:
    assert redirects.is_same_origin("http://h/a", other) is same


def test_origin_of_an_unreadable_authority_is_refused() -> None:
    with pytest.raises(ValueError, match="IPv6"):
        redirects.parse_origin("http://[::1/")


@pytest.mark.parametrize(
    "here, target, downgrade, allowed",
    [
        ("http", "http", False, True),
        ("http", "https", False, True),
        ("https", "https", False, True),
        ("https", "http", False, False),
        ("https", "http", True, True),
        ("http", "ftp", False, False),
        ("https", "ftp", False, False),
        ("https", "ftp", True, True),
        ("ftp", "ftp", False, True),
        ("http", "file", True, False),
        ("http", "data", True, False),
        ("http", "javascript", True, False),
        ("http", "", True, False),
    ],
)
def test_refusal_depends_on_both_schemes(here: str, target: str, downgrade: bool, allowed: bool) -> None:
    assert (redirects.find_refusal(here, target, downgrade=downgrade) == "") is allowed


@pytest.mark.parametrize(
    "status, given, wanted",
    [
        *[(status, "GET", "GET") for status in sorted(redirects.STATUSES)],
        *[(status, "HEAD", "HEAD") for status in sorted(redirects.STATUSES)],
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (303, "PUT", "GET"),
        (307, "PATCH", "PATCH"),
    ],
)
def test_method_goes_on_as_in_browsers(status: int, given: str, wanted: str) -> None:
    assert redirects.choose_method(status, given) == wanted


FIELDS = {
    "Authorization": "a",
    "cookie": "b",
    "Proxy-authorization": "c",
    "Host": "d",
    "Content-type": "e",
    "content-LENGTH": "3",
    "Content-encoding": "f",
    "Transfer-encoding": "chunked",
    "Expect": "g",
    "X-own": "h",
}


def test_all_fields_stay_within_the_origin_with_the_body() -> None:
    assert redirects.select_fields(FIELDS, body=True, same_origin=True) == FIELDS


def test_fields_about_the_body_stay_behind_with_it() -> None:
    kept = redirects.select_fields(FIELDS, body=False, same_origin=True)
    assert set(kept) == {"Authorization", "cookie", "Proxy-authorization", "Host", "X-own"}


def test_credentials_and_host_stay_within_the_origin() -> None:
    kept = redirects.select_fields(FIELDS, body=True, same_origin=False)
    assert set(kept) == {
        "Content-type",
        "content-LENGTH",
        "Content-encoding",
        "Transfer-encoding",
        "Expect",
        "X-own",
    }


def test_more_credentials_may_be_named() -> None:
    kept = redirects.select_fields(
        {"X-OWN": "h", "Y": "i"}, body=True, same_origin=False, credentials={"x-own"}
    )
    assert kept == {"Y": "i"}
