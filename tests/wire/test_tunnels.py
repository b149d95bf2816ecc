"""The refusal of a tunnel as an error."""

from __future__ import annotations

import pickle

from wirekit._wire.tunnels import TunnelRefused


def test_refusal_is_an_oserror_that_tells_what_the_proxy_said() -> None:
    refused = TunnelRefused(407, "Who are you ", [("Proxy-Authenticate", "Basic")])
    assert isinstance(refused, OSError)
    assert str(refused) == "Tunnel connection failed: 407 Who are you"
    assert (refused.status, refused.reason, refused.fields[0][0]) == (
        407,
        "Who are you ",
        "Proxy-Authenticate",
    )


def test_refusal_pickles() -> None:
    refused = TunnelRefused(403, "No", [])
    again = pickle.loads(pickle.dumps(refused))
    assert (type(again), str(again), vars(again)) == (TunnelRefused, str(refused), vars(refused))
