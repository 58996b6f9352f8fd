import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { openStores } from '../../src/platform/store/data-folder.ts';
import { FakeClock } from './fake-clock.ts';
import { silentLog } from './mempool-world.ts';

/** Tip and coins of a data folder that no process uses, after whatever its opening replays. */
export async function folderState(
  folder: string,
  params: NetworkParams,
): Promise<{ readonly height: number; readonly tip: string; readonly coins: string }> {
  const stores = await openStores({ folder, params });
  const verifier = createInlineVerifier({ secp256k1: chooseSecp256k1('auto') });
  const clock = new FakeClock(2_000_000_000);
  const chain = await Chain.open({ params, ...stores, verifier, clock, log: silentLog });
  const { height, bestBlock, hashSerialized } = await chain.coinSetStats('hash_serialized_3');
  await chain.close();
  await stores.close();
  return { height, tip: toDisplayHex(bestBlock), coins: toHex(hashSerialized ?? new Uint8Array()) };
}
