"""tools/unasync.py: what it makes of the constructs that sources use, and that --check finds what is wrong."""

import ast
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tools import unasync

SOURCE = "src/wirekit/aio/sample.py"


def convert(source: str) -> str:
    """Give the twin of a source without its first line."""
    text = unasync.convert(dedent(source).lstrip(), SOURCE, unasync.ROOT / "src/wirekit/sample.py")
    first, _, rest = text.partition("\n")
    assert first == f"# Generated from {SOURCE} by tools/unasync.py; edit that file."
    return rest.lstrip("\n")


def line(source: str) -> str:
    """Give the twin of a single line."""
    return convert(source + "\n").strip()


@pytest.mark.parametrize(
    "source, twin",
    [
        ("await f()", "f()"),
        ("x = await (await f()).g()", "x = f().g()"),
        ("x = (await f())[0]", "x = f()[0]"),
        ("x = (await f() or 1)", "x = f() or 1"),
        ("x = (await f() + 1).real", "x = (f() + 1).real"),
        ("x = ((await f()), 1)", "x = (f(), 1)"),
        ("x = (await f(),)", "x = (f(),)"),
        ("print((await f()))", "print(f())"),
        ("print(await f(), *(await g()))", "print(f(), *g())"),
        ("x = not (await f(1, [2]))", "x = not f(1, [2])"),
        ("x = -(await f())", "x = -f()"),
        ("x = (await f()) if (await g()) else (await h())", "x = f() if g() else h()"),
        ("x = [await f(y) async for y in z if (await g(y))]", "x = [f(y) for y in z if g(y)]"),
        ("x = {k: v async for k, v in z}", "x = {k: v for k, v in z}"),
        ("x = lambda: (await f())", "x = lambda: f()"),
        ("x = (\n    await\n    f()\n)", "x = f()"),
        ("while data := await f(): pass", "while data := f():\n    pass"),
        ("x = 'await f()', 'wirekit.aio.http'", 'x = "await f()", "wirekit.http"'),
        ("x = f'{y} async'", 'x = f"{y} async"'),
        ("raise StopAsyncIteration", "raise StopIteration"),
        ("x: Awaitable[bytes] | None", "x: bytes | None"),
        ("x: Callable[[int], Awaitable[list[int]]]", "x: Callable[[int], list[int]]"),
        ("x: Callable[[int], Coroutine[Any, dict[str, int], bytes]]", "x: Callable[[int], bytes]"),
        ("x: int | Awaitable[int]", "x: int"),
        ("x = anext(aiter(y))", "x = next(iter(y))"),
        ("x = wirekit.aio.http.client.HTTPResponse", "x = wirekit.http.client.HTTPResponse"),
        ("x = 1  # await f(), then await the rest", "x = 1  # f(), then await the rest"),
    ],
)
def test_expression_has_blocking_form(source: str, twin: str) -> None:
    assert line(source) == twin


def test_statements_keep_comments_decorators_and_layout() -> None:
    assert convert(
        '''
        @decorated(
            # with a reason
            1,
        )
        async def f(self) -> AsyncIterator[int]:  # a promise
            """Give numbers."""
            # before
            async with (first() as a, await second() as b):
                # within
                async for n in a:
                    yield n  # each
            # after


        class C:
            async def __aenter__(self): ...
            async def __aexit__(self, *_): ...
            def __aiter__(self): ...
            async def __anext__(self): ...
        '''
    ) == dedent(
        '''\
        @decorated(
            # with a reason
            1,
        )
        def f(self) -> Iterator[int]:  # a promise
            """Give numbers."""
            # before
            with first() as a, second() as b:
                # within
                for n in a:
                    yield n  # each
            # after


        class C:
            def __enter__(self): ...
            def __exit__(self, *_): ...
            def __iter__(self): ...
            def __next__(self): ...
        '''
    )


def test_imports_change_trees_and_unused_ones_go() -> None:
    assert convert(
        """
        import asyncio
        from collections.abc import AsyncIterator, Awaitable, Iterator
        from contextlib import aclosing, closing

        import wirekit.aio.urllib.request as r
        from tests.aio import x
        from wirekit._io import asynchronous as net
        from wirekit.aio import http
        from wirekit.aio.http.client import HTTPConnection as Connection

        if net.ASYNC:
            lock = asyncio.Lock()
        used: list[AsyncIterator[int] | Awaitable[Iterator[int]]] = [aclosing, closing, r, x, http, Connection]
        """
    ) == dedent(
        """\
        from collections.abc import Iterator
        from contextlib import closing

        import wirekit.urllib.request as r
        from tests.blocking import x
        from wirekit import http
        from wirekit.http.client import HTTPConnection as Connection

        used: list[Iterator[int] | Iterator[int]] = [closing, closing, r, x, http, Connection]
        """
    ).replace("Iterator[int] | Iterator[int]", "Iterator[int]")


def test_docstrings_are_led_along_and_other_strings_are_not() -> None:
    assert convert(
        '''
        """Use it:

            async with wirekit.aio.http.client.HTTPConnection(host) as connection:
                await connection.request("GET", "/")

        Whoever calls must await the result of `await f()`; raises StopAsyncIteration.
        """

        x = "StopAsyncIteration"
        '''
    ) == dedent(
        '''\
        """Use it:

            with wirekit.http.client.HTTPConnection(host) as connection:
                connection.request("GET", "/")

        Whoever calls must await the result of `f()`; raises StopIteration.
        """

        x = "StopAsyncIteration"
        '''
    )


@pytest.mark.parametrize("flag", ["ASYNC", "net.ASYNC"])
def test_blocks_leave_the_blocking_side(flag: str) -> None:
    source = '''
        if FLAG:
            x = 1
        else:
            # why
            x = """
          kept as it stands
        """
        if not FLAG:
            y = 1
            # of the block
        # of the module


        class C:
            if FLAG:

                def f(self): return 1

            elsewhere = 1

            def g(self):
                """Do."""
                if FLAG:
                    z()

            def h(self):
                if FLAG:
                    z()

            def i(self):
                if other:
                    if not FLAG:
                        if z:
                            z()
                    else:
                        z(FLAG)
                elif this:
                    if FLAG:
                        z(1)
                    else:
                        if FLAG:
                            z(2)
                        else:
                            z(3)
                return FLAG
        '''
    assert convert(source.replace("FLAG", flag)) == dedent(
        '''\
        # why
        x = """
          kept as it stands
        """
        y = 1
        # of the block
        # of the module


        class C:
            elsewhere = 1

            def g(self):
                """Do."""

            def h(self):
                pass

            def i(self):
                if other:
                    if z:
                        z()
                elif this:
                    z(3)
                return FLAG
        '''
    ).replace("FLAG", flag)


@pytest.mark.parametrize(
    "source, what",
    [
        ("if net.ASYNC:\n    x = 1\nelif y:\n    x = 2\n", "line 3: elif"),
        ("async def f():\n    return f'{await g()}'\n", "still asynchronous"),
    ],
)
def test_what_cannot_be_mapped_is_refused(source: str, what: str) -> None:
    with pytest.raises(unasync.RefusedError, match=what):
        convert(source)


def test_result_does_not_depend_on_being_made_before() -> None:
    once = convert("async def f(x): return [await y async for y in x]\n")
    assert once == convert(once)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a project with one source and its twin."""
    for folder in ("src/wirekit/aio/http", "tests/aio"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "src/wirekit/aio/http/__init__.py").write_text('"""No twin."""\n')
    (tmp_path / "src/wirekit/aio/http/pure.py").write_text("import sys\n\nsys.modules[__name__] = x\n")
    (tmp_path / "src/wirekit/aio/http/client.py").write_text("async def f():\n    await g()\n")
    (tmp_path / "tests/aio/test_client.py").write_text("async def test_f():\n    await f()\n")
    unasync.write(set(), tmp_path)
    return tmp_path


def test_write_makes_twins_of_sources_and_tests_only(tree: Path) -> None:
    made = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*.py") if "aio" not in p.parts)
    assert made == ["src/wirekit/http/client.py", "tests/blocking/test_client.py"]
    assert list(unasync.stale(tree)) == []


def test_write_of_some_leaves_the_others(tree: Path) -> None:
    for path in (source := tree / "src/wirekit/aio/http/client.py", tree / "tests/aio/test_client.py"):
        path.write_text("async def h():\n    await i()\n")
    unasync.write({source}, tree)
    assert list(unasync.stale(tree)) == [
        "tests/blocking/test_client.py: stale, its source is tests/aio/test_client.py"
    ]


def test_stale_names_an_edited_twin(tree: Path) -> None:
    with (tree / "src/wirekit/http/client.py").open("a") as twin:
        twin.write("x = 1\n")
    assert list(unasync.stale(tree)) == [
        "src/wirekit/http/client.py: stale, its source is src/wirekit/aio/http/client.py"
    ]


def test_stale_names_a_missing_twin(tree: Path) -> None:
    (tree / "src/wirekit/http/client.py").unlink()
    assert list(unasync.stale(tree)) == ["src/wirekit/http/client.py: missing"]


def test_stale_names_a_twin_whose_source_is_gone(tree: Path) -> None:
    (tree / "src/wirekit/aio/http/client.py").unlink()
    (tree / "src/wirekit/http/written.py").write_text("# Written by hand.\n")
    assert list(unasync.stale(tree)) == ["src/wirekit/http/client.py: its source is gone"]


def test_check_fails_on_a_stale_twin_and_passes_on_fresh_ones(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["unasync.py", "--check"])
    monkeypatch.setattr(unasync, "stale", lambda: iter(["src/wirekit/http/client.py: missing"]))
    assert unasync.main() == 1
    assert "src/wirekit/http/client.py: missing" in capsys.readouterr().out
    monkeypatch.setattr(unasync, "stale", lambda: iter([]))
    assert unasync.main() == 0


def test_twins_of_this_project_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, unasync.ROOT / "tools/unasync.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_generated_modules_parse() -> None:
    twins = [twin for _, twin in unasync.pairs()]
    assert twins, "the rules below would be empty"
    for twin in twins:
        ast.parse(twin.read_text("utf-8"))
