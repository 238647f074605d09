from django.conf import settings
from django.db import migrations, models
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import programs.recognition.milestone_models

# Who is too near to a candidate does not vote on him: himself, the same unit, its manager or report, who nominated
# him; of a team, whoever belongs to it. The service says so in words; this holds whoever writes.
NEAR = """
CREATE FUNCTION programs_award_vote_from_afar() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint; team bigint; judge record; judged record;
BEGIN
    SELECT employee_id, unit_id INTO person, team FROM programs_awardcandidate WHERE id = NEW.candidate_id;
    SELECT id, unit_id, manager_id INTO judge FROM culture_employee WHERE id = NEW.juror_id;
    IF person IS NOT NULL THEN
        SELECT id, unit_id, manager_id INTO judged FROM culture_employee WHERE id = person;
        IF judged.id = judge.id OR judged.unit_id = judge.unit_id OR judged.manager_id = judge.id
            OR judge.manager_id = judged.id THEN
            RAISE EXCEPTION 'award_vote_from_afar' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF team IN (
        WITH RECURSIVE above(id, parent_id) AS (
            SELECT id, parent_id FROM culture_unit WHERE id = judge.unit_id
            UNION SELECT u.id, u.parent_id FROM culture_unit u JOIN above ON u.id = above.parent_id
        ) SELECT id FROM above
    ) THEN
        RAISE EXCEPTION 'award_vote_from_afar' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM programs_nomination WHERE candidate_id = NEW.candidate_id
               AND nominator_id = NEW.juror_id AND withdrawn_at IS NULL) THEN
        RAISE EXCEPTION 'award_vote_from_afar' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_vote_from_afar BEFORE INSERT OR UPDATE ON programs_awardvote
    FOR EACH ROW EXECUTE FUNCTION programs_award_vote_from_afar();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0015_giving"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.JSONField(default=dict)),
                ("purpose", models.JSONField(blank=True, default=dict)),
                ("criteria", models.JSONField(blank=True, default=list)),
                ("teams", models.BooleanField(default=True)),
                (
                    "decides",
                    models.CharField(
                        choices=[
                            ("jury", "A jury votes, its chair or HR decides"),
                            ("manager", "The nominee's manager"),
                        ],
                        default="jury",
                        max_length=7,
                    ),
                ),
                (
                    "winners",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(10000)]
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=200)),
                ("dates", models.JSONField(blank=True, default=list)),
                ("first_on", models.DateField()),
                (
                    "open_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "decide_days",
                    models.PositiveSmallIntegerField(
                        default=21,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["retired_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AwardCandidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("nominated", "Nominated"),
                            ("shortlist", "On the shortlist"),
                            ("won", "Won"),
                            ("declined", "Not chosen"),
                            ("expired", "Nobody decided in time"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="nominated",
                        max_length=9,
                    ),
                ),
                ("points", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="AwardJuror",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chair", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-chair", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AwardMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("jury", "The vote is open"),
                            ("jury_last", "The vote ends soon"),
                            ("decide", "Waits for your decision"),
                            ("won", "You won"),
                            ("nom_won", "Whom you nominated won"),
                            ("declined", "Not chosen"),
                            ("expired", "Nobody decided in time"),
                            ("cancelled", "The round was called off"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("claimed", "Claimed"),
                            ("sent", "Sent"),
                            ("skipped", "Not needed any more"),
                            ("failed", "Failed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="AwardRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("decide_by", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open for nominations"),
                            ("shortlist", "Waits for a shortlist"),
                            ("voting", "Is being judged"),
                            ("decided", "Decided"),
                            ("expired", "Ended without a decision"),
                            ("cancelled", "Called off"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("winners", models.PositiveSmallIntegerField()),
                ("points", models.PositiveIntegerField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-opens_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="AwardVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AwardWinner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="FeedPost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("award", "Award"), ("milestone", "Milestone"), ("team", "Team")], max_length=9
                    ),
                ),
                ("data", models.JSONField(blank=True, default=dict)),
                ("story", models.CharField(blank=True, max_length=600)),
                ("at", models.DateTimeField()),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_why", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MilestoneNight",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("claimed_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("found", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="MilestoneRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.JSONField(blank=True, default=dict)),
                ("points", models.JSONField(blank=True, default=dict)),
                (
                    "years",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=programs.recognition.milestone_models._years,
                        size=None,
                    ),
                ),
                (
                    "beyond",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=programs.recognition.milestone_models._beyond,
                        size=None,
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("criteria", models.JSONField(blank=True, default=list)),
                ("evidence", models.TextField()),
                ("language", models.CharField(blank=True, max_length=12)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("idempotency_key", models.UUIDField(unique=True)),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("joined", "Years here"),
                            ("completed", "Training path completed"),
                            ("certified", "Course completed with a certificate"),
                            ("memorable", "First memorable action"),
                        ],
                        max_length=9,
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=40)),
                ("on", models.DateField()),
                ("data", models.JSONField(blank=True, default=dict)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for its morning"),
                            ("posted", "Announced"),
                            ("quiet", "Not announced: the person does not want it"),
                            ("dropped", "Not announced any more"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "points",
                    models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(1000)]),
                ),
            ],
            options={
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TeamProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("promise", "A promise was kept"), ("barrier", "A barrier fell")], max_length=7
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                ("found_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To decide"),
                            ("approved", "Recognised"),
                            ("declined", "Declined"),
                            ("gone", "Its evidence no longer holds"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("story", models.CharField(blank=True, max_length=600)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-found_on", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="award",
            name="nominators",
            field=models.ManyToManyField(blank=True, related_name="+", to="culture.unit"),
        ),
        migrations.AddField(
            model_name="award",
            name="nominees",
            field=models.ManyToManyField(blank=True, related_name="+", to="culture.unit"),
        ),
        migrations.AddField(
            model_name="award",
            name="program",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="programs.program",
            ),
        ),
        migrations.AddField(
            model_name="awardcandidate",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="awardcandidate",
            name="employee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="candidacies",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="awardcandidate",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.unit"
            ),
        ),
        migrations.AddField(
            model_name="awardjuror",
            name="award",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="jury", to="programs.award"
            ),
        ),
        migrations.AddField(
            model_name="awardjuror",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="awardmail",
            name="candidate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="programs.awardcandidate",
            ),
        ),
        migrations.AddField(
            model_name="awardmail",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="award_mails", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="awardround",
            name="award",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="programs.award"
            ),
        ),
        migrations.AddField(
            model_name="awardround",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="awardmail",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="mails", to="programs.awardround"
            ),
        ),
        migrations.AddField(
            model_name="awardcandidate",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="candidates", to="programs.awardround"
            ),
        ),
        migrations.AddField(
            model_name="awardvote",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="programs.awardcandidate"
            ),
        ),
        migrations.AddField(
            model_name="awardvote",
            name="juror",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="awardwinner",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="winners", to="programs.awardcandidate"
            ),
        ),
        migrations.AddField(
            model_name="awardwinner",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="awards_won", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="awardwinner",
            name="entry",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="feedpost",
            name="employee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feedpost",
            name="hidden_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feedpost",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"
            ),
        ),
        migrations.AddField(
            model_name="awardcandidate",
            name="post",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="candidate",
                to="programs.feedpost",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonerules",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_set_of_milestone_rules"),
        ),
        migrations.AddField(
            model_name="nomination",
            name="behaviour",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.behaviour"
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="nominations", to="programs.awardcandidate"
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="kudos",
            field=models.ManyToManyField(blank=True, related_name="+", to="programs.kudos"),
        ),
        migrations.AddField(
            model_name="nomination",
            name="nominator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="nominations", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="nominee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nomination",
            name="requirement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="culture.requirement",
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="occasions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="entry",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="occasion",
            name="post",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="occasion",
                to="programs.feedpost",
            ),
        ),
        migrations.AddField(
            model_name="teamproposal",
            name="action",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.action",
            ),
        ),
        migrations.AddField(
            model_name="teamproposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="teamproposal",
            name="post",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="proposal",
                to="programs.feedpost",
            ),
        ),
        migrations.AddField(
            model_name="teamproposal",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"),
        ),
        migrations.AddField(
            model_name="teamproposal",
            name="wave",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="surveys.wave"
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__lte", 10000), ("winners__gte", 1), ("winners__lte", 50)),
                name="award_in_limits",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("decide_days__gte", 1), ("open_days__gte", 1)), name="award_takes_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardjuror",
            constraint=models.UniqueConstraint(fields=("award", "employee"), name="juror_once"),
        ),
        migrations.AddConstraint(
            model_name="awardjuror",
            constraint=models.UniqueConstraint(
                condition=models.Q(("chair", True)), fields=("award",), name="one_chair"
            ),
        ),
        migrations.AddIndex(
            model_name="awardround",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "shortlist", "voting"])),
                fields=["closes_on"],
                name="award_round_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardround",
            constraint=models.UniqueConstraint(fields=("award", "number"), name="award_round_number_once"),
        ),
        migrations.AddConstraint(
            model_name="awardround",
            constraint=models.UniqueConstraint(fields=("award", "opens_on"), name="award_round_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="awardround",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_on__gte", models.F("opens_on")), ("decide_by__gt", models.F("closes_on"))),
                name="award_round_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ["open", "shortlist", "voting"])),
                    models.Q(("ended_at__isnull", False), ("state__in", ["decided", "expired", "cancelled"])),
                    _connector="OR",
                ),
                name="award_round_ended_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="award_round_called_off_why",
            ),
        ),
        migrations.AddIndex(
            model_name="awardmail",
            index=models.Index(
                condition=models.Q(("state", "due")), fields=["due_at", "id"], name="award_mail_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="awardmail",
            index=models.Index(condition=models.Q(("state", "claimed")), fields=["id"], name="award_mail_in_hand"),
        ),
        migrations.AddConstraint(
            model_name="awardmail",
            constraint=models.UniqueConstraint(
                fields=("employee", "kind", "round", "candidate"), name="award_mail_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="awardmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "claimed"), _negated=True), ("claimed_at__isnull", False), _connector="OR"
                ),
                name="award_mail_claimed_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardvote",
            constraint=models.UniqueConstraint(fields=("candidate", "juror"), name="one_vote_of_a_juror"),
        ),
        migrations.AddConstraint(
            model_name="awardvote",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="vote_from_one_to_five"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardwinner",
            constraint=models.UniqueConstraint(fields=("candidate", "employee"), name="won_once"),
        ),
        migrations.AddConstraint(
            model_name="awardwinner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", True), ("points", 0)),
                    models.Q(("entry__isnull", False), ("points__gt", 0)),
                    _connector="OR",
                ),
                name="won_is_paid",
            ),
        ),
        migrations.AddIndex(
            model_name="feedpost",
            index=models.Index(
                condition=models.Q(("hidden_at__isnull", True)), fields=["-at", "-id"], name="post_feed"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedpost",
            constraint=models.CheckConstraint(
                condition=models.Q(("employee__isnull", False), ("unit__isnull", False), _connector="OR"),
                name="post_about_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("employee__isnull", False), ("unit__isnull", True)),
                    models.Q(("employee__isnull", True), ("unit__isnull", False)),
                    _connector="OR",
                ),
                name="candidate_person_or_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcandidate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("employee__isnull", False)),
                fields=("round", "employee"),
                name="candidate_person_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcandidate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit__isnull", False)), fields=("round", "unit"), name="candidate_team_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="candidate_declined_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["won", "declined"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="candidate_decided_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="nomination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("nominee__isnull", True),
                    models.Q(("nominee", models.F("nominator")), _negated=True),
                    _connector="OR",
                ),
                name="nomination_not_of_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="nomination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("candidate", "nominator"),
                name="nominated_once_by_one",
            ),
        ),
        migrations.AddIndex(
            model_name="occasion",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="occasion_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.UniqueConstraint(fields=("employee", "kind", "key"), name="occasion_once"),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", True), ("points", 0)),
                    models.Q(("entry__isnull", False), ("points__gt", 0)),
                    _connector="OR",
                ),
                name="occasion_points_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="occasion_done_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("action__isnull", False)), fields=("action",), name="proposed_once_for_a_promise"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("wave__isnull", False)), fields=("wave", "unit"), name="proposed_once_for_a_wave"
            ),
        ),
        migrations.AddConstraint(
            model_name="teamproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action__isnull", False), ("kind", "promise"), ("wave__isnull", True)),
                    models.Q(("action__isnull", True), ("kind", "barrier"), ("wave__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_rests_on_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="teamproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="proposal_declined_why",
            ),
        ),
        migrations.RunSQL(NEAR, migrations.RunSQL.noop),
    ]
