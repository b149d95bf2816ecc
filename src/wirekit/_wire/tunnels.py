"""What a proxy says that refuses a tunnel (RFC 9110 section 9.3.6)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["TunnelRefused"]


class TunnelRefused(OSError):
    """A proxy refused a tunnel: ``status``, ``reason``, and ``fields``, the (name, value) pairs of its answer."""

    def __init__(self, status: int, reason: str, fields: list[tuple[str, str]]) -> None:
        super().__init__(f"Tunnel connection failed: {status} {reason.strip()}")
        self.status, self.reason, self.fields = status, reason, fields

    def __reduce__(self) -> tuple[type[TunnelRefused], tuple[Any, ...], dict[str, Any]]:
        return type(self), (self.status, self.reason, self.fields), self.__dict__
