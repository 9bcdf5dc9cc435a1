"""What a program cannot be sure to have read rightly is confirmed by a person before anything is published."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from analysis.contracts.findings import DOUBTFUL, WHOLE_FILE, Finding, Severity
from analysis.intake.files import needs_confirmation
from analysis.rules.config import CORRECTIONS_FILE, PROJECT_FILE, READING_PAGE, Confirmed


def confirmed_reading(
    content: bytes, file: str, reading: Sequence[Finding], confirmed: Sequence[Confirmed]
) -> list[Finding]:
    """Returns what was noticed while reading a document; one that has to be confirmed blocks until it is.

    Args:
        content: The bytes of the document.
        file: Its path relative to the project.
        reading: What was noticed.
        confirmed: The readings that people have confirmed.
    """
    if not needs_confirmation(content):
        return list(reading)
    digest = hashlib.sha256(content).hexdigest()
    entry = next((one for one in confirmed if (one.file, one.sha256) == (file, digest)), None)
    doubtful = sum(one.rule == DOUBTFUL for one in reading)
    if entry is None:
        return [_asked(file, digest, doubtful), *reading]
    done = f"Ничего: прочитанное подтверждено ({entry.who}, {entry.date:%d.%m.%Y})."
    return [replace(one, severity=Severity.NOTE, action=done) if one.rule == DOUBTFUL else one for one in reading]


def _asked(file: str, digest: str, doubtful: int) -> Finding:
    explanation = "Такой файл хранит не ячейки, а линии и буквы: прочитанное должен подтвердить человек."
    action = (
        f"Сравните {READING_PAGE} с документом (отмечено сомнительных ячеек: {doubtful}); неверное исправьте в "
        f"{CORRECTIONS_FILE}. Затем впишите раздел ниже в {PROJECT_FILE}: кто и когда сверил."
    )
    stanza = f'[[confirmed_reading]]   # прочитано верно\nfile = "{file}"\nsha256 = "{digest}"\nwho = ""\n'
    stanza += 'date = ""   # день сверки, без кавычек: 2021-01-31'
    return Finding("reading", Severity.BLOCKS, file, (WHOLE_FILE,), "", explanation, action, stanza)
