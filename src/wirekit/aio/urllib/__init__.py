"""URLs, awaitable: `request`. `parse`, `error` and `response` never wait and are the blocking tree's own."""
