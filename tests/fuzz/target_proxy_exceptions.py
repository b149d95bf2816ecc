"""Hosts that are reached without a proxy: any list of them, on any system, answers yes or no."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.proxies import is_excepted, parse_proxy, split_port
from wirekit._wire.system_proxies import is_excepted_by_macos, is_excepted_by_windows

SEEDS = (
    b"a.example:80\n.example, 10.0.0.0/8,[::1], *.b, c:443",
    b"[fe80::1]:80\nfe80::/10,fe80::/999,::",
    b"127.1\n<local>;10.*;169.254/16",
)


def check(data: bytes) -> None:
    """Ask for the first line in the list of the second."""
    host, _, listed = data.decode("latin-1").partition("\n")
    assert is_excepted(host, "*")
    answer = is_excepted(host, listed)
    assert answer in {True, False}
    if listed.strip() != "*":  # which stands for all where it stands alone
        assert is_excepted(host, f"other.invalid,{listed}") is (answer or is_excepted(host, "other.invalid"))
    assert split_port(host) == host or host.startswith(split_port(host))
    is_excepted_by_windows(host, listed)
    is_excepted_by_macos(host, {"exclude_simple": True, "exceptions": listed.split(",")})
    try:
        parse_proxy(listed)
    except ValueError:
        return


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
