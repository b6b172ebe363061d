"""What the keepers say about the site as a whole."""

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    """Its row is core's, since mails and every page read it."""

    name = "streair.branding"
    label = "branding"
