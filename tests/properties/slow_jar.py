"""A jar that is obviously right and slow: a list of cookies, gone through from end to end by the letter of RFC 6265bis.

It knows one list of public suffixes, and hosts that are in canonical form; nothing is derived, nothing is remembered.
"""

from __future__ import annotations

from typing import Any, NamedTuple

SUFFIXES = {"com", "org", "test", "co.uk", "uk", "github.io", "io"}
YEAR_AND_A_BIT = 400 * 86_400


class Stored(NamedTuple):
    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    expires: float
    same_site: str
    created: int


def is_address(host: str) -> bool:
    return host.rpartition(".")[2].isdigit()


def domain_matches(host: str, domain: str) -> bool:
    """RFC 6265bis section 5.1.3."""
    if host == domain:
        return True
    return host.endswith("." + domain) and not is_address(host)


def path_matches(path: str, cookie_path: str) -> bool:
    """RFC 6265bis section 5.1.4."""
    if path == cookie_path:
        return True
    if not path.startswith(cookie_path):
        return False
    return cookie_path.endswith("/") or path[len(cookie_path)] == "/"


def default_path(path: str) -> str:
    """RFC 6265bis section 5.1.4."""
    if not path.startswith("/") or path.count("/") == 1:
        return "/"
    return path[: path.rindex("/")]


def is_public(domain: str) -> bool:
    return domain in SUFFIXES or "." not in domain


def site(host: str) -> str:
    if is_address(host):
        return host
    labels = host.split(".")
    for at in range(len(labels)):
        if ".".join(labels[at + 1 :]) in SUFFIXES and ".".join(labels[at:]) not in SUFFIXES:
            return ".".join(labels[at:])
    return host


class SlowJar:
    """RFC 6265bis sections 5.6 to 5.8, without limits on numbers."""

    def __init__(self) -> None:
        self.cookies: list[Stored] = []
        self.created = 0

    def receive(  # noqa: PLR0912 - one step after the other, as the RFC has them
        self, scheme: str, host: str, path: str, text: str, now: float, cross_site: bool = False
    ) -> None:
        attributes: dict[str, str] = {}
        pair, *rest = text.split(";")
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", name
        name, value = name.strip(), value.strip()
        for part in rest:
            key, _, text = part.partition("=")
            key, text = key.strip().lower(), text.strip()
            meaningless = key == "max-age" and not text.removeprefix("-").isdigit()
            if not meaningless and not (key == "domain" and not text):
                attributes[key] = text
        if not name and not value:
            return
        expires = float("inf")
        if "max-age" in attributes:
            age = int(attributes["max-age"])
            expires = now + min(age, YEAR_AND_A_BIT) if age > 0 else float("-inf")
        domain = attributes.get("domain", "").removeprefix(".").lower()
        if domain and is_public(domain):
            if domain != host:
                return
            domain = ""
        if domain and not domain_matches(host, domain):
            return
        host_only = not domain or is_address(host)
        cookie_path = attributes.get("path", "")
        if not cookie_path.startswith("/"):
            cookie_path = default_path(path)
        secure = "secure" in attributes
        if secure and scheme != "https":
            return
        same_site = attributes.get("samesite", "").lower()
        if same_site == "none" and not secure:
            return
        if cross_site and same_site != "none":
            return
        domain = domain or host
        if not secure and scheme != "https" and self.hides_a_secure_one(name, domain, cookie_path):
            return
        low = (name or value).lower()
        if not name and low.startswith(("__host-", "__secure-")):
            return
        if low.startswith("__secure-") and not secure:
            return
        if low.startswith("__host-") and (
            not secure or "domain" in attributes or attributes.get("path") != "/"
        ):
            return
        self.created += 1
        created = self.created
        for old in list(self.cookies):
            if (old.name, old.domain, old.host_only, old.path) == (name, domain, host_only, cookie_path):
                created = old.created
                self.cookies.remove(old)
        self.cookies.append(
            Stored(name, value, domain, host_only, cookie_path, secure, expires, same_site, created)
        )
        self.expire(now)

    def hides_a_secure_one(self, name: str, domain: str, path: str) -> bool:
        return any(
            old.name == name
            and old.secure
            and (domain_matches(old.domain, domain) or domain_matches(domain, old.domain))
            and path_matches(path, old.path)
            for old in self.cookies
        )

    def expire(self, now: float) -> None:
        self.cookies = [cookie for cookie in self.cookies if cookie.expires > now]

    def send(self, scheme: str, host: str, path: str, now: float, cross_site: bool = False) -> str:
        self.expire(now)
        chosen = [
            cookie
            for cookie in self.cookies
            if (host == cookie.domain if cookie.host_only else domain_matches(host, cookie.domain))
            and path_matches(path, cookie.path)
            and (scheme == "https" or not cookie.secure)
            and (not cross_site or cookie.same_site == "none")
        ]
        chosen.sort(key=lambda cookie: (-len(cookie.path), cookie.created))
        return "; ".join(f"{one.name}={one.value}" if one.name else one.value for one in chosen)


def names_of(jar: Any) -> list[tuple[str, str, str]]:
    """Give (name, domain without its dot, path) of the cookies in one of our jars, sorted."""
    return sorted((cookie.name, cookie.domain.removeprefix("."), cookie.path) for cookie in jar)
