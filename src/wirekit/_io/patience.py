"""Default timeouts kept by the kernel, so that they cost nothing.

``socket.settimeout`` makes every ``recv`` and ``send`` ask ``poll`` first: one more system call each, and one more time
that a thread gives up the interpreter (with 64 threads a third of all CPU time). A timeout that nobody asked for, the
profile's own, is set on the socket instead (SO_RCVTIMEO, SO_SNDTIMEO): the socket stays a blocking one, as the
standard library's would be, and a wait that takes too long ends with EAGAIN. A timeout that the caller names is set by
``settimeout``, where he can see it.
"""

import socket
import struct
import sys

__all__ = ["is_timeout", "kernel_timeout", "set_kernel_timeout"]

_TIMEVAL = struct.Struct("@ll")  # struct timeval: seconds, microseconds


def set_kernel_timeout(sock: socket.socket, seconds: float | None) -> None:
    """Let waits on a blocking socket end after so many seconds; where the kernel cannot, by ``settimeout``."""
    if sys.platform != "linux":
        sock.settimeout(seconds)
        return
    sock.settimeout(None)
    value = _TIMEVAL.pack(int(seconds or 0), int((seconds or 0) % 1 * 1_000_000))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)


def kernel_timeout(sock: socket.socket) -> float | None:
    """Return the seconds that ``set_kernel_timeout`` has set; None where there is no such limit."""
    if sys.platform != "linux" or sock.gettimeout() is not None:
        return None
    seconds, micros = _TIMEVAL.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEVAL.size))
    return (seconds + micros / 1_000_000) or None


def is_timeout(error: OSError) -> bool:
    """Tell whether an error of a blocking socket, or of TLS over one, is the kernel's way to say "timed out"."""
    return isinstance(error, BlockingIOError) or type(error).__name__ in {
        "SSLWantReadError",
        "SSLWantWriteError",
    }
