"""FTP's errors: the standard library's objects, and ours, which survive pickling and copying."""

from __future__ import annotations

import copy
import ftplib
import pickle

import pytest

from wirekit._wire import ftp_errors


@pytest.mark.parametrize(
    "name", ["Error", "all_errors", "error_perm", "error_proto", "error_reply", "error_temp"]
)
def test_standard_librarys_errors_are_the_same_objects(name: str) -> None:
    assert getattr(ftp_errors, name) is getattr(ftplib, name)


MADE = [
    (ftp_errors.ReplyTooLong(8192), ftplib.Error, "got more than 8192 bytes"),
    (ftp_errors.ReplyTooLong(10, "lines"), ftplib.Error, "got more than 10 lines"),
    (ftp_errors.ListingTooLong(5, "bytes"), ftplib.Error, "got more than 5 bytes"),
    (ftp_errors.IncompleteTransfer(3, 5), ftplib.error_proto, "the transfer ended after 3 of 5 bytes"),
    (ftp_errors.BadListing("???"), ftplib.error_proto, "no form of listing has lines such as '???'"),
    (
        ftp_errors.WrongDigest("/a", "SHA-256"),
        ftplib.error_proto,
        "/a: the SHA-256 digests of both sides differ",
    ),
]


@pytest.mark.parametrize("error, base, text", MADE)
def test_our_errors_say_what_they_know(error: Exception, base: type[Exception], text: str) -> None:
    assert isinstance(error, base)
    assert str(error) == text
    assert type(error).__module__ in {"wirekit.ftplib", "wirekit.tree"}
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_listing_that_nobody_can_read_is_quoted_in_part() -> None:
    error = ftp_errors.BadListing("x" * 9999)
    assert len(str(error)) < 300
    assert error.line == "x" * 9999
