"""The categories a new site starts with; admins change them as they like."""

from django.db import migrations

CATEGORIES = [
    ("gaming", "Trò chơi", "Gaming"),
    ("music", "Âm nhạc", "Music"),
    ("talk", "Trò chuyện", "Talk"),
    ("study", "Học tập", "Study"),
    ("creative", "Sáng tạo", "Creative"),
    ("sports", "Thể thao", "Sports"),
    ("technology", "Công nghệ", "Technology"),
    ("other", "Khác", "Other"),
]


def add(apps, schema_editor):
    category = apps.get_model("rooms", "Category")
    for position, (slug, name_vi, name_en) in enumerate(CATEGORIES, start=1):
        names = {"name_vi": name_vi, "name_en": name_en, "position": position * 10}
        category.objects.get_or_create(slug=slug, defaults=names)


def remove(apps, schema_editor):
    category = apps.get_model("rooms", "Category")
    category.objects.filter(slug__in=[slug for slug, *_ in CATEGORIES]).delete()


class Migration(migrations.Migration):
    dependencies = [("rooms", "0001_rooms_and_categories")]

    operations = [migrations.RunPython(add, remove)]
