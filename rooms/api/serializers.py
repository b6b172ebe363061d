"""How rooms look in JSON (camelCase, DESIGN.md 4.1)."""

from __future__ import annotations

from rest_framework import serializers

from rooms.models import Category


class CategoryOut(serializers.ModelSerializer[Category]):
    """What a stream can be about. `name` is in the reader's language."""

    nameVi = serializers.CharField(source="name_vi")  # noqa: N815 - the wire's own case.
    nameEn = serializers.CharField(source="name_en")  # noqa: N815

    class Meta:
        model = Category
        fields = ["slug", "name", "nameVi", "nameEn"]
