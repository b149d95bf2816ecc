"""The methods that implementations of XML-RPC are tested by, served and called by each twin, and by the standard library."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import LOOPS, STDLIB, Twin, settle
from tests.rpc_servers import ENTITIES, register_validator, serving

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCKING, *ASYNC = (Twin(name) for name in ("blocking", *LOOPS))
OURS = [(server, client) for server in (BLOCKING, *ASYNC) for client in (BLOCKING, *ASYNC)]
THEIRS = [(STDLIB, client) for client in (BLOCKING, *ASYNC)] + [
    (server, STDLIB) for server in (BLOCKING, *ASYNC)
]
pairs = pytest.mark.parametrize(
    "server, client",
    OURS + THEIRS,
    ids=[f"{client.name} calls {server.name}" for server, client in OURS + THEIRS],
)

CURLIES = [{"moe": n, "larry": -n, "curly": n * n, "name": 'a <b> & "c"'} for n in range(-5, 12)]
CROWD = '<<>&&&\'""' * 7 + "  plain ]]> text, ünïcode \U0001f600\t\nand lines"
STOOGES = {"moe": 2**31 - 1, "larry": -(2**31), "curly": 7}
MANY = (-42, True, "text", -0.5, dt.datetime(2026, 2, 28, 23, 59, 58), bytes(range(256)))
NESTED = {
    str(year): {f"{month:02}": {f"{day:02}": {"moe": day, "larry": month, "curly": year} for day in range(1, 4)}
                for month in range(3, 6)}
    for year in (1999, 2000, 2001)
}  # fmt: skip
TEXTS = [f"{n} " * (n % 9) + "é" for n in range(150)]
CALLS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("arrayOfStructsTest", (CURLIES,), sum(n * n for n in range(-5, 12))),
    ("countTheEntities", (CROWD,), {name: CROWD.count(mark) for name, mark in ENTITIES.items()}),
    ("easyStructTest", (STOOGES,), 6),
    ("echoStructTest", ({"a": CURLIES, "": {}, "x y": [[], ""], "<&>": [1.5, False]},),
     {"a": CURLIES, "": {}, "x y": [[], ""], "<&>": [1.5, False]}),
    ("manyTypesTest", MANY, list(MANY)),
    ("moderateSizeArrayCheck", (TEXTS,), TEXTS[0] + TEXTS[-1]),
    ("nestedStructTest", (NESTED,), 1 + 4 + 2000),
    ("simpleStructReturnTest", (-17,), {"times10": -170, "times100": -1700, "times1000": -17000}),
]  # fmt: skip


def call_from(client: Twin, url: str, work: Callable[[Any, Any], Any]) -> None:
    """Do something with a proxy of a twin, and with its module."""
    module = client.module("xmlrpc.client")

    async def main() -> None:
        proxy = module.ServerProxy(url, use_builtin_types=True)
        try:
            await work(proxy, module)
        finally:
            proxy("close")()

    (BLOCKING if client is STDLIB else client).run(main())


@pairs
def test_methods_of_the_specification_are_called_and_served(server: Twin, client: Twin) -> None:
    async def work(proxy: Any, module: Any) -> None:
        for name, args, wanted in CALLS:
            got = await settle(getattr(proxy.validator1, name)(*args))
            assert (type(got), got) == (type(wanted), wanted), name
        several = module.MultiCall(proxy)
        for name, args, _ in CALLS:
            getattr(several.validator1, name)(*args)
        several.validator1.easyStructTest({"moe": 1})
        several.validator1.nothing()
        results = await settle(several())
        assert [results[at] for at in range(len(CALLS))] == [wanted for _, _, wanted in CALLS]
        for at in (-2, -1):
            with pytest.raises(module.Fault):
                results[at]
        assert set(await settle(proxy.system.listMethods())) > {f"validator1.{name}" for name, *_ in CALLS}

    with serving(server, register_validator, use_builtin_types=True) as served:
        call_from(client, served.url, work)


@pairs
def test_faults_are_faults_everywhere(server: Twin, client: Twin) -> None:
    def register(server: Any) -> None:
        def fail(code: int, text: str) -> None:
            raise fault(code, text)

        server.register_function(fail)

    fault = server.module("xmlrpc.client").Fault

    async def work(proxy: Any, module: Any) -> None:
        for code, text in ((4, "Too many parameters."), (-32500, "<&> ü"), (0, "")):
            with pytest.raises(module.Fault) as caught:
                await settle(proxy.fail(code, text))
            assert (caught.value.faultCode, caught.value.faultString) == (code, text)

    with serving(server, register) as served:
        call_from(client, served.url, work)
