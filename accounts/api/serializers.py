"""How people look in JSON (camelCase, DESIGN.md 4.1), and what they send."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import PersonalToken, SignIn, User
from accounts.picture_urls import picture_url
from streair.core.api.scopes import Scope

# The wire's own case.
# ruff: noqa: N815


class Password(serializers.CharField):
    """A password: nothing is trimmed."""

    def __init__(self, **options: object) -> None:
        super().__init__(max_length=512, trim_whitespace=False, write_only=True, **options)  # type: ignore[arg-type]


# --- What comes in ---


class RegisterIn(serializers.Serializer[User]):
    """A newcomer."""

    username = serializers.CharField(max_length=30)
    email = serializers.CharField(max_length=254)
    password = Password()


class LoginIn(serializers.Serializer[User]):
    """Who wants in: `email` (a user name will do) or `username`, and the password."""

    email = serializers.CharField(max_length=254, required=False)
    username = serializers.CharField(max_length=254, required=False)
    password = Password()


class RefreshIn(serializers.Serializer[User]):
    """A refresh token."""

    # As long as a request may be: what is no token is 401, however long.
    refresh = serializers.CharField()


class LogoutIn(serializers.Serializer[User]):
    """A refresh token, unless the request is signed in anyway."""

    refresh = serializers.CharField(required=False)


class PasswordIn(serializers.Serializer[User]):
    """The old password and the new one."""

    current = Password()
    password = Password()


class ConfirmIn(serializers.Serializer[User]):
    """The password, to make sure that it is really you."""

    password = Password()


class EmailIn(serializers.Serializer[User]):
    """An e-mail address."""

    email = serializers.CharField(max_length=254)


class NewEmailIn(EmailIn):
    """Another e-mail address, and the password."""

    password = Password()


class LinkIn(serializers.Serializer[User]):
    """The signed part of a link in a mail."""

    token = serializers.CharField(max_length=1000)


class NewPasswordIn(LinkIn):
    """The signed part of a link in a mail, and a new password."""

    password = Password()


class ProfileLink(serializers.Serializer[User]):
    """A link on a profile."""

    title = serializers.CharField(max_length=200)
    url = serializers.CharField(max_length=1000)


class ProfileIn(serializers.Serializer[User]):
    """What to change about oneself; what is left out stays."""

    displayName = serializers.CharField(
        source="display_name", max_length=500, required=False, allow_blank=True
    )
    bio = serializers.CharField(
        max_length=5000, required=False, allow_blank=True, allow_null=True, trim_whitespace=False
    )
    links = ProfileLink(many=True, required=False)


class TokenIn(serializers.Serializer[PersonalToken]):
    """A token to be made."""

    name = serializers.CharField(max_length=200)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), max_length=20
    )
    expiresAt = serializers.DateTimeField(source="expires", required=False, allow_null=True)


# --- What goes out ---


class PersonOut(serializers.Serializer[User]):
    """Somebody, as others see them."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    displayName = serializers.CharField(source="shown_name")
    avatarUrl = serializers.SerializerMethodField()
    bannerUrl = serializers.SerializerMethodField()
    bio = serializers.SerializerMethodField()
    links = ProfileLink(many=True)
    createdAt = serializers.DateTimeField(source="date_joined")

    def get_avatarUrl(self, user: User) -> str | None:  # noqa: N802
        """Return where their picture is."""
        return picture_url(user.avatar, "512") or None

    def get_bannerUrl(self, user: User) -> str | None:  # noqa: N802
        """Return where the picture over their page is."""
        return picture_url(user.banner, "1500") or None

    def get_bio(self, user: User) -> str | None:
        """Return what they say about themselves."""
        return user.bio or None


class ProfileOut(PersonOut):
    """Somebody's profile, with figures."""

    followerCount = serializers.IntegerField(required=False)
    followingCount = serializers.IntegerField(required=False)
    isFollowing = serializers.BooleanField(required=False)
    # The apps above add these.
    streamCount = serializers.IntegerField(required=False)
    lastLiveAt = serializers.DateTimeField(required=False, allow_null=True)
    liveRoomId = serializers.CharField(required=False, allow_null=True)


class MeOut(PersonOut):
    """Oneself; to a token that may change the profile and not read it, what others see of it."""

    email = serializers.EmailField(required=False)
    emailVerified = serializers.BooleanField(source="email_verified", required=False)
    followerCount = serializers.IntegerField(required=False)
    followingCount = serializers.IntegerField(required=False)
    lastLogin = serializers.DateTimeField(source="last_login", allow_null=True, required=False)
    leavingSince = serializers.DateTimeField(
        source="leaving_since", allow_null=True, required=False
    )
    # The apps above add these.
    streamKey = serializers.CharField(required=False)
    isStreaming = serializers.BooleanField(required=False)


class FollowedOut(PersonOut):
    """Somebody that one follows."""

    followedAt = serializers.DateTimeField()


class FollowOut(serializers.Serializer[User]):
    """Whether one follows somebody, and how many do."""

    isFollowing = serializers.BooleanField()
    followerCount = serializers.IntegerField()


class TokensOut(serializers.Serializer[User]):
    """An access token, and the refresh token that is good for the next pair."""

    token = serializers.CharField()
    refresh = serializers.CharField()


class SignedInOut(TokensOut):
    """Tokens, and whose they are."""

    user = MeOut()


class PasswordOut(serializers.Serializer[User]):
    """Oneself; and new tokens, when one came with one."""

    token = serializers.CharField(required=False)
    refresh = serializers.CharField(required=False)
    user = MeOut()


class SessionOut(serializers.Serializer[SignIn]):
    """A place where one is signed in."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=SignIn.Kind.choices)
    isCurrent = serializers.SerializerMethodField()
    createdAt = serializers.DateTimeField(source="created")
    lastSeenAt = serializers.DateTimeField(source="seen")
    expiresAt = serializers.DateTimeField(source="expires")
    address = serializers.CharField(allow_null=True)
    userAgent = serializers.CharField(source="user_agent")

    def get_isCurrent(self, row: SignIn) -> bool:  # noqa: N802
        """Whether this is the one that asks."""
        return bool(row.public_id == self.context["current"])


class TokenOut(serializers.Serializer[PersonalToken]):
    """A token, without its secret."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    ending = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    createdAt = serializers.DateTimeField(source="created")
    expiresAt = serializers.DateTimeField(source="expires", allow_null=True)
    lastUsedAt = serializers.DateTimeField(source="used", allow_null=True)
    lastAddress = serializers.CharField(source="address", allow_null=True)


class NewTokenOut(TokenOut):
    """A token that was just made; its secret is told this once."""

    token = serializers.CharField()
