"""docs/security.md is what the tests say, and the tool that writes it notices what is missing."""

from pathlib import Path
from typing import Any

import pytest

from tools import security_table
from tools.security_table import Shown, find_faults, find_tests, read_groups, read_name, write_page

ROW: dict[str, Any] = {"row": 1, "known": "CVE-1", "what": "a|b", "holds": "refused", "profile": "both"}


def test_page_is_up_to_date() -> None:
    groups, tests = read_groups(), find_tests()
    assert find_faults(groups, tests) == []
    assert security_table.PAGE.read_text("utf-8") == write_page(groups, tests)
    assert [row["row"] for group in groups for row in group["rows"]] == list(range(1, 176))


@pytest.mark.parametrize(
    "name,wanted",
    [
        (("", "01", "line_end"), ((1,), "line end")),
        (("", "15", "101_trailers"), ((15,), "101 trailers")),
        (("", "15", "and_30_endless"), ((15, 30), "endless")),
        (("", "25", "to_27_content"), ((25, 26, 27), "content")),
        (("s", "137", "143_bytes"), ((137, 143), "bytes")),
        (("s", "66", "and_67_brackets"), ((66, 67), "brackets")),
    ],
)
def test_rows_are_read_from_names(name: tuple[str, str, str], wanted: tuple[tuple[int, ...], str]) -> None:
    assert read_name(*name) == wanted


def test_tests_are_found_in_files_but_not_in_generated_ones(tmp_path: Path) -> None:
    for folder in ("aio", "blocking"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
        text = "async def test_row_07_it_holds(peer):\n    pass\n\n\ndef test_row_of_seats() -> None: ...\n"
        (tmp_path / "tests" / folder / "test_a.py").write_text(text)
    assert find_tests(tmp_path) == [Shown((7,), "test_a", "it holds")]


def test_what_is_missing_is_told() -> None:
    def faults(tests: list[Shown], *rows: dict[str, Any]) -> list[str]:
        return find_faults([{"title": "x", "rows": rows}], tests)

    tested = [Shown((1,), "test_a", "it holds")]
    assert faults(tested, ROW) == []
    assert faults([], ROW | {"apart": "none of ours", "profile": "none"}) == []
    assert (
        faults([], ROW)
        == faults(tested, ROW | {"apart": "x"})
        == ["row 1 needs a test or a reason, and not both"]
    )
    assert faults(tested, ROW | {"profile": "lax"}) == ["row 1 has no profile"]
    assert faults([*tested, Shown((2,), "test_a", "x")], ROW) == ["a test names row 2, which is none"]
    assert faults(tested, ROW, ROW) == ["the rows are not in order"]


def test_row_is_a_line_of_the_table() -> None:
    page = write_page([{"title": "All", "rows": [ROW]}], [Shown((1,), "test_a", "it holds")])
    assert page.endswith("| 1 | a\\|b (CVE-1) | refused | both | `test_a`: it holds |\n")


def test_page_that_is_out_of_date_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "security.md"
    page.parent.mkdir()
    monkeypatch.setattr(security_table, "PAGE", page)
    monkeypatch.setattr(security_table, "ROOT", tmp_path)
    monkeypatch.setattr(security_table, "read_groups", lambda: [{"title": "All", "rows": [ROW]}])
    monkeypatch.setattr(security_table, "find_tests", lambda: [Shown((1,), "test_a", "it holds")])
    monkeypatch.setattr("sys.argv", ["security_table.py", "--check"])
    assert security_table.main() == 1
    assert "not up to date" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["security_table.py"])
    assert security_table.main() == 0
    monkeypatch.setattr("sys.argv", ["security_table.py", "--check"])
    assert security_table.main() == 0
