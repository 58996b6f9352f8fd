/**
 * `node.json` in a data folder: a running node's note of itself, by which other commands find it. It is gone when the node has stopped;
 * after `kill -9` it stays, so whoever reads it asks whether its process still runs.
 *
 * @module
 */

import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileLimited } from '../../platform/store/small-files.ts';
import { toNodeError } from '../../platform/store/system-error.ts';

/** What a running node says of itself. */
export interface NodeNote {
  readonly pid: number;
  /** Of the package. */
  readonly version: string;
  readonly network: string;
  /** `host:port` where peers are accepted; null where they are not. */
  readonly p2p: string | null;
  /** `http://host:port`; null where no HTTP is served. */
  readonly http: string | null;
}

const NOTE_SIZE_MAX = 65_536;

function notePath(folder: string): string {
  return join(folder, 'node.json');
}

/** Leaves the note. Only the process that has the folder's lock may call it. */
export async function writeNodeNote(folder: string, note: NodeNote): Promise<void> {
  const path = notePath(folder);
  const draft = `${path}.new`;
  try {
    // A note means nothing after a crash: it need not be durable, only never be read half.
    await writeFile(draft, `${JSON.stringify(note)}\n`, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    throw toNodeError(error, path);
  }
}

/** Takes the note away. */
export async function removeNodeNote(folder: string): Promise<void> {
  await rm(notePath(folder), { force: true });
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

/** The note in a folder; undefined where there is none, or one that is no note. */
export async function readNodeNote(folder: string): Promise<NodeNote | undefined> {
  const bytes = await readFileLimited(notePath(folder), NOTE_SIZE_MAX);
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { pid, version, network, p2p, http } = json as Record<string, unknown>;
  const sound = Number.isSafeInteger(pid) && (pid as number) > 0 && typeof version === 'string' && typeof network === 'string';
  if (!sound || !isTextOrNull(p2p) || !isTextOrNull(http)) return undefined;
  return { pid: pid as number, version: version as string, network: network as string, p2p, http };
}

/** Whether a process of this number runs, whoever's it is. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
