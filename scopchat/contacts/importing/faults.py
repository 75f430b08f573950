"""Why a line of an imported file is refused, and what can be done about it."""

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


ADVICE = {
    Fault.NO_NUMBER: _("The first column has to be the number."),
    Fault.BAD_NUMBER: _("Write it in full, with its area code; with + and the country for one from elsewhere."),
    Fault.ROUNDED: _("Make the column text in your spreadsheet, and type the number again."),
    Fault.EMAIL_FIRST: _("Check the order of the columns."),
    Fault.BAD_EMAIL: _("Correct it, or leave it empty."),
    Fault.TOO_LONG: _("At most 120 characters for a name or a business, 2,000 for notes."),
    Fault.UNREADABLE: _("Save the file as CSV in UTF-8 once more."),
    Fault.OPEN_QUOTE: _("Close it, or take it away."),
    Fault.DUPLICATE: _("Nothing: the first line is kept."),
}
"""What to do about each."""
