"""Every action that is recorded, and the words for what its details name."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    """Named after what happened; the part before the point is the group it is offered under."""

    SIGNED_IN = "access.signed_in", _("Signed in")
    SIGN_IN_FAILED = "access.sign_in_failed", _("Sign-in failed")
    SIGN_IN_REFUSED = "access.sign_in_refused", _("Sign-in refused after too many failures")
    CONFIRMATION_FAILED = "access.confirmation_failed", _("Password asked again was wrong")
    SIGNED_OUT = "access.signed_out", _("Signed out")
    PASSWORD_CHANGED = "access.password_changed", _("Password changed")
    EMAIL_CHANGED = "access.email_changed", _("E-mail changed")
    INVITATION_ACCEPTED = "access.invitation_accepted", _("Invitation accepted")
    FACTOR_ADDED = "access.factor_added", _("Second factor added")
    FACTOR_REMOVED = "access.factor_removed", _("Second factor removed")
    FACTOR_FAILED = "access.factor_failed", _("Second factor failed")
    RECOVERY_CODES_RENEWED = "access.recovery_codes_renewed", _("Recovery codes renewed")
    PASSWORD_RESET = "access.password_reset", _("Password reset by e-mail")
    PASSWORD_RESET_ASKED = "access.password_reset_asked", _("Password reset asked for")
    IDENTITY_LINKED = "access.identity_linked", _("Linked to single sign-on")
    SESSIONS_ENDED = "access.sessions_ended", _("Own sessions closed")
    COMPANY_ENTERED = "access.company_entered", _("Company entered")
    AUDIT_EXPORTED = "access.audit_exported", _("Audit log exported")
    DATA_EXPORTED = "access.data_exported", _("Data exported")
    COMPANY_CREATED = "company.created", _("Company created")
    COMPANY_CHANGED = "company.changed", _("Company changed")
    COMPANY_LIMITS_CHANGED = "company.limits_changed", _("Limits changed")
    COMPANY_DEACTIVATED = "company.deactivated", _("Company deactivated")
    COMPANY_REACTIVATED = "company.reactivated", _("Company reactivated")
    COMPANY_ARCHIVED = "company.archived", _("Company archived")
    COMPANY_RESTORED = "company.restored", _("Company restored")
    USER_CREATED = "user.created", _("User created")
    USER_INVITED = "user.invited", _("User invited")
    USER_CHANGED = "user.changed", _("User changed")
    USER_PASSWORD_RENEWED = "user.password_renewed", _("New password generated")
    USER_FACTOR_RESET = "user.factor_reset", _("Second factor reset")
    USER_SESSIONS_ENDED = "user.sessions_ended", _("User's sessions closed")
    USER_BROUGHT_BACK = "user.brought_back", _("User brought back")
    USER_DISABLED = "user.disabled", _("User disabled")
    USER_ENABLED = "user.enabled", _("User enabled")
    QUEUE_CREATED = "queue.created", _("Queue created")
    QUEUE_CHANGED = "queue.changed", _("Queue changed")
    QUEUE_MEMBERS_CHANGED = "queue.members_changed", _("People of a queue changed")
    QUEUE_CLOSED = "queue.closed", _("Queue closed")
    QUEUE_REOPENED = "queue.reopened", _("Queue opened again")
    QUEUE_FALLBACK_CHANGED = "queue.fallback_changed", _("What a queue does when nobody is there changed")
    CANNED_ADDED = "canned.added", _("Canned reply added")
    CANNED_CHANGED = "canned.changed", _("Canned reply changed")
    CANNED_REMOVED = "canned.removed", _("Canned reply removed")
    CONTACT_ADDED = "contact.added", _("Contact added")
    CONTACT_CHANGED = "contact.changed", _("Contact changed")
    CONTACT_DELETED = "contact.deleted", _("Contact deleted")
    CONTACT_BROUGHT_BACK = "contact.brought_back", _("Contact brought back")
    CONTACTS_IMPORTED = "contact.imported", _("Contacts imported")
    LABEL_ADDED = "contact.label_added", _("Label added")
    LABEL_REMOVED = "contact.label_removed", _("Label removed")
    LIST_ADDED = "contact.list_added", _("List added")
    LIST_CHANGED = "contact.list_changed", _("List changed")
    LIST_DELETED = "contact.list_deleted", _("List deleted")
    LIST_BROUGHT_BACK = "contact.list_brought_back", _("List brought back")
    LIST_MEMBER_ADDED = "contact.list_member_added", _("Contact added to a list")
    LIST_MEMBER_REMOVED = "contact.list_member_removed", _("Contact taken off a list")
    MASS_SEND_CONFIRMED = "mass_send.confirmed", _("Mass send confirmed")
    MASS_SEND_CANCELLED = "mass_send.cancelled", _("Mass send cancelled")
    OPT_OUT_ADDED = "opt_out.added", _("Opt-out added")
    OPT_OUT_REMOVED = "opt_out.removed", _("Opt-out removed")
    CHANNEL_CREATED = "channel.created", _("Channel created")
    CHANNEL_CHANGED = "channel.changed", _("Channel changed")
    CHANNEL_FALLBACK_CHANGED = "channel.fallback_changed", _("What a channel does when nobody is there changed")
    CHANNEL_TEXTS_CHANGED = "channel.texts_changed", _("Replies to keywords changed")
    CHANNEL_LENT = "channel.lent", _("Channel lent")
    CHANNEL_LOAN_REVOKED = "channel.loan_revoked", _("Channel taken back")
    HOURS_CREATED = "hours.created", _("Opening hours added")
    HOURS_CHANGED = "hours.changed", _("Opening hours changed")
    HOURS_DELETED = "hours.deleted", _("Opening hours deleted")
    PROVIDER_CREATED = "provider.created", _("Provider created")
    PROVIDER_CHANGED = "provider.changed", _("Provider changed")
    PROVIDER_ADDRESSES_RENEWED = "provider.addresses_renewed", _("Callback addresses renewed")
    PROVIDER_TESTED = "provider.tested", _("Provider tested")
    PROVIDER_LENT = "provider.lent", _("Provider lent")
    PROVIDER_LOAN_REVOKED = "provider.loan_revoked", _("Provider taken back")
    LOAN_REFUSED = "provider.loan_refused", _("Lending refused")

    @property
    def group(self) -> str:
        return self.value.partition(".")[0]


GROUPS: dict[str, Promise] = {
    "access": _("Access"),
    "company": _("Companies"),
    "user": _("Users"),
    "queue": _("Queues"),
    "canned": _("Canned replies"),
    "contact": _("Contacts"),
    "mass_send": _("Mass sends"),
    "opt_out": _("Opt-outs"),
    "channel": _("Channels"),
    "hours": _("Opening hours"),
    "provider": _("Providers"),
}

DETAILS: dict[str, Promise] = {
    "absence": _("What waits for somebody who is not there"),
    "absent_after": _("Minutes for which a customer waits for somebody who is not there"),
    "address": _("Number"),
    "administrators": _("Administrators"),
    "agents": _("Agents"),
    "api_base_url": _("API address"),
    "asked_for_help": _("Reply to HELP"),
    "attempts": _("Attempts more"),
    "borrower": _("Lent to"),
    "business": _("Business"),
    "carrier": _("Carrier"),
    "channels": _("Channels concerned"),
    "channels_removed": _("Channels taken out of use"),
    "close_after": _("Hours until what nobody took is closed"),
    "closed_reply": _("Reply when it is closed"),
    "closing_text": _("Text at the closing"),
    "companies_closed": _("Companies that stopped working"),
    "consent_basis": _("Basis of consent"),
    "consent_since": _("Consent since"),
    "consent_source": _("Where consent comes from"),
    "contact": _("Contact"),
    "contacts": _("Contacts"),
    "country": _("Country"),
    "credentials": _("Credentials replaced"),
    "currency": _("Currency"),
    "days_off": _("Days off"),
    "description": _("Description"),
    "destination": _("Messages go to"),
    "distribution": _("Distribution"),
    "email": _("E-mail"),
    "escalate_after": _("Minutes until what nobody took is brought to the managers"),
    "export": _("Export"),
    "file": _("File"),
    "filter": _("Filter"),
    "grace": _("Minutes until what an absent agent has is taken back"),
    "hours": _("Opening hours"),
    "kind": _("Kind"),
    "language": _("Language"),
    "left": _("Reply to STOP"),
    "lender": _("Lent by"),
    "mass_sends": _("Mass sends"),
    "max_channels": _("Most channels"),
    "max_open": _("Most conversations an agent"),
    "max_segments_day": _("Most segments a day"),
    "max_segments_month": _("Most segments a month"),
    "max_users": _("Most users"),
    "means": _("By means of"),
    "name": _("Name"),
    "nobody_reply": _("Reply when nobody is there"),
    "note": _("Note"),
    "number": _("Number"),
    "outcome": _("Outcome"),
    "parent": _("Below"),
    "priority": _("Priority"),
    "provider": _("Provider"),
    "refusal": _("Why it was refused"),
    "recipients": _("Recipients"),
    "region": _("Public holidays"),
    "returned": _("Reply to START"),
    "role": _("Role"),
    "second_factor": _("Second factor required"),
    "sessions": _("Browsers"),
    "skipped": _("Not brought back"),
    "take_back_after": _("Minutes until what nobody took is taken back"),
    "text": _("Text"),
    "throughput": _("Segments per second"),
    "time_zone": _("Time zone"),
    "username": _("Username"),
    "users_removed": _("People taken out of use"),
    "week": _("Hours of the week"),
}
"""Keys of `Entry.details` as pages name them."""

MEANS: dict[str, Promise] = {
    "password": _("Password"),
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
    "socialaccount": _("Single sign-on"),
}
"""What one signs in with: values of the detail `means`."""
