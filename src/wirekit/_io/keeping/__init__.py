"""Keeping connections between requests: what both twins need for it, under the same names.

    from wirekit._io.keeping import asynchronous as keeping     # in the async sources
    from wirekit._io.keeping import blocking as keeping         # in the generated twins

| name | asyncio | blocking |
|---|---|---|
| ``here()`` | the running loop: a connection serves no other | None |
| ``watch(owner, store)`` | ``store.close()`` when the owner is gone | the same; at the end of the program too, and ``store.forget()`` in the child of a fork |
| ``watch_here(store)`` | ``store.close()`` when the running loop ends | nothing |
| ``retime(sock, timeout)`` | the timeout that connecting would have set | the same |
| ``is_silent(stream)`` | whether nothing has come since its buffer was emptied | the same |
| ``is_over(stream)`` | whether the peer has ended the stream, or said something unasked | the same, asked of the system now |
| ``drop(stream)`` | end a stream, in whatever thread or loop | end it |
| ``Arrived(data)`` | a stream of what has come already | the same |
"""
