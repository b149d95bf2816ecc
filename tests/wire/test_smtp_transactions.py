"""What the replies to one message mean."""

import smtplib
from collections.abc import Sequence

import pytest

from wirekit._wire.smtp_errors import SMTPOutcomeUnknown
from wirekit._wire.smtp_replies import Reply
from wirekit._wire.smtp_transactions import NOT_SENT, SENT, UNKNOWN, SendResult, Transaction, explain

OK = Reply(250, b"2.0.0 fine")
NO = Reply(550, b"5.1.1 who?")
GO = Reply(354, b"go on")
BYE = Reply(421, b"4.3.2 closing")
GONE = smtplib.SMTPServerDisconnected("gone")
A, B, C = "a@x", "b@x", "c@x"


def transact(
    *replies: Reply, to: Sequence[str] = (A, B), by_chunk: bool = True, lmtp: bool = False, ended: bool = True
) -> Transaction:
    made = Transaction("s@x", to, [], by_chunk=by_chunk, per_recipient=lmtp)
    for reply in replies:
        made.take(reply)
    made.ended = ended
    return made


def broken(made: Transaction) -> Transaction:
    made.break_off(GONE)
    return made


def test_message_taken_for_all() -> None:
    made = transact(OK, OK, OK, OK)
    assert (made.asked, made.wanted, made.done, made.closing, made.open_ended) == (
        True,
        True,
        True,
        False,
        False,
    )
    result = made.result()
    assert (result.outcome, result.sent, result.accepted, result.refused) == (SENT, True, (A, B), {})
    assert (result.sender, result.recipients, result.unknown, result.reply, result.error) == (
        "s@x",
        (A, B),
        (),
        OK,
        None,
    )
    result.raise_for_error()
    assert repr(result) == "<SendResult sent: 's@x' to 2 of 2>"


def test_replies_find_their_commands_by_data() -> None:
    made = transact(OK, OK, NO, by_chunk=False, ended=False)
    assert not made.asked
    made.take(GO)
    assert (made.asked, made.wanted, made.done, made.data) == (True, True, False, GO)
    made.ended = True
    made.take(OK)
    result = made.result()
    assert (result.outcome, result.accepted, result.refused) == (SENT, (A,), {B: NO})


@pytest.mark.parametrize("lmtp", [False, True])
def test_message_of_a_sender_who_was_refused_is_not_sent(lmtp: bool) -> None:
    made = transact(NO, OK, OK, OK, *[OK] * lmtp, lmtp=lmtp)
    assert not made.whole
    result = made.result()
    assert (result.outcome, result.accepted) == (NOT_SENT, ())
    assert isinstance(result.error, smtplib.SMTPSenderRefused)


def test_message_taken_for_nobody_is_not_sent() -> None:
    result = transact(OK, NO, NO, OK).result()
    assert (result.outcome, result.accepted, result.refused) == (NOT_SENT, (), {A: NO, B: NO})
    assert isinstance(result.error, smtplib.SMTPRecipientsRefused)


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_farewell_in_the_place_of_a_reply_is_no_consent(before: int) -> None:
    bye = Reply(221, b"2.7.0 I can break rules, too")
    made = transact(*[OK] * before, bye)
    assert (made.closing, made.over, made.whole) == (True, True, False)
    result = made.result()
    assert (result.outcome, result.accepted, result.unknown) == (NOT_SENT, (), ())
    assert result.reply == bye


def test_sender_refused() -> None:
    result = transact(NO, Reply(503, b"no"), Reply(503, b"no"), Reply(503, b"no")).result()
    assert (result.outcome, result.accepted, result.unknown) == (NOT_SENT, (), ())
    assert isinstance(result.error, smtplib.SMTPSenderRefused)
    assert result.error.args == (550, b"5.1.1 who?", "s@x")
    with pytest.raises(smtplib.SMTPSenderRefused):
        result.raise_for_error()
    assert "SMTPSenderRefused" in repr(result)


def test_nothing_asked_yet() -> None:
    made = transact(ended=False)
    assert (made.asked, made.wanted, made.closing) == (False, False, False)
    result = broken(made).result()
    assert (result.outcome, result.error, result.reply) == (NOT_SENT, GONE, None)
    assert isinstance(transact(ended=False).result().error, smtplib.SMTPSenderRefused)


def test_all_recipients_refused() -> None:
    made = transact(OK, NO, Reply(450, b"later"), NO)
    result = made.result()
    assert result.outcome == NOT_SENT
    assert isinstance(result.error, smtplib.SMTPRecipientsRefused)
    assert result.error.recipients == {A: NO, B: (450, b"later")}


def test_same_recipient_refused_twice_is_all_of_them() -> None:
    result = transact(OK, NO, NO, NO, to=(A, A)).result()
    assert isinstance(result.error, smtplib.SMTPRecipientsRefused)


def test_server_that_waits_for_what_nobody_gets_is_owed_an_end() -> None:
    made = transact(OK, NO, NO, GO, by_chunk=False, ended=False)
    assert (made.wanted, made.open_ended) == (False, True)
    assert not transact(OK, NO, NO, NO, by_chunk=False, ended=False).open_ended
    assert not transact(OK, NO, NO, ended=False).open_ended


def test_data_refused() -> None:
    made = transact(OK, OK, OK, NO, by_chunk=False, ended=False)
    assert (made.wanted, made.open_ended) == (False, False)
    result = made.result()
    assert (result.outcome, result.reply) == (NOT_SENT, NO)
    assert type(result.error) is smtplib.SMTPDataError
    assert result.error.enhanced == (5, 1, 1)  # type: ignore[attr-defined]  # ours


def test_message_refused_at_its_end() -> None:
    result = transact(OK, OK, OK, NO).result()
    assert (result.outcome, result.accepted) == (NOT_SENT, ())
    assert isinstance(result.error, smtplib.SMTPDataError)


@pytest.mark.parametrize(
    "replies, error",
    [
        ([BYE], smtplib.SMTPSenderRefused),
        ([OK, BYE], smtplib.SMTPRecipientsRefused),
        ([OK, OK, BYE], smtplib.SMTPRecipientsRefused),
        ([OK, OK, OK, BYE], smtplib.SMTPDataError),
    ],
)
@pytest.mark.parametrize("by_chunk", [True, False])
def test_server_closes_in_the_middle(replies: list[Reply], error: type, by_chunk: bool) -> None:
    made = transact(*replies, by_chunk=by_chunk, ended=by_chunk)
    assert made.closing
    result = made.result()
    assert (result.outcome, result.unknown, type(result.error)) == (NOT_SENT, (), error)


def test_last_recipient_at_which_the_server_closes_is_named_alone() -> None:
    error = transact(OK, OK, BYE).result().error
    assert isinstance(error, smtplib.SMTPRecipientsRefused)
    assert error.recipients == {B: BYE}


@pytest.mark.parametrize(
    "replies, unknown",
    [
        ([], (A, B, C)),
        ([OK], (A, B, C)),
        ([OK, NO], (B, C)),
        ([OK, OK, NO], (A, C)),
        ([OK, OK, NO, OK], (A, C)),
    ],
)
def test_connection_that_breaks_behind_the_end_leaves_it_unknown(
    replies: list[Reply], unknown: tuple[str, ...]
) -> None:
    made = transact(*replies, to=(A, B, C))
    assert not made.done
    result = broken(made).result()
    assert (result.outcome, result.sent, result.unknown, result.accepted) == (UNKNOWN, False, unknown, ())
    error = result.error
    assert isinstance(error, SMTPOutcomeUnknown)
    assert (error.unknown, error.refused, error.__cause__, str(error)) == (
        unknown,
        result.refused,
        GONE,
        "gone",
    )


@pytest.mark.parametrize("replies", [[NO], [OK, NO, NO]])
def test_connection_that_breaks_where_the_message_was_refused_leaves_no_doubt(replies: list[Reply]) -> None:
    result = broken(transact(*replies)).result()
    assert (result.outcome, result.unknown, result.error) == (NOT_SENT, (), GONE)


def test_connection_that_breaks_before_the_end_leaves_no_doubt() -> None:
    result = broken(transact(OK, OK, OK, GO, by_chunk=False, ended=False)).result()
    assert (result.outcome, result.unknown, result.error) == (NOT_SENT, (), GONE)


def test_lmtp_answers_for_each_recipient() -> None:
    made = transact(OK, OK, NO, OK, to=(A, B, C), lmtp=True)
    assert not made.done
    made.take(OK)
    assert not made.done
    made.take(Reply(452, b"4.2.2 full"))
    assert made.done
    result = made.result()
    assert (result.outcome, result.accepted, result.refused) == (SENT, (A,), {B: NO, C: (452, b"4.2.2 full")})
    assert result.reply == OK


def test_lmtp_that_refuses_all_in_the_end_names_them() -> None:
    result = transact(OK, OK, OK, NO, Reply(452, b"full"), lmtp=True).result()
    assert result.outcome == NOT_SENT
    assert isinstance(result.error, smtplib.SMTPDataError)
    assert result.error.smtp_code == 550
    assert result.error.recipients == {A: NO, B: (452, b"full")}  # type: ignore[attr-defined]  # ours


def test_lmtp_that_refuses_all_at_once_answers_once() -> None:
    made = transact(OK, NO, NO, Reply(503, b"no"), lmtp=True)
    assert made.done
    assert isinstance(made.result().error, smtplib.SMTPRecipientsRefused)


@pytest.mark.parametrize("last, cause", [(OK, GONE), (BYE, None)])
def test_lmtp_that_breaks_off_leaves_the_rest_unknown(last: Reply, cause: Exception | None) -> None:
    made = transact(OK, OK, OK, OK, OK, last, to=(A, B, C), lmtp=True)
    if cause is not None:
        made.break_off(cause)
    result = made.result()
    done = (A, B) if last is OK else (A,)
    assert (result.outcome, result.accepted) == (UNKNOWN, done)
    assert result.unknown == (C,)
    assert isinstance(result.error, SMTPOutcomeUnknown)
    assert result.error.accepted == done


def test_result_can_be_made_by_hand() -> None:
    result = SendResult("s@x", (A,))
    assert (result.outcome, result.sent, result.refused) == (NOT_SENT, False, {})


# ---- what sendmail tells


def test_refused_recipients_that_were_returned() -> None:
    result = explain("s@x", [A, B], None, {B: (550, b"no")})
    assert (result.outcome, result.accepted, result.refused, result.reply) == (
        SENT,
        (A,),
        {B: (550, b"no")},
        None,
    )
    assert type(result.refused[B]) is Reply


def test_one_recipient_may_be_text() -> None:
    assert explain("s@x", A, None).accepted == (A,)


@pytest.mark.parametrize(
    "error, refused, reply",
    [
        (ValueError("odd"), {}, None),
        (GONE, {}, None),
        (smtplib.SMTPRecipientsRefused({A: NO}), {A: NO}, None),
        (smtplib.SMTPDataError(550, b"no"), {}, (550, b"no")),
        (smtplib.SMTPSenderRefused(550, b"no", "s@x"), {}, (550, b"no")),
    ],
)
def test_errors_that_were_raised(
    error: Exception, refused: dict[str, Reply], reply: tuple[int, bytes] | None
) -> None:
    result = explain("s@x", [A], error)
    assert (result.outcome, result.accepted, result.unknown) == (NOT_SENT, (), ())
    assert (result.refused, result.reply, result.error) == (refused, reply, error)


def test_unknown_outcome_that_was_raised() -> None:
    result = explain("s@x", [A, B, C], SMTPOutcomeUnknown("gone", (A,), {B: NO}, (C,)))
    assert (result.outcome, result.accepted, result.refused, result.unknown) == (UNKNOWN, (C,), {B: NO}, (A,))


def test_disconnection_from_somebody_elses_method_tells_nothing_certain() -> None:
    assert explain("s@x", [A], GONE, certain=False).unknown == (A,)
    assert explain("s@x", [A], smtplib.SMTPDataError(550, b"no"), certain=False).outcome == NOT_SENT
    assert explain("s@x", [A], smtplib.SMTPRecipientsRefused({A: NO}), certain=False).outcome == NOT_SENT


@pytest.mark.parametrize(
    "replies, by_chunk, lmtp, ended, due",
    [
        ([], True, False, True, 4),
        ([], True, False, False, 3),
        ([], False, False, False, 4),
        ([OK], False, False, False, 3),
        ([OK, OK, NO], False, False, False, 1),
        ([OK, OK, OK, GO], False, False, False, 0),
        ([OK, OK, OK, GO], False, False, True, 1),
        ([OK, OK, OK, GO], False, True, True, 2),
        ([OK, OK, OK, OK], True, False, True, 0),
        ([OK, OK, OK], True, True, True, 2),
        ([OK, OK, OK, OK], True, True, True, 1),
        ([OK, NO, NO], True, True, True, 1),
    ],
)
def test_so_many_replies_are_due(
    replies: list[Reply], by_chunk: bool, lmtp: bool, ended: bool, due: int
) -> None:
    assert transact(*replies, by_chunk=by_chunk, lmtp=lmtp, ended=ended).due == due


def test_replies_to_one_flight_are_taken_at_once() -> None:
    made, other = transact(), transact(OK, OK, NO, OK)
    assert made.all_due == 4
    made.take_all([OK, OK, NO, OK])
    for name in ("mail", "rcpts", "data", "finals", "last"):
        assert getattr(made, name) == getattr(other, name)
    assert transact(lmtp=True).all_due == transact(by_chunk=False).all_due == 0


@pytest.mark.parametrize(
    "replies, lmtp, whole",
    [
        ([OK, OK, OK, OK], False, True),
        ([OK, OK, OK], False, False),
        ([OK, OK, NO, OK], False, False),
        ([OK, OK, OK, NO], False, False),
        ([OK, OK, OK, OK, OK], True, True),
        ([OK, OK, OK, OK], True, False),
        ([OK, OK, OK, OK, NO], True, False),
        ([OK, OK, NO, OK], True, False),
    ],
)
def test_message_taken_for_everybody_is_whole(replies: list[Reply], lmtp: bool, whole: bool) -> None:
    assert transact(*replies, lmtp=lmtp).whole is whole


# ---- replies that came before the connection was lost


def test_message_hears_what_belongs_to_it_and_leaves_the_rest() -> None:
    made = transact(to=(A,))
    replies = iter([OK, OK, OK, NO])
    made.hear(replies)
    assert made.over
    assert [*replies] == [NO]
    assert made.result().outcome == SENT


def test_message_hears_on_until_nothing_more_is_known() -> None:
    made = transact(OK, to=(A,))
    made.break_off(GONE, [OK])
    assert not made.over
    assert made.result().outcome == UNKNOWN


def test_connection_that_breaks_when_all_was_said_changes_nothing() -> None:
    made = transact(to=(A,))
    made.break_off(GONE, [OK, OK, OK])
    assert made.cause is None
    assert made.result().outcome == SENT


def test_farewell_is_the_last_that_is_heard() -> None:
    made = transact(to=(A, B))
    replies = iter([OK, BYE, OK])
    made.hear(replies)
    assert (made.over, [*replies]) == (True, [OK])
    assert made.result().outcome == NOT_SENT
