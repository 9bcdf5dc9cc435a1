"""Plans of any layout for the tests: written as Word files, read without the contracts, said in a line a measure."""

import pandas as pd

from analysis.cleaning.roadmap import clean_roadmap
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import lay_out
from word_documents import cell, paragraph, plain_row, row, word_file

SIGNED = ("УТВЕРЖДАЮ", "Глава города Заречного", "А.Б. Ветрова", "«10» января 2024 г.")


def read(content: bytes, file: str = "plan.docx", settled=None, stated=None):
    """Typed tables and findings, without the contracts."""
    blocks, reading = read_blocks(content, file)
    text = lay_out(blocks, file, settled, stated)
    clean = clean_roadmap(text.tables, (), 1000, file)
    return clean.tables, [*reading, *text.findings, *clean.findings]


def document(*elements: str, title: str = "План поддержки школ на 2024-2026 годы") -> bytes:
    """A Word file with the usual heading."""
    return word_file(*map(paragraph, (*SIGNED, title)), *elements)


def rows(*lines: str) -> list[str]:
    """Rows of cells, written with bars between them."""
    return [plain_row(part.strip() for part in line.split("|")) for line in lines]


def merged(text: str, width: int) -> str:
    return row(cell(text, span=width))


def number(value) -> str:
    return "" if pd.isna(value) else f"{value:g}"


def year_words(target) -> str:
    """«2024=3», «2024≥1*» where it is derived, «2024:не планируется»."""
    if pd.notna(target.target_mark):
        return f"{target.calendar_year}:{target.target_mark}"
    low, high = number(target.target_low), number(target.target_high)
    said = f"={low}" if low == high else f"≥{low}" if not high else f"≤{high}" if not low else f"={low}..{high}"
    return f"{target.calendar_year}{said}{'*' if pd.notna(target.derived_rule) else ''}"


def said(tables) -> list[str]:
    """Each measure in a line: code, kind, unit, direction, years, total, reading."""
    lines = []
    for one in tables["measures"].itertuples():
        mine = tables["targets"].query("activity_code == @one.activity_code and measure_number == @one.measure_number")
        about = [one.measure_kind, one.measure_unit, one.better]
        years = " ".join(year_words(target) for target in mine.itertuples())
        total = f" всего {one.planned_total_count}" if pd.notna(one.planned_total_count) else ""
        words = " ".join(str(word) for word in about if pd.notna(word))
        lines.append(f"{one.activity_code} {words} | {years}{total} {one.reading}")
    return lines


def tasks(tables) -> list[str]:
    frame = tables["activities"]
    return list(
        dict.fromkeys(f"{code} {title}" for code, title in zip(frame["task_code"], frame["task_title"], strict=True))
    )
