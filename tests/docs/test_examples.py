"""Every example in README and docs runs: `python` blocks in either twin, `console` blocks on the command line.

A block stands alone, as a reader copies it. Behind a `print(...)` a comment may say what is printed; that is compared,
with `...` for anything. In console blocks `$ ` begins a command, and what stands below it is compared with its output.
What example.org is meanwhile, `tests/docs/origin.py` tells. A server that a command starts gets a port of its own and is
ended by Ctrl-C; `wirekit tour` is run with `--fast`; `make` and `pip` are not run, but what they are asked for must exist.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import wirekit._cli
from tests.docs import origin
from wirekit import defaults

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES_OF_BOTH = [
    "README.md",
    "docs/index.md",
    "docs/http-client.md",
    "docs/http-server.md",
    "docs/urls.md",
    "docs/mail.md",
    "docs/robots.md",
    "docs/howto/ftps.md",
    "docs/howto/going-async.md",
    "docs/howto/mirror.md",
    "docs/howto/oauth-mail.md",
    "docs/howto/replacing.md",
    "docs/howto/socks.md",
    "docs/howto/unix-sockets.md",
]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^ *print\(.*\)  # (.+)$", re.MULTILINE)
EXIT_CODES = {
    "wirekit get https://example.org/missing": 1,
    "wirekit robots check https://example.org/private/page --agent ExampleBot": 1,
    "wirekit send --from ann@example.org --to nobody@example.org --text x --server smtp://example.org": 1,
}
"""Commands that are shown for what they refuse."""


class Example(NamedTuple):
    """One fenced block: where it stands, and what is in it."""

    place: str
    language: str
    text: str


def find_examples() -> list[Example]:
    """Give the blocks of every page."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            found.append(Example(f"{page.relative_to(ROOT)}:{line}", block[1], block[2]))
    return found


EXAMPLES = find_examples()


def of_language(language: str) -> pytest.MarkDecorator:
    chosen = [example for example in EXAMPLES if example.language == language]
    return pytest.mark.parametrize("example", chosen, ids=[example.place for example in chosen])


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[dict[int, int], ssl.SSLContext]]:
    with origin.serve_both() as both:
        yield both


@pytest.fixture
def _world(
    servers: tuple[dict[int, int], ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    plain_opener: None,
) -> Iterator[None]:
    """Stand in an empty directory, with example.org at hand; put the defaults back afterwards."""
    origin.stand_in(monkeypatch, *servers)
    monkeypatch.chdir(tmp_path)
    before = defaults.active.as_dict()
    yield
    defaults.active.update(before)


def run_block(example: Example) -> str:
    """Run Python with `await` allowed at the top; give what it prints."""
    code = compile(
        example.text, example.place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
    )
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        outcome = eval(code, names)
        if inspect.iscoroutine(outcome):
            with asyncio.Runner() as runner:
                runner.run(outcome)
    return printed.getvalue()


def assert_alike(printed: str, wanted: str, place: str) -> None:
    """Compare line by line; `...` in a wanted line stands for anything."""
    pattern = "".join(
        r".*".join(map(re.escape, line.rstrip().split("..."))) + r"[ \t]*\n" for line in wanted.splitlines()
    )
    assert re.fullmatch(pattern, printed), f"{place} prints\n{printed}instead of\n{wanted}"


@of_language("python")
@pytest.mark.usefixtures("_world")
def test_python_example_runs(example: Example) -> None:
    printed = run_block(example)
    if wanted := SAID.findall(example.text):
        assert_alike(printed, "\n".join(wanted), example.place)


def commands(example: Example) -> Iterator[tuple[str, str]]:
    """Give (command without its comment, output wanted) for each command of a console block."""
    for piece in re.split(r"^\$ ", example.text, flags=re.MULTILINE)[1:]:
        line, _, wanted = piece.partition("\n")
        yield shlex.join(shlex.split(line, comments=True)), wanted


@of_language("console")
@pytest.mark.usefixtures("_world")
@pytest.mark.timeout(180)
def test_console_example_runs(example: Example) -> None:
    assert example.text.startswith("$ "), example.place
    for command, wanted in commands(example):
        printed = run_command(shlex.split(command), EXIT_CODES.get(command, 0))
        if wanted:
            assert_alike(printed, wanted, f"{example.place}: {command}")


def run_command(words: list[str], code: int) -> str:
    """Run one command in the way that suits it; give what it prints."""
    if words[0] in {"make", "pip", "git", "cd"}:
        assert_exists(words)
        return ""
    if words[:3] == ["python", "-m", "wirekit"]:
        words = ["wirekit", *words[3:]]
    assert words[0] == "wirekit", words
    if words[1] == "serve":
        return serve_for_a_moment(words[1:])
    if words[1] == "tour":
        return run_apart(words[1:])
    return run_here(words[1:], code)


def assert_exists(words: list[str]) -> None:
    """Hold what is not run to what there is: targets of the Makefile, extras of the package."""
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), words
    if words[0] == "pip" and (extra := re.search(r"\[(\w+)\]", words[-1])):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        assert extra[1] in project["optional-dependencies"], words


def run_here(words: list[str], code: int) -> str:
    """Run the command line in this process; a redirection is led into its file."""
    target = None
    if ">" in words:
        words, target = words[: words.index(">")], Path(words[-1])
    file = io.BytesIO()
    printed, heard = io.TextIOWrapper(file, "utf-8", write_through=True), io.StringIO()
    usual = signal.getsignal(signal.SIGTERM)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(heard):
            assert wirekit._cli.main(words) == code, heard.getvalue()
    finally:
        signal.signal(signal.SIGTERM, usual)
    if target is not None:
        target.write_bytes(file.getvalue())
        return heard.getvalue()
    return heard.getvalue() + file.getvalue().decode()


def start_apart(words: list[str]) -> subprocess.Popen[str]:
    """Run the command line with an interpreter of its own, which hears Ctrl-C."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "wirekit", *words],
            env={**os.environ, "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, usual)


def run_apart(words: list[str]) -> str:
    """Run to the end."""
    with start_apart([*words, "--fast"]) as process:
        printed, _ = process.communicate(timeout=origin.PATIENCE)
    assert process.returncode == 0, printed
    return printed


def serve_for_a_moment(words: list[str]) -> str:
    """Start a server on a port of its own, wait until it says where, and end it by Ctrl-C."""
    if len(words) > 1 and not words[1].startswith("-"):
        Path(words[1]).mkdir(exist_ok=True)
    if "--port" in words:
        at = words.index("--port")
        words = words[:at] + words[at + 2 :]
    with start_apart([*words, "--port", "0"]) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=origin.PATIENCE)
    assert process.returncode == 0, said + rest
    assert "http://127.0.0.1:" in said
    return said


def test_commands_in_indented_blocks_and_text_exist() -> None:
    """`make NAME` is a target wherever a page says it."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^ {4}|`)make ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE)
        assert set(named) <= targets, page


@pytest.mark.parametrize("page", PAGES_OF_BOTH)
def test_page_shows_both_twins(page: str) -> None:
    shown = [
        "wirekit.aio" in example.text
        for example in EXAMPLES
        if example.language == "python" and example.place.startswith(f"{page}:")
    ]
    assert set(shown) == {True, False}


def test_examples_that_say_something_wrong_are_found() -> None:
    wrong = Example("nowhere:1", "python", "print(1 + 1)  # 3\n")
    with pytest.raises(AssertionError, match="nowhere:1 prints"):
        assert_alike(run_block(wrong), "\n".join(SAID.findall(wrong.text)), wrong.place)
    assert_alike("abc def\n", "a...f", "nowhere:1")


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.relative_to(ROOT)} links to {link}"
