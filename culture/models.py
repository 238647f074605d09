"""Gathers the models of culture's rooms for Django."""

from culture.access.models import AuditEntry, Grant
from culture.framework.models import Behaviour, Condition, Practice, Requirement
from culture.people.models import Employee, Membership, PeopleImport, Unit

__all__ = [
    "AuditEntry",
    "Behaviour",
    "Condition",
    "Employee",
    "Grant",
    "Membership",
    "PeopleImport",
    "Practice",
    "Requirement",
    "Unit",
]
