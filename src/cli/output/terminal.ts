/**
 * The terminal: colours where they are wanted, and lines that are written anew in place.
 *
 * @module
 */

/** What is needed of an output stream; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const ESCAPE = '\u001b[';
const COLUMNS_DEFAULT = 80;

/** Colours by what they mean. */
const STYLES = { strong: '1', dim: '2', good: '32', warn: '33', bad: '31' } as const;

export type Style = keyof typeof STYLES;

/** Puts a style on a text. */
export type Paint = (style: Style, text: string) => string;

/** Whether lines can be written anew in place. */
export function isLive(output: Output, environment: NodeJS.ProcessEnv): boolean {
  return output.isTTY === true && environment.TERM !== 'dumb';
}

/** Colours on a terminal, unless `NO_COLOR` (no-color.org: set and not empty) forbids them; else none. */
export function paintFor(output: Output, environment: NodeJS.ProcessEnv): Paint {
  if (!isLive(output, environment) || (environment.NO_COLOR ?? '') !== '') return (_, text) => text;
  return (style, text) => `${ESCAPE}${STYLES[style]}m${text}${ESCAPE}0m`;
}

/** Escape sequences of this file's own styles. */
const STYLED = new RegExp(`(${ESCAPE.replace('[', '\\[')}\\d+m)`, 'g');

/** A line cut to the terminal's width, so that it stays one line; styles take no room. */
export function cutToWidth(line: string, columns: number): string {
  if (line.replace(STYLED, '').length <= columns) return line;
  let width = 0;
  let cut = '';
  for (const part of line.split(STYLED)) {
    if (part.startsWith(ESCAPE)) cut += part;
    else {
      cut += part.slice(0, Math.max(0, columns - 1 - width));
      width += part.length;
    }
  }
  return `${cut}…`;
}

/** Lines at the end of a terminal that are replaced as a whole, with ordinary lines above them. */
export class LiveLines {
  readonly #output: Output;
  #shown: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  /** Replaces the lines. */
  show(lines: readonly string[]): void {
    const columns = this.#output.columns ?? COLUMNS_DEFAULT;
    const cut = lines.map((line) => cutToWidth(line, columns));
    this.#output.write(this.#erased() + cut.map((line) => `${line}\n`).join(''));
    this.#shown = cut;
  }

  /** Writes a line above them. */
  print(line: string): void {
    const lines = this.#shown;
    this.#output.write(`${this.#erased()}${line}\n${lines.map((each) => `${each}\n`).join('')}`);
  }

  /** Takes them away. */
  clear(): void {
    this.#output.write(this.#erased());
    this.#shown = [];
  }

  /** Up to the first of the lines, and everything from there erased. */
  #erased(): string {
    return this.#shown.length === 0 ? '' : `\r${ESCAPE}${this.#shown.length}A${ESCAPE}0J`;
  }
}
