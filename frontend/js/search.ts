// Looks for an expression in lines, beside the page: however slow an expression is, only this worker waits,
// and the page can end it. Rust's side is src/interop/search.rs.

interface Job {
  id: number;
  pattern: string;
  flags: string;
  /** Lines in UTF-8 with a newline between each two. */
  text: Uint8Array;
  /** Whether the places are wanted, or only which lines. */
  places: boolean;
}

/** A line has at most so many places: more cannot be told apart by eye. */
const PLACES_MAX = 500;

const decoder = new TextDecoder();
let compiled: { pattern: string; flags: string; expression: RegExp } | undefined;

function expressionOf(job: Job): RegExp {
  if (compiled?.pattern !== job.pattern || compiled.flags !== job.flags) {
    compiled = { pattern: job.pattern, flags: job.flags, expression: new RegExp(job.pattern, job.flags) };
  }
  return compiled.expression;
}

function linesWithHits(expression: RegExp, lines: string[]): number[] {
  const found: number[] = [];
  lines.forEach((line, index) => {
    expression.lastIndex = 0;
    if (expression.test(line)) {
      found.push(index);
    }
  });
  return found;
}

/** Line, begin, end; three numbers for each place. An empty match has no place. */
function places(expression: RegExp, lines: string[]): number[] {
  const found: number[] = [];
  lines.forEach((line, index) => {
    let left = PLACES_MAX;
    expression.lastIndex = 0; // where matchAll begins
    for (const match of line.matchAll(expression)) {
      if (match[0].length > 0) {
        found.push(index, match.index, match.index + match[0].length);
        left -= 1;
      }
      if (left === 0) {
        break;
      }
    }
  });
  return found;
}

self.onmessage = (event: MessageEvent<Job>) => {
  const job = event.data;
  const lines = decoder.decode(job.text).split("\n");
  const expression = expressionOf(job);
  const found = Uint32Array.from(job.places ? places(expression, lines) : linesWithHits(expression, lines));
  self.postMessage({ id: job.id, found });
};
