"""What tokens stand for at sockets and streams (settings.IDENTITY_BACKEND)."""

from __future__ import annotations

from django.utils.timezone import now

from accounts.models import PersonalToken, SignIn
from accounts.services import bearers
from streair.core.realtime.identity import Identity, chunks


def identify(token: str) -> Identity:
    """Return who shows `token`, or raise SignInFirst."""
    credential = bearers.authenticate(token)
    user = credential.user
    if user.is_leaving:
        raise bearers.invalid_token()
    return Identity(
        user_id=user.pk,
        username=user.username,
        session_key="",
        fingerprint=user.token_version,
        credential=credential.name,
        expires=credential.expires.timestamp() if credential.expires else None,
        scopes=credential.granted_scopes,
    )


def over(identities: set[Identity]) -> set[Identity]:
    """Return those whose token, sign-in or account has ended."""
    good: dict[str, int] = {}
    ids = {each.credential.partition(":")[2] for each in identities}
    for some in chunks(ids):
        sign_ins = SignIn.objects.lasting(now()).filter(public_id__in=some, user__is_active=True)
        for public_id, version in sign_ins.values_list("public_id", "user__token_version"):
            good[f"sign-in:{public_id}"] = version
        tokens = PersonalToken.objects.filter(public_id__in=some, user__is_active=True)
        for public_id, version in tokens.values_list("public_id", "user__token_version"):
            good[f"token:{public_id}"] = version
    return {each for each in identities if good.get(each.credential) != each.fingerprint}
