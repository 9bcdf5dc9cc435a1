"""An invented roadmap of any length, as text or as a Word document, in a project of its own."""

import hashlib
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

HEADING = [
    "Утверждаю:",
    "Начальник управления образования города Пробного (сведения вымышлены)",
    "А.Б. Проверочная",
    "«1» февраля 2023 г.",
    "«Дорожная карта» для измерения скорости в 2023-2025 гг.",
]
HEADER = ["№ п/п", "Мероприятие", "Результат", "Плановое значение", "2023 г.", "2024 г.", "2025 г.", "Исполнители"]
ROWS_PER_TASK = 100
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def roadmap_project(folder: Path, rows: int, kind: str) -> Path:
    """Writes a project whose roadmap has so many activities; `kind` is txt or docx. Returns its folder."""
    raw = folder / "data/raw"
    raw.mkdir(parents=True)
    file = f"data/raw/roadmap.{kind}"
    if kind == "txt":
        (folder / file).write_text("\n".join([*HEADING, *("\t".join(row) for row in _rows(rows))]), encoding="utf-8")
    else:
        _write_word(folder / file, _rows(rows))
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / "project.toml").write_text(
        '[project]\ncity = "Пробный"\npublisher = "вымышлено"\ncontact = ""\nsite_url = ""\neditions = [2023]\n'
        f'[roadmap]\nfile = "{file}"\nlargest_plausible_count = 1000\n',
        encoding="utf-8",
    )
    (raw / "SOURCES.toml").write_text(
        f'[[source]]\nfile = "{file}"\ntitle = "проба"\norigin = "вымышлено"\nreceived = 2023-02-01\n'
        f'sha256 = "{digest}"\nlicence = "—"\n',
        encoding="utf-8",
    )
    return folder


def _rows(rows: int) -> list[list[str]]:
    table = [HEADER]
    for number in range(rows):
        task, place = divmod(number, ROWS_PER_TASK)
        if place == 0:
            table.append([f"{task + 1}.", f"Задача номер {task + 1}", "", "", "", "", "", ""])
        code, years = f"{task + 1}.{place + 1}", (["0", "1", "1"] if number % 2 else ["1", "1", "0"])
        table.append([code, f"Мероприятие номер {number}", "Справка", "2", *years, "УО, ИМО"])
    return table


def _write_word(path: Path, rows: list[list[str]]) -> None:
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in HEADING)
    table = "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows)
    document = f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}<w:tbl>{table}</w:tbl></w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", CONTENT_TYPES)
        package.writestr("word/document.xml", document)


def _cell(text: str) -> str:
    return f"<w:tc><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:tc>"
