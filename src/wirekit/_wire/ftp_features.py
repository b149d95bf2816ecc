"""What an FTP server offers: the reply to FEAT (RFC 2389 section 3.2), and what follows from it.

Features are a dictionary from the name, in capitals, to what stands behind it; a name that comes twice (``AUTH SSL``,
``AUTH TLS``) holds both, separated by a blank.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["choose_hash", "list_facts", "parse_features"]

MAX_FEATURES: Final = 1_000
"""Lines of a reply to FEAT that are looked at; the longest that are known have some 60."""

_HASHES: Final = (("SHA-512", "sha512"), ("SHA-256", "sha256"), ("SHA-1", "sha1"), ("MD5", "md5"))
"""Algorithms of the HASH command, the strongest first, and what hashlib calls them."""
_OLD_HASHES: Final = (
    ("XSHA512", "sha512"),
    ("XSHA256", "sha256"),
    ("XSHA1", "sha1"),
    ("XSHA", "sha1"),
    ("XMD5", "md5"),
)
"""Commands that some servers had before HASH, the strongest first."""


def parse_features(reply: str) -> dict[str, str]:
    """Return the features that a reply to FEAT lists, ``{"MLST": "type*;size*;", "UTF8": ""}``.

    They stand between its first line and its last, each behind a blank; some servers leave the blank out.
    """
    features: dict[str, str] = {}
    for line in reply.split("\n")[1:-1][:MAX_FEATURES]:
        text = line.removeprefix(reply[:3] + "-").strip()
        name, _, value = text.partition(" ")
        if name:
            known = features.get(name.upper())
            features[name.upper()] = f"{known} {value.strip()}" if known else value.strip()
    return features


def list_facts(features: Mapping[str, str]) -> dict[str, bool]:
    """Return the facts that MLST and MLSD can give, by name in lower case, and whether they do so unasked."""
    facts = [fact.strip() for fact in features.get("MLST", "").split(";")]
    return {fact.rstrip("*").lower(): fact.endswith("*") for fact in facts if fact}


def choose_hash(features: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return how to have a file's digest: (command, option for ``OPTS HASH`` or "", name in hashlib); None for no way.

    HASH (draft-bryan-ftpext-hash) names its algorithms: ``SHA-1;SHA-256*;MD5``, the one in use with an asterisk.
    """
    offered = {one.strip().rstrip("*").upper() for one in features.get("HASH", "").split(";")}
    for option, name in _HASHES:
        if option in offered:
            return "HASH", option, name
    for command, name in _OLD_HASHES:
        if command in features:
            return command, "", name
    return None
