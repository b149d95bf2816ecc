# Generated from tests/aio/test_request.py by tools/unasync.py; edit that file.
"""Request, OpenerDirector and the order of handlers: what of urllib.request needs no network."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from wirekit import URL, defaults
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit.urllib import request as web

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("plain_opener")


# ---- Request


def test_url_is_taken_apart() -> None:
    wanted = web.Request("HTTP://Example.org:8080/a/b?c=d#e")
    assert (wanted.type, wanted.host, wanted.selector) == ("http", "Example.org:8080", "/a/b?c=d")
    assert wanted.fragment == "e"
    assert wanted.full_url == wanted.get_full_url() == "HTTP://Example.org:8080/a/b?c=d#e"


def test_wrapped_url_is_unwrapped() -> None:
    assert web.Request("<URL:http://example.org/a>").full_url == "http://example.org/a"


def test_first_mark_begins_the_fragment() -> None:
    wanted = web.Request("http://example.org/a#b#c")
    assert (wanted.selector, wanted.fragment) == ("/a", "b#c")


def test_url_set_anew_changes_its_parts() -> None:
    wanted = web.Request("http://one.example/a#x")
    wanted.full_url = "https://two.example/b"
    assert (wanted.type, wanted.host, wanted.selector, wanted.fragment) == (
        "https",
        "two.example",
        "/b",
        None,
    )


def test_url_deleted_leaves_no_parts() -> None:
    wanted = web.Request("http://one.example/a#x")
    del wanted.full_url
    assert (wanted.full_url, wanted.fragment, wanted.selector) == (None, None, "")


@pytest.mark.parametrize("make", [URL, URL.whatwg], ids=["strict", "browser"])
def test_url_object_stands_for_its_text(make: Any) -> None:
    url = make("data:,hello")
    wanted = web.Request(url)
    assert (type(wanted.full_url), wanted.full_url) == (str, str(url))
    wanted.full_url = URL("http://bücher.example/ä")
    assert (wanted.host, wanted.selector) == ("xn--bcher-kva.example", "/%C3%A4")
    for opened in (web.urlopen(url), web.build_opener().open(url, timeout=5), web.urlopen(web.Request(url))):
        with opened as response:
            assert response.read() == b"hello"


def test_url_object_is_fetched_into_a_file(tmp_path: Path) -> None:
    web.urlretrieve(URL("data:,hello"), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"hello"


def test_relative_url_object_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown url type"):
        web.Request(URL("/path"))


@pytest.mark.parametrize("url", ["", "example.org", "/path", "//example.org/"])
def test_url_without_a_scheme_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="unknown url type"):
        web.Request(url)


@pytest.mark.parametrize("url", ["http://a.example\\@b.example/", "http://127.1/", "http://[::1"])
def test_url_of_two_meanings_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        web.Request(url)


def test_url_of_two_meanings_is_let_through_by_the_stdlib_profile() -> None:
    with defaults.using("stdlib"):
        assert web.Request("http://127.1/").host == "127.1"


def test_method_follows_the_body_unless_given() -> None:
    assert web.Request("http://h/").get_method() == "GET"
    assert web.Request("http://h/", b"").get_method() == "POST"
    assert web.Request("http://h/", b"x", method="PUT").get_method() == "PUT"
    assert not hasattr(web.Request("http://h/"), "method")


def test_method_of_a_subclass_counts() -> None:
    class Head(web.Request):
        method = "HEAD"

    assert Head("http://h/").get_method() == "HEAD"


def test_headers_are_found_in_any_case() -> None:
    wanted = web.Request("http://h/", headers={"X-Own-Name": "1"})
    wanted.add_unredirected_header("other", "2")
    assert sorted(wanted.header_items()) == [("Other", "2"), ("X-own-name", "1")]
    assert wanted.has_header("X-OWN-NAME")
    assert wanted.get_header("x-own-name") == "1"
    assert wanted.get_header("OTHER") == "2"
    assert wanted.get_header("none") is None
    assert wanted.get_header("none", "3") == "3"
    wanted.remove_header("x-Own-name")
    wanted.remove_header("none")
    assert not wanted.has_header("X-own-name")


def test_redirected_header_counts_before_the_unredirected_one() -> None:
    wanted = web.Request("http://h/", headers={"A": "redirected"})
    wanted.add_unredirected_header("A", "unredirected")
    assert wanted.get_header("A") == "redirected"
    assert wanted.header_items() == [("A", "redirected")]


def test_new_data_drops_what_was_said_of_the_old() -> None:
    wanted = web.Request("http://h/", b"one", {"Content-Length": "3"})
    assert wanted.has_header("Content-length")
    wanted.add_unredirected_header("Transfer-encoding", "chunked")
    wanted.data = b"three"
    assert not wanted.has_header("Content-length")
    assert not wanted.has_header("Transfer-encoding")


def test_same_data_keeps_its_length() -> None:
    data = b"one"
    wanted = web.Request("http://h/", data)
    wanted.add_header("Content-Length", "3")
    wanted.data = data
    assert wanted.has_header("Content-length")


def test_data_deleted_is_none() -> None:
    wanted = web.Request("http://h/", b"x")
    del wanted.data
    assert wanted.data is None
    assert wanted.get_method() == "GET"


def test_oldest_names_still_work() -> None:
    wanted = web.Request("http://h:81/p?q", None, {}, "origin.example", True)
    assert not wanted.has_data()
    wanted.add_data(b"x")
    assert wanted.has_data()
    assert wanted.get_data() == b"x"
    assert (wanted.get_type(), wanted.get_host(), wanted.get_selector()) == ("http", "h:81", "/p?q")
    assert wanted.get_origin_req_host() == wanted.origin_req_host == "origin.example"
    assert wanted.is_unverifiable() is wanted.unverifiable is True


@pytest.mark.parametrize(
    "url, headers, host",
    [
        ("http://WWW.Example.org:80/", {}, "www.example.org"),
        ("http://[::1]:80/", {}, "[::1]"),
        ("data:,x", {"Host": "A.example:1"}, "a.example"),
        ("data:,x", {}, ""),
    ],
)
def test_request_host_is_lower_case_without_port(url: str, headers: dict[str, str], host: str) -> None:
    wanted = web.Request(url, headers=headers)
    assert web.request_host(wanted) == wanted.origin_req_host == host


def test_proxy_for_http_is_asked_for_the_whole_url() -> None:
    wanted = web.Request("http://h/p")
    assert not wanted.has_proxy()
    wanted.set_proxy("proxy:3128", "http")
    assert wanted.has_proxy()
    assert (wanted.type, wanted.host, wanted.selector) == ("http", "proxy:3128", "http://h/p")


def test_proxy_for_https_is_a_tunnel_however_often_it_is_set() -> None:
    wanted = web.Request("https://user:pw@h/p")
    for _ in range(2):
        wanted.set_proxy("proxy:3128", "http")
        assert not wanted.has_proxy()
        assert (wanted.type, wanted.host, wanted.selector) == ("https", "proxy:3128", "/p")
        assert wanted._tunnel_host == "h"


def test_request_is_shared_by_both_trees_and_pickles() -> None:
    from wirekit.urllib import request as blocking

    assert web.Request is blocking.Request
    wanted = web.Request("http://h/p#f", b"x", {"A": "1"}, method="PUT")
    for other in (pickle.loads(pickle.dumps(wanted)), copy.copy(wanted), copy.deepcopy(wanted)):
        assert (other.full_url, other.data, other.get_method()) == ("http://h/p#f", b"x", "PUT")
        assert other.headers == {"A": "1"}


# ---- OpenerDirector


class Recorder(web.BaseHandler):
    """Notes its calls; answers where told to."""

    def __init__(self, calls: list[str], name: str, order: int = 500, answer: Any = None) -> None:
        self.calls, self.name, self.handler_order, self.answer = calls, name, order, answer

    def note(self, what: str, answer: Any = None) -> Any:
        self.calls.append(f"{self.name}.{what}")
        return answer

    def x_request(self, wanted: Any) -> Any:
        return self.note("request", wanted)

    def x_response(self, wanted: Any, response: Any) -> Any:
        return self.note("response", response)

    def x_open(self, wanted: Any) -> Any:
        return self.note("open", self.answer)


def test_handlers_are_asked_in_order() -> None:
    calls: list[str] = []
    opener = web.OpenerDirector()
    opener.add_handler(Recorder(calls, "c", 900, "never"))
    opener.add_handler(Recorder(calls, "a", 100))
    opener.add_handler(Recorder(calls, "b", 500, "page"))
    assert opener.open("x://h/") == "page"
    assert calls == [
        *("a.request", "b.request", "c.request"),
        *("a.open", "b.open"),
        *("a.response", "b.response", "c.response"),
    ]
    assert [handler.name for handler in opener.handlers] == ["a", "b", "c"]
    assert all(handler.parent is opener for handler in opener.handlers)


def test_handler_may_wait() -> None:
    class Waiting(web.BaseHandler):
        def x_request(self, wanted: Any) -> Any:
            return web.Request("x://other/")

        def x_open(self, wanted: Any) -> Any:
            return wanted.host

        def x_response(self, wanted: Any, response: Any) -> Any:
            return response.upper()

    opener = web.OpenerDirector()
    opener.add_handler(Waiting())
    assert opener.open("x://h/") == "OTHER"


def test_default_open_comes_before_and_unknown_open_after() -> None:
    class Default(web.BaseHandler):
        def default_open(self, wanted: Any) -> Any:
            return "default" if wanted.host == "known" else None

        def unknown_open(self, wanted: Any) -> Any:
            return "unknown"

    opener = web.OpenerDirector()
    opener.add_handler(Default())
    opener.add_handler(Recorder([], "x", answer="open"))
    assert opener.open("x://known/") == "default"
    assert opener.open("x://h/") == "open"
    assert opener.open("y://h/") == "unknown"


def test_nobody_opens_gives_none() -> None:
    assert web.OpenerDirector().open("x://h/") is None


def test_request_object_takes_data_and_timeout() -> None:
    seen: list[Any] = []

    class Opens(web.BaseHandler):
        def x_open(self, wanted: Any) -> Any:
            seen.append((wanted, wanted.data, wanted.timeout))
            return "page"

    opener = web.OpenerDirector()
    opener.add_handler(Opens())
    wanted = web.Request("x://h/", b"old")
    opener.open(wanted, b"new", 7)
    opener.open(wanted)
    assert seen == [(wanted, b"new", 7), (wanted, b"new", GLOBAL_DEFAULT_TIMEOUT)]


def test_error_of_a_status_goes_to_its_handler_first() -> None:
    class Errors(web.BaseHandler):
        def http_error_418(self, *args: Any) -> Any:
            return "teapot"

        def http_error_default(self, *args: Any) -> Any:
            return f"default {args[2]}"

        def x_error(self, *args: Any) -> Any:
            return f"x {args}"

    opener = web.OpenerDirector()
    opener.add_handler(Errors())
    assert opener.error("http", None, None, 418, "", {}) == "teapot"
    assert opener.error("https", None, None, 404, "", {}) == "default 404"
    assert opener.error("x", 1) == "x (1,)"
    assert opener.error("y", 1) is None


def test_what_is_no_handler_is_refused() -> None:
    with pytest.raises(TypeError, match="expected BaseHandler"):
        web.OpenerDirector().add_handler(object())


def test_handler_without_a_purpose_is_not_kept() -> None:
    opener = web.OpenerDirector()
    opener.add_handler(web.BaseHandler())
    assert opener.handlers == []


def test_class_without_an_order_comes_last() -> None:
    class Odd:
        def add_parent(self, parent: Any) -> None:
            pass

        def x_open(self, wanted: Any) -> Any:
            return None

    opener = web.OpenerDirector()
    odd, usual = Odd(), Recorder([], "usual", 999)
    opener.add_handler(odd)
    opener.add_handler(usual)
    assert opener.handle_open["x"] == [usual, odd]


def test_own_handler_takes_the_place_of_the_usual_one() -> None:
    class Own(web.HTTPHandler):
        pass

    for given in (Own, Own()):
        kinds = [type(handler) for handler in web.build_opener(given).handlers]
        assert Own in kinds
        assert web.HTTPHandler not in kinds
        assert web.HTTPSHandler in kinds


def test_user_agent_follows_the_profile() -> None:
    assert web.OpenerDirector().addheaders == [("User-agent", defaults.SAFE.user_agent)]
    with defaults.using("stdlib"):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        assert web.OpenerDirector().addheaders == [("User-agent", f"Python-urllib/{version}")]


def test_installed_opener_is_used_until_cleanup() -> None:
    opener = web.OpenerDirector()
    opener.add_handler(Recorder([], "x", answer="mine"))
    web.install_opener(opener)
    assert web.urlopen("x://h/") == "mine"
    web.urlcleanup()
    with pytest.raises(web.URLError, match="unknown url type: x"):
        web.urlopen("x://h/")


def test_opening_is_audited() -> None:
    seen: list[Any] = []
    listening = True

    def hook(event: str, args: Any) -> None:
        if listening and event == "urllib.Request":
            seen.append(args)

    sys.addaudithook(hook)
    response = web.urlopen(web.Request("data:,x", headers={"A": "1"}))
    response.close()
    listening = False
    assert seen == [("data:,x", None, {"A": "1"}, "GET")]


# ---- the module


def test_errors_are_the_stdlibs_own() -> None:
    assert web.URLError is urllib.error.URLError
    assert web.HTTPError is urllib.error.HTTPError
    assert web.ContentTooShortError is urllib.error.ContentTooShortError


def test_names_of_parse_are_found_as_in_the_stdlib() -> None:
    assert web.quote("a b") == "a%20b"
    assert web.urlparse("http://h/").netloc == "h"


@pytest.mark.parametrize("name", ["no_such_name", "__no_such_name__"])
def test_other_names_are_not_there(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(web, name)


def test_everything_promised_is_there() -> None:
    assert [name for name in web.__all__ if not hasattr(web, name)] == []


def test_import_loads_nothing_that_most_programs_never_use() -> None:
    program = (
        "import sys, wirekit.urllib.request\n"
        "late = {'asyncio', 'ssl', 'email', 'http.client', 'tempfile', 'urllib.error', 'mimetypes'}\n"
        "print(sorted(late & set(sys.modules)))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "[]\n"
