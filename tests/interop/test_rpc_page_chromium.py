"""The documentation page of an XML-RPC server, in a real browser: headless Chromium. See tests.fix_chromium."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin
from tests.rpc_servers import serving
from wirekit.xmlrpc.client import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_chromium import Browser, Page

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HOSTILE = "</script><script>window.ran=1</script><img src=x onerror=window.ran=1> \"' &amp; \u202e"
WIDE, HIGH = 1200, 900
PHONE = (360, 740)
BLOCKING, ASYNC = Twin("blocking"), Twin("asyncio")
COLOURS = ("text", "soft", "link", "type", "good", "bad")


class Orchard:
    """What is served."""

    def add(self, x: int, y: int = 1) -> int:
        """Add two numbers."""
        return x + y

    def same(self, value: Any) -> Any:
        """Give back what came."""
        return value

    def gather(self, first: str, *rest: Any) -> list[Any]:
        """Put values together."""
        return [first, *rest]

    def pick(self, fruit: str) -> str:
        """Pick a fruit, of which there is none."""
        raise Fault(404, f"no {fruit}")


def register(server: Any) -> None:
    def hostile(a: int) -> str:
        return f"{a}{HOSTILE}"

    hostile.__doc__ = HOSTILE
    hostile.__annotations__ = {"a": HOSTILE, "return": HOSTILE}
    server.register_instance(Orchard())
    server.register_function(hostile, "hostile")
    server.register_function(hostile, f"hostile {HOSTILE}")
    server.register_introspection_functions()
    server.set_server_title(f"Orchard {HOSTILE}")
    server.set_server_name(f"Orchard {HOSTILE}")
    server.set_server_documentation(HOSTILE)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the page; give its URL."""
    with serving(BLOCKING, register, "DocXMLRPCServer", allow_none=True) as server:
        yield server.url


@pytest.fixture
def page(url: str, browser: Browser) -> Iterator[Page]:
    """Open the page; nothing may have run or been refused when it closes."""
    opened = browser.open(url, WIDE, HIGH)
    yield opened
    assert opened.complaints() == []
    assert opened.run("window.ran === undefined")
    opened.close()


def fill(page: Page, method: str, *texts: str) -> None:
    """Open the console of a method, and type the arguments."""
    if not page.run(f"document.querySelector('#m-{method} details').open"):
        page.click(f"#m-{method} summary")
        page.wait_for(f"document.querySelector('#m-{method} details').open")
    for at, text in enumerate(texts):
        page.run(f"""(() => {{
            const input = document.querySelectorAll("#m-{method} input")[{at}];
            input.value = "";
            input.focus();
        }})()""")
        page.type(text)


def call(page: Page, method: str, *texts: str) -> tuple[str, str]:
    """Call a method from its console; give the verdict, and what stands below it."""
    fill(page, method, *texts)
    page.run(f"document.querySelector('#m-{method} output').replaceChildren()")
    page.click(f"#m-{method} button")
    return answer(page, method)


def answer(page: Page, method: str) -> tuple[str, str]:
    """Give what a method's console shows, once it does."""
    page.wait_for(f"document.querySelector('#m-{method} .verdict') !== null")
    shown: list[str] = page.run(f"""["span", ".result"].map((name) =>
        (document.querySelector("#m-{method} output").querySelector(name)?.textContent ?? ""))""")
    return shown[0], shown[1]


def test_method_is_called_and_its_answer_is_read(page: Page) -> None:
    assert call(page, "add", "2", "3") == ("Result", "5")
    assert page.text("#m-add .verdict .time").endswith(" ms")
    page.click("#m-add .wire summary")
    page.wait_for("document.querySelector('#m-add .wire').open")
    assert "<methodName>add</methodName>" in page.text("#m-add .request")
    assert "<param><value><int>2</int></value></param>" in page.text("#m-add .request")
    assert "<value><int>5</int></value>" in page.text("#m-add .response")
    page.run("document.querySelectorAll('#m-add input')[1].value = ''")
    assert call(page, "add", "2") == ("Result", "3")  # the default


TYPED = [
    "null", "true", "-17", "2147483648", "-9223372036854775809", "1.5", "0.1", "-0.0", "[]", "{}", '""',
    r'"a \"b\" <c> &amp; \\ \n \t ü \ud83d\ude00"',
    '{"a": [1, {"b": null}, [false, "x"]], "<&>": "", "": 2.25}',
    '{"$base64": "AP8="}', '{"$dateTime": "20260228T12:30:00"}',
]  # fmt: skip


def test_values_of_each_type_go_there_and_back(page: Page) -> None:
    for typed in TYPED:
        verdict, shown = call(page, "same", typed)
        assert (verdict, json.loads(shown)) == ("Result", json.loads(typed)), typed
        assert (json.loads(shown) is True) is (typed == "true")


def test_doubles_are_sent_without_exponents(page: Page) -> None:
    for typed, sent in (("1e21", "1" + 21 * "0" + ".0"), ("-2.5e-9", "-0.0000000025"), ("1.0", "1.0")):
        verdict, shown = call(page, "same", typed)
        assert (verdict, float(shown)) == ("Result", float(typed))
        found = page.run("document.querySelector('#m-same .request').textContent")
        assert f"<double>{sent}</double>" in found


def test_words_need_no_quotes_and_any_number_of_arguments_is_taken(page: Page) -> None:
    verdict, shown = call(page, "gather", "plain words", '1, "two", [3]')
    assert (verdict, json.loads(shown)) == ("Result", ["plain words", 1, "two", [3]])
    page.run("document.querySelectorAll('#m-gather input')[1].value = ''")
    assert json.loads(call(page, "gather", "true-ish")[1]) == ["true-ish"]


def test_faults_are_shown(page: Page) -> None:
    assert call(page, "pick", "plums & <pears>") == ("Fault 404", "no plums & <pears>")
    verdict, shown = call(page, "add", '"two"')
    assert verdict.startswith("Fault ")
    assert "TypeError" in shown
    assert page.run("document.querySelector('#m-add .verdict .bad') !== null")
    assert page.run("document.querySelector('#m-pick .response').textContent.includes('<fault>')")


def test_bad_json_is_shown_where_it_stands_and_sends_nothing(page: Page) -> None:
    for typed in ("[1, 2", '{"a": }', "12monkeys", '"open'):
        verdict, shown = call(page, "same", typed)
        assert verdict.startswith("value: "), typed
        assert shown == ""
        assert page.run("document.activeElement.getAttribute('aria-invalid')") == "true"
        assert page.run("document.querySelector('#m-same .wire') === null")
    assert call(page, "same", "[1, 2]")[0] == "Result"
    assert page.run("document.querySelector('#m-same input').getAttribute('aria-invalid') === null")


def test_value_that_is_missing_is_asked_for(page: Page) -> None:
    fill(page, "same", "")
    page.click("#m-same button")
    page.wait_for("document.querySelector('#m-same input').matches(':invalid')")
    assert page.run("document.querySelector('#m-same output').children.length") == 0


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.press("/")
    page.wait_for("document.activeElement.id === 'search'")
    page.type("two numbers")
    page.wait_for("document.querySelector('#count').textContent.startsWith('1 of ')")
    page.press("Enter")
    page.wait_for("document.activeElement.textContent === 'add'")
    page.press("Tab")
    page.wait_for("document.activeElement.textContent === 'Try it'")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.run(outline) == "solid"  # who sees it knows where he is
    page.press("Enter")
    page.wait_for("document.querySelector('#m-add details').open")
    for name, text in (("x", "20"), ("y", "22")):
        page.press("Tab")
        page.wait_for(f"document.activeElement.dataset.name === '{name}'")
        page.type(text)
    page.press("Enter")
    assert answer(page, "add") == ("Result", "42")
    page.press("Tab")
    page.wait_for("document.activeElement.textContent === 'Call'")
    page.run("document.querySelector('#m-add output').replaceChildren()")
    page.press(" ")
    assert answer(page, "add") == ("Result", "42")


def test_search_finds_words_anywhere_and_is_taken_back(page: Page) -> None:
    shown = "[...document.querySelectorAll('.method:not([hidden])')].map((method) => method.dataset.name)"
    listed = "[...document.querySelectorAll('nav li:not([hidden])')].map((item) => item.dataset.name)"
    everything = page.run(shown)
    assert everything[:2] == ["add", "gather"]
    assert page.run("document.querySelector('#count').textContent") == f"{len(everything)} methods"
    for typed, found in (("FRUIT none", ["pick"]), ("gIvE ba", ["same"]), ("no such thing", [])):
        page.run("search.value = ''; search.focus()")
        page.type(typed)
        assert (page.run(shown), page.run(listed)) == (found, found)
        assert page.run("document.querySelector('#nothing').hidden") is bool(found)
    page.press("Escape")
    page.wait_for("search.value === ''")
    assert page.run(shown) == page.run(listed) == everything


def test_what_others_wrote_is_text(page: Page) -> None:
    assert page.run("document.title") == f"Orchard {HOSTILE}"
    assert page.run("document.querySelector('h1').textContent") == f"Orchard {HOSTILE}"
    assert page.run("document.querySelectorAll('script').length") == 1
    assert page.run("document.images.length") == 0
    verdict, shown = call(page, "hostile", "7")
    assert (verdict, json.loads(shown)) == ("Result", f"7{HOSTILE}")
    verdict, shown = call(page, "pick", HOSTILE)
    assert (verdict, shown) == ("Fault 404", f"no {HOSTILE}")
    page.run("document.querySelector('#search').focus()")
    page.type(HOSTILE)
    names = page.run("[...document.querySelectorAll('.method:not([hidden])')].map((one) => one.dataset.name)")
    assert names == ["hostile", f"hostile {HOSTILE}"]


def note_refusals(page: Page) -> None:
    """Have the page note what its policy refuses, by directive, in `refused`."""
    page.run("""(() => {
        window.refused = [];
        document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    })()""")


def test_policy_stops_what_slipped_in(url: str, browser: Browser) -> None:
    page = browser.open(url, WIDE, HIGH)
    note_refusals(page)
    page.run("""(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", '<p id="slipped" style="color: red" onclick="window.ran = 2">.</p>');
    })()""")
    page.click("#slipped")
    assert page.run("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)") == "TypeError"
    assert page.run("window.ran === undefined")
    assert page.run("document.querySelector('#slipped').style.length") == 0
    for directive in ("script-src-elem", "script-src-attr", "style-src-attr", "connect-src"):
        page.wait_for(f"refused.includes('{directive}')")
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_in_light_and_dark(url: str, browser: Browser, dark: bool) -> None:
    page = browser.open(url, WIDE, HIGH, dark=dark)
    style = "getComputedStyle(document.documentElement).getPropertyValue"
    colour = {
        name: page.run(f"{style}.call(getComputedStyle(document.documentElement), '--{name}').trim()")
        for name in (*COLOURS, "page", "card", "sunk", "mark", "on-mark")
    }
    ground = luminance(page.run("getComputedStyle(document.body).backgroundColor"))
    assert (ground < 0.1) is dark
    assert ground == luminance(colour["page"])
    for name in COLOURS:
        for behind in ("page", "card"):
            assert contrast(colour[name], colour[behind]) >= 4.5, (name, behind)
    assert contrast(colour["text"], colour["sunk"]) >= 4.5
    assert contrast(colour["on-mark"], colour["mark"]) >= 4.5
    page.close()


def luminance(colour: str) -> float:
    """Give the relative luminance of `#rrggbb` or `rgb(r, g, b)` (WCAG 2.2)."""
    if colour.startswith("#"):
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    else:
        parts = [int(part) for part in colour[4:-1].split(",")]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in parts)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_phone_shows_everything_in_its_width(url: str, browser: Browser) -> None:
    page = browser.open(url, *PHONE)
    assert call(page, "same", json.dumps(["x" * 300, {"a": "word " * 80}]))[0] == "Result"
    page.click("#m-same .wire summary")
    page.wait_for("document.querySelector('#m-same .wire').open")
    assert page.run("[document.documentElement.scrollWidth, innerWidth]") == [PHONE[0]] * 2
    small = page.run("""[...document.querySelectorAll("button, input")].filter((one) => one.offsetParent !== null)
        .filter((one) => one.getBoundingClientRect().height < 44 || parseFloat(getComputedStyle(one).fontSize) < 16)
        .map((one) => one.outerHTML)""")
    assert small == []  # large enough for thumbs, and for no zoom to come when one is filled
    beyond = page.run("""[...document.querySelectorAll("article, h1, h2, p, input, button, details")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 80))""")
    assert beyond == []
    assert page.complaints() == []
    page.close()


def test_page_without_a_console_has_none(browser: Browser) -> None:
    with serving(BLOCKING, register, "DocXMLRPCServer", console=False) as server:
        page = browser.open(server.url, WIDE, HIGH)
        assert page.run("document.querySelectorAll('form.console, details, button').length") == 0
        assert page.run("document.querySelectorAll('.method').length") == 9
        note_refusals(page)
        assert page.run("fetch(location.href).then(() => 'sent', (error) => error.name)") == "TypeError"
        page.wait_for("refused.length > 0")
        assert set(page.run("refused")) == {"connect-src"}
        page.close()


def test_async_server_has_the_same_page(browser: Browser) -> None:
    with serving(ASYNC, register, "DocXMLRPCServer") as server:
        page = browser.open(server.url, WIDE, HIGH)
        assert call(page, "add", "2", "3") == ("Result", "5")
        assert call(page, "pick", "plums") == ("Fault 404", "no plums")
        assert page.complaints() == []
        page.close()


def test_server_that_is_gone_is_told(browser: Browser) -> None:
    with serving(BLOCKING, register, "DocXMLRPCServer") as server:
        page = browser.open(server.url, WIDE, HIGH)
    with socket.socket() as held:  # so that nobody else listens there meanwhile
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(server.server_address[:2])
        verdict, shown = call(page, "add", "2")
    assert verdict  # the browser's own words
    assert shown == ""
    assert page.run("document.querySelector('#m-add .verdict .bad') !== null")
    assert page.run("!document.querySelector('#m-add button').disabled")
    page.close()
