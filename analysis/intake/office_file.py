"""Documents of other word processors: LibreOffice makes Word documents of them, where the program is present."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.errors import AnalysisError

MOST_SECONDS = 120
PROGRAMS = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
NAMES = {"odt": "документ OpenDocument (.odt)", "rtf": "RTF", "doc": "старый формат Word (.doc)"}
SAVE_AS_DOCX = "Откройте файл в Word и сохраните как .docx."


def program() -> str | None:
    """Where LibreOffice is; None where it is not present."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def converted(content: bytes, kind: str, file: str, to: str = "docx") -> bytes:
    """Returns a document in another format.

    Args:
        content: The bytes of the document.
        kind: Its format, a key of NAMES.
        file: Its path relative to the project, for messages.
        to: The format wanted.

    Raises:
        AnalysisError: LibreOffice is not present, or makes nothing of the document.
    """
    office = program()
    if office is None:
        raise AnalysisError(f"{file}: это {NAMES[kind]}, а LibreOffice, чтобы прочитать его, здесь нет. {SAVE_AS_DOCX}")
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        source = Path(scratch) / f"document.{kind}"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--norestore", "--convert-to", to, "--outdir", scratch, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=True)
            return source.with_suffix(f".{to}").read_bytes()
        except (OSError, subprocess.SubprocessError):
            raise AnalysisError(f"{file}: LibreOffice не прочла этот файл ({NAMES[kind]}). {SAVE_AS_DOCX}") from None
