"""What people make of news, what is told of decisions on reports, and a jury that stands once somebody voted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever joins or leaves waits for a vote that is being cast (it holds the round), and reads it then. A seat of somebody
# who has left the company may always be given up.
STANDS = """
CREATE FUNCTION programs_award_jury_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seat programs_awardjuror%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN seat := NEW; ELSE seat := OLD; END IF;
    IF TG_OP = 'UPDATE' AND NEW.award_id = OLD.award_id AND NEW.employee_id = OLD.employee_id
        AND NEW.chair = OLD.chair THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM culture_employee
        WHERE id = OLD.employee_id AND (NOT is_active OR left_on <= current_date)
    ) THEN
        RETURN OLD;
    END IF;
    PERFORM 1 FROM programs_awardround WHERE award_id = seat.award_id AND state = 'voting' FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM programs_awardvote v JOIN programs_awardcandidate c ON c.id = v.candidate_id
        JOIN programs_awardround r ON r.id = c.round_id WHERE r.award_id = seat.award_id AND r.state = 'voting'
    ) THEN
        RAISE EXCEPTION 'award_jury_stands' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_jury_stands BEFORE INSERT OR UPDATE OR DELETE ON programs_awardjuror
    FOR EACH ROW EXECUTE FUNCTION programs_award_jury_stands();
"""
GONE = "DROP TRIGGER award_jury_stands ON programs_awardjuror; DROP FUNCTION programs_award_jury_stands();"


class Migration(migrations.Migration):
    dependencies = [("programs", "0022_board"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="JuryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("joined", "Joined the jury"),
                            ("out", "Taken out of the jury"),
                            ("chair", "Became the chair"),
                        ],
                        max_length=6,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jury_changes", to="programs.award"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="jury_change_says_why"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PostModeration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("hide", "Hidden from others"),
                            ("keep", "Looked at and left as it is"),
                            ("restore", "Shown again"),
                        ],
                        max_length=7,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="moderations", to="programs.feedpost"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="post_moderation_says_why"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PostReaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("clap", "Well done"), ("heart", "Lovely"), ("follow", "I’ll do so, too")],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="programs.feedpost",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("post", "employee"), name="post_one_reaction_each"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["clap", "heart", "follow"])), name="post_reaction_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=280)),
                ("at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="programs.feedpost",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "employee"), name="post_one_reply_each"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="post_reply_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("inappropriate", "It offends, mocks or embarrasses somebody"),
                            ("private", "It tells something private, or names a customer"),
                            ("suspicious", "Something is not right with it or its points"),
                        ],
                        max_length=13,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To look at"), ("hidden", "Hidden"), ("kept", "Left as it is")],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="programs.feedpost"
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["post"], name="post_report_open")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("post", "reporter"), name="post_reported_once_each"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "open"), ("decided_at__isnull", False), _connector="OR"),
                        name="post_report_decided_at_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThanksNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rhidden", "What you reported is hidden"),
                            ("rkept", "What you reported was looked at and left"),
                            ("hidden", "Hidden from others"),
                            ("shown", "Shown again"),
                        ],
                        max_length=7,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "employee",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thanks_notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kudos",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="programs.kudos",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="programs.thanksmail",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="programs.feedpost",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["employee", "-at"], name="thanks_notice_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kudos__isnull", False), ("post__isnull", True)),
                            models.Q(("kudos__isnull", True), ("post__isnull", False)),
                            _connector="OR",
                        ),
                        name="thanks_notice_about_one",
                    )
                ],
            },
        ),
        migrations.RunSQL(STANDS, GONE),
        migrations.AddField(
            model_name="kudosreceiver",
            name="without_points",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
