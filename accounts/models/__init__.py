"""Who people are, and what was done to whom."""

from accounts.models.audit import AuditEntry
from accounts.models.users import User, UserQuerySet, Users, username_characters

# Migrations name the manager and the validator as `accounts.models.…`.
__all__ = ["AuditEntry", "User", "UserQuerySet", "Users", "username_characters"]
