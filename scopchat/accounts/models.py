"""People: one account each, in one company, with one role there."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.roles import Permission, Reach, Role, reach
from scopchat.common.faces import initials
from scopchat.common.searching import Searched, SearchedQuerySet
from scopchat.tenancy.models import Company
from scopchat.tenancy.scoping import TenantModel


class Presence(models.TextChoices):
    ONLINE = "online", _("Online")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


THERE = (Presence.ONLINE, Presence.BUSY)
ASIDE = (Presence.AWAY, Presence.OFFLINE)


class Theme(models.TextChoices):
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    SYSTEM = "system", _("System")


class UserQuerySet(SearchedQuerySet["User"]):
    def of(self, company: Company) -> UserQuerySet:
        """The people of one company; what everyone outside sign-in begins with."""
        return self.filter(company=company)


class PresentManager(DjangoUserManager["User"]):
    """Everyone but those archived with their company, whose usernames and e-mails are free again."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(archived_at=None)


UserManager = PresentManager.from_queryset(UserQuerySet)


class User(Searched, AbstractBaseUser):
    """A person. Usernames and e-mail addresses are unique over the installation, so this model is not scoped."""

    SEARCHED = ("display_name", "username", "email")

    username = models.CharField(_("username"), max_length=60)
    email = models.EmailField(_("e-mail"))
    display_name = models.CharField(_("name"), max_length=120)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    language = models.CharField(_("language"), max_length=5, default="fr")
    """One of `settings.LANGUAGES`, as forms offer them: a language more is no change of the table."""
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    notification_sounds = models.BooleanField(default=True)
    signature = models.CharField(max_length=160, blank=True)
    """What the person's texts to customers end with."""
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.OFFLINE)
    """What colleagues see."""
    chosen_presence = models.CharField(max_length=10, choices=Presence, blank=True)
    """Busy, away or offline as the person chose it, until they choose another; blank where it follows their pages."""
    presence_turned_at = models.DateTimeField(null=True)
    """When they last came or went: from online or busy to away or offline, or back."""
    must_change_password = models.BooleanField(default=False)
    """Somebody else knows the password: nothing is done before the person has chosen their own."""
    is_active = models.BooleanField(_("active"), default=True)
    archived_at = models.DateTimeField(null=True)
    """When the person was archived with their company."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    with_archived = UserQuerySet.as_manager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "display_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("username"), condition=Q(archived_at=None), name="user_username_once"),
            models.UniqueConstraint(Lower("email"), condition=Q(archived_at=None), name="user_email_once"),
        ]
        indexes = [models.Index(fields=["id"], condition=~Q(presence="offline"), name="user_present")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def initials(self) -> str:
        """At most two letters that stand for the person in a small space."""
        return initials(self.display_name)

    @property
    def is_invited(self) -> bool:
        """Whether they have not answered their invitation yet."""
        return self.last_login is None and not self.has_usable_password()

    @property
    def may_sign_in(self) -> bool:
        """Whether neither their account nor their company is switched off or archived."""
        return self.is_active and self.archived_at is None and self.company.is_active

    def reach(self, permission: Permission) -> Reach:
        """How far this person's permission extends (the matrix of `roles`)."""
        return reach(self.role, permission)

    def may(self, permission: Permission) -> bool:
        """Whether this person has the permission over anything at all."""
        return self.reach(permission) > Reach.NONE


class Sighting(TenantModel):
    """When a person was last there: one short row each, written every few seconds while their pages are open."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="sighting")
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    seen_at = models.DateTimeField()
    """A page of theirs was open then."""
    active_at = models.DateTimeField()
    """They typed or pointed at one then."""

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at}"


class Attempts(models.Model):
    """How often something was guessed wrong of late, and when the next guess is looked at (docs/decisions/0019)."""

    key = models.CharField(max_length=64, primary_key=True)
    """A keyed hash of what is counted: what was typed as a name may be a password in the wrong field."""
    level = models.FloatField()
    """Failures, less what has been forgotten since."""
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.level:.1f}"


class Failures(models.Model):
    """Failures of one person or address since the audit log last told of them; a period becomes one entry there."""

    key = models.CharField(max_length=64, primary_key=True)
    verb = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True)
    ip = models.GenericIPAddressField(null=True)
    """Of the latest, as is the browser."""
    agent = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(db_index=True)
    untold = models.PositiveIntegerField(default=0)
    """Those after the first, which was told at once."""

    def __str__(self) -> str:
        return f"{self.verb} {self.untold}"
