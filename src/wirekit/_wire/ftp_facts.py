"""Facts of MLST and MLSD, and the times of MDTM and MFMT (RFC 3659)."""

__all__ = ["parse_facts"]


def parse_facts(line: str) -> tuple[str, dict[str, str]]:
    """Return (name, facts) of a line of MLSD: facts by name in lower case. RFC 3659 section 7.2."""
    given, _, name = line.rstrip("\r\n").partition(" ")
    facts = {}
    for fact in given[:-1].split(";"):
        key, _, value = fact.partition("=")
        facts[key.lower()] = value
    return name, facts
