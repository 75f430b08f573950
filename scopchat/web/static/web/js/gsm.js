// How a text travels, by the server's rule (3GPP TS 23.038, 23.040): GSM-7 160/153 septets, UCS-2 70/67 UTF-16 units.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");

export const REPLACEMENTS = {
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "«": '"',
  "»": '"',
  "…": "...",
  "–": "-",
  "—": "-",
  "\u00a0": " ",
  "\u202f": " ",
  œ: "oe",
  Œ: "OE",
};

// Parts are filled one after the other; a character of two units is never cut.
function segments(sizes, alone, part) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= alone) return total ? 1 : 0;
  let count = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > part) {
      count += 1;
      used = 0;
    }
    used += size;
  }
  return count;
}

export function measure(text) {
  const chars = [...text.normalize("NFC").replace(/\r\n?/g, "\n").replaceAll("\0", "").trim()];
  const foreign = chars.find((char) => !BASIC.has(char) && !EXTENDED.has(char));
  if (foreign === undefined) {
    const sizes = chars.map((char) => (EXTENDED.has(char) ? 2 : 1));
    return { characters: chars.length, encoding: "GSM-7", segments: segments(sizes, 160, 153), forcedBy: "" };
  }
  const sizes = chars.map((char) => char.length);
  return { characters: chars.length, encoding: "UCS-2", segments: segments(sizes, 70, 67), forcedBy: foreign };
}

export function replaceTypography(text) {
  return [...text].map((char) => REPLACEMENTS[char] ?? char).join("");
}
