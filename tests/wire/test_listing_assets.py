"""Style and script of the listing: text that can stand inside its element, and needs nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from wirekit._wire.listing_assets import SCRIPT, STYLE


@pytest.mark.parametrize("text", [STYLE, SCRIPT], ids=["style", "script"])
def test_asset_cannot_end_its_element_early(text: str) -> None:
    assert "</" not in text
    assert "<!--" not in text


@pytest.mark.parametrize("text", [STYLE, SCRIPT], ids=["style", "script"])
def test_asset_loads_nothing_from_elsewhere(text: str) -> None:
    assert set(re.findall(r"\w+://[^/ '\"]+", text)) <= {"http://www.w3.org"}  # the name of SVG
    assert set(re.findall(r"url\(.{5}", text)) <= {'url("data'}


def test_script_never_makes_html_of_text() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function\(", SCRIPT)
