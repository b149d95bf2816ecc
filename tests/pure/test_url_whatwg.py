"""The test set of the WHATWG URL standard (tests/whatwg), on URL.whatwg."""

import json
from pathlib import Path
from typing import Any

import pytest

from wirekit.url import URL

FOLDER = Path(__file__).resolve().parents[1] / "whatwg"


def read_cases() -> list[dict[str, Any]]:
    """Give the cases, the newer answer of each."""
    cases = {}
    for name in ("urltestdata", "since"):
        for case in json.loads((FOLDER / f"{name}.json").read_text("utf-8")):
            if isinstance(case, dict):  # the others are headings
                cases[case["input"], case["base"]] = case
    return list(cases.values())


CASES = read_cases()


def parts_of(url: URL) -> dict[str, str]:
    """Give the parts as the standard's API names them."""
    userinfo = (url.authority or "").rpartition("@")[0]
    host = (url.authority or "").rpartition("@")[2]
    port = "" if url.port is None else str(url.port)
    return {
        "href": str(url),
        "protocol": f"{url.scheme}:",
        "username": userinfo.partition(":")[0],
        "password": userinfo.partition(":")[2],
        "host": host,
        "hostname": host.removesuffix(f":{port}") if port else host,
        "port": port,
        "pathname": url.path,
        "search": f"?{url.query_string}" if url.query_string else "",
        "hash": f"#{url.fragment}" if url.fragment else "",
        "origin": url.origin,
    }


def test_the_set_is_whole() -> None:
    assert len(CASES) > 850
    assert sum("failure" in case for case in CASES) > 250


@pytest.mark.parametrize("case", CASES, ids=[f"{case['input']!a} on {case['base']!a}" for case in CASES])
def test_urls_are_read_as_the_standard_says(case: dict[str, Any]) -> None:
    if "failure" in case:
        with pytest.raises(ValueError, match="URL refused"):
            URL.whatwg(case["input"], case["base"])
        return
    url = URL.whatwg(case["input"], case["base"])
    parts = parts_of(url)
    assert {name: parts[name] for name in parts if name in case} == {
        name: case[name] for name in parts if name in case
    }
    assert parts_of(URL.whatwg(str(url))) == parts
