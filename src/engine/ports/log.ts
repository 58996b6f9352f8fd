/** Facts that go with an event. Bytes are made text before. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** Where a node says what happens: an event's name in kebab-case and its facts. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
