"""How long a response may be kept (RFC 9111 section 4.2)."""

from __future__ import annotations

import pytest

from wirekit._wire.freshness import choose_lifetime

DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
NOW = 1_767_323_045.0  # the same


@pytest.mark.parametrize(
    "fields, lifetime",
    [
        ({}, 86_400.0),
        ({"Cache-Control": "max-age=60"}, 60.0),
        ({"Cache-Control": 'public, Max-Age="60"'}, 60.0),
        ({"Cache-Control": "max-age=60", "Age": "20"}, 40.0),
        ({"Cache-Control": "max-age=60", "Age": "90"}, 0.0),
        ({"Cache-Control": "max-age=60", "Age": "x"}, 60.0),
        ({"Cache-Control": "max-age=-1"}, 0.0),
        ({"Cache-Control": "max-age=²"}, 0.0),
        ({"Cache-Control": "max-age=" + "9" * 5000}, 9_999_999_999.0),
        ({"Cache-Control": "no-store, max-age=60"}, 0.0),
        ({"Cache-Control": "no-cache"}, 0.0),
        ({"Expires": "Fri, 02 Jan 2026 03:05:05 GMT", "Date": DATE}, 60.0),
        ({"Expires": "Fri, 02 Jan 2026 03:05:05 GMT"}, 60.0),
        ({"Expires": "Fri, 02 Jan 2026 03:05:05 GMT", "Cache-Control": "max-age=5"}, 5.0),
        ({"Expires": "0"}, 0.0),
        ({"Expires": DATE, "Date": "Fri, 02 Jan 2026 03:05:05 GMT"}, 0.0),
    ],
)
def test_lifetime_is_what_the_fields_say(fields: dict[str, str], lifetime: float) -> None:
    assert choose_lifetime(fields, NOW, 86_400.0) == lifetime
