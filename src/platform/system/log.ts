/**
 * The node's log: every line to `debug.log`, which is rotated by size, and the short form to whoever watches.
 *
 * @module
 */

import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Log, LogFields } from '../../engine/ports/log.ts';
import { DEBUG_EVENTS, type DebugEvent, LOG_CATEGORIES, type LogCategory, type LogSwitches } from '../../engine/ports/log-categories.ts';
import { LogLimit } from './log-limit.ts';

/** Levels by how much they matter. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where lines go and which. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Of whose lines of the level `debug` are written, until that is changed. All with that level, none with another, unless given. */
  readonly categories?: readonly LogCategory[];
  /** One JSON object a line instead of text, on both ways. */
  readonly json: boolean;
  /** Folder of `debug.log`; none for a node in memory. */
  readonly folder?: string;
  /** Another name for the file, or a path of its own. */
  readonly fileName?: string;
  /** Takes each line without its end, for the terminal. */
  readonly print?: (line: string) => void;
  /** Milliseconds since 1970, for the lines' times. */
  readonly nowMs: () => number;
  /** `debug.log` is renamed to `debug.log.1` when it would grow over this. */
  readonly fileSizeMax?: number;
  /** Bytes that one event may take of the file in an hour; debug lines, which were asked for, may take what they like. */
  readonly eventBytesMax?: number;
}

/** A log that holds a file open. */
export interface FileLog extends Log {
  readonly switches: LogSwitches;
  /** Goes on in a file of the same name, where another program has moved the one that was there. */
  reopen(): void;
  close(): void;
}

const FILE_NAME = 'debug.log';
const FILE_SIZE_MAX = 16 * 1024 * 1024;
/** Older files that are kept: `debug.log.1` is the youngest. */
const OLD_FILES_MAX = 4;
/** A field longer than this is cut: what peers send may be in it. */
const FIELD_LENGTH_MAX = 500;

/** A value in text: quoted where it would break a line or run into the next field. */
function textOf(value: string | number | bigint | boolean): string {
  const text = String(value);
  const cut = text.length > FIELD_LENGTH_MAX ? `${text.slice(0, FIELD_LENGTH_MAX)}…` : text;
  return /^[\x21\x23-\x7e]+$/.test(cut) ? cut : JSON.stringify(cut);
}

/** One line as text. */
function textLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  const parts = [time, ...(level === 'info' ? [] : [level]), event];
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) parts.push(`${name}=${textOf(value)}`);
  return parts.join(' ');
}

/** One line as JSON; 64-bit numbers as decimal text. */
function jsonLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  return JSON.stringify({ time, level, event, ...fields }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** The open file, replaced when it is full. */
class RotatingFile {
  readonly #path: string;
  readonly #sizeMax: number;
  #descriptor: number;
  #size: number;

  constructor(path: string, sizeMax: number) {
    this.#path = path;
    this.#sizeMax = sizeMax;
    this.#descriptor = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#size > 0 && this.#size + bytes.length > this.#sizeMax) this.#rotate();
    writeSync(this.#descriptor, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  reopen(): void {
    const descriptor = openSync(this.#path, 'a', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#size = fstatSync(descriptor).size;
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    for (let i = OLD_FILES_MAX; i > 0; i--) {
      const older = i === 1 ? this.#path : `${this.#path}.${i - 1}`;
      if (existsSync(older)) renameSync(older, `${this.#path}.${i}`);
    }
    this.#descriptor = openSync(this.#path, 'a', 0o600);
    this.#size = 0;
  }
}

/** Switches for all categories, those of `on` on. */
function switchesOf(on: Iterable<LogCategory>): LogSwitches {
  const shown = new Set(on);
  return {
    isOn: (category) => shown.has(category),
    set: (category, isOn) => void (isOn ? shown.add(category) : shown.delete(category)),
  };
}

/** Opens a log. What cannot be written to the file, as on a full disk, is lost: the node's work goes on. */
export function openLog(options: LogOptions): FileLog {
  const least = LOG_LEVELS.indexOf(options.level);
  const { folder, fileName = FILE_NAME } = options;
  const path = folder === undefined ? undefined : resolve(folder, fileName);
  const file = path === undefined ? undefined : new RotatingFile(path, options.fileSizeMax ?? FILE_SIZE_MAX);
  const switches = switchesOf(options.categories ?? (options.level === 'debug' ? LOG_CATEGORIES : []));
  const limit = new LogLimit(options.eventBytesMax);
  const keep = (line: string): void => {
    try {
      file?.write(line);
    } catch {
      // Nowhere is left to say it.
    }
  };
  const format = options.json ? jsonLine : textLine;
  const keepWithin = (time: string, event: string, line: string): void => {
    const verdict = limit.judge(event, Buffer.byteLength(line) + 1, options.nowMs());
    if (verdict.kind === 'resume') {
      keep(format(time, 'warn', 'log-left-out', { of: event, lines: verdict.lines, bytes: verdict.bytes }));
    } else if (verdict.kind === 'drop') {
      if (verdict.first) keep(format(time, 'warn', 'log-limited', { of: event }));
      return;
    }
    keep(line);
  };
  const write = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    const shown = level === 'debug' || LOG_LEVELS.indexOf(level) >= least;
    const time = new Date(options.nowMs()).toISOString();
    const line = format(time, level, event, fields);
    if (level === 'debug') keep(line);
    else keepWithin(time, event, line);
    if (shown) options.print?.(options.json ? line : textLine(time.slice(11, 19), level, event, fields));
  };
  return {
    switches,
    path,
    // Debug lines are many: they are written only where they were asked for.
    debug: (event: DebugEvent, fields) => {
      if (switches.isOn(DEBUG_EVENTS[event])) write('debug', event, fields);
    },
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
    reopen: () => file?.reopen(),
    close: () => file?.close(),
  };
}
