"""People who sign in. Staff and partners only; never residents, never anyone reported on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by e-mail address, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, password: str | None, **fields: Any) -> User:
        """Return a new saved user."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's sign-in. What they may do stands in their memberships.

    `address_proved`: the password was chosen from a letter to the address. One chosen from an
    invitation that an administrator could read proves nothing to another municipality.
    """

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    is_program = models.BooleanField(default=False)
    address_proved = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="accounts_one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.name


class SignInFailure(models.Model):
    """One failed sign-in. The address is kept only as a keyed hash, for the lockout."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
