import { rm } from 'node:fs/promises';
import { fromHex, toHex } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { type NetworkAddress, readAddress, writeAddress } from '../../core/wire/network-address.ts';
import type { AnchorStore } from '../../engine/ports/anchor-store.ts';
import type { Log } from '../../engine/ports/log.ts';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

/** Version of the file. */
const VERSION = 1;

/** Anchors that are read or written, and bytes of a file that is read at all. */
const ANCHORS_MAX = 16;
const FILE_BYTES_MAX = 10_000;

/** An address as BIP-155 writes it, in hexadecimal. */
function toText(address: NetworkAddress): string {
  const writer = new ByteWriter(40);
  writeAddress(writer, address);
  return toHex(writer.finish());
}

/** @throws DecodeError where the bytes are no address */
function fromText(text: unknown): NetworkAddress {
  const bytes = typeof text === 'string' ? fromHex(text) : undefined;
  if (bytes === undefined) throw new DecodeError('anchor', 0, 'not hexadecimal');
  const reader = new ByteReader(bytes);
  const address = readAddress(reader);
  reader.end('anchor');
  return address;
}

function parse(text: string): readonly NetworkAddress[] {
  const { anchors, version } = (JSON.parse(text) ?? {}) as { readonly version?: unknown; readonly anchors?: unknown };
  if (version !== VERSION || !Array.isArray(anchors)) throw new Error('it has no list of anchors');
  return anchors.slice(0, ANCHORS_MAX).map(fromText);
}

/** Anchors in one file, gone once it is read. One that cannot be understood is told of and is as good as none. */
export function createAnchorFile({ log, path }: { readonly path: string; readonly log: Log }): AnchorStore {
  return {
    take: async () => {
      try {
        const text = await readSmallFile(path, FILE_BYTES_MAX);
        return text === undefined ? [] : parse(text);
      } catch (error) {
        log.warn('anchor-file-ignored', { path, why: String(error) });
        return [];
      } finally {
        await rm(path, { force: true }).catch((error: unknown) => log.warn('anchor-file-stays', { path, why: String(error) }));
      }
    },
    save: (anchors) =>
      replaceSmallFile(path, `${JSON.stringify({ version: VERSION, anchors: anchors.slice(0, ANCHORS_MAX).map(toText) })}\n`),
  };
}
