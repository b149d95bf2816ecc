"""The standard library's internet modules rebuilt: the same names, an async twin of each, safe by default.

A program written for `http.client` or `urllib.request` runs on `wirekit.http.client` or
`wirekit.urllib.request` with only its import changed. `wirekit.aio` holds the same modules, awaitable.

The parts, from the top down (docs/design/layers.md):

- `wirekit.http`, `wirekit.urllib`: what programs import; the blocking twins, generated from the async ones
- `wirekit.aio`: the conversations, written once, async
- `wirekit.defaults`: every limit, timeout and policy by name
- `wirekit._io`: everything that waits
- `wirekit._wire`: grammar and decisions as functions over bytes and text

Names of its own: `Timeout`, several time limits where a `timeout` is taken; `ConnectionBusy`, the error of a second
task or thread in one conversation; `URL`, a URL as a value. This module imports nothing before they are asked for, so
that a program pays only for the parts that it names.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wirekit._wire.busy import ConnectionBusy
    from wirekit.defaults import Timeout
    from wirekit.url import URL

__all__ = ["URL", "ConnectionBusy", "Timeout"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "Timeout":
        from wirekit import defaults as home
    elif name == "ConnectionBusy":
        from wirekit._wire import busy as home  # type: ignore[no-redef]
    elif name == "URL":
        from wirekit import url as home  # type: ignore[no-redef]
    else:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(home, name)
    return found
