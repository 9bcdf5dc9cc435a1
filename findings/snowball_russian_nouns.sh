#!/usr/bin/env bash
# snowballstemmer 3.1.1, Russian: some common nouns of reports lose their own end in the nominative, as if it were the
# ending of a verb, so «дефицит» and «дефициту» have different stems and a search for one does not find the other.
#
# One would expect the forms of a noun that changes nothing but its ending to share a stem, as «школа, школ, школы» do.
# The algorithm knows no words: «-ит», «-ал», «-ан» are endings of verbs to it. The dative and the instrumental keep the whole stem.
#
# Seen: «дефицит → дефиц, дефициту → дефицит; журнал → журна, журналу → журнал; школа → школ, школ → школ».
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "snowballstemmer==3.1.1"
"$folder/venv/bin/python" - <<'PY'
import snowballstemmer

stem = snowballstemmer.stemmer("russian").stemWord
said = {pair: tuple(map(stem, pair)) for pair in (("дефицит", "дефициту"), ("журнал", "журналу"), ("школа", "школ"))}
print("; ".join(", ".join(f"{word} → {found}" for word, found in zip(pair, stems)) for pair, stems in said.items()))
assert said["дефицит", "дефициту"] == ("дефиц", "дефицит")
assert said["журнал", "журналу"] == ("журна", "журнал")
assert said["школа", "школ"] == ("школ", "школ")
PY
