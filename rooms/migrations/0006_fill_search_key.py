"""The rooms that were there before searches can be found, too.

`folded` is streair.core.texts.folded as it was then: a migration must not change with the code.
"""

import unicodedata

from django.db import migrations

AT_ONCE = 500


def folded(text):
    bare = text.replace("đ", "d").replace("Đ", "d")
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    kept = "".join(mark for mark in letters if unicodedata.category(mark) not in {"Mn", "Cf"})
    return " ".join(unicodedata.normalize("NFC", kept).split())


def search_key_of(room):
    category = room.category
    names = [category.name_vi, category.name_en] if category else []
    texts = [room.title, room.owner.username, room.owner.display_name, *names]
    return folded(" ".join(texts)).replace("#", " ")


def fill(apps, schema_editor):
    rooms = apps.get_model("rooms", "Room").objects.filter(search_key="")
    last = 0
    while page := list(
        rooms.filter(pk__gt=last).select_related("owner", "category").order_by("pk")[:AT_ONCE]
    ):
        for room in page:
            room.search_key = search_key_of(room)
        rooms.model.objects.bulk_update(page, ["search_key"])
        last = page[-1].pk


class Migration(migrations.Migration):
    dependencies = [("rooms", "0005_search_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
