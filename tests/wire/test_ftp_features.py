"""Replies to FEAT, and what follows from them."""

from __future__ import annotations

import pytest

from wirekit._wire import ftp_features

PROFTPD = """211-Features:
 AUTH TLS
 EPSV
 MLST modify*;perm*;size*;type*;unique*;UNIX.mode;
 REST STREAM
 UTF8
211 End"""


def test_features_by_name() -> None:
    features = ftp_features.parse_features(PROFTPD)
    assert features == {
        "AUTH": "TLS",
        "EPSV": "",
        "MLST": "modify*;perm*;size*;type*;unique*;UNIX.mode;",
        "REST": "STREAM",
        "UTF8": "",
    }


def test_features_that_come_twice_are_both_there() -> None:
    assert ftp_features.parse_features("211-x\n AUTH SSL\n auth TLS\n211 End") == {"AUTH": "SSL TLS"}


def test_lines_with_the_code_or_without_anything() -> None:
    assert ftp_features.parse_features("211-x\n211-SIZE\n\n \nMDTM\n211 End") == {"SIZE": "", "MDTM": ""}
    assert ftp_features.parse_features("211 no features") == {}


def test_endless_features_end() -> None:
    reply = "\n".join(["211-x", *(f" X{number}" for number in range(5000)), "211 End"])
    assert len(ftp_features.parse_features(reply)) == ftp_features.MAX_FEATURES


def test_facts_that_mlst_gives() -> None:
    assert ftp_features.list_facts({"MLST": "Type*;Size*; Modify ;"}) == {
        "type": True,
        "size": True,
        "modify": False,
    }
    assert ftp_features.list_facts({}) == {}


@pytest.mark.parametrize(
    "features, way",
    [
        ({"HASH": "SHA-1;MD5;SHA-256*"}, ("HASH", "SHA-256", "sha256")),
        ({"HASH": "CRC32", "XMD5": "filename"}, ("XMD5", "", "md5")),
        ({"XSHA256": "", "XMD5": ""}, ("XSHA256", "", "sha256")),
        ({"HASH": "md5"}, ("HASH", "MD5", "md5")),
        ({"SIZE": ""}, None),
    ],
)
def test_digest_by_the_strongest_way(features: dict[str, str], way: tuple[str, str, str] | None) -> None:
    assert ftp_features.choose_hash(features) == way
