/**
 * The plan of the house as data: which room stands on which floor and what it may import. `docs/ARCHITECTURE.md` draws the same table
 * for people; `tidy.test.ts` holds the sources to this one.
 *
 * @module
 */

export interface Room {
  readonly floor: number;
  /** Rooms whose files it may import, besides its own. */
  readonly mayImport: readonly string[];
}

const PURE_DATA = ['base', 'crypto', 'primitives', 'params'];
const CORE = [...PURE_DATA, 'script', 'address', 'descriptors', 'wire', 'filters', 'signing', 'consensus'];
const ENGINE = [...CORE, 'ports', 'chain', 'policy', 'mempool', 'fees', 'mining', 'indexes', 'wallet', 'sync', 'explain'];
const PLATFORM = ['store', 'net', 'discovery', 'workers', 'system'];
/** The same of a browser: no room of the node knows it. */
const BROWSER = ['browser'];
/** Rooms of the light client, which the full node does without. */
const LIGHT = ['light', 'client'];

/** Folder of each room below `src/`, or its one file. */
export const ROOMS: Readonly<Record<string, Room & { readonly folder: string }>> = {
  base: { folder: 'core/base', floor: 0, mayImport: [] },
  crypto: { folder: 'core/crypto', floor: 1, mayImport: ['base'] },
  primitives: { folder: 'core/primitives', floor: 2, mayImport: ['base', 'crypto'] },
  params: { folder: 'core/params', floor: 2, mayImport: ['base', 'crypto', 'primitives'] },
  script: { folder: 'core/script', floor: 3, mayImport: PURE_DATA },
  address: { folder: 'core/address', floor: 3, mayImport: PURE_DATA },
  descriptors: { folder: 'core/descriptors', floor: 3, mayImport: [...PURE_DATA, 'script', 'address'] },
  wire: { folder: 'core/wire', floor: 3, mayImport: PURE_DATA },
  filters: { folder: 'core/filters', floor: 3, mayImport: [...PURE_DATA, 'script'] },
  signing: { folder: 'core/signing', floor: 4, mayImport: [...PURE_DATA, 'script', 'address'] },
  consensus: { folder: 'core/consensus', floor: 4, mayImport: [...PURE_DATA, 'script'] },
  ports: { folder: 'engine/ports', floor: 5, mayImport: CORE },
  chain: { folder: 'engine/chain', floor: 5, mayImport: [...CORE, 'ports'] },
  policy: { folder: 'engine/policy', floor: 5, mayImport: CORE },
  mempool: { folder: 'engine/mempool', floor: 5, mayImport: [...CORE, 'ports', 'policy'] },
  fees: { folder: 'engine/fees', floor: 5, mayImport: [...CORE, 'ports'] },
  mining: { folder: 'engine/mining', floor: 5, mayImport: [...CORE, 'ports', 'mempool'] },
  indexes: { folder: 'engine/indexes', floor: 5, mayImport: [...CORE, 'ports'] },
  wallet: { folder: 'engine/wallet', floor: 5, mayImport: [...CORE, 'ports'] },
  sync: { folder: 'engine/sync', floor: 5, mayImport: [...CORE, 'ports', 'chain', 'mempool'] },
  explain: { folder: 'engine/explain', floor: 5, mayImport: [...CORE, 'ports', 'policy', 'mempool', 'chain'] },
  light: { folder: 'engine/light', floor: 5, mayImport: [...CORE, 'ports', 'chain', 'sync'] },
  store: { folder: 'platform/store', floor: 6, mayImport: ENGINE },
  net: { folder: 'platform/net', floor: 6, mayImport: ENGINE },
  discovery: { folder: 'platform/discovery', floor: 6, mayImport: ENGINE },
  workers: { folder: 'platform/workers', floor: 6, mayImport: ENGINE },
  system: { folder: 'platform/system', floor: 6, mayImport: ENGINE },
  browser: { folder: 'platform/browser', floor: 6, mayImport: ENGINE },
  node: { folder: 'node', floor: 7, mayImport: [...ENGINE, ...PLATFORM] },
  sim: { folder: 'sim', floor: 7, mayImport: [...ENGINE, 'store', 'system', 'node'] },
  attacks: { folder: 'attacks', floor: 7, mayImport: [...CORE, 'ports', 'sync', 'net', 'system'] },
  client: { folder: 'light', floor: 7, mayImport: [...ENGINE, ...PLATFORM, ...BROWSER, 'light'] },
  schema: { folder: 'doors/schema.ts', floor: 8, mayImport: [] },
  rpc: { folder: 'doors/rpc', floor: 8, mayImport: [...ENGINE, 'schema'] },
  rest: { folder: 'doors/rest', floor: 8, mayImport: [...ENGINE, 'schema', 'rpc'] },
  http: { folder: 'doors/http', floor: 8, mayImport: [...ENGINE, 'schema'] },
  cli: { folder: 'cli', floor: 9, mayImport: [...ENGINE, ...PLATFORM, ...LIGHT, 'node', 'sim', 'attacks', 'rpc', 'rest', 'http'] },
};

/** Last floor of the pure half: no clock, no chance, no socket, no disk. */
export const WATERLINE = 5;

/** Files above the length limit, each because it is one table. */
export const LONG_FILES: readonly string[] = [];

/** Files that nothing imports because something else starts them: the command, worker threads, the package's doors. */
export const ENTRY_FILES: readonly string[] = [
  'cli/main.ts',
  'light/browser.ts',
  'platform/workers/mining-worker.ts',
  'platform/workers/verify-worker.ts',
];

/** The room of a path below `src/`, by its folder. */
export function roomOf(path: string): string | undefined {
  for (const [name, room] of Object.entries(ROOMS)) {
    if (path.replace('.test.ts', '.ts') === room.folder || path.startsWith(`${room.folder}/`)) return name;
  }
  return undefined;
}
