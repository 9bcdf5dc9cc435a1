#!/usr/bin/env bash
# pdfplumber 0.11.10 (pdfminer.six 20260107): where a line end divides a word before the first real hyphen of a PDF by
# Typst, all hyphens come back as soft ones (U+00AD), and whoever drops soft hyphens reads «2024-2026» as «20242026».
#
# One would expect the hyphen that people see. Both kinds have one glyph, the table of letters can name but one of them
# (the first), and the file says of the others what they are (/ActualText). pdfplumber keeps nothing of it; PDFium does.
#
# Seen: «pdfplumber: образователь(U+00AD)ных 2024(U+00AD)2026; PDFium: 2024-2026».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "pdfplumber==0.11.10" "typst==0.15.2"
"$folder/venv/bin/python" - <<'PY'
import io

import pdfplumber
import pypdfium2
import typst

page = '#set page(width: 3.5cm, height: 4cm, margin: 5mm)\n#set text(lang: "ru", hyphenate: true)\n'
made = typst.compile(f"{page}образовательных 2024-2026".encode())
with pdfplumber.open(io.BytesIO(made)) as opened:
    read = "".join(letter["text"] for letter in opened.pages[0].chars)
told = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
print(f"pdfplumber: {read.replace(chr(0xAD), '(U+00AD)')}; PDFium: {told.split()[-1]}")
assert read.endswith("2024\u00ad2026")
assert told.endswith("2024-2026")
PY
