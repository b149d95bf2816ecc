"""Everything that waits: streams, TLS, name look-up, accepting connections.

The rules of this folder:

- `asynchronous` and `blocking` give the same names, one for each twin (docs/design/streams.md).
- What only one side needs is imported by that side alone: `blocking` and its parts never import asyncio.
- Whatever is concurrent (a race of connection attempts, tasks, timers) lives here, never in a conversation.
- Errors of sockets and TLS pass as the OSError they are.
- A wait that ends by any exception closes its stream.
"""
