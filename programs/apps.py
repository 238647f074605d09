from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models exist only now; each room says what it holds about a person.
        from programs.planning import aftermath, indicators, judging, unit_panel  # noqa: F401 - contributes when imported
        from programs.planning import home as planning_home  # noqa: F401
        from programs.planning import personal as planning
        from programs.practices import home as practices_home  # noqa: F401
        from programs.practices import in_plan as practices_in_plan  # noqa: F401
        from programs.practices import leading as practices_leading
        from programs.practices import personal as practices
        from programs.recognition import award_home, award_personal, hook_events, leading  # noqa: F401 - the first contributes
        from programs.recognition import home as recognition_home  # noqa: F401
        from programs.recognition import in_plan as recognition_in_plan
        from programs.recognition import personal as recognition
        from programs.recognition import personal_points as recognition_points
        from programs.recognition import team_home as recognition_team_home  # noqa: F401
        from programs.reports import personal as reports
        from programs.reports import report_personal, report_problems  # noqa: F401 - contributes when imported
        from programs.training import checks, joining  # noqa: F401
        from programs.training import home as training_home  # noqa: F401
        from programs.training import in_plan as training_in_plan
        from programs.training import personal as training

        aftermath.register()
        indicators.register_own()
        judging.register()
        training_in_plan.register()
        recognition_in_plan.register()
        planning.register()
        training.register()
        recognition.register()
        recognition_points.register()
        practices.register()
        practices_leading.register()
        reports.register()
        report_personal.register()
        hook_events.register()
        leading.register()
        award_personal.register()
