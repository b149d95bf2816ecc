"""The standard library's internet modules rebuilt: the same names, an async twin of each, safe by default.

A program written for `http.client` or `urllib.request` runs on `wirekit.http.client` or
`wirekit.urllib.request` with only its import changed. `wirekit.aio` holds the same modules, awaitable.

The parts, from the top down (docs/design/layers.md):

- `wirekit.http`, `wirekit.urllib`: what programs import; the blocking twins, generated from the async ones
- `wirekit.aio`: the conversations, written once, async
- `wirekit.defaults`: every limit, timeout and policy by name
- `wirekit._io`: everything that waits
- `wirekit._wire`: grammar and decisions as functions over bytes and text

This module imports nothing, so that a program pays only for the parts that it names.
"""

__version__ = "0.1.0"
