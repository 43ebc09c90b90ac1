// Writes FILE.br beside each FILE given, where it saves enough to be worth a header.
// Node's own zlib does it in native code and on all cores, and Node is needed by the bundler anyway.
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const WORTH = 0.9;

async function compress(file) {
  const raw = await readFile(file);
  const packed = await promisify(brotliCompress)(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  if (packed.length < raw.length * WORTH) await writeFile(file + ".br", packed);
}

await Promise.all(process.argv.slice(2).map(compress));
