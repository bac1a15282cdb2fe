# SPDX-License-Identifier: Apache-2.0
"""Which new cases have a file for the regulator's platform at all."""

from intake.domain.regulator.file import RegulatorFile
from intake.domain.submission import FileSubmission


def new_file(command: FileSubmission) -> RegulatorFile | None:
    """None where the house reports nothing; whatever is filed from then on is reported by the rule of owed.py."""
    if command.regulator_scope is None:
        return None
    said = dict(command.regulator_said or {})
    code = str(said["codigo_queja"]) if said.get("codigo_queja") else None
    return RegulatorFile(scope=command.regulator_scope, code=code, said=said)
