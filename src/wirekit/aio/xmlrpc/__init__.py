"""XML-RPC, awaitable: `client` and `server`."""
