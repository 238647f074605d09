"""Gathers the models of culture's rooms for Django."""

from culture.access.address_models import AddressChange
from culture.access.models import AuditEntry, Grant
from culture.access.organisation_models import Organisation, SetupLink, SignInLink, SignInLock
from culture.access.token_models import ApiToken
from culture.framework.charter_models import CharterAcknowledgement, CharterVersion, ServiceStandard
from culture.framework.models import (
    Behaviour,
    CatalogueVersion,
    Condition,
    Figure,
    Notion,
    Practice,
    ProfileLine,
    Requirement,
    RequirementProfile,
    TailoringChange,
)
from culture.framework.readiness_models import (
    ReadinessAssessment,
    ReadinessJudgement,
    ReadinessRule,
    ReadinessSponsor,
)
from culture.people.import_models import DraftRow, ImportDraft, ImportEffect, ImportSource, PeopleImport
from culture.people.models import Employee, Leave, Membership, PlannedChange, Reporting, Unit, UnitState
from culture.people.rights_models import Erasure, LegalHold, PlannedErasure, RetentionPause, RetentionRule

__all__ = [
    "AddressChange",
    "ApiToken",
    "AuditEntry",
    "Behaviour",
    "CatalogueVersion",
    "CharterAcknowledgement",
    "CharterVersion",
    "Condition",
    "DraftRow",
    "Employee",
    "Erasure",
    "Figure",
    "Grant",
    "ImportDraft",
    "ImportEffect",
    "ImportSource",
    "Leave",
    "LegalHold",
    "Membership",
    "Notion",
    "Organisation",
    "PeopleImport",
    "PlannedChange",
    "PlannedErasure",
    "Practice",
    "ProfileLine",
    "ReadinessAssessment",
    "ReadinessJudgement",
    "ReadinessRule",
    "ReadinessSponsor",
    "Reporting",
    "Requirement",
    "RequirementProfile",
    "RetentionPause",
    "RetentionRule",
    "ServiceStandard",
    "SetupLink",
    "SignInLink",
    "SignInLock",
    "TailoringChange",
    "Unit",
    "UnitState",
]
