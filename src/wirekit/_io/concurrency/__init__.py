"""Doing several things at once, for the conversations that need it: the same names for each twin.

    from wirekit._io.concurrency import asynchronous as together     # in the async sources
    from wirekit._io.concurrency import blocking as together         # in the generated twins

| name | tasks of one loop | threads |
|---|---|---|
| ``Lock()`` | ``async with`` | ``with`` |
| ``Signal()`` | ``async with``; inside: ``await wait(seconds)``, ``wake_all()`` | the same (a condition) |
| ``await run_all(works, limit, abort)`` | tasks | threads |
| ``await sleep(seconds)`` | lets others run | holds this thread |

Sources of the async tree never import asyncio themselves (docs/design/twins.md), so what they need of it stands here.
"""
