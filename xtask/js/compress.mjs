// Writes FILE.br and FILE.gz beside each FILE given, where they save enough to be worth a header.
// Node's own zlib does it in native code and on all cores, and Node is needed by the bundler anyway.
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const WORTH = 0.9;

async function compress(file) {
  const raw = await readFile(file);
  const keep = async (extension, packed) => {
    if (packed.length < raw.length * WORTH) await writeFile(file + extension, packed);
  };
  const brotli = promisify(brotliCompress)(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  const gz = promisify(gzip)(raw, { level: 9, memLevel: 9 });
  await keep(".br", await brotli);
  await keep(".gz", await gz);
}

await Promise.all(process.argv.slice(2).map(compress));
