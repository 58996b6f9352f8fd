import type { Txid } from '../../core/primitives/ids.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { CoinSearch } from '../ports/chain-service.ts';
import { decodeCoin } from './coin-codec.ts';

/** Coins between two pauses: a few milliseconds' worth. */
const PAUSE_EVERY = 2_000;

/** What a search is told of. */
export interface CoinSearchOptions {
  readonly signal: CancelSignal;
  /** Is told of the part that is done, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

/**
 * The coins of some scripts among all. Keys begin with the txid, whose bytes are as good as random, so that they tell how far it has come.
 *
 * @param entries - in the order of their keys
 * @param pause - called now and then, so that others have their turn
 */
export async function findCoins(
  entries: AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>,
  isWanted: (script: Uint8Array) => boolean,
  { onProgress, signal }: CoinSearchOptions,
  pause: () => Promise<void>,
): Promise<Pick<CoinSearch, 'txouts' | 'found' | 'completed'>> {
  const found: { outPoint: { txid: Txid; vout: number }; coin: ReturnType<typeof decodeCoin> }[] = [];
  let txouts = 0;
  for await (const [key, value] of entries) {
    const coin = decodeCoin(value);
    txouts++;
    if (isWanted(coin.scriptPubKey)) {
      const txid = key.slice(0, 32) as Uint8Array as Txid;
      found.push({ outPoint: { txid, vout: new DataView(key.buffer, key.byteOffset).getUint32(32, false) }, coin });
    }
    if (txouts % PAUSE_EVERY !== 0) continue;
    onProgress(((key[0] ?? 0) * 256 + (key[1] ?? 0)) / 65_536);
    await pause();
    if (signal.aborted) return { txouts, found, completed: false };
  }
  return { txouts, found, completed: true };
}
