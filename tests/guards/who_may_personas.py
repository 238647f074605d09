"""Sets of personas that several addresses are open to; tests/guards/world.py says who they are."""

from tests.guards.world import PERSONAS

ANYBODY = " ".join(PERSONAS)
SIGNED_IN = "employee manager executive hr unit_hr trainer lead auditor moderator root"
HR = "hr"
PEOPLE = "hr unit_hr"
FRAMEWORK = "hr lead"
RESULTS = "manager executive hr unit_hr lead"
SCORECARD = "executive hr lead"
TRAINING = "hr unit_hr trainer"
PLANNERS = "hr unit_hr lead manager"
TREE = "manager executive hr unit_hr trainer lead"
TEAM = "manager hr unit_hr trainer"
ACCESS = "hr unit_hr auditor"
AUDIT = "hr auditor"
VISITOR = "anonymous"
