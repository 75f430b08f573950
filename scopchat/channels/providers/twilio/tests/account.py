"""The account that the Twilio tests share."""

from __future__ import annotations

from scopchat.channels.providers.base import Account

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "12345"
CALLBACK = "https://desk.example/hooks/twilio/0f" + "ab" * 20


def account(api_base_url: str = "https://api.twilio.com") -> Account:
    return Account({"account_sid": SID, "auth_token": TOKEN}, api_base_url, CALLBACK)
