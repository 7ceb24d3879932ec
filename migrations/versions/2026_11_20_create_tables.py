"""Create the tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_20_create_tables"
down_revision = None
branch_labels = None
depends_on = None

json_data = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


def upgrade() -> None:
    op.create_table(
        "topic",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prerequisites", json_data, nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topic")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('learner', 'author', 'admin')", name=op.f("ck_user_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "login_session",
        sa.Column("reference_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_write_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id")),
        sa.PrimaryKeyConstraint("reference_sha256", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"])

    op.create_table(
        "question",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("topic_slug", sa.String(length=80), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.Column("pool_state", sa.String(length=16), nullable=False),
        sa.Column("pool_reason", sa.Text(), nullable=False),
        sa.Column("synced_sha256", sa.String(length=64), nullable=False),
        sa.Column("truth", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "pool_state IN ('served', 'hidden', 'draft', 'retired')",
            name=op.f("ck_question_pool_state"),
        ),
        sa.CheckConstraint("truth IN ('file', 'browser')", name=op.f("ck_question_truth")),
        sa.ForeignKeyConstraint(
            ["topic_slug"], ["topic.slug"], name=op.f("fk_question_topic_slug")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_topic_pool", "question", ["topic_slug", "pool_state"])

    op.create_table(
        "quiz",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settings", json_data, nullable=False),
        sa.Column("plan", json_data, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished')", name=op.f("ck_quiz_state")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_quiz_user_id")),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("user_id", "token", name=op.f("uq_quiz_user_id_token")),
    )
    op.create_index("ix_quiz_user_created", "quiz", ["user_id", "created_at"])

    op.create_table(
        "question_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("seeds", sa.Integer(), nullable=False),
        sa.Column("grade_hash", sa.String(length=64), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_question_revision_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_revision_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_revision")),
        sa.UniqueConstraint(
            "question_id", "number", name=op.f("uq_question_revision_question_id_number")
        ),
    )
    op.create_table(
        "quiz_item",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("drawn", json_data, nullable=False),
        sa.Column("shown_order", json_data, nullable=False),
        sa.Column("hints_shown", sa.Integer(), nullable=False),
        sa.Column("prediction", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_quiz_item_n")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_quiz_item_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revision.id"], name=op.f("fk_quiz_item_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "quiz_id"],
            ["quiz.user_id", "quiz.id"],
            name=op.f("fk_quiz_item_user_id_quiz_id"),
        ),
        sa.PrimaryKeyConstraint("user_id", "quiz_id", "n", name=op.f("pk_quiz_item")),
    )
    op.create_table(
        "attempt",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("drawn", json_data, nullable=False),
        sa.Column("shown_order", json_data, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("answer", json_data, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("parts", json_data, nullable=False),
        sa.Column("graded_by", json_data, nullable=False),
        sa.Column("confidence", sa.String(length=16), nullable=True),
        sa.Column("hints_shown", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("grader_version", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "confidence IS NULL OR confidence IN ('guess', 'fairly', 'certain')",
            name=op.f("ck_attempt_confidence"),
        ),
        sa.CheckConstraint("outcome IN ('answered', 'shown')", name=op.f("ck_attempt_outcome")),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_attempt_score")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_attempt_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revision.id"], name=op.f("fk_attempt_revision_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "quiz_id", "n"],
            ["quiz_item.user_id", "quiz_item.quiz_id", "quiz_item.n"],
            name=op.f("fk_attempt_user_id_quiz_id_n"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attempt_user_id")),
        sa.PrimaryKeyConstraint("user_id", "id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("user_id", "quiz_id", "n", name=op.f("uq_attempt_user_id_quiz_id_n")),
        sa.UniqueConstraint("user_id", "token", name=op.f("uq_attempt_user_id_token")),
    )
    op.create_index("ix_attempt_user_question", "attempt", ["user_id", "question_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_attempt_user_question", table_name="attempt")
    op.drop_table("attempt")
    op.drop_table("quiz_item")
    op.drop_table("question_revision")
    op.drop_index("ix_quiz_user_created", table_name="quiz")

    op.drop_table("quiz")
    op.drop_index("ix_question_topic_pool", table_name="question")

    op.drop_table("question")
    op.drop_index(op.f("ix_login_session_user_id"), table_name="login_session")

    op.drop_table("login_session")
    op.drop_table("user")
    op.drop_table("topic")
