import type { DebugEvent, LogSwitches } from './log-categories.ts';

/** Facts that go with an event. Bytes are made text before. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** Where a node says what happens: an event's name in kebab-case and its facts. */
export interface Log {
  /** Is written only where its category is switched on. */
  debug(event: DebugEvent, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Which debug lines are written; undefined where that cannot be chosen. */
  readonly switches?: LogSwitches;
  /** The file that lines go to; undefined where there is none. */
  readonly path?: string | undefined;
}
