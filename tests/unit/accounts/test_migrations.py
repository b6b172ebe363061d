"""People from before there were skeletons."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_of_names_that_look_alike_already_the_first_gets_the_skeleton() -> None:
    first, second = UserFactory(username="linh"), UserFactory(username="1inh")
    other = UserFactory(username="ben")

    import_module("accounts.migrations.0006_skeletons").fill(apps, None)

    skeletons = dict(User.objects.values_list("pk", "skeleton"))
    assert skeletons == {first.pk: "llnh", second.pk: "", other.pk: "ben"}
