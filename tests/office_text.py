"""What an Office file says, for tests that search it."""

import io
import zipfile

import pypdf


def text_of(content: bytes) -> str:
    """A file as text; an Office file with its parts unpacked, a PDF as its pages read."""
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(package.read(name).decode("utf-8") for name in package.namelist() if name.endswith(".xml"))
