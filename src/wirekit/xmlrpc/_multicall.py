"""Several calls in one: what is asked for, and what came of it."""

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["MultiCallIterator", "list_calls"]

_PUBLIC: Final = "wirekit.xmlrpc.client"


class MultiCallIterator:
    """The results of several calls, by index or one after another; one that is a fault raises it.

    results: as the server sent them. Each is a list of the one value, or a struct that is a fault. Servers that send
    bare values (Perl's RPC::XML does) are understood, too: where any of them is neither list nor fault, all are bare.
    """

    __module__ = _PUBLIC

    def __init__(self, results: Any) -> None:
        self.results = results
        self._bare = not all(_is_wrapped(item) or _is_fault(item) for item in results)

    def __getitem__(self, i: int) -> Any:
        item = self.results[i]
        if _is_fault(item):
            from wirekit._wire.rpc_errors import Fault  # costs xmlrpc.client

            raise Fault(item["faultCode"], item["faultString"])
        return item if self._bare else item[0]

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Iterator[Any]:
        return (self[at] for at in range(len(self.results)))


def _is_wrapped(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 1


def _is_fault(item: Any) -> bool:
    return isinstance(item, dict) and "faultCode" in item and "faultString" in item


class _MultiCallMethod:
    """A method of a MultiCall: calling it notes the call."""

    def __init__(self, call_list: list[tuple[str, tuple[Any, ...]]], name: str) -> None:
        self.__call_list = call_list
        self.__name = name

    def __getattr__(self, name: str) -> "_MultiCallMethod":
        return _MultiCallMethod(self.__call_list, f"{self.__name}.{name}")

    def __call__(self, *args: Any) -> None:
        self.__call_list.append((self.__name, args))


def list_calls(call_list: list[tuple[str, tuple[Any, ...]]]) -> list[dict[str, Any]]:
    """Return noted calls as ``system.multicall`` wants them."""
    return [{"methodName": name, "params": args} for name, args in call_list]
