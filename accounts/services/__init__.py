"""Everything that writes about people, by topic; import it from here."""

from accounts.services.by_hand import complete
from accounts.services.emails import (
    ask_for_other_email,
    resend_verification,
    send_verification,
    verify,
)
from accounts.services.exporting import export
from accounts.services.follows import follow, unfollow
from accounts.services.leaving import (
    account_is_leaving,
    deactivate,
    erase_due,
    leave,
    reactivate,
    restore,
)
from accounts.services.notifications import (
    change_notifications,
    choose_language,
    reader_of,
    stop_link,
    stop_mails,
)
from accounts.services.passwords import (
    change_password,
    confirm_password,
    is_good_reset,
    reset_password,
    send_reset,
)
from accounts.services.pictures import Kind, remove_picture, set_picture
from accounts.services.profiles import change_profile, choose_theme
from accounts.services.sign_ins import (
    Tokens,
    forget_browser,
    note_browser,
    refresh_app,
    sign_in_app,
    sign_out,
    sign_out_app,
    sign_out_everywhere,
    sign_out_of,
)
from accounts.services.signing_up import sign_up
from accounts.services.tokens import NewToken, create_token, revoke_token

__all__ = [
    "Kind",
    "NewToken",
    "Tokens",
    "account_is_leaving",
    "ask_for_other_email",
    "change_notifications",
    "change_password",
    "change_profile",
    "choose_language",
    "choose_theme",
    "complete",
    "confirm_password",
    "create_token",
    "deactivate",
    "erase_due",
    "export",
    "follow",
    "forget_browser",
    "is_good_reset",
    "leave",
    "note_browser",
    "reactivate",
    "reader_of",
    "refresh_app",
    "remove_picture",
    "resend_verification",
    "reset_password",
    "restore",
    "revoke_token",
    "send_reset",
    "send_verification",
    "set_picture",
    "sign_in_app",
    "sign_out",
    "sign_out_app",
    "sign_out_everywhere",
    "sign_out_of",
    "sign_up",
    "stop_link",
    "stop_mails",
    "unfollow",
    "verify",
]
