"""Addresses of the endpoints about people, below /api/."""

from django.urls import path

from accounts.api import auth, me, others, tokens

urlpatterns = [
    path("auth/register", auth.Register.as_view(), name="api-register"),
    path("auth/login", auth.Login.as_view(), name="api-login"),
    path("auth/refresh", auth.Refresh.as_view(), name="api-refresh"),
    path("auth/logout", auth.Logout.as_view(), name="api-logout"),
    path("auth/logout-everywhere", auth.LogoutEverywhere.as_view(), name="api-logout-everywhere"),
    path("auth/password", auth.Password.as_view(), name="api-password"),
    path("auth/password-reset", auth.PasswordReset.as_view(), name="api-password-reset"),
    path(
        "auth/password-reset/confirm",
        auth.PasswordResetConfirm.as_view(),
        name="api-password-reset-confirm",
    ),
    path("auth/email", auth.Email.as_view(), name="api-email"),
    path("auth/email/verify", auth.EmailVerify.as_view(), name="api-email-verify"),
    path("auth/email/resend", auth.EmailResend.as_view(), name="api-email-resend"),
    path("auth/sessions", auth.Sessions.as_view(), name="api-sessions"),
    path("auth/sessions/<str:public_id>", auth.Session.as_view(), name="api-session"),
    path("tokens", tokens.TokenList.as_view(), name="api-tokens"),
    path("tokens/<str:public_id>", tokens.Token.as_view(), name="api-token"),
    path("users/me", me.Me.as_view(), name="api-me"),
    path("users/me/restore", me.Restore.as_view(), name="api-restore"),
    path("users/me/avatar", me.Avatar.as_view(), name="api-avatar"),
    path("users/me/banner", me.Banner.as_view(), name="api-banner"),
    path("users/me/export", me.Export.as_view(), name="api-export"),
    path("users/me/following", me.Following.as_view(), name="api-following"),
    path("users/<str:username>", others.Profile.as_view(), name="api-user"),
    path("users/<str:username>/follow", others.Follow.as_view(), name="api-follow"),
]
