"""Servers: what accepts connections and hands each to a handler.

``blocking`` is the standard library's ``socketserver`` itself: it is no part of what this project rebuilds, programs
mix its classes into theirs (``class Server(ThreadingMixIn, HTTPServer)``), and its ways are known. ``asynchronous``
gives the same shapes, awaitable. See docs/design/server.md.
"""
