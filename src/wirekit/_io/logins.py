"""Who may log in: hashed passwords, checked slowly the first time and at once from then on.

A good hash takes its time, on purpose. Browsers send the password with every request, so what was right once is
remembered: not the password, but a keyed hash of it, under a key that only this process knows. Not more than two passwords
are checked at once, whatever number of guesses comes: each takes 16 MB.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Mapping
from typing import Final

from wirekit._wire.passwords import hash_password, verify_password

__all__ = ["Logins", "make_hash"]

REMEMBERED: Final = 1_000
"""Logins that are remembered, of all accounts."""
AT_ONCE: Final = 2

_checking: Final = threading.Semaphore(AT_ONCE)


def make_hash(password: str) -> str:
    """Return a new hash of a password."""
    return hash_password(password, os.urandom(16))


class Logins:
    """The accounts of a server: hashes by user name."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        self._accounts = accounts
        self._key = os.urandom(32)
        self._known: dict[bytes, None] = {}
        self._nobodys = ""  # a hash for unknown names, which are to take as long as a wrong password

    def remembers(self, name: str, password: str) -> bool:
        """Tell whether this login was right before; takes no time."""
        return self._mark(name, password) in self._known

    def check(self, name: str, password: str) -> bool:
        """Tell whether a login is right; takes as long as the hash wants, and as others that are being checked."""
        hashed = self._accounts.get(name)
        with _checking:
            if hashed is None:
                self._nobodys = self._nobodys or make_hash("")
                verify_password(password, self._nobodys)
                return False
            if not verify_password(password, hashed):
                return False
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[self._mark(name, password)] = None
        return True

    def _mark(self, name: str, password: str) -> bytes:
        """Return what stands for a login: it changes with its account's hash."""
        text = "\0".join([name, password, self._accounts.get(name, "")])
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
