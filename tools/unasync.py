"""Write the blocking twin of every async module, and of every async test.

    python tools/unasync.py             write all of them anew
    python tools/unasync.py FILE...     only the twins of these sources
    python tools/unasync.py --check     write nothing; name the twins that are stale, missing or orphaned

The work is done on tokens, so comments and layout survive, in this order:

1. an `if net.ASYNC:` block leaves its `else:` side, one with `not` its own side, dedented;
2. `async` and `await` go, and parentheses that only `await` needed;
3. names change by the table below; `Awaitable[X]` becomes `X`; `wirekit.aio` becomes `wirekit`;
4. docstrings and comments are led along: `wirekit.aio.`, names of the table, `await` before a call;
5. ruff drops the imports that nothing uses any more, and formats.

f-strings are left as they are (Python 3.11 sees them as one token): an `await` in one is refused.
"""

import argparse
import ast
import io
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from keyword import kwlist as KEYWORDS
from pathlib import Path
from tokenize import COMMENT, INDENT, NAME, NEWLINE, NL, STRING, TokenInfo, generate_tokens, tok_name
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TREES = (("src/wirekit/aio", "src/wirekit"), ("tests/aio", "tests/blocking"))
SHARED = "sys.modules[__name__]"  # a module of the async tree that is the blocking tree's own object
HEADER = "# Generated from {} by tools/unasync.py; edit that file.\n"
TIDY = "I,F401,PYI016,TC005,UP034"  # what resolved blocks leave behind: unused imports, X | X, ((x))

RENAMES = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "AsyncExitStack": "ExitStack",
    "AsyncGenerator": "Generator",
    "AsyncIterable": "Iterable",
    "AsyncIterator": "Iterator",
    "StopAsyncIteration": "StopIteration",
    "aclosing": "closing",
    "aiter": "iter",
    "anext": "next",
    "asynccontextmanager": "contextmanager",
    "asynchronous": "blocking",
    "enter_async_context": "enter_context",
}
PROSE = (
    (re.compile(r"\bwirekit\.aio\."), "wirekit."),
    (re.compile(r"\btests\.aio\."), "tests.blocking."),
    (re.compile(r"\basync (?=(?:with|for|def)\b)"), ""),
    (re.compile(r"\bawait (?=[\w.]+\()"), ""),
    (re.compile(rf"\b(?:{'|'.join(RENAMES)})\b"), lambda found: RENAMES[found[0]]),
)
LAYOUT = {NL, COMMENT}


class RefusedError(Exception):
    """A source says something that has no blocking form here: where, and what."""


# --- 1. blocks -------------------------------------------------------------------------------------------------


def asks(test: ast.expr) -> bool | None:
    """What a test wants to be true: `ASYNC` or `net.ASYNC` gives True, with `not` False, any other None."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return None if (inner := asks(test.operand)) is None else not inner
    named = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return True if named == "ASYNC" else None


def find_block(tree: ast.AST) -> tuple[ast.If, bool, bool] | None:
    """Give the first block that asks for the twin, what it asks, and whether its parent holds nothing else."""
    for parent in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            suite: Any = getattr(parent, field, None)
            for node in suite if isinstance(suite, list) else ():
                if isinstance(node, ast.If) and (wanted := asks(node.test)) is not None:
                    return node, wanted, len(suite) == 1
    return None


def resolve_blocks(source: str) -> str:
    """Leave the blocking side of each `if net.ASYNC:` block."""
    while found := find_block(ast.parse(source)):
        block, wanted, alone = found
        lines = source.splitlines(keepends=True)
        first, middle, last = span_of(block, lines)
        chosen = range(middle + 1, last) if wanted else range(first + 1, middle)
        kept = dedent(lines, chosen, block.col_offset, strings_inside(source))
        if alone and not any(line.strip() and not line.lstrip().startswith("#") for line in kept):
            kept = [" " * block.col_offset + "pass\n"]
        source = "".join(lines[:first] + kept + lines[last:])
    return source


def span_of(block: ast.If, lines: list[str]) -> tuple[int, int, int]:
    """Give the lines (from 0) of the `if`, of its `else:` (or the end) and of what follows the block.

    Comments that stand deeper than the `if` after its last statement belong to it.
    """
    last = block.end_lineno or block.lineno
    while last < len(lines) and re.match(rf" {{{block.col_offset + 1},}}#", lines[last]):
        last += 1
    if not block.orelse:
        return block.lineno - 1, last, last
    otherwise = re.compile(rf" {{{block.col_offset}}}(else|elif)\b")
    middle = block.body[-1].end_lineno or 0  # the first line after the body, counted from 0
    while not (found := otherwise.match(lines[middle])):
        middle += 1
    if found[1] == "elif":
        raise RefusedError(
            f"line {middle + 1}: elif after a block that asks for the twin; nest it under else"
        )
    return block.lineno - 1, middle, last


def dedent(lines: list[str], chosen: range, column: int, frozen: set[int]) -> list[str]:
    """Move lines left to a column, but for those that begin inside a string."""
    depths = [
        len(line) - len(line.lstrip()) for n in chosen if (line := lines[n]).strip() and n not in frozen
    ]
    surplus = min(depths, default=column) - column
    return [lines[n] if n in frozen or not lines[n].strip() else lines[n][surplus:] for n in chosen]


def strings_inside(source: str) -> set[int]:
    """Give the lines (from 0) that begin inside a string of several lines."""
    inside: set[int] = set()
    opened: list[int] = []
    for token in tokens_of(source):
        kind = tok_name[token.type]
        if kind == "STRING":
            inside.update(range(token.start[0], token.end[0]))
        elif kind.endswith("STRING_START"):
            opened.append(token.start[0])
        elif kind.endswith("STRING_END"):
            inside.update(range(opened.pop(), token.end[0]))
    return inside


# --- 2 to 4. tokens --------------------------------------------------------------------------------------------


def tokens_of(source: str) -> list[TokenInfo]:
    """Take a module apart."""
    return list(generate_tokens(io.StringIO(source).readline))


def rewrite_tokens(source: str) -> str:
    """Drop `async` and `await`, rename, and lead docstrings and comments along."""
    tokens = [t for t in tokens_of(source) if t.string or t.type == NEWLINE]
    edits: dict[int, str] = {}  # number of a token -> what stands there instead
    for at in outside_fstrings(tokens):
        token = tokens[at]
        if token.type in {COMMENT, STRING}:
            edits[at] = rewrite_prose(token.string) if is_prose(tokens, at) else rewrite_path(token.string)
        elif token.type == NAME and at not in edits:
            edits.update(rewrite_name(tokens, at))
    return apply_edits(source, tokens, edits)


def outside_fstrings(tokens: list[TokenInfo]) -> Iterator[int]:
    """Give the numbers of the tokens that no f-string holds."""
    depth = 0
    for at, token in enumerate(tokens):
        kind = tok_name[token.type]
        depth += kind.endswith("STRING_START") - kind.endswith("STRING_END")
        if not depth:
            yield at


def rewrite_name(tokens: list[TokenInfo], at: int) -> dict[int, str]:
    """Give the edits that a name asks for."""
    name = tokens[at].string
    if name == "async":
        return {at: ""}
    if name == "await":
        return {at: "", **unwrap_parentheses(tokens, at)}
    if name in {"wirekit", "tests"} and [t.string for t in tokens[at + 1 : at + 3]] == [".", "aio"]:
        return {at + 1: "", at + 2: ""} if name == "wirekit" else {at + 2: "blocking"}
    if name in {"Awaitable", "Coroutine"} and tokens[at + 1].string == "[":
        return unwrap_generic(tokens, at)
    return {at: RENAMES[name]} if name in RENAMES else {}


def closing_of(tokens: list[TokenInfo], at: int) -> int:
    """Give the number of the bracket that closes the one at `at`."""
    depth = 0
    for n in range(at, len(tokens)):
        depth += (tokens[n].string in {"(", "[", "{"}) - (tokens[n].string in {")", "]", "}"})
        if not depth:
            return n
    raise RefusedError(f"line {tokens[at].start[0]}: a bracket stays open")


def unwrap_generic(tokens: list[TokenInfo], at: int) -> dict[int, str]:
    """`Awaitable[X]` and `Coroutine[A, B, X]` become `X`."""
    end, n, start = closing_of(tokens, at + 1), at + 2, at + 1
    while tokens[at].string == "Coroutine" and n < end:
        start = n if tokens[n].string == "," else start
        n = closing_of(tokens, n) + 1 if tokens[n].string in {"(", "[", "{"} else n + 1
    return {**dict.fromkeys(range(at, start + 1), ""), end: ""}


def unwrap_parentheses(tokens: list[TokenInfo], at: int) -> dict[int, str]:
    """`(await x.f()).y` becomes `x.f().y`: parentheses go that open with `await` and hold one operand."""
    if at < 2 or tokens[at - 1].string != "(" or opens_call(tokens[at - 2]):
        return {}
    n, end = at + 1, closing_of(tokens, at - 1)
    while n < end:
        if tokens[n].string in {"(", "["}:
            n = closing_of(tokens, n)
        elif tokens[n].string in KEYWORDS or (
            tokens[n].type not in {NAME, STRING} and tokens[n].string != "."
        ):
            return {}
        n += 1
    return {at - 1: "", end: ""}


def opens_call(before: TokenInfo) -> bool:
    """Whether a parenthesis after this token holds arguments."""
    if before.type == NAME:
        return before.string not in KEYWORDS
    return before.string in {")", "]", "}"} or before.type == STRING


def is_prose(tokens: list[TokenInfo], at: int) -> bool:
    """Whether a token is a comment, or a string that stands as a statement."""
    if tokens[at].type == COMMENT:
        return True
    before = next((t for t in reversed(tokens[:at]) if t.type not in LAYOUT), None)
    alone = before is None or before.type in {INDENT, NEWLINE} or tok_name[before.type] == "DEDENT"
    return alone and tokens[at + 1].type == NEWLINE


def rewrite_prose(text: str) -> str:
    """Lead the names and the examples of a docstring or comment along."""
    for pattern, replacement in PROSE:
        text = pattern.sub(replacement, text)
    return text


def rewrite_path(text: str) -> str:
    """Lead the module paths in a string along."""
    return text.replace("wirekit.aio.", "wirekit.").replace("tests.aio.", "tests.blocking.")


def apply_edits(source: str, tokens: list[TokenInfo], edits: dict[int, str]) -> str:
    """Write the edited tokens into the text, last first, so that what stands between them stays."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for at in sorted(edits, reverse=True):
        (row, column), (end_row, end_column) = tokens[at].start, tokens[at].end
        start, end = starts[row - 1] + column, starts[end_row - 1] + end_column
        if tokens[at].string in {"async", "await"}:
            end += len(source[end:]) - len(source[end:].lstrip(" "))
        source = source[:start] + edits[at] + source[end:]
    return source


# --- 5. files --------------------------------------------------------------------------------------------------


def refuse_leftovers(text: str) -> None:
    """Raise RefusedError where a twin still waits."""
    waiting = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, waiting) or (isinstance(node, ast.comprehension) and node.is_async):
            raise RefusedError(
                f"still asynchronous after the work: {ast.unparse(node)[:80]!r} (in an f-string?)"
            )


def tidy(text: str, target: Path) -> str:
    """Drop unused imports and format, by the project's own settings."""
    ruff = Path(sysconfig.get_path("scripts"), "ruff")
    name = ["--quiet", "--stdin-filename", str(target), "-"]
    for step in (["check", "--select", TIDY, "--fix", "--exit-zero"], ["format"]):
        done = subprocess.run(
            [ruff, *step, *name], input=text, stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT
        )
        text = done.stdout
    return text


def convert(source: str, name: str, target: Path) -> str:
    """Give the text of the twin of a source that stands at `name`, to be written to `target`."""
    try:
        text = rewrite_tokens(resolve_blocks(source))
        refuse_leftovers(text)
    except RefusedError as refused:
        raise RefusedError(f"{name}: {refused}") from None
    return tidy(HEADER.format(name) + text, target)


def pairs(root: Path = ROOT) -> Iterator[tuple[Path, Path]]:
    """Give each source with the place of its twin."""
    for source_tree, twin_tree in TREES:
        for source in sorted((root / source_tree).rglob("*.py")):
            if source.name != "__init__.py" and SHARED not in source.read_text("utf-8"):
                yield source, root / twin_tree / source.relative_to(root / source_tree)


def orphans(root: Path = ROOT) -> Iterator[Path]:
    """Give the generated files whose source is gone."""
    twins = {twin for _, twin in pairs(root)}
    for _, twin_tree in TREES:
        for path in sorted((root / twin_tree).rglob("*.py")):
            if path not in twins and path.read_text("utf-8").startswith(HEADER.partition("{")[0]):
                yield path


def stale(root: Path = ROOT) -> Iterator[str]:
    """Say of each twin that is not what its source makes of it what is wrong."""
    for source, twin in pairs(root):
        wanted = convert(source.read_text("utf-8"), source.relative_to(root).as_posix(), twin)
        if not twin.exists():
            yield f"{twin.relative_to(root)}: missing"
        elif twin.read_text("utf-8") != wanted:
            yield f"{twin.relative_to(root)}: stale, its source is {source.relative_to(root)}"
    for path in orphans(root):
        yield f"{path.relative_to(root)}: its source is gone"


def write(only: set[Path], root: Path = ROOT) -> None:
    """Write the twins of these sources, or all; a twin that is fresh is not touched."""
    for source, twin in pairs(root):
        if only and source not in only and twin not in only:
            continue
        text = convert(source.read_text("utf-8"), source.relative_to(root).as_posix(), twin)
        if not twin.exists() or twin.read_text("utf-8") != text:
            twin.parent.mkdir(parents=True, exist_ok=True)
            twin.write_text(text, "utf-8", newline="\n")
            print(f"wrote {twin.relative_to(root)}")


def main() -> int:
    """Run from a command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the blocking twins of the async sources.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a twin is not fresh")
    parser.add_argument("files", nargs="*", type=lambda name: Path(name).resolve(), help="only these")
    options = parser.parse_args()
    try:
        if options.check:
            problems = list(stale())
            print("\n".join([*problems, "run `make twins`"]) if problems else "twins are fresh")
            return 1 if problems else 0
        write(set(options.files))
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
