"""Courses and quizzes in the formats other systems read: Markdown folder, GIFT, Moodle XML. Pure: no database."""
