"""Opens a received file by what its bytes are, not by what its name says."""

from pathlib import Path

from analysis.contracts.findings import Finding
from analysis.errors import AnalysisError
from analysis.intake.blocks import Block
from analysis.intake.text_file import read_text_blocks
from analysis.intake.word_file import read_word_blocks

ZIP, OLE2, RTF = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns the paragraphs and rows of a .txt or .docx file, and what was noticed while reading.

    Args:
        content: The bytes of the file.
        file: Its path relative to the project, for messages.

    Raises:
        AnalysisError: The bytes are not a document that can be read whole; the message says what to do.
    """
    if not content.strip():
        raise AnalysisError(f"{file}: файл пуст. Получите его заново.")
    if content.startswith(OLE2):
        raise AnalysisError(_ole2_message(content, file))
    if content.startswith(RTF):
        raise AnalysisError(f"{file}: это RTF. Откройте его в Word и сохраните как .docx.")
    if content.startswith(ZIP):
        if b"application/vnd.oasis.opendocument" in content[:200]:
            raise AnalysisError(f"{file}: это документ OpenDocument (.odt). Сохраните его как .docx.")
        return read_word_blocks(content, file)
    if Path(file).suffix.lower() == ".docx":
        raise AnalysisError(
            f"{file}: это не .docx: внутри нет пакета документа. Откройте файл в Word и сохраните как .docx."
        )
    return read_text_blocks(content, file)


def _ole2_message(content: bytes, file: str) -> str:
    if ENCRYPTED_PACKAGE in content:
        return f"{file}: документ защищён паролем. Снимите пароль в Word и сохраните как .docx."
    return f"{file}: это старый формат Word (.doc). Откройте файл в Word и сохраните как .docx."
