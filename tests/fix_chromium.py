"""A real browser: headless Chromium, driven over its DevTools protocol by a pair of pipes.

    page = browser.open("http://127.0.0.1:8000/")
    page.run("document.title")              # evaluate JavaScript, wait for promises, give the value
    page.press("/")                         # a key, as a user presses it
    page.wait_for("...")                    # until JavaScript is true, for a minute at most
    page.complaints()                       # what the browser's console says: errors, breaches of the policy

One process serves a run; each page has a context of its own (cookies, caches). Skips, by name, where no Chromium is.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 60.0
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--disable-component-update", "--mute-audio",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip


class BrowserError(Exception):
    """The browser could not do what it was asked for."""


class Browser:
    """A running Chromium."""

    def __init__(self, program: str, profile: Path) -> None:
        import fcntl  # Unix alone has it

        ends = (*os.pipe(), *os.pipe())
        # above 3 and 4, which are the numbers that the browser wants its own ends to have
        theirs_in, self._to, self._from, theirs_out = (
            fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in ends
        )
        for fd in ends:
            os.close(fd)
        self._numbers = itertools.count(1)
        self._buffer = b""
        self.events: list[dict[str, Any]] = []
        script = f'exec 3<&{theirs_in} 4>&{theirs_out} {theirs_in}<&- {theirs_out}>&-; exec "$@"'
        self._process = subprocess.Popen(
            [
                "/bin/bash",
                "-c",
                script,
                "browser",
                program,
                *ARGUMENTS,
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it has children of its own, which end with it
        )
        os.close(theirs_in)
        os.close(theirs_out)

    def close(self) -> None:
        with contextlib.suppress(BrowserError, OSError):
            self.send("Browser.close")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def send(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Ask for something, and give the answer; events that come meanwhile are kept."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear(time.monotonic() + PATIENCE)
            if heard.get("id") == number:
                break
            self.events.append(heard)
        if "error" in heard:
            raise BrowserError(f"{method}: {heard['error']}")
        result: dict[str, Any] = heard["result"]
        return result

    def _hear(self, due: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, due - time.monotonic()))
            block = os.read(self._from, 1 << 20) if ready else b""
            if not block:
                raise BrowserError("the browser does not answer" if not ready else "the browser has ended")
            self._buffer += block
        text, _, self._buffer = self._buffer.partition(b"\0")
        heard: dict[str, Any] = json.loads(text)
        return heard

    def wait_for_event(self, method: str, session: str) -> None:
        """Wait until an event of this page has come."""
        due = time.monotonic() + PATIENCE
        while not any(one.get("method") == method and one.get("sessionId") == session for one in self.events):
            self.events.append(self._hear(due))

    def open(self, url: str, width: int = 1200, height: int = 900, *, dark: bool = False) -> Page:
        """Open a page in a context of its own, and wait until it is loaded."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, context)
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable", session)
        phone = width < 600
        self.send(
            "Emulation.setDeviceMetricsOverride",
            session,
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", session, features=[scheme])
        self.events.clear()
        self.send("Page.navigate", session, url=url)
        self.wait_for_event("Page.loadEventFired", session)
        return page


class Page:
    """A page that is open."""

    def __init__(self, browser: Browser, session: str, context: str) -> None:
        self._browser, self._session, self._context = browser, session, context

    def close(self) -> None:
        self._browser.send("Target.disposeBrowserContext", browserContextId=self._context)

    def run(self, script: str) -> Any:
        """Give the value of an expression in JavaScript; promises are waited for."""
        answer = self._browser.send(
            "Runtime.evaluate",
            self._session,
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression is true, on this page or on one that it leads to."""
        due = time.monotonic() + PATIENCE
        while time.monotonic() < due:
            with contextlib.suppress(BrowserError):  # it is just being left
                if self.run(condition):
                    return
            time.sleep(0.02)
        raise BrowserError(f"waited in vain for {condition}")

    def press(self, key: str) -> None:
        """Press a key: one character, or a name (Enter, Escape, Tab)."""
        special = {
            "Enter": ("\r", 13), "Escape": ("", 27), "Tab": ("\t", 9), " ": (" ", 32), "Backspace": ("", 8),
            "End": ("", 35), "Home": ("", 36),
            "ArrowLeft": ("", 37), "ArrowUp": ("", 38), "ArrowRight": ("", 39), "ArrowDown": ("", 40),
        }  # fmt: skip
        text, code = special.get(key, (key, ord(key[0].upper())))
        given: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
        down = {"text": text, **given} if text and key != "Tab" else given
        self._browser.send("Input.dispatchKeyEvent", self._session, type="keyDown", **down)
        self._browser.send("Input.dispatchKeyEvent", self._session, type="keyUp", **given)

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self._browser.send("Input.insertText", self._session, text=text)

    def click(self, selector: str) -> None:
        """Click in the middle of the first element that a selector finds, once it is in view."""
        x, y = self.run(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: "center"}});
            const box = element.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self._browser.send(
                "Input.dispatchMouseEvent", self._session, type=kind, x=x, y=y, button="left", clickCount=1
            )

    def choose_files(self, selector: str, *paths: Path) -> None:
        """Choose files in a field of a form, as a user does in the window for that."""
        root = self._browser.send("DOM.getDocument", self._session)["root"]["nodeId"]
        node = self._browser.send("DOM.querySelector", self._session, nodeId=root, selector=selector)[
            "nodeId"
        ]
        self._browser.send("DOM.setFileInputFiles", self._session, nodeId=node, files=list(map(str, paths)))

    def drop_files(self, *paths: Path) -> None:
        """Drag files over the page, and drop them there."""
        data = {"items": [], "files": list(map(str, paths)), "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self._browser.send("Input.dispatchDragEvent", self._session, type=kind, x=200, y=300, data=data)

    def disable_scripts(self) -> None:
        """Load the page anew, with scripts switched off."""
        self._browser.send("Emulation.setScriptExecutionDisabled", self._session, value=True)
        self._browser.events.clear()
        self._browser.send("Page.reload", self._session)
        self._browser.wait_for_event("Page.loadEventFired", self._session)

    def text(self, selector: str) -> str:
        """Give the text of the first element that a selector finds, as it is shown."""
        found: str = self.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return found

    def complaints(self) -> list[str]:
        """Give what the console says of errors: scripts that failed, breaches of the policy, missing files."""
        self.run("0")  # what has happened has been told then
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            params = event.get("params", {})
            if event["method"] == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
                found.append(params["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"])[:500])
        return found

    def screenshot(self, path: Path) -> None:
        """Write a picture of what is shown."""
        data = self._browser.send("Page.captureScreenshot", self._session, format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give a running browser."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser is installed: {', '.join(NAMES)}")
    running = Browser(program, tmp_path_factory.mktemp("browser"))
    try:
        yield running
    finally:
        running.close()
