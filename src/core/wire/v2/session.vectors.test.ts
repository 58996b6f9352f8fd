import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorText } from '../../../../test/support/vectors.ts';
import { concatBytes, fromHex, toHex } from '../../base/bytes.ts';
import { portableAead } from '../../crypto/chacha20-poly1305.ts';
import { chooseSecp256k1 } from '../../crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../crypto/node/choose-transport-engine.ts';
import type { TransportEngine } from '../../crypto/transport-engine.ts';
import { main } from '../../params/main.ts';
import { EncryptedSession, LENGTH_SIZE_BYTES } from './session.ts';

const NOTHING = new Uint8Array(0);
const hex = (text: string): Uint8Array => fromHex(text)!;

/** The rows, each by the names of the columns. */
function rows(): Record<string, string>[] {
  const [head, ...lines] = readVectorText('bips/bip-0324/packet_encoding_test_vectors.csv').trim().split(/\r?\n/);
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value])));
}

const chosen = chooseTransportEngine(chooseSecp256k1('auto'));
const engines: readonly [string, TransportEngine][] = [
  ['Node', chosen],
  ['the portable cipher', { ...chosen, aead: portableAead }],
];

describeVectors('BIP-324 vectors of packets', () => {
  for (const [name, engine] of engines) {
    it(`are what a session sends, by ${name}, and nothing else is taken at their place`, () => {
      const all = rows();
      assert.ok(all.length >= 7);
      for (const row of all) check(row, engine);
    });
  }
});

function check(row: Record<string, string>, engine: TransportEngine): void {
  const field = (name: string): string => row[name]!;
  const initiating = field('in_initiating') === '1';
  const ours = { privateKey: hex(field('in_priv_ours')), encoding: hex(field('in_ellswift_ours')) };
  const session = new EncryptedSession({
    engine,
    messageStart: main.messageStart,
    ours,
    theirs: hex(field('in_ellswift_theirs')),
    initiating,
  });
  assert.equal(toHex(engine.publicKeyOf(ours.privateKey)!.subarray(1)), field('mid_x_ours'));
  assert.equal(toHex(session.sessionId), field('out_session_id'));
  assert.equal(toHex(session.sendTerminator), field('mid_send_garbage_terminator'));
  assert.equal(toHex(session.receiveTerminator), field('mid_recv_garbage_terminator'));
  for (let i = 0; i < Number(field('in_idx')); i++) session.encrypt(NOTHING, NOTHING);
  const contents = hex(field('in_contents').repeat(Number(field('in_multiply'))));
  const options = { associated: hex(field('in_aad')), ignore: field('in_ignore') === '1' };
  const cut = Math.min(contents.length, 5);
  const packet = concatBytes(...session.encrypt(contents.subarray(0, cut), contents.subarray(cut), options));
  const sent = toHex(packet);
  if (field('out_ciphertext') !== '') assert.equal(sent, field('out_ciphertext'));
  assert.ok(sent.endsWith(field('out_ciphertext_endswith')));
  // Nobody but the other side can read it: not even who sent it.
  assert.equal(session.decrypt(packet.subarray(LENGTH_SIZE_BYTES), options.associated), undefined);
}
