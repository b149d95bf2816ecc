"""One file or directory of a server, as its listing tells of it; and which names may be believed."""

import datetime as dt
from typing import Final, NamedTuple

__all__ = ["Entry", "choose_name", "is_local_name", "parse_mode"]

_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789")}
)
"""Names that are devices on Windows, whatever stands behind a dot."""


class Entry(NamedTuple):
    """A file, a directory or a link on a server.

    type: ``"file"``, ``"dir"``, ``"link"`` or ``"other"``. size: bytes. modified: UTC; precision: the seconds that it is
    exact to (1, 60 or 86400). permissions: the bits of chmod (0o644). target: where a link leads, as the server writes
    it. rights: what the server says that we may do (``perm`` of RFC 3659). What a server does not tell is None.
    """

    name: str
    type: str = "file"
    size: int | None = None
    modified: dt.datetime | None = None
    precision: int | None = None
    permissions: int | None = None
    owner: str | None = None
    group: str | None = None
    target: str | None = None
    rights: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.type == "file"

    @property
    def is_dir(self) -> bool:
        """Whether it is a directory."""
        return self.type == "dir"

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.type == "link"


def choose_name(name: str, directory: str = "") -> str | None:
    """Return the name of an entry of a directory; None for one that leads elsewhere (security row 141).

    ``.``, ``..`` and names with a slash are no entries, but for the directory's own path before the name, which some
    servers repeat.
    """
    path, slash, last = name.rpartition("/")
    if slash and path.rstrip("/") == directory.rstrip("/") and (path or directory.startswith("/")):
        name = last
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        return None
    return name


def is_local_name(name: str, *, windows: bool) -> bool:
    """Tell whether a server's name may become that of a local file: one that stays where it is put (row 141)."""
    if choose_name(name) is None:
        return False
    if not windows:
        return True
    odd = any(character in '<>:"\\|?*' or character < " " for character in name)
    return not odd and name[-1] not in ". " and name.partition(".")[0].rstrip().lower() not in _RESERVED


def parse_mode(text: str) -> int | None:
    """Return the bits of permissions that ``rwxr-xr-t`` draws; None for another drawing."""
    if len(text) != 9:
        return None
    mode = 0
    for place, letter in enumerate(text):
        if letter == "-":
            continue
        bit = 1 << (8 - place)
        if letter == "rwx"[place % 3]:
            mode |= bit
        elif place % 3 == 2 and letter in "sStTlL":
            mode |= (0 if letter in "STlL" else bit) | (0o4000, 0o2000, 0o1000)[place // 3]
        else:
            return None
    return mode
