"""The async twin of every module that waits, at the same path and under the same names.

`from wirekit.aio.http import client` stands beside `from wirekit.http import client`: the same classes and
methods, awaitable. Constructors never connect here, and `close()` is never awaitable.

The rules of this folder (a test over the syntax trees holds the first three):

- These files are the source. The blocking module of the same name is generated from them by
  tools/unasync.py: edit here, then run `make twins`.
- No asyncio, no tasks, no gather: whatever is concurrent lives in `wirekit._io`.
- What must differ between the twins stands in an `if net.ASYNC:` block, with its reason; twenty at most.
- Docstrings read true for both twins.
- Modules that never wait have no twin: the name here is the one object that stands in the blocking tree.
"""
