import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { testSecp256k1 as secp256k1 } from '../../../test/support/test-chain.ts';
import { hash160 } from '../../core/crypto/sha256.ts';
import { regtest } from '../../core/params/regtest.ts';
import { signetWithChallenge } from '../../core/params/signet.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { blockWeightWu } from '../../core/primitives/block.ts';
import { multisigScript, p2pkhScript, p2pkScript, p2shScript, p2trScript, p2wpkhScript } from '../../core/script/output-template.ts';
import { RESERVED_WEIGHT_WU } from './assembly.ts';
import type { SigningKey } from './block-signer.ts';
import { createBlockSigner } from './block-signer.ts';
import { blockOfTemplate, searchJobOf } from './block-template.ts';
import { createMinableTemplate } from './signed-template.ts';

/** Key number `fill`, its public key in 33 bytes. */
const keyOf = (fill: number, compressed = true): SigningKey => ({ privateKey: new Uint8Array(32).fill(fill), compressed });
const publicKeyOf = (fill: number, compressed = true): Uint8Array =>
  secp256k1.publicKeyOf(new Uint8Array(32).fill(fill), compressed) ?? assert.fail();
const keys = (...fills: number[]): SigningKey[] => fills.map((fill) => keyOf(fill));

/** A signet with regtest's work. */
function easySignet(challenge: Uint8Array): NetworkParams {
  const params = signetWithChallenge(challenge);
  return { ...params, consensus: { ...params.consensus, pow: regtest.consensus.pow } };
}

async function worldOf(challenge: Uint8Array) {
  const params = easySignet(challenge);
  return createMiningWorld(params, new FakeClock(params.genesis.header.timeSeconds + 600));
}

/** Who can sign for what. */
const SIGNED: readonly (readonly [what: string, challenge: Uint8Array, keys: readonly SigningKey[], others: readonly SigningKey[]])[] = [
  ['a key', p2pkScript(publicKeyOf(1)), keys(9, 1), keys(2)],
  ['a key of 65 bytes', p2pkScript(publicKeyOf(1, false)), [keyOf(1, false)], keys(1)],
  ['the hash of a key', p2pkhScript(hash160(publicKeyOf(1))), keys(1), keys(2)],
  ['the hash of a key by a witness', p2wpkhScript(hash160(publicKeyOf(1))), keys(1), keys(2)],
  ['one of one', multisigScript(1, [publicKeyOf(1)]), keys(1), keys(2)],
  ['one of two, the second', multisigScript(1, [publicKeyOf(1), publicKeyOf(2)]), keys(2), keys(3)],
  [
    'two of three, given in another order',
    multisigScript(
      2,
      [1, 2, 3].map((fill) => publicKeyOf(fill)),
    ),
    keys(3, 1),
    keys(3, 4),
  ],
  [
    'twenty of twenty',
    multisigScript(
      20,
      Array.from({ length: 20 }, (_, i) => publicKeyOf(i + 1)),
    ),
    keys(...Array.from({ length: 20 }, (_, i) => i + 1)),
    keys(1),
  ],
];

const refusal = { name: 'NodeError', code: 'option-invalid', message: /must be signed by its challenge's keys/ };

describe('blocks of a signet', () => {
  for (const [what, challenge, signing, others] of SIGNED) {
    it(`are mined by who has what the challenge wants: ${what}; and by nobody else`, async () => {
      const world = await worldOf(challenge);
      assert.equal((await world.generate(2, { signer: createBlockSigner(secp256k1, signing) })).length, 2);
      assert.equal(world.chain.tip.height, 2);
      for (const without of [others, []]) {
        await assert.rejects(world.generate(1, { signer: createBlockSigner(secp256k1, without) }), refusal);
      }
      await assert.rejects(world.generate(1), /bad-signet-blksig/, 'unsigned it is refused');
      assert.equal(world.chain.tip.height, 2);
    });
  }

  it('need no key and roll over as any where the challenge is satisfied by nothing: OP_TRUE, and taproot, whose rules do not hold there', async () => {
    for (const challenge of [Uint8Array.of(0x51), p2trScript(publicKeyOf(1).subarray(1))]) {
      const world = await worldOf(challenge);
      const signer = createBlockSigner(secp256k1, []);
      const template = await createMinableTemplate({ ...world.template, signer });
      assert.equal(template.signed, false);
      assert.equal(searchJobOf(template, 1).extranonceSizeBytes, 4);
      assert.equal((await world.generate(1, { signer })).length, 1);
    }
  });

  it('cannot be mined where the challenge is of a kind that no signer here knows', async () => {
    const world = await worldOf(p2shScript(hash160(p2wpkhScript(hash160(publicKeyOf(1))))));
    await assert.rejects(world.generate(1, { signer: createBlockSigner(secp256k1, keys(1)) }), refusal);
  });

  it('are searched by their nonces alone, each template with another signature', async () => {
    const world = await worldOf(p2pkScript(publicKeyOf(1)));
    const options = { ...world.template, signer: createBlockSigner(secp256k1, keys(1)) };
    const [one, two] = [await createMinableTemplate(options), await createMinableTemplate(options)];
    assert.deepEqual([one.signed, one.timeSecondsMax], [true, one.timeSeconds]);
    assert.notDeepEqual(one.coinbaseOutputs[1], two.coinbaseOutputs[1]);
    assert.equal(searchJobOf(one, 1).extranonceSizeBytes, 0);
  });

  it('leave room for twenty signatures', async () => {
    const [, challenge, signing] = SIGNED.at(-1)!;
    const world = await worldOf(challenge);
    const template = await createMinableTemplate({ ...world.template, signer: createBlockSigner(secp256k1, signing) });
    const weightWu = blockWeightWu(blockOfTemplate(template));
    assert.ok(weightWu <= RESERVED_WEIGHT_WU + 12_000, `${weightWu} WU`);
  });
});
