"""Why a line of an imported file is refused."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fault(TextChoices):
    NO_NUMBER = "no_number", _("No number.")
    BAD_NUMBER = "bad_number", _("This number cannot exist.")
    ROUNDED = "rounded", _("The spreadsheet rounded the number.")
    EMAIL_FIRST = "email_first", _("An e-mail in place of the number.")
    BAD_EMAIL = "bad_email", _("The e-mail is not valid.")
    TOO_LONG = "too_long", _("A name, a business or a note is too long.")
    UNREADABLE = "unreadable", _("Characters that are no text.")
    OPEN_QUOTE = "open_quote", _("A quotation mark is opened and not closed.")
    DUPLICATE = "duplicate", _("This number is further up in the file.")
