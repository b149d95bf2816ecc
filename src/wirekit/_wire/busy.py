"""The error for two tasks, or two threads, in one conversation."""

__all__ = ["ConnectionBusy"]


class ConnectionBusy(RuntimeError):
    """Another task or thread is waiting on this connection; nothing was sent, its exchange goes on undisturbed.

    Give each task a connection of its own, or let them take turns.
    """

    __module__ = "wirekit"

    def __init__(self, message: str = "another task or thread is using this connection") -> None:
        super().__init__(message)
