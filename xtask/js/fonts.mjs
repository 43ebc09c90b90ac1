// fonts.mjs STYLE PACKAGES FOLDER: writes FOLDER/cut/NAME.woff2 for each face of the style sheet that names
// one: the font of the same family that comes from a package, with the letters and weights of the face alone.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const [style, packages, folder] = process.argv.slice(2);
const cut = createRequire(join(packages, "_"))("subset-font");
// Kerning, figures of one width, accents; no ligatures, which code and figures are shown without.
const FEATURES = ["kern", "tnum", "ccmp", "locl", "mark", "mkmk"];

function faces(sheet) {
  return [...sheet.matchAll(/@font-face\s*\{([^}]*)\}/g)].map(([, body]) => ({
    family: /font-family:\s*"([^"]*)"/.exec(body)?.[1],
    file: /url\("([^"]*)"\)/.exec(body)?.[1],
    range: /unicode-range:([^;]*);/.exec(body)?.[1] ?? "",
    weights: weights(/font-weight:\s*(\d+)(?: (\d+))?/.exec(body)),
  }));
}

/** One weight is that alone, two are a range. */
function weights(found) {
  const [min, max] = found?.slice(1) ?? [100, 900];
  return max ? { min: Number(min), max: Number(max) } : Number(min);
}

/** `U+0020-007E, U+00A0` as a text with each letter once. */
function letters(range) {
  return range
    .split(",")
    .flatMap((part) => {
      const [from, to = from] = part.trim().slice("U+".length).split("-").map((hex) => Number.parseInt(hex, 16));
      return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
    })
    .join("");
}

const all = faces(await readFile(style, "utf8"));
await mkdir(join(folder, "cut"), { recursive: true });
for (const { family, file, range, weights } of all.filter(({ file }) => file?.startsWith("cut/"))) {
  const whole = all.find((face) => face.family === family && !face.file.startsWith("cut/"));
  if (!whole) throw new Error(`${style}: no face of ${family} that ${file} could be cut from`);
  const font = await readFile(join(packages, whole.file));
  const options = { targetFormat: "woff2", keepFeatures: FEATURES, variationAxes: { wght: weights } };
  await writeFile(join(folder, file), await cut(font, letters(range), options));
}
