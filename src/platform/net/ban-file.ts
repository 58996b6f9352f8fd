import { formatSubnet, parseSubnet } from '../../core/wire/subnet.ts';
import type { Ban, BanStore } from '../../engine/ports/ban-store.ts';
import type { Log } from '../../engine/ports/log.ts';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

/** Version of a row. Core's `CBanEntry::CURRENT_VERSION`. */
const VERSION = 1;

/** Bytes of a file that is read at all: ten thousand rows at their longest, and room. */
const FILE_BYTES_MAX = 4_000_000;

/** A row as Core writes it. */
interface Row {
  readonly version: number;
  readonly ban_created: number;
  readonly banned_until: number;
  readonly address: string;
}

/** A row as a ban, or undefined where it is not one. */
function fromRow(row: Partial<Row> | null): Ban | undefined {
  const subnet = typeof row?.address === 'string' ? parseSubnet(row.address) : undefined;
  const [created, until] = [row?.ban_created, row?.banned_until];
  if (row?.version !== VERSION || subnet === undefined || !Number.isSafeInteger(created) || !Number.isSafeInteger(until)) return undefined;
  return { subnet, createdSeconds: created as number, untilSeconds: until as number };
}

function parse(text: string): readonly Ban[] {
  const content = JSON.parse(text) as { readonly banned_nets?: unknown } | null;
  if (!Array.isArray(content?.banned_nets)) throw new Error('it has no list of bans');
  return content.banned_nets.map(fromRow).filter((ban) => ban !== undefined);
}

/** Bans in one file, in the form of Core's `banlist.json`. A file that cannot be understood is told of and is as good as none. */
export function createBanFile(options: { readonly path: string; readonly log: Log }): BanStore {
  const { log, path } = options;
  return {
    load: async () => {
      try {
        const text = await readSmallFile(path, FILE_BYTES_MAX);
        return text === undefined ? [] : parse(text);
      } catch (error) {
        log.warn('ban-file-ignored', { path, why: String(error) });
        return [];
      }
    },
    save: (bans) => {
      const rows = bans.map(({ createdSeconds, subnet, untilSeconds }): Row => {
        return { version: VERSION, ban_created: createdSeconds, banned_until: untilSeconds, address: formatSubnet(subnet) };
      });
      return replaceSmallFile(path, `${JSON.stringify({ banned_nets: rows }, undefined, 2)}\n`);
    },
  };
}
