import { NodeError } from '../../engine/ports/node-error.ts';

/** The system's code of a failure (`ENOENT`), where it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A disk without room. */
export function diskFull(path: string, cause?: unknown): NodeError {
  return new NodeError('disk-full', `the disk of ${path} is full: free some room and start again`, { cause });
}

/** A failure of the system that is worth words of its own. */
interface WorldFailure {
  readonly code: string;
  /** As LevelDB writes it, which knows no codes. */
  readonly text: RegExp;
  /** What it is and what to do about it. Undefined: the disk is full. */
  readonly words?: (path: string) => string;
}

const FAILURES: readonly WorldFailure[] = [
  { code: 'ENOSPC', text: /No space left on device|not enough space on the disk/i },
  { code: 'EDQUOT', text: /Disk quota exceeded/i },
  {
    code: 'EIO',
    text: /Input\/output error/i,
    words: (path) =>
      `the disk of ${path} fails (input/output error): copy what can still be read to another disk, and look at the system's log`,
  },
  {
    code: 'EROFS',
    text: /Read-only file system/i,
    words: (path) => `the disk of ${path} can only be read: mount it so that it can be written, and start again`,
  },
  {
    code: 'ENFILE',
    text: /Too many open files in system/i,
    words: (path) => `${path} cannot be opened, since the system has too many files open: close some, and start again`,
  },
  {
    code: 'EMFILE',
    text: /Too many open files/i,
    words: (path) => `${path} cannot be opened, since this process has too many files open: raise its limit ("ulimit -n"), and start again`,
  },
  {
    code: 'EACCES',
    text: /Permission denied/i,
    words: (path) => `${path} is not for this user to read and write: change its owner or its mode, or start as the user who owns it`,
  },
  {
    code: 'EPERM',
    text: /Operation not permitted/i,
    words: (path) => `${path} cannot be used, since the system does not permit it: look at its owner, mode and attributes`,
  },
];

/**
 * A failure of the system in the house's words, by its code or by the text that LevelDB makes of it; undefined for others, which the
 * caller words.
 */
export function worldFailure(
  path: string,
  { code, message }: { readonly code: string | undefined; readonly message: string },
  cause: unknown,
): NodeError | undefined {
  const failure =
    FAILURES.find((each) => each.code === code) ?? FAILURES.find(({ text }) => message.startsWith('IO error') && text.test(message));
  if (failure === undefined) return undefined;
  return failure.words === undefined ? diskFull(path, cause) : new NodeError('data-dir-unusable', failure.words(path), { cause });
}

/** What a failed call to the file system means to a user. A NodeError stays what it is. */
export function toNodeError(error: unknown, path: string): NodeError {
  if (error instanceof NodeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const known = worldFailure(path, { code: systemCode(error), message }, error);
  return known ?? new NodeError('data-dir-unusable', `${path} cannot be used: ${message}`, { cause: error });
}
