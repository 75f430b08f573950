"""The counter under the reply box and the server count alike."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from scopchat.common.gsm import REPLACEMENTS, measure, normalise

MODULE = Path(__file__).parent.parent / "static/web/js/gsm.js"
PROGRAM = f"""
import {{ measure, REPLACEMENTS }} from {json.dumps(MODULE.as_uri())};
const texts = JSON.parse(process.argv[1]);
const cost = (text) => {{
  const {{ characters, encoding, segments, forcedBy }} = measure(text);
  return [characters, encoding, segments, forcedBy];
}};
console.log(JSON.stringify({{ costs: texts.map(cost), replacements: REPLACEMENTS }}));
"""
PIECES = [
    "a",
    " ",
    "\n",
    "\r\n",
    "é",
    "e\u0301",
    "à",
    "ç",
    "ê",
    "€",
    "[",
    "~",
    "’",
    "«",
    "œ",
    "漢",
    "😀",
    "👨‍👩‍👧",
    "\0",
]
EDGES = [0, 1, 69, 70, 71, 134, 135, 159, 160, 161, 305, 306, 307, 460]


def test_it_measures_as_the_server_does() -> None:
    chance = random.Random(7)
    alphabets = [["a"], ["a", "€"], ["a", "é", "[", "\n"], ["a", "😀"], PIECES]
    texts = ["".join(chance.choices(alphabet, k=length)) for alphabet in alphabets for length in EDGES]
    arguments = ["node", "--input-type=module", "--eval", PROGRAM, json.dumps(texts)]
    answer = json.loads(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout)
    costs = [measure(normalise(text)) for text in texts]
    assert answer["costs"] == [[c.characters, c.encoding, c.segments, c.forced_by] for c in costs]
    assert answer["replacements"] == REPLACEMENTS
