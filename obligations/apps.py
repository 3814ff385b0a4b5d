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
        """Hand the package below what it knows nothing of: the entries of a contract's bar, what rests on its
        words, and who and what is told of what comes onto the record.
        """
        from contracts.offered import offer
        from contracts.web import bar
        from obligations.web import menu

        bar.offer(menu.entries)
        offer("stands at the top of every page", "obligations.web.menu.messages")
        offer("hears what comes onto the record", "obligations.services.notices.telling.hear")
        offer("hears what comes onto the record", "obligations.services.webhooks.hearing.hear")
        offer("what rests on words", "obligations.services.choosing.rests.rests_on")
        offer("what follows a later edition", "obligations.services.entries.following.follow_numbers")
        offer("what may not go from a schedule", "obligations.services.entries.following.holds")
