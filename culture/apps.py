from django.apps import AppConfig


class CultureConfig(AppConfig):
    name = "culture"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models exist only now; each room says what it holds about a person.
        from culture.access import people_home, personal, signin_audit, signin_checks  # noqa: F401
        from culture.framework import charter_home  # noqa: F401
        from culture.people import rights_people

        rights_people.register()
        personal.register()
