/** Wrong use of the command: exit code 2. The message names the option and what it takes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Work that was asked for and cannot be done: one line that says what and what to do. Exit code 1 unless another is named. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;
  /** Further lines for standard error, as `bitcoin-cli` writes them. */
  readonly details: readonly string[];
  /** Whether the message is all that is said, without the command's name: where another program's words are followed. */
  readonly verbatim: boolean;

  constructor(
    message: string,
    options: {
      readonly exitCode?: number;
      readonly details?: readonly string[];
      readonly verbatim?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
    this.details = options.details ?? [];
    this.verbatim = options.verbatim ?? false;
  }
}

/** Names of errors whose message was written for the user. Some come from rooms that are not loaded here. */
const SPOKEN_ERRORS: ReadonlySet<string> = new Set([
  'CommandError',
  'NodeError',
  'NetworkFileError',
  'Secp256k1UnavailableError',
  'HeaderFileError',
]);

/** What a failed command ends with. */
export interface Ending {
  readonly exitCode: number;
  /** Without its line end. */
  readonly text: string;
}

/** One line that a terminal can show: files are quoted in messages, and what is in them gives no orders to a terminal. */
function oneLine(text: string): string {
  return text
    .split(/[\r\n]/)
    .map((line) => line.replace(/\p{Cc}/gu, '\u{fffd}'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** The last words and the exit code of a command that failed. */
export function endingOf(error: unknown): Ending {
  if (error instanceof UsageError) return { exitCode: 2, text: `quoin: ${oneLine(error.message)}` };
  if (error instanceof CommandError && error.verbatim) return { exitCode: error.exitCode, text: error.message };
  if (error instanceof CommandError && error.details.length > 0) {
    return { exitCode: error.exitCode, text: [error.message, ...error.details].join('\n') };
  }
  if (error instanceof CommandError) return { exitCode: error.exitCode, text: `quoin: ${oneLine(error.message)}` };
  if (error instanceof Error && SPOKEN_ERRORS.has(error.name)) return { exitCode: 1, text: `quoin: ${oneLine(error.message)}` };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where = error instanceof Error ? (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line)) : undefined;
  const place = where === undefined ? '' : ` (${where.trim()})`;
  return { exitCode: 1, text: `quoin: this is a fault of quoin, please report it: ${oneLine(what)}${place}` };
}
