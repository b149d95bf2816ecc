"""The threads of a server: few where few are needed, bounded always (blocking twin).

One thread *leads*: it waits in the lot's selector and runs the handlers of what is ready, one after another, by itself.
Nothing is handed from thread to thread, so a request costs no lock, no wake-up and no change of threads; with a thread
for each connection these cost more than the request itself.

A handler may wait for something (a database, a slow client). So a second thread *watches*: where the leader is with one
handler for longer than a moment (``MOMENT``), the watcher leads from then on, another thread watches, and the former
leader is free for other work when its handler is done. Where that happens again and again, or handlers give up the
processor while others stand in line, they are of the waiting kind: for a while (``SPREAD``) the leader hands each of them
to a thread of its own, as many as ``limit`` allows.

Who leads is decided by one atomic step. Before the leader runs a handler it puts the connection's place on ``_stage``;
whoever takes it off again leads: the leader, or the watcher who found it there too long. Each leader has a stage of
its own.
"""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from wirekit._io.servers.parking import Lot, Place

__all__ = ["Crew"]

MOMENT: Final = 0.002
"""Seconds that others wait behind a handler that waits itself, until somebody else leads."""
QUIET: Final = 25
"""Looks that found nothing to watch, after which the watcher sleeps until it is woken."""
SPREAD: Final = 0.5
"""Seconds for which each handler gets a thread of its own, once several of them were found waiting."""
SEVERAL: Final = 4.0
"""Changes of the leader, in a tenth of a second or so, that make it several."""
HALVING: Final = 0.05
"""Seconds in which half of these changes are forgotten."""
LINE: Final = 0.005
"""Seconds that a line of ready connections takes, from which on it is looked at why."""
FEWEST: Final = 2
"""Threads of a crew: one leads, one watches."""
ARRIVALS: Final = 8
"""New connections that are served before it is looked what else is ready."""
REST: Final = 10.0
"""Seconds after which a thread without work ends."""

Work = Callable[[], object]


def _find_switches() -> Callable[[], int]:
    """Return what counts how often this thread has given up the processor of its own accord: to wait, that is."""
    try:
        from resource import RUSAGE_THREAD, getrusage  # Linux
    except ImportError:
        return lambda: 0
    return lambda: getrusage(RUSAGE_THREAD).ru_nvcsw


_count_switches: Final = _find_switches()


class Arrival(Place):
    """A connection that was just accepted."""

    __slots__ = ("address", "lot")

    def __init__(self, lot: "Crew", request: Any, address: Any) -> None:
        super().__init__(request)
        self.lot, self.address = lot, address

    def ready(self) -> bool:
        """Let the server serve it; its handler parks, or the server closes it."""
        self.lot.busy.add(self)
        try:
            self.lot.server.process_request_thread(self.sock, self.address)
        finally:
            self.lot.busy.discard(self)
        return False

    def expire(self) -> None:
        """Close it unserved: the server stops."""
        self.lot.server.shutdown_request(self.sock)


class Member:
    """A thread without work. ``work`` holds what it is given; ``bell`` is released then."""

    __slots__ = ("bell", "work")

    def __init__(self) -> None:
        self.bell = threading.Lock()
        self.bell.acquire()
        self.work: Work | None = None


class Crew(Lot):
    """A lot with threads of its own.

    limit: threads at most. daemon: as of ``threading.Thread``. ``admit`` takes connections from whoever accepts them.
    """

    def __init__(self, server: Any, limit: int, *, daemon: bool) -> None:
        super().__init__(server)
        self.limit = max(FEWEST, limit)
        self.daemon = daemon
        self.threads: set[threading.Thread] = set()
        self._stage: list[Place] = []
        self._rounds = 0
        self._count = 0  # handlers that leaders have run
        self._awake = True  # the watcher looks from time to time; False while it sleeps
        self._alarm = threading.Semaphore(0)  # wakes it
        self._staffing = threading.Lock()  # who does what; what follows belongs to it
        self._idle: list[Member] = []
        self._backlog: list[Work] = []  # every thread is busy
        self._unwatched = False  # nobody could be found to watch
        self._changes, self._changed = 0.0, 0.0  # of the leader, and when that was last counted
        self._spread_until = 0.0

    # ---- from whoever accepts, and from whoever stops

    def admit(self, request: Any, address: Any) -> None:
        """Serve a connection."""
        self.arrivals.append(Arrival(self, request, address))
        if self._unwatched or not self.threads:
            self._muster()
        self.ring()

    def arm(self, place: Place) -> bool:
        """Let the selector watch a place; False when the crew has ended. It begins with the first one."""
        if not self.threads and not self.over:
            self._muster()
        return super().arm(place)

    def _muster(self) -> None:
        """Begin with one who leads, and find one who watches as soon as the system has a thread for that."""
        with self._staffing:
            if not self.threads:
                self._start(self._lead)
                self._unwatched = True
            if self._unwatched and not self.stopping:
                self._unwatched = not self._give(self._watch)

    def stop(self) -> None:
        """Close what waits, and let the threads end with what they do. One of them does so, soon."""
        self.stopping = True
        if not self.threads:
            self.close()
        self.ring()
        self._alarm.release()
        with self._staffing:
            idle, self._idle = self._idle, []
        for member in idle:
            member.bell.release()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until all threads have ended; False when that takes longer than so many seconds."""
        due = None if timeout is None else time.monotonic() + timeout
        others = [thread for thread in list(self.threads) if thread is not threading.current_thread()]
        for thread in others:
            thread.join(None if due is None else max(0.0, due - time.monotonic()))
        return not any(thread.is_alive() for thread in others)

    # ---- threads

    def _start(self, work: Work) -> None:
        name = f"{type(self.server).__name__}-{len(self.threads) + 1}"
        thread = threading.Thread(target=self._serve, args=(work,), daemon=self.daemon, name=name)
        self.threads.add(thread)
        try:
            thread.start()
        except BaseException:
            self.threads.discard(thread)
            raise

    def _serve(self, work: Work | None) -> None:
        """Be a member of the crew: do this, then whatever comes."""
        try:
            while work is not None:
                work()
                work = self._find_work()
        finally:
            self.threads.discard(threading.current_thread())

    def _find_work(self) -> Work | None:
        """Return what is to be done next; None when there is nothing for a while."""
        with self._staffing:
            if self._unwatched:  # before all: an unwatched leader may be held up, and everybody with it
                self._unwatched = False
                return self._watch
            if self._backlog:
                return self._backlog.pop(0)
            if self.stopping:
                return None
            me = Member()
            self._idle.append(me)
        if not me.bell.acquire(timeout=REST):
            with self._staffing:
                if me.work is None:
                    self._idle.remove(me)
                    return None
        return me.work

    def _give(self, work: Work) -> bool:
        """Find a thread for some work; False where all are busy, and no more may be. Under ``_staffing``."""
        if self._idle:
            member = self._idle.pop()
            member.work = work
            member.bell.release()
        elif len(self.threads) < self.limit:
            try:
                self._start(work)
            except RuntimeError:
                return False  # the system has no thread left
        else:
            return False
        return True

    # ---- leading

    def _lead(self) -> None:
        """Run what is ready, until somebody else leads or the server stops."""
        stage = self._stage = []  # its own: what another one's next handler stands on is not ours to take
        while not self.stopping:
            places = self._look_round()
            if time.monotonic() < self._spread_until:
                places = [place for place in places if not self._hand_out(place)]
            if places:
                began, switches = time.monotonic(), _count_switches() if len(places) > 1 else 0
                for place in places:
                    stage.append(place)
                    if not self._awake:
                        self._awake = True
                        self._alarm.release()
                    keeps = self._run(place)
                    try:
                        stage.pop()
                    except IndexError:  # somebody else leads
                        with self._staffing:
                            pass  # who has also disarmed the place now
                        self._rearm(place, keeps=keeps)
                        return
                    self._count += 1
                    if self.stopping:
                        break
                if len(places) > 1 and time.monotonic() - began > LINE:
                    self._look_back(_count_switches() - switches, len(places))
        self.close()

    def _look_round(self) -> list[Place]:
        """Return what is ready. New connections come first, but not all the time."""
        self._rounds += 1
        if self.arrivals and self._rounds % ARRIVALS:
            return [self.arrivals.popleft()]
        places = self.poll(None)
        self.sweep(places)
        if (
            self.arrivals
        ):  # at the head: who is taken over forgets the rest, which is found again if it is armed
            places.insert(0, self.arrivals.popleft())
        return places

    def _run(self, place: Place) -> bool:
        """Run what is ready at a place; tell whether it goes on to wait there."""
        try:
            return place.ready()
        except BaseException as error:  # noqa: BLE001 - a thread of the handler's own would end with it
            if not isinstance(error, SystemExit):
                self._report(place)
            return False

    def _report(self, place: Place) -> None:
        """Tell of an exception as a thread of the handler's own would: what comes of that must not end this one."""
        try:
            self.server.handle_error(place.sock, getattr(place, "address", None))
        except BaseException:  # noqa: BLE001 - a server's own handle_error may raise
            kind, error, trace = sys.exc_info()
            threading.excepthook(threading.ExceptHookArgs((kind, error, trace, threading.current_thread())))

    def _end(self, place: Place) -> None:
        try:
            super()._end(place)
        except BaseException:  # noqa: BLE001 - likewise
            self._report(place)

    def _rearm(self, place: Place, *, keeps: bool) -> None:
        """Put a place back to where its leader has taken it from."""
        if keeps and not self.arm(place):
            self._end(place)

    def _hand_out(self, place: Place) -> bool:
        """Let another thread run what is ready; False where there is none, nor one that could come back to it."""
        armed = place.armed
        self.disarm(place)
        work = partial(self._run_apart, place)
        with self._staffing:
            given = self._give(work)
            if not given and len(self.threads) > FEWEST:
                self._backlog.append(work)
                given = True
        if not given and armed:
            self.arm(place)
        return given

    def _run_apart(self, place: Place) -> None:
        self._rearm(place, keeps=self._run(place))

    def _look_back(self, switches: int, count: int) -> None:
        """Spread what comes next where those who stood in line waited for others that waited themselves."""
        if switches > count // 2:
            self._spread_until = time.monotonic() + SPREAD

    # ---- watching

    def _watch(self) -> None:
        """Look whether the leader is held up by a handler; lead in its place then."""
        quiet, seen, count = 0, None, -1
        while not self.over:
            time.sleep(MOMENT)
            place = next(iter(self._stage), None)
            if place is None:
                quiet, seen = quiet + 1, None
                if quiet > QUIET and not self.stopping:
                    self._sleep()
                    quiet = 0
            elif self.stopping or (place is seen and self._count == count):
                if self._take_over():
                    return
                seen = None
            else:
                quiet, seen, count = 0, place, self._count

    def _sleep(self) -> None:
        """Sleep until the leader runs a handler."""
        self._awake = False
        if not self._stage and not self.stopping:
            self._alarm.acquire()
        self._awake = True

    def _take_over(self) -> bool:
        """Lead instead of who is held up; False when it is not any more."""
        with self._staffing:
            try:
                place = self._stage.pop()
            except IndexError:
                return False
            self.disarm(place)  # its handler reads from it
            self._count_change()
            self._unwatched = not self.stopping and not self._give(self._watch)
        self._lead()
        return True

    def _count_change(self) -> None:
        now = time.monotonic()
        self._changes = self._changes * 0.5 ** ((now - self._changed) / HALVING) + 1
        self._changed = now
        if self._changes > SEVERAL:
            self._spread_until = now + SPREAD
            self._changes = 0.0
