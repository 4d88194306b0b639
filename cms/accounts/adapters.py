"""What we want otherwise from allauth: no sign-up, our words, secrets encrypted at rest."""

from __future__ import annotations

import base64
import hashlib
import logging
import time
from typing import Any

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.accounts.sessions import address_of

log = logging.getLogger("bangtin.accounts")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong. Check both and try again."),
        "too_many_login_attempts": _(
            "Too many wrong attempts. Wait 15 minutes, or ask an administrator to set a new password for you."
        ),
        "account_inactive": _("This account is switched off. Ask an administrator to switch it on."),
        "incorrect_password": _("The password is wrong."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """For its limits and for the list of sessions."""
        return address_of(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who logged in a moment ago has just proved who they are; asking again at once would only annoy."""
        request = context.request
        records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing of plain log-ins and log-outs; people see that they are in."""
        template = kwargs.get("message_template") or (args[0] if args else "")
        if template in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            return
        super().add_message(request, level, *args, **kwargs)


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"bangtin.second-factor:" + str(one).encode()).digest() for one in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of authenticators with a key that is not in the database, and draws their QR code."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong or has expired. Type the one your app shows now."),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. After the instance's secret key was lost none can be read: a random one stands in, which no code
        fits, and an administrator (`set_totp`, or the page of a person's second factor) sets it anew."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("A second factor cannot be read: the secret key changed. Restore it, or reset the second factor.")
            return generate_totp_secret()

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        return segno.make(url, error="m").svg_inline(scale=6, border=2, light="#fff")
