"""Addresses of the pages about accounts."""

from django.urls import path, re_path

from accounts.views import account, doors, follows, notifications

app_name = "accounts"

urlpatterns = [
    path("sign-up/", doors.sign_up, name="sign-up"),
    path("sign-in/", doors.sign_in, name="sign-in"),
    path("sign-out/", doors.sign_out, name="sign-out"),
    path("account/password/forgot/", doors.forgot, name="forgot"),
    path("account/password/new/<str:token>/", doors.new_password, name="new-password"),
    path("account/email/confirm/<str:token>/", doors.confirm_email, name="confirm-email"),
    path("@<str:username>/follow/", follows.follow, name="follow"),
    path("account/", account.account, name="account"),
    path("account/profile/", account.profile, name="profile"),
    re_path(r"^account/pictures/(?P<kind>avatar|banner)/$", account.picture, name="picture"),
    path("account/email/", account.email, name="email"),
    path("account/email/resend/", account.resend, name="email-resend"),
    path("account/password/", account.password, name="password"),
    path("account/sign-ins/<str:public_id>/end/", account.end_session, name="end-session"),
    path("account/sign-out-everywhere/", account.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/tokens/", account.make_token, name="make-token"),
    path("account/tokens/<str:public_id>/revoke/", account.revoke_token, name="revoke-token"),
    path("account/notifications/", notifications.notifications, name="notifications"),
    path("account/notifications/stop/<str:token>/", notifications.stop_mails, name="stop-mails"),
    path("account/export/", account.export, name="export"),
    path("account/delete/", account.delete, name="delete"),
    path("account/restore/", account.restore, name="restore"),
]
