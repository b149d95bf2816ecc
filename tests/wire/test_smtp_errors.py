"""The errors of mail: the standard library's, and ours below them."""

import copy
import pickle
import smtplib

import pytest

from wirekit._wire import smtp_errors as errors
from wirekit._wire.smtp_replies import Reply

THEIRS = {
    name: kind
    for name, kind in vars(smtplib).items()
    if isinstance(kind, type) and issubclass(kind, smtplib.SMTPException)
}


def test_errors_are_theirs_by_identity() -> None:
    assert len(THEIRS) == 10
    for name, kind in THEIRS.items():
        assert getattr(errors, name) is kind
    assert {*THEIRS, "SMTPOutcomeUnknown", "make_response_error"} == set(errors.__all__)


def test_unknown_outcome_is_a_disconnection_that_names_whom_it_is_about() -> None:
    error = errors.SMTPOutcomeUnknown("gone", ("c@d",), {"a@b": Reply(550, b"no")}, ("e@f",))
    assert isinstance(error, smtplib.SMTPServerDisconnected)
    assert (str(error), error.unknown, error.refused, error.accepted) == (
        "gone",
        ("c@d",),
        {"a@b": (550, b"no")},
        ("e@f",),
    )
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert (str(other), vars(other)) == (str(error), vars(error))
    assert vars(errors.SMTPOutcomeUnknown("gone")) == {"unknown": (), "refused": {}, "accepted": ()}


def test_error_of_a_reply_knows_its_enhanced_status() -> None:
    error = errors.make_response_error(smtplib.SMTPDataError, (550, b"5.7.1 no"))
    assert (error.smtp_code, error.smtp_error, error.enhanced) == (550, b"5.7.1 no", (5, 7, 1))
    assert str(error) == "(550, b'5.7.1 no')"
    refused = errors.make_response_error(smtplib.SMTPSenderRefused, Reply(550, b"no"), "a@b")
    assert (refused.sender, refused.enhanced) == ("a@b", None)
    assert errors.make_response_error(smtplib.SMTPDataError, (200, "text of a mock")).enhanced is None


@pytest.mark.parametrize("kind", ["SMTPDataError", "SMTPAuthenticationError", "SMTPResponseException"])
def test_error_of_a_reply_pickles_and_copies(kind: str) -> None:
    error = errors.make_response_error(THEIRS[kind], (550, b"5.7.1 no"))
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert (vars(other), other.args) == (vars(error), error.args)
