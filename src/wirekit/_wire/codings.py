"""Content codings (RFC 9110 sections 8.4 and 12.5.3): which one a client gets, and what is worth compressing."""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["SUFFIXES", "choose_coding", "may_compress", "parse_accept_encoding"]

SUFFIXES = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""What a file that stands compressed beside another one has behind its name; best first."""

_ITEM = re.compile(
    r"[ \t]*+([!#$%&'*+\-.^_`|~0-9A-Za-z]++)(?:[ \t]*+;[ \t]*+[qQ]=(0(?:\.[0-9]{0,3}+)?|1(?:\.0{0,3}+)?))?+[ \t]*+"
).fullmatch
_ALIASES = {"x-gzip": "gzip", "x-compress": "compress"}
_COMPRESSIBLE = re.compile(
    r"text/(?!event-stream).++|application/(?:json|javascript|ecmascript|xml|wasm|rtf|toml|yaml|x-(?:javascript|sh|tex|yaml"
    r"|ndjson|python|httpd-php)|(?:manifest|ld|geo)\+json)|(?:[^/]++/.+\+(?:xml|json|text|yaml))|image/(?:svg\+xml|bmp|x-icon"
    r"|vnd\.microsoft\.icon)|font/(?:ttf|otf)|application/vnd\.ms-fontobject"
).fullmatch


def parse_accept_encoding(value: str) -> dict[str, float]:
    """Return each coding that a client names, in lower case, with its weight. What is no coding is passed over."""
    weights = {}
    for item in value.split(","):
        if found := _ITEM(item):
            name = found[1].lower()
            weights[_ALIASES.get(name, name)] = float(found[2] or 1)
    return weights


@lru_cache(256)
def choose_coding(value: str | None, available: Sequence[str]) -> str | None:
    """Return the coding that a client gets, of those that are available (best first); None for none.

    value: of Accept-Encoding; None where it is not there: then nothing is compressed, whatever RFC 9110 allows, since
    the clients that say nothing know nothing. Nothing is compressed either where ``identity`` is preferred.
    """
    if value is None:
        return None
    weights = parse_accept_encoding(value)
    rest = weights.get("*", 0.0)
    best, weight = None, 0.0
    for coding in available:
        own = weights.get(coding, rest)
        if own > weight:
            best, weight = coding, own
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


@lru_cache(256)
def may_compress(kind: str) -> bool:
    """Tell whether bodies of this Content-Type become smaller: text does, pictures and archives are packed already."""
    return bool(_COMPRESSIBLE(kind.partition(";")[0].strip().lower()))
