"""``wirekit put``, ``ls`` and ``mirror``, and what ``get`` does with FTP servers, by ``wirekit.tree``."""

from __future__ import annotations

import posixpath
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from wirekit import ftplib
from wirekit._cli import progress
from wirekit._cli.destination import Plain
from wirekit._cli.outcome import Code, explain, printable, say
from wirekit.tree import Tree
from wirekit.urllib.parse import unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wirekit.tree import Entry, Step

__all__ = ["Access", "Wish", "get", "ls", "mirror", "put"]

SCHEMES = ("ftp", "ftpes", "ftps")
BLOCK = 1 << 18
_FAILURES = (OSError, EOFError, ValueError, ftplib.Error)


class Access(NamedTuple):
    """How to reach the server, by the names of the options."""

    quiet: bool
    timeout: float | None
    insecure: bool
    cacert: Path | None


class Wish(NamedTuple):
    """What a mirror shall do, by the names of the options."""

    delete: bool
    dry_run: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    parallel: int
    verbose: bool


def put(files: Sequence[Path], url: str, access: Access, *, resume: bool) -> Code:
    """Store files; return the exit code of the first that failed."""
    directory, name = _split_last(url) if len(files) == 1 and not url.endswith("/") else (url, "")
    result = Code.OK
    with _open(directory, access) as tree:
        for file in files:
            code = _put_one(tree, file, name or file.name, access, resume=resume)
            result = result or code
    return result


def _put_one(tree: Tree, file: Path, name: str, access: Access, *, resume: bool) -> Code:
    try:
        size = file.stat().st_size
    except OSError as error:
        say(f"{printable(str(file))}: {error.strerror}")
        return Code.FILE
    with progress.Bar(
        file.name, 0, size, shown=progress.may_show(quiet=access.quiet, to_stdout=False)
    ) as bar:
        try:
            tree.upload(file, name, resume=resume, progress=bar.reach)
        except _FAILURES as error:
            return _say_error(str(file), error)
    return Code.OK


def get(url: str, goal: Plain | Path, access: Access, *, resume: bool) -> Code:
    """Fetch one file, to a path or into what takes blocks; return the exit code. NobodyReadsError as that raises it."""
    directory, name = _split_last(url)
    shown = progress.may_show(quiet=access.quiet, to_stdout=isinstance(goal, Plain) and not goal.ours)
    with _open(directory, access) as tree, progress.Bar(name, 0, None, shown=shown) as bar:
        try:
            if isinstance(goal, Plain):
                with tree.open(name) as file:
                    while block := file.read1(BLOCK):
                        goal.write(block)
                goal.finish()
            else:
                tree.download(name, goal, resume=resume, progress=bar.reach)
        except _FAILURES as error:
            return _say_error(url, error)
    return Code.OK


def ls(url: str, access: Access, *, long: bool, recursive: bool) -> Code:
    """Print the entries of a directory, or with recursive of all below."""
    with _open(url, access) as tree:
        try:
            if not recursive:
                _print_entries(tree.entries(), "", long=long)
                return Code.OK
            for here, directories, others in tree.walk():
                _print_entries([*directories, *others], here, long=long)
        except _FAILURES as error:
            return _say_error(url, error)
    return Code.OK


def _print_entries(entries: list[Entry], directory: str, *, long: bool) -> None:
    for entry in sorted(entries, key=lambda entry: entry.name):
        path = printable(posixpath.join(directory, entry.name))
        mark = "/" if entry.is_dir else "@" if entry.is_link else ""
        print(f"{_describe(entry)}  {path}{mark}" if long else f"{path}{mark}")


def _describe(entry: Entry) -> str:
    """Return type and permissions, owner, size and time in columns; ``-`` for what the server does not tell."""
    kind = {"dir": stat.S_IFDIR, "file": stat.S_IFREG, "link": stat.S_IFLNK}.get(entry.type, 0)
    mode = stat.filemode(kind | (entry.permissions or 0))
    if entry.permissions is None:
        mode = f"{mode[0]}---------"
    size = "-" if entry.size is None else str(entry.size)
    time = "-" if entry.modified is None else entry.modified.strftime("%Y-%m-%d %H:%M:%S")
    return f"{mode}  {printable(entry.owner or '-'):8} {size:>12}  {time:19}"


def mirror(source: str, destination: str, access: Access, wish: Wish) -> Code:
    """Make one side like the other; name what failed."""
    there = [_is_url(source), _is_url(destination)]
    if sum(there) != 1:
        message = "one of both is a URL (ftp://, ftpes://, ftps://), the other a local directory"
        raise click.UsageError(message)
    upload = there[1]
    url, local = (destination, source) if upload else (source, destination)
    shown = progress.may_show(quiet=access.quiet, to_stdout=False) and not wish.dry_run
    with _open(url, access, wish.parallel) as tree, progress.Bar(local, 0, None, shown=shown) as bar:

        def report(step: Step, error: Exception | None) -> None:
            if error is not None:
                _say_error(step.path or url, error)
            elif wish.verbose:
                _print_step(step)

        try:
            result = tree.mirror(
                "",
                local,
                upload=upload,
                include=wish.include,
                exclude=wish.exclude,
                delete=wish.delete,
                dry_run=wish.dry_run,
                parallel=wish.parallel,
                report=report,
                progress=bar.reach,
            )
        except _FAILURES as error:
            return _say_error(url, error)
    if wish.dry_run:
        for step in result.done:
            _print_step(step)
    for step in result.skipped:
        say(f"{printable(step.path)}: skipped: {printable(step.reason)}")
    return Code.OK if result.ok else Code.STATUS


def _print_step(step: Step) -> None:
    size = f"  {step.size:,} bytes" if step.action == "copy" else ""
    print(f"{step.action.replace('_', ' ')}  {printable(step.path)}{size}  ({step.reason})")


# ---- the server


def _is_url(text: str) -> bool:
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def _split_last(url: str) -> tuple[str, str]:
    """Split the last name off the path of a URL."""
    parts = urlsplit(url)
    path, _, name = parts.path.rpartition("/")
    return urlunsplit(parts._replace(path=f"{path}/")), unquote(name)


@contextmanager
def _open(url: str, access: Access, connections: int = 1) -> Iterator[Tree]:
    """Know the server, and the password of its user."""
    given: dict[str, Any] = {"connections": connections}
    if access.timeout:
        given["timeout"] = access.timeout
    try:
        user, passwd = _find_login(url)
        tree = Tree(url, user=user, passwd=passwd, context=_make_context(access), **given)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        yield tree
    finally:
        tree.close()


def _make_context(access: Access) -> Any:
    if not access.insecure and access.cacert is None:
        return None
    import ssl

    context = ssl.create_default_context(cafile=access.cacert)
    if access.insecure:
        say("warning: --insecure: certificates are not checked, anybody may answer in the server's name")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _find_login(url: str) -> tuple[str, str]:
    """Return user and password: of the URL, of ~/.netrc by the exact host and user, or what a person types."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password or parts.hostname is None:
        return user, password
    import netrc

    try:
        found = netrc.netrc().hosts.get(parts.hostname)
    except (OSError, netrc.NetrcParseError):
        found = None
    if found and user in {"", found[0]}:
        return found[0], found[2] or ""
    if user and sys.stdin.isatty():
        import getpass

        password = getpass.getpass(f"Password of {printable(user)} at {printable(parts.hostname)}: ")
    elif user:
        message = (
            f"no password for {user}: ~/.netrc has none for {parts.hostname}, and there is nobody to ask"
        )
        raise ValueError(message)
    return user, password


def _say_error(what: str, error: Exception) -> Code:
    """Say what went wrong; return its exit code."""
    what = printable(what.rpartition("@")[2] if _is_url(what) else what)
    if isinstance(error, ftplib.error_proto):
        say(f"{what}: not proper FTP: {printable(str(error))}")
        return Code.PROTOCOL
    if isinstance(error, ftplib.Error):
        say(f"{what}: the server answered {printable(str(error))}")
        return Code.STATUS
    if isinstance(error, EOFError):
        say(f"{what}: the connection broke off")
        return Code.BROKEN
    outcome = explain(error)
    say(what, outcome.line)
    return outcome.code
