from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "obligations"
    verbose_name = "Obligations"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """The application's own models, then those of the subjects: their tables belong to it too."""
        super().import_models()
        from obligations import subjects

        subjects.load("models")

    def ready(self) -> None:
        """Hand the package below what it knows nothing of: the entries of a contract's bar, and what rests on
        its words.
        """
        from contracts.services import rests
        from contracts.web import bar
        from obligations.services.choosing.rests import rests_on
        from obligations.services.entries.following import follow_numbers, holds
        from obligations.web import menu

        bar.offer(menu.entries)
        rests.offer(rests_on)
        rests.offer_to_follow(follow_numbers)
        rests.offer_to_hold(holds)
