import { setImmediate as nextTurn } from 'node:timers/promises';
import { createNonceSearch } from '../core/crypto/search-nonce.ts';
import { planGenesis } from '../core/params/network-definition.ts';
import type { NetworkFile } from '../core/params/network-json.ts';
import { encodeHeader } from '../core/primitives/block.ts';

/** Tries between two looks at the world: about a third of a second. */
const TRIES_PER_TURN = 2 ** 21;

const NONCE_COUNT = 2 ** 32;

/** How a search goes. */
export interface SearchProgress {
  readonly tries: number;
  /** What it takes on average. */
  readonly triesExpected: number;
  readonly hashRate: number;
}

/**
 * Mines the first block of a definition whose genesis says `mine one`. When no nonce of a time will do, the next second is tried.
 *
 * @throws NetworkFileError for a definition that is wrong
 */
export async function mineGenesis(options: {
  readonly definition: unknown;
  readonly timeSeconds: number;
  readonly text?: string;
  readonly onProgress?: (progress: SearchProgress) => void;
}): Promise<NetworkFile> {
  const { definition, onProgress } = options;
  const search = createNonceSearch();
  const startedMs = performance.now();
  let tries = 0;
  for (let timeSeconds = options.timeSeconds; ; timeSeconds++) {
    const plan = planGenesis(definition, options.text === undefined ? { timeSeconds } : { timeSeconds, text: options.text });
    const header80 = encodeHeader(plan.header);
    const target = Uint8Array.from(Buffer.from(plan.target.toString(16).padStart(64, '0'), 'hex'));
    const triesExpected = Number(2n ** 256n / (plan.target + 1n));
    for (let from = 0; from < NONCE_COUNT; from += TRIES_PER_TURN) {
      const nonce = search.search({ header80, target, from, count: TRIES_PER_TURN });
      if (nonce >= 0) return plan.finish(nonce);
      tries += TRIES_PER_TURN;
      onProgress?.({ tries, triesExpected, hashRate: (tries * 1_000) / (performance.now() - startedMs) });
      await nextTurn();
    }
  }
}
