import type { Log, LogFields } from '../engine/ports/log.ts';

/** Lines that are kept of each node, for the report of a run that broke. */
const LINES_MAX = 40;

/** What is told of a line. */
export type LineListener = (level: 'info' | 'warn' | 'error', event: string, fields: LogFields) => void;

/** A node's log: the last lines, and everything above `debug` to whoever listens. */
export class SimLog implements Log {
  readonly lines: string[] = [];
  readonly #now: () => string;
  readonly #listener: LineListener;

  constructor(now: () => string, listener: LineListener) {
    this.#now = now;
    this.#listener = listener;
  }

  debug(): void {}

  info(event: string, fields: LogFields = {}): void {
    this.#add('info', event, fields);
  }

  warn(event: string, fields: LogFields = {}): void {
    this.#add('warn', event, fields);
  }

  error(event: string, fields: LogFields = {}): void {
    this.#add('error', event, fields);
  }

  #add(level: 'info' | 'warn' | 'error', event: string, fields: LogFields): void {
    const facts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    this.lines.push(`${this.#now()} ${level} ${event} ${facts.join(' ')}`);
    if (this.lines.length > LINES_MAX) this.lines.shift();
    this.#listener(level, event, fields);
  }
}
