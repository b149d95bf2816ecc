"""CPython's own tests under the drop-in, the quick files of them: what fails is what tests/parity/expected.toml lists.

`make parity` runs all of them, on each Python, and compares with a run of the originals.
"""

from __future__ import annotations

import importlib.util

import pytest

from tools import parity

LEAST = {
    "test_docxmlrpc": 9,
    "test_http_cookiejar": 70,
    "test_http_cookies": 25,
    "test_httplib": 105,
    "test_httpservers": 55,
    "test_urlparse": 65,
}
"""Tests that run at least, so that none goes missing unseen. Those of ftplib, smtplib, urllib.request and robotparser run
in files of their own."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", LEAST)
def test_cpythons_own_tests_pass_but_for_what_is_listed(name: str) -> None:
    if not (importlib.util.find_spec("test") and importlib.util.find_spec(f"test.{name}")):
        pytest.skip(f"this Python came without its own tests (test.{name})")
    outcomes = parity.run_file(name, ours=True)
    failed = {one: outcome.text for one, outcome in outcomes.items() if outcome.state != "passed"}
    skipped = {one for one, outcome in outcomes.items() if outcome.state == "skipped"}
    assert failed.keys() - skipped == parity.read_expected(name).keys() - skipped, failed
    assert len(outcomes) >= LEAST[name]
