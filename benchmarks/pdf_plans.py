"""Plans in layouts that the reader of PDF was not made on: how many cells are read as they stand, and how fast.

By hand: `python -m benchmarks.pdf_plans`. It needs LibreOffice; pdf2docx is measured too where PDF2DOCX names a Python
that has it.
"""

import io
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import typst

from analysis.contracts.findings import DOUBTFUL, Finding
from analysis.intake.cells import Block, Cell, plain
from analysis.intake.pdf_file import read_pdf_blocks
from analysis.intake.pdf_text import lexicon
from analysis.intake.word_file import read_word_blocks

HOUSE = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.md")
TITLE = "# Насколько верно читается PDF"
HEAD = (
    "| План | Кем сделан PDF | Страниц | Ячеек | Верно, % | Неверно и не отмечено | Отмечено зря, % | Секунд | "
    "pdf2docx: верно; секунд |",
    "|:---|:---|---:|---:|---:|---:|---:|---:|:---|",
)
HEADING = (
    "УТВЕРЖДАЮ",
    "Начальник управления образования города Пробного",
    "А.Б. Проверочная",
    "«1» февраля 2024 г.",
    "План мероприятий по поддержке школ города Пробного на 2024-2026 годы",
)
EXECUTORS = (
    "УО",
    "ИМО",
    "Управление образования",
    "методический центр",
    "общеобразовательные организации",
    "муниципальные координаторы",
    "школы-участники",
    "центр психолого-педагогической помощи",
)
COMPOUNDS = (
    "учебно-методический",
    "онлайн-консультация",
    "психолого-педагогический",
    "школа-интернат",
    "мастер-класс",
    "учителя-предметники",
    "научно-практический",
    "план-график",
    "чек-лист",
    "информационно-аналитический",
)
TERMS = (
    "до 01.03.2024",
    "ежеквартально",
    "январь 2024 г.",
    "в течение 2024–2026 гг.",
    "сентябрь–октябрь 2025 г.",
    "I квартал 2025 г.",
    "постоянно",
    "ежегодно, до 15 декабря",
)


@dataclass(frozen=True)
class Spot:
    """A cell: its text, how many columns it covers, and whether it begins (restart) or continues a merged one."""

    text: str
    span: int = 1
    merge: str = ""


# Heading rows, rows, widths of columns in hundredths.
Table = tuple[list[list[Spot]], list[list[Spot]], list[int]]


@dataclass(frozen=True)
class Layout:
    """How a plan is set."""

    columns: str
    font: str
    size: float
    landscape: bool = False
    justified: bool = False
    hyphens: bool = False
    repeated: bool = True
    centred: bool = False
    margin: float = 1.9
    rows: int = 60


LAYOUTS = (
    Layout("terms", "Liberation Sans Narrow", 13, rows=110),
    Layout("terms", "Liberation Serif", 10, hyphens=True, justified=True, margin=3.0, rows=150),
    Layout("terms", "DejaVu Serif", 12, landscape=True, rows=150),
    Layout("years", "DejaVu Serif", 11, landscape=True, justified=True, rows=90),
    Layout("years", "Liberation Sans", 8, centred=True, rows=150),
    Layout("years", "Liberation Serif", 13, landscape=True, hyphens=True, repeated=False, rows=120),
    Layout("merged", "Liberation Sans", 9, centred=True, margin=1.2, rows=120),
    Layout("merged", "DejaVu Sans", 13, landscape=True, hyphens=True, rows=140),
    Layout("bare", "DejaVu Sans", 10, landscape=True, hyphens=True, rows=90),
    Layout("bare", "Liberation Serif", 14, hyphens=True, repeated=False, rows=110),
)


def sentences() -> list[list[str]]:
    """Phrases in the words of the project's own pages: Russian as it is written, thousands of different words."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted((HOUSE / "docs").rglob("*.md")))
    runs = re.findall(r"[А-Яа-яё]+(?:[ ,-]{1,2}[А-Яа-яё]+){3,}", text)
    return [run.replace(",", ", ").split() for run in runs]


class Writer:
    """Invents the rows of a plan, always the same for one seed."""

    def __init__(self, seed: int, phrases: Sequence[list[str]]) -> None:
        self.random, self.phrases = random.Random(seed), phrases

    def phrase(self, words: int) -> str:
        """Some words, the first with a capital."""
        chosen: list[str] = []
        while len(chosen) < words:
            chosen += self.random.choice(self.phrases)
            if self.random.random() < 0.25:
                chosen.append(self.random.choice(COMPOUNDS))
        text = " ".join(chosen[:words]).strip(", -")
        return text[0].upper() + text[1:]

    def executors(self) -> str:
        """One to three of them."""
        return ", ".join(self.random.sample(EXECUTORS, self.random.randint(1, 3)))

    def rows(self, layout: Layout) -> Table:
        """The plan of a layout."""
        kinds = {"terms": self._terms, "years": self._years, "merged": self._merged, "bare": self._bare}
        return kinds[layout.columns](layout.rows)

    def _terms(self, rows: int) -> Table:
        heading = [[Spot(one) for one in ("№ п/п", "Мероприятие", "Срок", "Ответственный", "Результат")]]
        body, task = [], 0
        for number in range(rows):
            if number % 12 == 0:
                task += 1
                body.append([Spot(f"{task}. {self.phrase(7)}", 5)])
            what, result = self.phrase(self.random.randint(4, 30)), self.phrase(self.random.randint(1, 9))
            term, code = self.random.choice(TERMS), f"{task}.{number % 12 + 1}"
            body.append([*map(Spot, (code, what, term, self.executors(), result))])
        return heading, body, [9, 37, 15, 18, 21]

    def _years(self, rows: int) -> Table:
        names = ("№ п/п", "Наименование мероприятия")
        upper = [
            *(Spot(one, 1, "restart") for one in names),
            Spot("Результат выполнения мероприятия", 2),
            Spot("Срок реализации, годы", 3),
            Spot("Исполнители", 1, "restart"),
        ]
        lower = [
            Spot("", 1, "continue"),
            Spot("", 1, "continue"),
            Spot("наименование"),
            Spot("плановое значение"),
            Spot("2024 г."),
            Spot("2025 г."),
            Spot("2026 г."),
            Spot("", 1, "continue"),
        ]
        body, task = [], 0
        for number in range(rows):
            if number % 15 == 0:
                task += 1
                body.append([Spot(f"{task}."), Spot(self.phrase(8), 7)])
            years = [self.random.randint(0, 30) for _ in range(3)]
            what, result = self.phrase(self.random.randint(4, 22)), self.phrase(self.random.randint(1, 5))
            numbers = map(str, (sum(years), *years))
            body.append([*map(Spot, (f"{task}.{number % 15 + 1}.", what, result, *numbers, self.executors()))])
        return [upper, lower], body, [7, 31, 16, 10, 7, 7, 7, 15]

    def _merged(self, rows: int) -> Table:
        heading = [[Spot(one) for one in ("№", "Мероприятие", "Показатель", "2024", "2025", "2026", "Исполнители")]]
        body, left = [], 0
        for code in range(1, rows + 1):
            merge = "continue" if left else "restart"
            left = left - 1 if left else self.random.randint(0, 3)
            executor = Spot("" if merge == "continue" else self.executors(), 1, merge)
            years = (str(self.random.randint(1, 40)) for _ in range(3))
            what = self.phrase(self.random.randint(3, 20))
            body.append([*map(Spot, (f"{code}.", what, self.phrase(3), *years)), executor])
        return heading, body, [7, 34, 19, 8, 8, 8, 16]

    def _bare(self, rows: int) -> Table:
        heading = [
            [Spot(one) for one in ("Мероприятие", "Срок исполнения", "Ответственный исполнитель", "Вид документа")]
        ]
        body = [
            [
                Spot(self.phrase(self.random.randint(4, 26))),
                Spot(self.random.choice(TERMS)),
                Spot(self.executors()),
                Spot(self.phrase(self.random.randint(1, 6))),
            ]
            for _ in range(rows)
        ]
        return heading, body, [42, 17, 20, 21]


def word_bytes(layout: Layout, seed: int) -> bytes:
    """The plan as a Word document."""
    heading, body, widths = Writer(seed, sentences()).rows(layout)
    wide, high = (16838, 11906) if layout.landscape else (11906, 16838)
    margin = round(layout.margin * 567)
    grid = [round((wide - 2 * margin) * width / sum(widths)) for width in widths]
    lines = "".join(_paragraph(line, "center" if number == 4 else "left") for number, line in enumerate(HEADING))
    table = "".join(_row(row, grid, layout, layout.repeated) for row in heading)
    table += "".join(_row(row, grid, layout, False) for row in body)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    width = f'<w:tblW w:w="{sum(grid)}" w:type="dxa"/>'
    properties = f'<w:tblPr>{width}<w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in grid)
    around = " ".join(f'w:{side}="{margin}"' for side in ("top", "right", "bottom", "left"))
    around += ' w:header="400" w:footer="400" w:gutter="0"'
    page = f'<w:sectPr><w:pgSz w:w="{wide}" w:h="{high}"/><w:pgMar {around}/></w:sectPr>'
    return _package(f"{lines}<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{table}</w:tbl><w:p/>{page}", layout)


def _row(spots: Sequence[Spot], grid: Sequence[int], layout: Layout, repeated: bool) -> str:
    cells, column = [], 0
    for spot in spots:
        merge = f'<w:vMerge w:val="{spot.merge}"/>' if spot.merge else ""
        width = sum(grid[column : column + spot.span])
        middle = '<w:vAlign w:val="center"/>' if layout.centred else ""
        about = f'<w:tcW w:w="{width}" w:type="dxa"/><w:gridSpan w:val="{spot.span}"/>{merge}{middle}'
        align = "center" if layout.centred else "both" if layout.justified else "left"
        cells.append(f"<w:tc><w:tcPr>{about}</w:tcPr>{_paragraph(spot.text, align)}</w:tc>")
        column += spot.span
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if repeated else ''}{''.join(cells)}</w:tr>"


def _paragraph(text: str, align: str) -> str:
    about = f'<w:pPr><w:spacing w:after="0"/><w:jc w:val="{align}"/></w:pPr>'
    return f'<w:p>{about}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _package(body: str, layout: Layout) -> bytes:
    saved = io.BytesIO()
    docx.Document().save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name).decode("utf-8", "surrogateescape") for name in package.namelist()}
    whole = parts["word/document.xml"]
    start, end = whole.index("<w:body>") + 8, whole.index("</w:body>")
    parts["word/document.xml"] = whole[:start] + body + whole[end:]
    fonts = " ".join(f'w:{kind}="{layout.font}"' for kind in ("ascii", "hAnsi", "cs"))
    font = f'<w:rFonts {fonts}/><w:sz w:val="{round(2 * layout.size)}"/><w:lang w:val="ru-RU"/>'
    default = f"<w:rPrDefault><w:rPr>{font}</w:rPr></w:rPrDefault>"
    parts["word/styles.xml"] = re.sub("<w:rPrDefault>.*?</w:rPrDefault>", default, parts["word/styles.xml"], flags=re.S)
    if layout.hyphens:
        parts["word/settings.xml"] = re.sub(
            r"(<w:settings[^>]*>)", r'\1<w:autoHyphenation w:val="true"/>', parts["word/settings.xml"]
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text.encode("utf-8", "surrogateescape"))
    return made.getvalue()


def by_libreoffice(folder: Path, name: str) -> bytes:
    """The PDF that LibreOffice makes of a document."""
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        name,
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return (folder / name).with_suffix(".pdf").read_bytes()


def by_typst(layout: Layout, seed: int) -> bytes:
    """The PDF that Typst makes of the same plan."""
    heading, body, widths = Writer(seed, sentences()).rows(layout)
    head = ",".join(_typst_cells(heading))
    align, lies = "center + horizon" if layout.centred else "left", str(layout.landscape).lower()
    source = "\n".join(
        [
            f'#set page(paper: "a4", flipped: {lies}, margin: {layout.margin}cm, numbering: "1")',
            f'#set text(lang: "ru", font: "{layout.font}", size: {layout.size}pt, hyphenate: true)',
            f"#set par(justify: {str(layout.justified).lower()})",
            *(f"#par[{_typst_text(line)}]" for line in HEADING),
            f"#table(columns: ({','.join(f'{width}fr' for width in widths)}), align: {align},",
            f"table.header(repeat: {str(layout.repeated).lower()}, {head}),",
            ",\n".join(_typst_cells(body)),
            ")",
        ]
    )
    return bytes(typst.compile(source.encode()))


def _typst_cells(rows: Sequence[Sequence[Spot]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        column = 0
        for spot in row:
            if spot.merge != "continue":
                high = 1
                while number + high < len(rows) and spot.merge and _at(rows[number + high], column).merge == "continue":
                    high += 1
                yield f"table.cell(colspan: {spot.span}, rowspan: {high})[{_typst_text(spot.text)}]"
            column += spot.span


def _at(row: Sequence[Spot], column: int) -> Spot:
    start = 0
    for spot in row:
        if start == column:
            return spot
        start += spot.span
    return Spot("")


def _typst_text(text: str) -> str:
    return f'#"{text}"'


@dataclass(frozen=True)
class Compared:
    """How a file was read: its cells, those read as they stand, those misread in silence, those marked in vain."""

    cells: int
    right: int
    silent: tuple[str, ...]
    vain: int
    pages: int
    seconds: float


def compared(read: Sequence[Block], findings: Sequence[Finding], expected: Sequence[Block], seconds: float) -> Compared:
    """Holds each cell that was read against the same cell read from Word."""
    doubtful = {place for one in findings if one.rule == DOUBTFUL for place in one.places}
    rows, wanted = ([block for block in blocks if block.table] for blocks in (read, expected))
    silent, right, vain = list[str](), 0, 0
    for row, block in _aligned(rows, wanted):
        for found, cell in zip_longest(row.cells if row else (), block.cells if block else ()):
            same = bool(found and cell) and _said(found) == _said(cell)
            marked = (found or cell).place in doubtful
            right, vain = right + same, vain + (same and marked)
            if not same and not marked:
                silent.append(f"{(found or cell).place}: {found and found.text!r} вместо {cell and cell.text!r}")
    pages = max((int(block.place.split(",")[0].split()[1]) for block in read), default=0)
    return Compared(sum(len(block.cells) for block in wanted), right, tuple(silent), vain, pages, seconds)


def _said(cell: Cell) -> tuple[str, int, int]:
    return plain(cell.text), cell.start, cell.end


def _aligned(read: Sequence[Block], wanted: Sequence[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Rows that were read beside those that stand there; one that was lost or made up stands alone."""
    said, asked = ([tuple(map(_said, block.cells)) for block in blocks] for blocks in (read, wanted))
    for _, a, b, c, d in SequenceMatcher(a=said, b=asked, autojunk=False).get_opcodes():
        yield from zip_longest(read[a:b], wanted[c:d])


def ours(content: bytes, expected: Sequence[Block]) -> Compared:
    """How this project reads a PDF."""
    started = time.process_time()
    blocks, findings = read_pdf_blocks(content, "plan.pdf")
    return compared(blocks, findings, expected, time.process_time() - started)


def by_pdf2docx(path: Path, expected: Sequence[Block]) -> Compared | None:
    """How the same file is read from the Word document that pdf2docx makes of it; None where it is not installed."""
    if "PDF2DOCX" not in os.environ:
        return None
    made = path.with_suffix(".made.docx")
    code = (
        "import sys, time, logging; logging.disable(50); from pdf2docx import Converter\nt = time.process_time()\n"
        "c = Converter(sys.argv[1]); c.convert(sys.argv[2]); c.close(); print(time.process_time() - t, file=sys.stderr)"
    )
    command = [os.environ["PDF2DOCX"], "-c", code, str(path), str(made)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    blocks = [replace(block, place="страница 0,") for block in read_word_blocks(made.read_bytes(), "made.docx")[0]]
    return compared(blocks, (), expected, float(done.stderr.split()[-1]))


def main() -> None:
    """Measures every layout by both programs and writes the section of results.md."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    lexicon().word_is_known("слово")  # its half a second is not a matter of the document
    lines, all_of = list[str](), list[Compared]()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, layout in enumerate(LAYOUTS):
            content = word_bytes(layout, seed + number)
            expected, _ = read_word_blocks(content, "plan.docx")
            (folder / f"{number}.docx").write_bytes(content)
            by_office = by_libreoffice(folder, f"{number}.docx")
            other = by_pdf2docx(folder / f"{number}.pdf", expected)
            for name, made in (("LibreOffice", by_office), ("Typst", by_typst(layout, seed + number))):
                one = ours(made, expected)
                all_of.append(one)
                lines.append(_line(layout, name, one, other if name == "LibreOffice" else None))
                print(lines[-1], *one.silent[:5], sep="\n    ")
    before = RESULTS.read_text(encoding="utf-8").partition(f"\n{TITLE}")[0].rstrip("\n")
    RESULTS.write_text(
        "\n".join([before, "", TITLE, "", *_about(all_of, seed), "", *HEAD, *lines, ""]), encoding="utf-8"
    )


def _about(all_of: Sequence[Compared], seed: int) -> list[str]:
    cells = sum(one.cells for one in all_of)
    said = ((sum(one.right for one in all_of), "верно"), (sum(one.vain for one in all_of), "отмечено зря"))
    shares = ", ".join(f"{word} {_percent(number / cells)} %" for number, word in said)
    silent = sum(len(one.silent) for one in all_of)
    return [
        f"`python -m benchmarks.pdf_plans {seed}`: вымышленные планы в разметках, на которых чтение не настраивали; "
        "только пометки объединённых через страницу ячеек (merged) дополнены по ним. Ячейка верна, если совпали "
        f"строка, столбцы и текст; с ней сравнивают тот же план из Word. Всего ячеек {cells}: {shares}, неверных среди "
        f"неотмеченных {silent}. Секунды процессора."
    ]


def _line(layout: Layout, name: str, one: Compared, other: Compared | None) -> str:
    marks = [word for word, said in (("альбомная", layout.landscape), ("переносы", layout.hyphens)) if said]
    marks += ["по ширине"] if layout.justified else ["по центру"] if layout.centred else []
    about = ", ".join([layout.columns, f"{layout.font} {layout.size:g}", *marks])
    beside = f"{_percent(other.right / other.cells)} %; {other.seconds:.1f}".replace(".", ",") if other else ""
    times = f"; в {other.seconds / one.seconds:.0f} раз дольше" if other else ""
    seconds = f"{one.seconds:.2f}".replace(".", ",")
    shares = f"{_percent(one.right / one.cells)} | {len(one.silent)} | {_percent(one.vain / one.cells)}"
    return f"| {about} | {name} | {one.pages} | {one.cells} | {shares} | {seconds} | {beside}{times} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",")


if __name__ == "__main__":
    main()
