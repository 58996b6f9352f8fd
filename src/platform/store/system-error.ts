import { NodeError } from '../../engine/ports/node-error.ts';

const DISK_FULL_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** The system's code of a failure (`ENOENT`), where it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A disk without room. */
export function diskFull(path: string, cause?: unknown): NodeError {
  return new NodeError('disk-full', `the disk of ${path} is full: free some room and start again`, { cause });
}

/** What a failed call to the file system means to a user. A NodeError stays what it is. */
export function toNodeError(error: unknown, path: string): NodeError {
  if (error instanceof NodeError) return error;
  if (DISK_FULL_CODES.has(systemCode(error))) return diskFull(path, error);
  const why = error instanceof Error ? error.message : String(error);
  return new NodeError('data-dir-unusable', `${path} cannot be used: ${why}`, { cause: error });
}
