"""Facts of MLST and MLSD (RFC 3659 section 7), and the entry that they tell of."""

import re
from collections.abc import Mapping
from typing import Final

from wirekit._wire.ftp_entries import Entry

__all__ = ["format_facts", "make_entry", "parse_facts"]

_OCTAL: Final = re.compile(r"[0-7]{1,7}", re.ASCII)
_SIZE: Final = re.compile(r"\d{1,19}", re.ASCII)
_KINDS: Final = {"file": "file", "dir": "dir", "cdir": "cdir", "pdir": "pdir"}


def parse_facts(line: str) -> tuple[str, dict[str, str]]:
    """Return (name, facts) of a line of MLSD: facts by name in lower case. RFC 3659 section 7.2.

    The semicolon behind the last fact may be missing.
    """
    given, _, name = line.rstrip("\r\n").partition(" ")
    facts = {}
    for fact in given.removesuffix(";").split(";"):
        key, _, value = fact.partition("=")
        facts[key.lower()] = value
    return name, facts


def make_entry(name: str, facts: Mapping[str, str]) -> Entry | None:
    """Return the entry that facts tell of; None for the directory itself and the one above it."""
    from wirekit._wire.ftp_times import parse_time  # loads datetime, for listings alone

    kind, target = _parse_type(facts.get("type", ""))
    if kind in {"cdir", "pdir"}:
        return None
    size = facts.get("size", facts.get("sizd", ""))
    mode = facts.get("unix.mode", "").removeprefix("0o")  # as pyftpdlib writes it
    modified = parse_time(facts.get("modify", ""))
    return Entry(
        name,
        kind,
        int(size) if _SIZE.fullmatch(size) else None,
        modified,
        None if modified is None else 1,
        int(mode, 8) & 0o7777 if _OCTAL.fullmatch(mode) else None,
        _first(facts, "unix.ownername", "unix.owner", "unix.uid"),
        _first(facts, "unix.groupname", "unix.group", "unix.gid"),
        target,
        facts.get("perm"),
    )


def _first(facts: Mapping[str, str], *names: str) -> str | None:
    return next((facts[name] for name in names if facts.get(name)), None)


def _parse_type(text: str) -> tuple[str, str | None]:
    """Return (type, target) of a type fact: ``dir``, ``OS.unix=slink:/there``, ``OS.unix=chr-1/3`` ..."""
    kind = text.lower()
    if kind in _KINDS:
        return _KINDS[kind], None
    system, _, what = kind.partition("=")
    if system.startswith("os.unix") and what.startswith(("slink", "symlink")):
        return "link", text.partition(":")[2] or None
    return ("other" if kind else "file"), None


def format_facts(entry: Entry) -> dict[str, str]:
    """Return the facts that tell of an entry as MLSD would, of what another listing has told."""
    facts = {"type": {"link": "OS.unix=symlink", "other": "OS.unix=other"}.get(entry.type, entry.type)}
    if entry.type == "link" and entry.target:
        facts["type"] = f"OS.unix=slink:{entry.target}"
    if entry.size is not None:
        facts["size"] = str(entry.size)
    if entry.modified is not None:
        from wirekit._wire.ftp_times import format_time  # as above

        facts["modify"] = format_time(entry.modified)
    if entry.permissions is not None:
        facts["unix.mode"] = f"{entry.permissions:04o}"
    known = {"unix.owner": entry.owner, "unix.group": entry.group}
    return facts | {name: value for name, value in known.items() if value is not None}
