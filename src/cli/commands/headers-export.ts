/**
 * `quoin headers export`: asks a node for its headers, some thousand at a time, and writes them one after another.
 *
 * @module
 */

import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { bytesEqual, fromHex } from '../../core/base/bytes.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { type BlockHeader, decodeHeader, encodeHeader, HEADER_SIZE_BYTES } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import { sendRequest } from '../client/http-request.ts';
import { findNode, type NodeClient } from '../client/node-client.ts';
import { CommandError } from '../failure.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import { loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { formatCount } from '../output/format.ts';
import { isLive, LiveLines } from '../output/terminal.ts';
import { onStopSignals } from '../stop-signals.ts';

/** Headers that are asked for at once: as many as a bitcoind gives. */
const HEADERS_PER_REQUEST = 2_000;

/** A node answers at once, unless it is stuck. */
const IDLE_MS_MAX = 20_000;

/** The node's chain may be reorganised below what was written: then all is written again, so often. */
const ATTEMPTS_MAX = 3;

/** What is to be done. */
export interface ExportPlan {
  readonly force: boolean;
  readonly json: boolean;
  readonly settings: Settings<typeof CLIENT_OPTIONS>;
}

/** Headers of the node's best branch from one on; none where that is not on it any more. @throws CommandError where it is no such node */
async function headersFrom(address: SocketAddress, from: BlockHeader): Promise<readonly BlockHeader[]> {
  const path = `/rest/headers/${toDisplayHex(from.hash)}.hex?count=${HEADERS_PER_REQUEST}`;
  const { status, body } = await sendRequest({ address, method: 'GET', path, authorization: undefined, idleMsMax: IDLE_MS_MAX });
  const bytes = status === 200 ? fromHex(body.trim()) : undefined;
  if (bytes === undefined || bytes.length % HEADER_SIZE_BYTES !== 0 || bytes.length > HEADERS_PER_REQUEST * HEADER_SIZE_BYTES) {
    const words = body.trim().split('\n')[0]?.slice(0, 200) ?? '';
    throw new CommandError(`the node gives no headers over REST (status ${status}: ${words}); a bitcoind needs -rest`);
  }
  const headers = Array.from({ length: bytes.length / HEADER_SIZE_BYTES }, (_, i) =>
    decodeHeader(bytes.subarray(i * HEADER_SIZE_BYTES, (i + 1) * HEADER_SIZE_BYTES)),
  );
  let before: BlockHeader | undefined;
  for (const header of headers) {
    const follows = before === undefined ? bytesEqual(header.hash, from.hash) : bytesEqual(header.prevBlockHash, before.hash);
    if (!follows) throw new CommandError('what the node gives are not headers that follow one another');
    before = header;
  }
  return headers;
}

interface Writing {
  readonly address: SocketAddress;
  readonly handle: FileHandle;
  readonly signal: { readonly aborted: boolean };
  readonly told: (count: number) => void;
}

/** Writes all headers to an empty file. @returns the last one and how many; undefined where the chain was reorganised meanwhile */
async function writeAll({ genesis }: NetworkParams, { address, handle, signal, told }: Writing): Promise<Written | undefined> {
  let last = genesis.header;
  let count = 0;
  for (;;) {
    const headers = await headersFrom(address, last);
    if (headers.length === 0) {
      if (count > 0) return undefined;
      throw new CommandError('the node has no such first block: it is of another network');
    }
    // The first of them is the last one that was written.
    const fresh = count === 0 ? headers : headers.slice(1);
    await handle.appendFile(Buffer.concat(fresh.map((header) => encodeHeader(header))));
    count += fresh.length;
    last = headers[headers.length - 1]!;
    told(count);
    if (headers.length < HEADERS_PER_REQUEST) break;
    if (signal.aborted) throw new CommandError('stopped: no file was written');
  }
  await handle.sync();
  return { count, last };
}

interface Written {
  readonly count: number;
  readonly last: BlockHeader;
}

/** Writes a draft beside the file, and puts it in the file's place when it is whole. */
async function writeDraft(path: string, params: NetworkParams, parts: Omit<Writing, 'handle'>): Promise<Written> {
  const draft = `${path}.new`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const handle = await open(draft, 'w');
      const written = await writeAll(params, { ...parts, handle }).finally(() => handle.close());
      if (written === undefined) continue;
      await rename(draft, path);
      return written;
    }
    throw new CommandError('the chain of the node was reorganised again and again while it was read: try once more');
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // What matters is why it failed, told below.
    throw error instanceof CommandError ? error : toNodeError(error, path);
  }
}

async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined) throw new NodeError('file-exists', `${path} is there already: give --force to replace it`);
}

/** `quoin headers export`. */
export async function exportHeaders(path: string, { force, json, settings }: ExportPlan): Promise<void> {
  const params = await loadNetwork(settings.network);
  const { address }: NodeClient = await findNode(settings);
  if (!force) await refuseExisting(path);
  const signal = { aborted: false };
  onStopSignals(process, {
    monotonicMs: () => performance.now(),
    action: (_, isRepeated) => {
      if (isRepeated) process.exit(0);
      signal.aborted = true;
    },
  });
  const live = isLive(process.stdout, process.env) ? new LiveLines(process.stdout) : undefined;
  const told = (count: number): void => live?.show([`${formatCount(count)} headers written`]);
  const written = await writeDraft(path, params, { address, signal, told }).finally(() => live?.clear());
  const facts = { headers: written.count, height: written.count - 1, hash: toDisplayHex(written.last.hash) };
  if (json) console.log(JSON.stringify(facts));
  else console.log(`${path}: ${formatCount(facts.headers)} headers, up to block ${facts.hash} at height ${formatCount(facts.height)}`);
  process.exit(0);
}
