"""Who people are, where they are signed in, whom they follow, and what was done to whom."""

from accounts.models.audit import AuditEntry
from accounts.models.follows import Follow
from accounts.models.signins import SignIn, SignInQuerySet, new_public_id
from accounts.models.tokens import PersonalToken
from accounts.models.users import User, UserQuerySet, Users, username_characters

# Migrations name the manager and the validator as `accounts.models.…`.
__all__ = [
    "AuditEntry",
    "Follow",
    "PersonalToken",
    "SignIn",
    "SignInQuerySet",
    "User",
    "UserQuerySet",
    "Users",
    "new_public_id",
    "username_characters",
]
