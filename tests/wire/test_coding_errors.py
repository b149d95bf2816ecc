"""The error of a body that cannot be decoded."""

from __future__ import annotations

import http.client
import pickle

from wirekit._wire.coding_errors import BadCoding


def test_error_is_the_peers_fault_and_pickles() -> None:
    error = BadCoding("text")
    assert isinstance(error, http.client.HTTPException)
    assert BadCoding.__module__ == "wirekit.urllib.request"
    assert str(pickle.loads(pickle.dumps(error))) == "text"
