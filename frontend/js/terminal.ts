// xterm.js behind the few calls that src/interop/terminal.rs makes.
//
// Belongs here: what can only be said to xterm.js itself. Does not: the socket, sessions, words.

import { FitAddon } from "@xterm/addon-fit";
import { type ISearchOptions, SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ITheme, Terminal } from "@xterm/xterm";
import "./terminal.css";

interface Handlers {
  /** What was typed or pasted. */
  input(bytes: Uint8Array): void;
  resized(columns: number, rows: number): void;
  /** So many bytes more were drawn. */
  drawn(bytes: number): void;
  /** Which hit of how many the search stands at; -1 of 0 for none. */
  found(index: number, count: number): void;
  /** Keys that are the page's: find, copy. */
  find(): void;
}

interface Options {
  screenReader: boolean;
  fontSize: number;
}

const PALETTE = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const encoder = new TextEncoder();

/** A token of the style sheet as a colour that xterm.js can read: `oklch()` becomes `rgb()`. */
function colorOf(host: HTMLElement, token: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  host.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  if (!context) {
    return color;
  }
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${(alpha ?? 255) / 255})`;
}

function themeOf(host: HTMLElement): ITheme {
  const color = (token: string): string => colorOf(host, token);
  const theme: Record<string, string> = {
    background: color("--terminal"),
    foreground: color("--terminal-text"),
    cursor: color("--terminal-text"),
    cursorAccent: color("--terminal"),
    selectionBackground: color("--terminal-selection"),
    selectionInactiveBackground: color("--terminal-selection"),
    scrollbarSliderBackground: color("--fill-press"),
    scrollbarSliderHoverBackground: color("--line-control"),
    scrollbarSliderActiveBackground: color("--line-control"),
  };
  for (const name of PALETTE) {
    theme[name] = color(`--ansi-${name}`);
    theme[`bright${name[0]?.toUpperCase()}${name.slice(1)}`] = color(`--ansi-bright-${name}`);
  }
  return theme;
}

/** What xterm.js takes for a style element: its text becomes a constructed sheet. */
function sheetElement(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, "textContent", { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}

/** The part of xterm.js 6.0.0 that writes style attributes. */
interface Internals {
  _core?: {
    _renderService?: {
      _renderer?: { value?: { _rowFactory?: { _addStyle(element: HTMLElement, style: string): void } } };
    };
  };
}

/**
 * Opens a terminal under the page's content policy, which allows no inline styles: neither `<style>` with text
 * nor style attributes. xterm.js writes both; here they are applied through CSSOM, which the policy leaves to
 * scripts. The style elements are made while it opens, the attributes at each drawing.
 */
function openUnderPolicy(terminal: Terminal, host: HTMLElement): void {
  const createElement = document.createElement.bind(document);
  // Shadows the prototype's function, until it is deleted again.
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement =>
    name === "style" ? sheetElement(createElement("template")) : createElement(name, options);
  try {
    terminal.open(host);
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
  const factory = (terminal as unknown as Internals)._core?._renderService?._renderer?.value?._rowFactory;
  if (factory) {
    factory._addStyle = (element, style) => {
      element.style.cssText += `${style};`;
    };
  }
}

/** Opens a link that the program printed, after asking: only the web, and in a tab of its own. */
function openLink(uri: string, ask: boolean, question: string): void {
  if (!/^https?:\/\//i.test(uri) || (ask && !confirm(`${question}\n\n${uri}`))) {
    return;
  }
  open(uri, "_blank", "noopener,noreferrer");
}

export class TerminalHandle {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  readonly #host: HTMLElement;
  #frame = 0;

  constructor(host: HTMLElement, handlers: Handlers, options: Options, words: { link: string }) {
    this.#host = host;
    const terminal = new Terminal({
      allowProposedApi: true, // the search's marks
      cursorBlink: false,
      fontFamily: getComputedStyle(host).getPropertyValue("--font-mono"),
      fontSize: options.fontSize,
      lineHeight: 1.2,
      linkHandler: { activate: (_, uri) => openLink(uri, true, words.link), allowNonHttpProtocols: false },
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader,
      scrollback: 10_000,
      theme: themeOf(host),
      windowOptions: {}, // a program may neither move nor read the window
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new WebLinksAddon((_, uri) => openLink(uri, false, words.link)));
    terminal.onData((text) => handlers.input(encoder.encode(text)));
    terminal.onBinary((text) => handlers.input(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => handlers.resized(cols, rows));
    terminal.attachCustomKeyEventHandler((event) => this.#isForTerminal(event, handlers));
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => handlers.found(resultIndex, resultCount));
    openUnderPolicy(terminal, host);
    this.#drawn = handlers.drawn;
    this.#fit.fit();
    // Once per frame: a drag of the window's edge reports far more often.
    this.#observer = new ResizeObserver(() => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.fit());
    });
    this.#observer.observe(host);
    void document.fonts.ready.then(() => this.#fontArrived());
  }

  readonly #drawn: (bytes: number) => void;

  /** The page keeps Ctrl+Shift+C, V and F, as terminals do; Ctrl+C stays the program's. */
  #isForTerminal(event: KeyboardEvent, handlers: Handlers): boolean {
    if (event.type !== "keydown" || !event.ctrlKey || !event.shiftKey || event.altKey) {
      return true;
    }
    switch (event.code) {
      case "KeyC":
        event.preventDefault();
        if (this.#terminal.hasSelection()) {
          void navigator.clipboard.writeText(this.#terminal.getSelection());
        }
        return false;
      case "KeyV":
        return false; // the browser's own paste, which needs no permission
      case "KeyF":
        event.preventDefault();
        handlers.find();
        return false;
      default:
        return true;
    }
  }

  /** The cell was measured with another font if ours came late. */
  #fontArrived(): void {
    const { fontFamily } = this.#terminal.options;
    this.#terminal.options.fontFamily = "monospace";
    this.#terminal.options.fontFamily = fontFamily;
    this.fit();
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(bytes: Uint8Array): void {
    this.#terminal.write(bytes, () => this.#drawn(bytes.length));
  }

  /** A line of the page's own, between what programs print. */
  writeNotice(text: string): void {
    this.#terminal.write(`\x1b[0m\r\n\x1b[2m${text}\x1b[0m\r\n`);
  }

  /** For a process without a terminal: each newline begins at the left. */
  setConvertNewlines(convert: boolean): void {
    this.#terminal.options.convertEol = convert;
  }

  setInput(takesInput: boolean): void {
    this.#terminal.options.disableStdin = !takesInput;
    this.#terminal.options.cursorInactiveStyle = takesInput ? "outline" : "none";
  }

  setScreenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  /** As if it had been typed. */
  type(text: string): void {
    this.#terminal.input(text, true);
  }

  /** As the program wants the arrow keys now. */
  applicationCursorKeys(): boolean {
    return this.#terminal.modes.applicationCursorKeysMode;
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  /** Whether there is room to fit in: a hidden tab has none. */
  fit(): void {
    if (this.#host.clientWidth > 0 && this.#host.clientHeight > 0) {
      this.#fit.fit();
    }
  }

  focus(): void {
    this.#terminal.focus();
  }

  selection(): string {
    return this.#terminal.getSelection();
  }

  /** All that is held, as text. */
  text(): string {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let index = 0; index < buffer.length; index += 1) {
      const line = buffer.getLine(index);
      const text = line?.translateToString(true) ?? "";
      if (line?.isWrapped && lines.length > 0) {
        lines[lines.length - 1] += text;
      } else {
        lines.push(text);
      }
    }
    return `${lines.join("\n").trimEnd()}\n`;
  }

  find(text: string, backwards: boolean, regex: boolean, caseSensitive: boolean): boolean {
    const options: ISearchOptions = {
      regex,
      caseSensitive,
      decorations: {
        matchBackground: hex(colorOf(this.#host, "--mark")),
        matchOverviewRuler: hex(colorOf(this.#host, "--mark")),
        activeMatchBackground: hex(colorOf(this.#host, "--mark-current")),
        activeMatchColorOverviewRuler: hex(colorOf(this.#host, "--mark-current")),
      },
    };
    try {
      return backwards ? this.#search.findPrevious(text, options) : this.#search.findNext(text, options);
    } catch {
      return false; // an expression that is not finished yet
    }
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#terminal.dispose();
  }
}

/** The search's marks take only `#rrggbb`. */
function hex(color: string): string {
  const parts = color.match(/[\d.]+/g)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("")}`;
}

export function createTerminal(
  host: HTMLElement,
  handlers: Handlers,
  options: Options,
  words: { link: string },
): TerminalHandle {
  return new TerminalHandle(host, handlers, options, words);
}
