"""What all handlers of ``urllib.request`` have in common."""

from typing import Any

__all__ = ["HOME", "BaseHandler"]

HOME = f"{__package__.rpartition('.')[0]}.request"
"""Where programs know what is defined in this package."""


class BaseHandler:
    """A handler. ``handler_order``: lower ones are asked first. ``parent``: its opener, once it has one."""

    __module__ = HOME

    handler_order = 500
    parent: Any

    def add_parent(self, parent: Any) -> None:
        """Know the opener."""
        self.parent = parent

    def close(self) -> None:
        """Do nothing: as in the standard library."""

    def __lt__(self, other: Any) -> bool:
        # A class that knows no handler_order comes last, as it did before there was one.
        return self.handler_order < getattr(other, "handler_order", self.handler_order + 1)
