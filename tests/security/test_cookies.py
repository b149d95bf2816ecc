"""Cookies that are more than they seem: a test for each row of section 5 of the security table, in both profiles.

Where the profiles differ, a test says what holds in each: the standard library's keeps what CPython's newest release does,
and refuses what CPython refuses.
"""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from tests.jars import Clock, Response, receive, sent, visit
from wirekit import defaults
from wirekit.http import _cookie_requests, cookiejar, cookies
from wirekit.urllib.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTROLS = [*map(chr, range(32)), "\x7f"]
BOTH = pytest.mark.parametrize("profile", ["safe", "stdlib"])


@pytest.fixture(autouse=True)
def _safe_profile() -> Iterator[None]:
    with defaults.using("safe"):
        yield


def steps(function: Callable[[], object]) -> int:
    from tests.security.test_urls import steps as count

    return count(function)


# ---- http.cookies


@BOTH
@pytest.mark.parametrize("control", CONTROLS)
def test_row_78_control_characters_in_a_morsel(profile: str, control: str) -> None:
    with defaults.using(profile):
        morsel = cookies.Morsel()
        for arguments in (
            ("k" + control, "v", "v"),
            ("k", "v" + control, "v"),
            ("k", "v", "v" + control),
        ):
            with pytest.raises(cookies.CookieError):
                morsel.set(*arguments)
        for name in cookies.Morsel._reserved:
            with pytest.raises(cookies.CookieError):
                morsel[name] = f"/{control}X: y"
            with pytest.raises(cookies.CookieError):
                morsel[name + control] = "x"
        assert set(morsel.values()) == {""}
        jar = cookies.SimpleCookie()
        jar["a"] = "1"
        with pytest.raises(cookies.CookieError):
            jar["a"]["path"] = f"/\r\nX: y{control}"
        assert jar.output() == "Set-Cookie: a=1"
        base = cookies.BaseCookie()
        with pytest.raises(cookies.CookieError):
            base["a"] = f"x{control}"


@BOTH
def test_row_79_control_characters_by_any_other_way(profile: str) -> None:
    with defaults.using(profile):
        morsel = cookies.Morsel()
        morsel.set("k", "v", "v")
        for attempt in (
            lambda: morsel.update({"path": "x\r\ny"}),
            lambda: morsel.update([("path", "x\r\ny")]),
            lambda: morsel.__ior__({"path": "x\r\ny"}),
            lambda: morsel.setdefault("path", "x\r\ny"),
            lambda: morsel.__setstate__({"key": "k\n", "value": "v", "coded_value": "v"}),
            lambda: morsel.__setstate__({"key": "k", "value": "v\n", "coded_value": "v"}),
            lambda: morsel.__setstate__({"key": "k", "value": "v", "coded_value": "v\n"}),
            lambda: cookies.SimpleCookie({"a\n": "b"}),
        ):
            with pytest.raises(cookies.CookieError):
                attempt()
        assert morsel.output() == "Set-Cookie: k=v"
        spoils: tuple[Callable[[Any], object], ...] = (
            lambda one: dict.__setitem__(one, "path", "x\r\ny"),
            lambda one: dict.update(one, {"comment": None, "domain": "x\r\ny"}),
            lambda one: setattr(one, "_coded_value", "x\r\ny"),
            lambda one: setattr(one, "_key", "x\r\ny"),
        )
        for spoil in spoils:
            bad = morsel.copy()
            spoil(bad)
            many = cookies.SimpleCookie()
            many["k"] = bad
            for attempt in (
                bad.output,
                bad.js_output,
                bad.OutputString,
                many.output,
                many.js_output,
                bad.__str__,
            ):
                with pytest.raises(cookies.CookieError):
                    attempt()
            assert "\n" not in repr(bad)
            with pytest.raises(cookies.CookieError):
                pickle.loads(pickle.dumps(bad))
            with pytest.raises(cookies.CookieError):
                copy.copy(bad)
        with pytest.raises(cookies.CookieError):
            morsel.output(header="X: y\r\nSet-Cookie:")


@BOTH
def test_row_79_nothing_leaves_the_script(profile: str) -> None:
    with defaults.using(profile):
        jar = cookies.SimpleCookie()
        jar["a"] = '";</script><script>\\'
        script = jar.js_output()
        start = script.index('"') + 1
        start = script.index('= "') + 3
        text = script[start : script.index('";\n')]
        assert "<" not in text
        assert ">" not in text
        assert '"' not in text.replace('\\"', "").replace("\\\\", "")


def test_row_80_hostile_header_raises_nothing() -> None:
    jar = cookies.SimpleCookie()
    jar.load(
        'z=1; a="x\\012y"; b=2; c=\x01; d=\r\nX: y; e="\\000"; f="open; g=3; $evil=1; h;i=4; path=/; c,d=e; j=5'
    )
    assert {name: morsel.value for name, morsel in jar.items()} == {
        "z": "1", "b": "2", "f": '"open', "g": "3", "i": "4", "j": "5",
    }  # fmt: skip
    assert "\r" not in jar.output(sep="")
    with defaults.using("stdlib"):
        lax = cookies.SimpleCookie('a="x\\012y"; b=2')  # its line stays one: the value is sent as it came
        assert lax.output(sep="|") == 'Set-Cookie: a="x\\012y"|Set-Cookie: b=2'


@BOTH
@pytest.mark.parametrize(
    "piece",
    [
        "\\\\",
        '\\"',
        "\\134",
        "\\",
        'a="\\";',
        "a=",
        '="',
        "a= ",
        ";",
        " ",
        "a=b;",
        '"',
        "$a=b;",
        "expires=Wed, ",
    ],
)
def test_row_81_reading_takes_linear_time(profile: str, piece: str) -> None:
    """Count what the interpreter does; what an expression does in C is looked at by the size that must be survived."""

    def read(number: int) -> None:
        text = 'a="' + piece * number
        cookies._unquote(text + '"')
        cookies.parse_cookie(text)
        try:
            cookies.SimpleCookie().load(text)
        except cookies.CookieError:
            pass

    with defaults.using(profile):
        assert steps(lambda: read(2000)) < 15 * steps(lambda: read(200)) + 1000
        read(100_000)


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("a=b;c=d\x09d;e=f", {"a": "b", "e": "f"}),
        ('a=b;c={"d":"e"};f=g', {"a": "b", "c": '{"d":"e"}', "f": "g"}),
        ("a=b; c d=e; f=g", {"a": "b", "f": "g"}),
        ("a=b; c=\xe9; f=g", {"a": "b", "c": "\xe9", "f": "g"}),
        ("a=b; lone; f=g", {"a": "b", "f": "g"}),
        ("a=b c; f=g", {"a": "b c", "f": "g"}),
    ],
)
def test_row_82_one_odd_cookie_loses_no_other(header: str, wanted: dict[str, str]) -> None:
    assert {name: morsel.value for name, morsel in cookies.SimpleCookie(header).items()} == wanted
    assert wanted.items() <= cookies.parse_cookie(header).items()


def test_row_83_first_of_a_name_counts_and_all_can_be_read() -> None:
    for header in ("a=1; b=2; a=3", 'a=1; b="2"; a=3'):
        jar = cookies.SimpleCookie(header)
        assert [(name, morsel.value) for name, morsel in jar.items()] == [("a", "1"), ("b", "2")]
        found = cookies.parse_cookie(header)
        assert found["a"] == "1"
        assert found.getall("a") == ["1", "3"]
        assert found.pairs == [("a", "1"), ("b", "2"), ("a", "3")]
        with defaults.using("stdlib"):
            assert cookies.SimpleCookie(header)["a"].value == "3"  # as CPython has it


@BOTH
def test_row_84_nameless_cookie_shadows_none(profile: str) -> None:
    with defaults.using(profile):
        assert cookies.parse_cookie("=__Host-x=evil; __Host-x=good") == {"__Host-x": "good"}
        jar = cookies.SimpleCookie()
        try:
            jar.load("=__Host-x=evil; a=1")
        except cookies.CookieError:
            assert profile == "stdlib"
        assert "__Host-x" not in jar


def test_row_84_nameless_cookie_of_a_server_pretends_nothing() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "https://h.example/", "=__Host-x=evil", "__Secure-x", "=__HOST-y")
    assert len(jar) == 0


# ---- http.cookiejar: where cookies go


@BOTH
def test_row_85_cookie_of_a_suffix_is_not_sent(profile: str) -> None:
    with defaults.using(profile):
        jar = cookiejar.CookieJar()
        receive(jar, "http://example.com/", "a=1; Domain=example.com", "b=2")
        assert sent(jar, "http://badexample.com/") == ""
        assert sent(jar, "http://example.com.evil.org/") == ""


@BOTH
def test_row_86_domain_match_is_of_the_end(profile: str) -> None:
    with defaults.using(profile):
        assert not cookiejar.domain_match("www.acme.com.evil.org", ".acme.com")
        assert not cookiejar.domain_match(".acme.com", ".acme.com.")
        assert cookiejar.domain_match("www.acme.com", ".acme.com")


@BOTH
def test_row_87_path_ends_at_a_slash(profile: str) -> None:
    with defaults.using(profile):
        jar = cookiejar.CookieJar()
        receive(jar, "http://h.example/any/x", "a=1; Path=/any")
        assert sent(jar, "http://h.example/anybad") == ""
        assert sent(jar, "http://h.example/any") == sent(jar, "http://h.example/any/b") == "a=1"


def test_row_88_host_only_cookie_stays_with_its_host() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://x.com/", "a=1")
    assert sent(jar, "http://sub.x.com/") == ""
    assert sent(jar, "http://x.com/") == "a=1"
    with defaults.using("stdlib"):
        assert sent(jar, "http://sub.x.com/") == "a=1"  # Netscape's rule


@BOTH
@pytest.mark.parametrize("kind", ["MozillaCookieJar", "LWPCookieJar", "JSONCookieJar"])
def test_row_89_host_only_survives_saving(profile: str, kind: str, tmp_path: Path) -> None:
    with defaults.using(profile):
        jar = getattr(cookiejar, kind)(tmp_path / "jar")
        receive(jar, "https://x.com/", "a=1; Max-Age=99", "b=2; Max-Age=99; Domain=x.com")
        jar.save()
        again = getattr(cookiejar, kind)(tmp_path / "jar")
        again.load()
    assert sent(again, "https://sub.x.com/") == "b=2"
    assert sorted(sent(again, "https://x.com/").split("; ")) == ["a=1", "b=2"]


@pytest.mark.parametrize(
    "host, domain",
    [
        ("evil.co.uk", ".co.uk"),
        ("evil.co.uk", "co.UK"),
        ("evil.github.io", "github.io"),
        ("evil.com", "com"),
        ("evil.com", ".COM"),
        ("a.b.example", "example"),
        ("x.evil.kobe.jp", "evil.kobe.jp"),
        ("foo.localhost", "localhost"),
    ],
)
def test_row_90_no_cookie_for_a_public_suffix(host: str, domain: str) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, f"http://{host}/", f"a=1; Domain={domain}", f"b=2; domain={domain.upper()}; path=/")
    assert len(jar) == 0


def test_row_90_a_public_suffix_may_have_cookies_for_itself() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://github.io/", "a=1; Domain=github.io")
    assert sent(jar, "http://github.io/") == "a=1"
    assert sent(jar, "http://me.github.io/") == ""


@pytest.mark.parametrize("domain", ["com.", "com", ".com.", "evil.com.", "victim.com.", "com.."])
def test_row_91_final_dots_defeat_nothing(domain: str) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://evil.com./", f"a=1; Domain={domain}")
    assert len(jar) == 0
    receive(jar, "http://evil.com./", "b=2")
    assert sent(jar, "http://evil.com/") == sent(jar, "http://EVIL.com./") == "b=2"
    assert sent(jar, "http://victim.com./") == sent(jar, "http://victim.com/") == ""


@pytest.mark.parametrize(
    "host, domain",
    [("127.0.0.1", "0.0.1"), ("127.0.0.1", ".0.0.1"), ("127.0.0.1", "1"), ("[::1]", "1]")],
)
def test_row_92_part_of_an_address_is_no_domain(host: str, domain: str) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, f"http://{host}/", f"a=1; Domain={domain}")
    assert len(jar) == 0


def test_row_92_cookies_of_an_address_are_for_it_alone() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://127.0.0.1:8080/", "a=1", "b=2; Domain=127.0.0.1")
    assert sent(jar, "http://127.0.0.1/") == "a=1; b=2"
    assert sent(jar, "http://10.0.0.1/") == ""
    with defaults.using(strict_urls=False):  # hosts that only look like addresses are refused otherwise
        for host in ("10.127.0.0.1", "0.0.1", "x.127.0.0.1"):
            assert sent(jar, f"http://{host}/") == ""
    assert all(not cookie.domain_specified for cookie in jar)


def test_row_93_secure_comes_from_https_only_and_is_not_overwritten() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://h.example/", "a=1; Secure")
    assert len(jar) == 0
    receive(jar, "https://h.example/", "a=1; Secure; Path=/in")
    for text in (
        "a=2; Path=/in",
        "a=2; Path=/in/side",
        "a=2; Path=/in; Domain=h.example",
        "a=; Max-Age=0; Path=/in",
    ):
        receive(jar, "http://h.example/in/x", text)
        receive(jar, "http://sub.h.example/in/x", text + "; Domain=h.example")
        receive(jar, "http://sub.h.example/in/x", text)
        assert [(cookie.name, cookie.value, cookie.secure) for cookie in jar] == [("a", "1", True)], text
    jar.set_cookie_if_ok(next(iter(cookiejar.CookieJar().make_cookies(Response("a=9; Path=/in"), Request("http://h.example/")))),
                         Request("http://h.example/"))  # fmt: skip
    assert sent(jar, "https://h.example/in") == "a=1"
    receive(jar, "http://h.example/", "a=3", "b=4")  # another path, another name
    assert sent(jar, "http://h.example/in") == "a=3; b=4"
    receive(jar, "https://h.example/", "a=5; Path=/in")
    assert sent(jar, "http://h.example/in") == "a=5; a=3; b=4"


def test_row_93_secure_cookie_below_is_not_overwritten_from_above() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "https://login.h.example/", "sid=1; Secure")
    receive(jar, "http://h.example/", "sid=2; Domain=h.example", "sid=3")
    assert [cookie.value for cookie in jar] == ["1"]


@pytest.mark.parametrize("prefix", ["__Host-", "__HOST-", "__host-"])
@pytest.mark.parametrize(
    "scheme, attributes, kept",
    [
        ("https", "Secure; Path=/", True),
        ("https", "Secure; Path=/; Domain=x.example", False),
        ("https", "Secure", False),
        ("https", "Secure; Path=/a", False),
        ("https", "Path=/", False),
        ("http", "Secure; Path=/", False),
        ("http", "Domain=x.example", False),
    ],
)
def test_row_94_host_prefix(prefix: str, scheme: str, attributes: str, kept: bool) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, f"{scheme}://x.example/", f"{prefix}a=1; {attributes}")
    assert bool(jar) is kept


@pytest.mark.parametrize("prefix", ["__Secure-", "__SECURE-", "__secure-"])
def test_row_94_secure_prefix(prefix: str) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "https://x.example/", f"{prefix}a=1")
    receive(jar, "http://x.example/", f"{prefix}b=1; Secure")
    assert len(jar) == 0
    receive(jar, "https://www.x.example/", f"{prefix}a=1; Secure; Domain=x.example")
    assert len(jar) == 1


@pytest.mark.parametrize("control", [one for one in CONTROLS if one != "\t"])
def test_row_95_control_characters_make_no_cookie(control: str) -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://h.example/", f"a=1{control}b", f"a{control}=1", f"a=1; x={control}", "b=2")
    assert sent(jar, "http://h.example/") == "b=2"
    jar.set_cookie(next(iter(jar)).__class__(
        0, "c", f"x{control}y", None, False, "h.example", False, False, "/", False, False, None, True, None, None, {}
    ))  # fmt: skip
    assert sent(jar, "http://h.example/") == "b=2"


@BOTH
def test_row_96_flood_of_cookies_is_bounded(profile: str) -> None:
    with defaults.using(profile):
        rules = defaults.active
        jar = cookiejar.CookieJar()
        receive(jar, "https://good.example/", "mine=1")
        for number in range(0, 10_000, 500):
            flood = [f"n{one}={'x' * 4000}; Path=/{one % 7}" for one in range(number, number + 500)]
            receive(jar, "https://evil.example/", *flood)
            assert len(jar) <= rules.max_cookies_per_domain + 1
        assert len(jar) > rules.max_cookies_per_domain * 0.9
        assert sent(jar, "https://good.example/") == "mine=1"
        assert len(sent(jar, "https://evil.example/1")) <= rules.cookie_header_size
        many = cookiejar.CookieJar()
        for host in range(rules.max_cookies + 500):
            receive(many, f"https://h{host}.example/", "a=1")
            assert len(many) <= rules.max_cookies
        assert sent(many, f"https://h{host}.example/") == "a=1"
        assert sent(many, "https://h0.example/") == ""


def test_row_96_size_of_one_cookie() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://h.example/", "a=" + "x" * 4095, "b=" + "x" * 4096, "=" + "y" * 4097)
    assert [cookie.name for cookie in jar] == ["a"]


def test_row_96_eviction_begins_with_what_is_expired_insecure_and_unused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    with defaults.using(max_cookies_per_domain=4):
        jar = cookiejar.CookieJar()
        visit(jar, "https://h.example/", "secure=1; Secure", "old=1; Path=/x", "used=1", "short=1; Max-Age=5")
        clock.go(9)
        receive(jar, "https://h.example/", "new=1")
        assert {cookie.name for cookie in jar} == {"secure", "old", "used", "new"}
        sent(jar, "http://h.example/")
        receive(jar, "https://h.example/", "newer=1")
        assert {cookie.name for cookie in jar} == {"secure", "used", "new", "newer"}
        for number in range(3):
            clock.go(1)
            receive(jar, "https://h.example/", f"flood{number}=1")
        assert {cookie.name for cookie in jar} == {"secure", "flood0", "flood1", "flood2"}


@BOTH
@pytest.mark.parametrize(
    "date",
    [
        "1" + " " * 65_506 + "!",
        "01 Jan 1970" + " " * 65_506 + "00:00:00 GMT!",
        "01 Jan 1970 00:00:00" + " " * 65_506 + "GMT!",
        "1994-02-03" + " " * 65_506 + "14:15:29 -0100!",
        "1" * 65_506,
        "1:" * 30_000,
    ],
)
def test_row_97_dates_take_linear_time(profile: str, date: str) -> None:
    with defaults.using(profile):
        assert cookiejar.http2time(date) is None
        assert cookiejar.iso2time(date) is None
        jar = cookiejar.CookieJar()
        receive(jar, "http://h.example/", f"a=1; expires={date}")
        assert [cookie.expires for cookie in jar] == [None]


def test_row_98_cookie_without_a_host_is_bound_to_the_sender() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://sender.example/", "a=1; Domain=")
    assert [(cookie.domain, cookie.domain_specified) for cookie in jar] == [("sender.example", False)]
    assert sent(jar, "http://other.example/") == ""
    (stray,) = jar.make_cookies(Response("b=2"), Request("http://sender.example/"))
    stray.domain = ""
    jar.set_cookie_if_ok(stray, Request("http://sender.example/"))
    stray.domain = "other.example"
    jar.set_cookie_if_ok(stray, Request("http://sender.example/"))
    assert len(jar) == 1


@pytest.mark.parametrize("kind", ["MozillaCookieJar", "LWPCookieJar", "JSONCookieJar"])
def test_row_99_no_file_brings_cookies_for_everybody(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "jar"
    jar = getattr(cookiejar, kind)(path)
    jar.set_cookie(cookiejar.Cookie(
        0, "a", "1", None, False, "", False, False, "/", True, False, None, True, None, None, {}
    ))  # fmt: skip
    assert sent(jar, "http://any.example/") == "a=1"  # a program that names no domain means all of them
    jar.save(ignore_discard=True)
    again = getattr(cookiejar, kind)(path)
    with pytest.raises(cookiejar.LoadError, match="no domain"):
        again.load(ignore_discard=True)
    assert len(again) == 0


@BOTH
def test_row_100_a_line_is_one_cookie_or_none(profile: str, tmp_path: Path) -> None:
    line = "h.example\tFALSE\t/\tFALSE\t9999999999\t"
    good = line + "good\t1\n"
    with defaults.using(profile):
        jar = cookiejar.MozillaCookieJar(tmp_path / "jar", strict=False)
        (tmp_path / "jar").write_text(
            "# Netscape HTTP Cookie File\n" + good + line + "a\t" + "x" * 100_000 + "\t" + line + "evil\t1\n"
        )
        with pytest.warns(cookiejar.BadLine, match="line 3"):
            jar.load()
        assert [cookie.name for cookie in jar] == ["good"]
        for name in ("a\tb", "a\nb", "a\rb"):
            cookie = copy.copy(next(iter(jar)))
            cookie.name = cookie.value = name + "\n" + line + "evil\t1"
            jar.set_cookie(cookie)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            jar.save()
        assert len(told) == 3
        assert (tmp_path / "jar").read_text().endswith("\n\n" + good)
        lwp = cookiejar.LWPCookieJar(tmp_path / "lwp")
        for cookie in jar:
            lwp.set_cookie(cookie)
        with pytest.warns(UserWarning, match="not saved"):
            lwp.save()
        again = cookiejar.LWPCookieJar(tmp_path / "lwp")
        again.load()
        assert [cookie.name for cookie in again] == ["good"]


def test_row_100_lone_carriage_return_ends_no_line(tmp_path: Path) -> None:
    line = "h.example\tFALSE\t/\tFALSE\t9999999999\t"
    (tmp_path / "jar").write_bytes(f"# HTTP Cookie File\n{line}a\tb\r{line}evil\t1\n{line}good\t1\n".encode())
    jar = cookiejar.MozillaCookieJar(tmp_path / "jar")
    with pytest.warns(cookiejar.BadLine):
        jar.load()
    assert [cookie.name for cookie in jar] == ["good"]


@BOTH
@pytest.mark.parametrize("kind", ["MozillaCookieJar", "LWPCookieJar", "JSONCookieJar", "FirefoxCookieJar"])
def test_row_101_no_file_is_unpickled(profile: str, kind: str, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "opened"), "w"))

    (tmp_path / "jar").write_bytes(pickle.dumps(Evil()))
    with defaults.using(profile), pytest.raises(cookiejar.LoadError):
        getattr(cookiejar, kind)(tmp_path / "jar").load()
    assert not (tmp_path / "opened").exists()


def test_row_102_host_of_the_url_decides() -> None:
    jar = cookiejar.CookieJar()
    request = Request("http://real.example/", headers={"Host": "other.example"})
    receive(jar, request, "a=1")
    assert [cookie.domain for cookie in jar] == ["real.example"]
    assert sent(jar, "http://other.example/") == ""
    assert sent(jar, Request("http://real.example/", headers={"Host": "other.example"})) == "a=1"


def test_row_102_nobody_elses_name_is_in_the_host() -> None:
    jar = cookiejar.CookieJar()
    receive(jar, "http://user:pw@real.example:8080/", "a=1")
    assert sent(jar, "http://real.example/") == sent(jar, "http://someone@real.example/") == "a=1"
    assert _cookie_requests.find_place(Request("http://a@real.example/"))[0].host == "real.example"


# ---- rows that only the safe profile has: what the other one does all the same


def test_standard_librarys_profile_keeps_netscapes_rules() -> None:
    with defaults.using("stdlib"):
        jar = cookiejar.CookieJar()
        receive(
            jar,
            "http://evil.co.uk/",
            "a=1; Domain=.co.uk",
            "b=2; Secure",
            "__Host-c=3; Domain=evil.co.uk",
            "d=4\x01",
        )
        assert sorted(cookie.name for cookie in jar) == ["__Host-c", "a", "b", "d"]
