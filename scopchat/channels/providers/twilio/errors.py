"""Twilio's error codes as reasons for people (twilio.com/docs/api/errors)."""

from __future__ import annotations

from scopchat.channels.providers.base import FailureReason

_R = FailureReason
REASONS: dict[str, FailureReason] = {
    "14107": _R.THROTTLED,  # send rate limit exceeded
    "20003": _R.ACCOUNT,  # authenticate
    "20404": _R.ACCOUNT,  # account not found
    "20429": _R.THROTTLED,  # too many requests
    "401": _R.ACCOUNT,
    "429": _R.THROTTLED,
    "21211": _R.BAD_NUMBER,  # invalid To
    "21212": _R.SENDER,  # invalid From
    "21408": _R.ACCOUNT,  # region not enabled
    "21602": _R.CONTENT,  # no body
    "21603": _R.SENDER,  # no From
    "21604": _R.BAD_NUMBER,  # no To
    "21606": _R.SENDER,  # From cannot send texts
    "21608": _R.ACCOUNT,  # trial account, unverified To
    "21610": _R.OPTED_OUT,  # recipient texted STOP
    "21611": _R.THROTTLED,  # queue of the From number is full
    "21612": _R.UNREACHABLE,  # no route to this To
    "21614": _R.BAD_NUMBER,  # To is no mobile number
    "21617": _R.CONTENT,  # over 1,600 characters
    "21620": _R.CONTENT,  # bad media address
    "21623": _R.CONTENT,  # too many media
    "21703": _R.SENDER,  # messaging service without numbers
    "30001": _R.THROTTLED,  # queue overflow
    "30002": _R.ACCOUNT,  # suspended
    "30003": _R.UNREACHABLE,  # unreachable handset
    "30004": _R.FILTERED,  # message blocked
    "30005": _R.BAD_NUMBER,  # unknown handset
    "30006": _R.BAD_NUMBER,  # landline or unreachable carrier
    "30007": _R.FILTERED,  # carrier violation
    "30008": _R.OTHER,  # unknown
    "30009": _R.OTHER,  # missing inbound segment
    "30011": _R.CONTENT,  # MMS not supported there
    "30017": _R.THROTTLED,  # carrier congestion
    "30022": _R.THROTTLED,  # 10DLC rate
    "30023": _R.THROTTLED,  # 10DLC daily cap
    "30032": _R.SENDER,  # toll-free number not verified
    "30034": _R.SENDER,  # 10DLC number not registered
}


def reason_of(code: str) -> FailureReason:
    """The reason of a code; `OTHER` for one we do not know (the code itself is kept beside it)."""
    return REASONS.get(code, FailureReason.OTHER)
