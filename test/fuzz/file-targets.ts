/**
 * Parsers of files: ours and Core's.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkFileError } from '../../src/core/params/network-file.ts';
import { networkToFile } from '../../src/core/params/network-json.ts';
import { loadNetworkFile } from '../../src/core/params/networks.ts';
import { quoin } from '../../src/core/params/quoin.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { Txid } from '../../src/core/primitives/ids.ts';
import { decodeUndo, encodeUndo } from '../../src/engine/chain/undo-codec.ts';
import { decodeFeeEstimates, encodeFeeEstimates } from '../../src/engine/fees/fee-estimates-file.ts';
import { FeeEstimator } from '../../src/engine/fees/fee-estimator.ts';
import { decodeMempoolFile, encodeMempoolFile } from '../../src/engine/mempool/mempool-file.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import { createAnchorFile } from '../../src/platform/net/anchor-file.ts';
import { createBanFile } from '../../src/platform/net/ban-file.ts';
import { createPeerFile } from '../../src/platform/net/peer-file.ts';
import { silentLog } from '../support/mempool-world.ts';
import { hash, tx } from '../support/message-examples.ts';
import { expectStable, type FuzzTarget, type FuzzTargets, isDecodeError, refusesNothing, textOf, texts } from './fuzz-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'quoin-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const MEMPOOL = encodeMempoolFile({
  transactions: [{ tx, timeSeconds: 1_700_000_000, feeDeltaSat: -5n }],
  otherFeeDeltas: [{ txid: hash(1) as Txid, deltaSat: 7n }],
});

/** A file that is as good as none where it is damaged: reading it never fails, but where it is of a newer version. */
function fileTarget(name: string, samples: readonly Uint8Array[], load: (path: string) => Promise<unknown>): FuzzTarget {
  const path = join(folder, name);
  return {
    samples,
    read: async (bytes) => {
      writeFileSync(path, bytes);
      await load(path);
    },
    refuses: (error) => error instanceof NodeError && error.code === 'data-dir-version',
    cost: 20,
  };
}

/** A file of peers as it is written. */
async function peerSample(): Promise<Uint8Array> {
  const { readFileSync } = await import('node:fs');
  const path = join(folder, 'sample');
  const address = { network: 'ipv4' as const, bytes: Uint8Array.of(1, 2, 3, 4), port: 8333 };
  const facts = { services: 9n, lastSeenSeconds: 1_700_000_000, lastSuccessSeconds: 0, failures: 0 };
  const peers = [{ address, source: address, ...facts, tried: false, newBuckets: [1] }];
  await createPeerFile({ path, log: silentLog }).save({ key: new Uint8Array(32), peers });
  return readFileSync(path);
}

const OLD_PEERS = '{"version":1,"peers":[["ipv4","01020304",8333,"9",1700000000,0,0,"x"]]}';
const ANCHORS = '{"version":1,"anchors":["0104010203042085"]}';
const BANS = '{"banned_nets":[{"version":1,"ban_created":1,"banned_until":2,"address":"1.2.3.0/24"}]}';

/** By what is in them. */
export const FILE_TARGETS: FuzzTargets = {
  'mempool.dat': {
    samples: [MEMPOOL],
    read: (bytes) => {
      const written = encodeMempoolFile(decodeMempoolFile(bytes));
      expectStable(written, encodeMempoolFile(decodeMempoolFile(written)));
    },
    refuses: isDecodeError,
  },
  'fee_estimates.dat': {
    samples: [encodeFeeEstimates(new FeeEstimator().save())],
    read: (bytes) => expectStable(encodeFeeEstimates(decodeFeeEstimates(bytes)).subarray(8), bytes.subarray(8)),
    refuses: isDecodeError,
    cost: 100,
  },
  'undo record': {
    samples: [encodeUndo([[{ value: 5n, scriptPubKey: Uint8Array.of(0x51), height: 7, coinbase: true }], []])],
    read: (bytes) => {
      const written = encodeUndo(decodeUndo(bytes));
      expectStable(written, encodeUndo(decodeUndo(written)));
    },
    refuses: isDecodeError,
  },
  'network file': {
    samples: texts(JSON.stringify(networkToFile(quoin)), JSON.stringify(networkToFile(regtest))),
    read: (bytes) => void loadNetworkFile(textOf(bytes)),
    refuses: (error) => error instanceof NetworkFileError,
    cost: 20,
  },
  'peers file': fileTarget('peers', [await peerSample(), ...texts(OLD_PEERS)], (path) => createPeerFile({ path, log: silentLog }).load()),
  'anchors file': {
    ...fileTarget('anchors', texts(ANCHORS), (path) => createAnchorFile({ path, log: silentLog }).take()),
    refuses: refusesNothing,
  },
  'bans file': {
    ...fileTarget('bans', texts(BANS), (path) => createBanFile({ path, log: silentLog }).load()),
    refuses: refusesNothing,
  },
};
