"""Paths of file: URLs (RFC 8089), POSIX and Windows."""

from __future__ import annotations

import pytest

from wirekit._wire import file_urls


@pytest.mark.parametrize(
    "path, url",
    [
        ("/etc/hosts", "/etc/hosts"),
        ("/a b/ä%", "/a%20b/%C3%A4%25"),
        ("relative", "relative"),
        ("/\udcff", "/%FF"),
        ("", ""),
    ],
)
def test_posix_paths_go_both_ways(path: str, url: str) -> None:
    assert file_urls.format_posix_path(path, "utf-8") == url
    assert file_urls.parse_posix_path(url, "utf-8") == path


@pytest.mark.parametrize(
    "path, url",
    [
        ("C:", "///C:"),
        ("C:\\a b\\c", "///C:/a%20b/c"),
        ("make\\all", "make/all"),
        ("\\\\server\\share\\x", "////server/share/x"),
    ],
)
def test_windows_paths_go_both_ways(path: str, url: str) -> None:
    assert file_urls.format_windows_path(path, "utf-8") == url
    assert file_urls.parse_windows_path(url, "utf-8") == path


@pytest.mark.parametrize(
    "url, path",
    [
        ("///C|/foo", "C:\\foo"),
        ("/c:/foo/", "C:\\foo"),
        ("///C:/", "C:\\"),
        ("C|//x", "C:\\x"),
        ("///a%2Fb", "\\\\\\a/b"),
    ],
)
def test_windows_urls_in_other_forms(url: str, path: str) -> None:
    assert file_urls.parse_windows_path(url, "utf-8") == path


@pytest.mark.parametrize(
    "path, url",
    [
        ("c:\\x", "///C:/x"),
        ("\\\\?\\C:\\x", "///C:/x"),
        ("\\\\?\\UNC\\server\\x", "////server/x"),
        ("\\\\?\\unc\\server\\x", "////server/x"),
    ],
)
def test_windows_paths_in_other_forms(path: str, url: str) -> None:
    assert file_urls.format_windows_path(path, "utf-8") == url


@pytest.mark.parametrize("url", ["///1:/x", "///CC:/x", "///C:/x:y", ":/x", "///ä:/x"])
def test_windows_url_without_a_drive_letter_is_refused(url: str) -> None:
    with pytest.raises(OSError, match="Bad URL"):
        file_urls.parse_windows_path(url, "utf-8")


@pytest.mark.parametrize("path", ["XX:\\x", "C:\\x:y", "\\\\?\\GLOBALROOT\\x", ":x"])
def test_windows_path_without_a_drive_letter_is_refused(path: str) -> None:
    with pytest.raises(OSError, match="Bad path"):
        file_urls.format_windows_path(path, "utf-8")
