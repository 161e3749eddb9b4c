"""All tables; importing this makes the metadata complete."""

from bot.storage.tables.base import Table, metadata, table_of
from bot.storage.tables.conversation import QuestionRow, VerdictRow
from bot.storage.tables.directory import (
    ChannelRow,
    CompanyRow,
    ContactRow,
    MembershipRow,
    NetworkEditionRow,
    PersonRow,
    PracticeDomainRow,
    PracticeRow,
)
from bot.storage.tables.escalation import (
    AbsenceRow,
    BridgedMessageRow,
    CompanyTargetRow,
    DirectoryChangeRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    ReferenceRow,
)
from bot.storage.tables.installation import InstallationRow, OAuthStateRow
from bot.storage.tables.learning import EditorRow, JudgedQuestionRow, LearnedPhraseRow
from bot.storage.tables.maintenance import (
    DataFixRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    ReminderAnswerRow,
    ReminderDueRow,
    ReminderMessageRow,
    ReminderRow,
    RemittanceNoticeRow,
    StatementLineRow,
    StatementRow,
)
from bot.storage.tables.privacy import ForgottenRow
from bot.storage.tables.queues import InboxRow, LaneLeaseRow, OutboxRow
from bot.storage.tables.report import DigestNoticeRow

__all__ = [
    "AbsenceRow",
    "BridgedMessageRow",
    "ChannelRow",
    "CompanyRow",
    "CompanyTargetRow",
    "ContactRow",
    "DataFixRow",
    "DigestNoticeRow",
    "DirectoryChangeRow",
    "EditorRow",
    "EscalationEventRow",
    "EscalationRow",
    "EscalationThreadRow",
    "ForgottenRow",
    "InboxRow",
    "InstallationRow",
    "JudgedQuestionRow",
    "LaneLeaseRow",
    "LearnedPhraseRow",
    "LicencePackageRow",
    "MaintenanceEntryRow",
    "MaintenancePeriodRow",
    "MembershipRow",
    "NetworkEditionRow",
    "OAuthStateRow",
    "OutboxRow",
    "PersonRow",
    "PracticeDomainRow",
    "PracticeRow",
    "QuestionRow",
    "ReferenceRow",
    "ReminderAnswerRow",
    "ReminderDueRow",
    "ReminderMessageRow",
    "ReminderRow",
    "RemittanceNoticeRow",
    "StatementLineRow",
    "StatementRow",
    "Table",
    "VerdictRow",
    "metadata",
    "table_of",
]
