import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { concatBytes, fromHex, toHex } from '../../src/core/base/bytes.ts';
import { hash160 } from '../../src/core/crypto/sha256.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { decodeBlock, encodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import { encodeTransaction, makeTransaction, type Transaction } from '../../src/core/primitives/transaction.ts';
import { buildBlock, genesisParent } from '../support/chain-builder.ts';
import { runQuoin, startQuoinNode } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Pays to the hash of a key that BIP-173 shows; nobody here has the key. */
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const KEY: Uint8Array = concatBytes(Uint8Array.of(2), new Uint8Array(32).fill(1));

function spending(txid: Uint8Array, witness: readonly Uint8Array[]): Transaction {
  const prevout = { txid: txid as Transaction['txid'], vout: 0 };
  const inputs = [{ prevout, scriptSig: new Uint8Array(), sequence: 0xffffffff, witness }];
  const outputs = [{ value: 90_000n, scriptPubKey: concatBytes(Uint8Array.of(0, 20), new Uint8Array(20)) }];
  return makeTransaction({ version: 2, inputs, outputs, lockTime: 0 });
}

const hexOf = (tx: Transaction): string => toHex(encodeTransaction(tx));

/** Runs `quoin explain` on a folder. */
function explainIn(folder: string) {
  return (kind: 'tx' | 'block', what: string, ...more: string[]) =>
    runQuoin(['explain', kind, '--network', 'regtest', '--data-dir', folder, what, ...more]);
}

function json({ code, err, out }: ReturnType<typeof runQuoin>) {
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out);
}

async function withNode(t: TestContext) {
  const folder = join(await tempFolder(t), 'data');
  const { command, http } = await startQuoinNode(t, ['--data-dir', folder]);
  const quoin = (name: string, ...args: string[]) => runQuoin([...name.split(' '), '--data-dir', folder, ...args]);
  return { command, folder, http, quoin, explain: explainIn(folder) };
}

describe('quoin explain with a node', () => {
  it('explains against chain and mempool, as POST /api/v1/explain does without a login', async (t) => {
    const { command, explain, http, quoin } = await withNode(t);
    const hashes = JSON.parse(quoin('rpc', 'generatetoaddress', '101', ADDRESS).out) as string[];
    const first = decodeBlock(fromHex(quoin('rpc', 'getblock', hashes[0] ?? '', '0').out.trim())!);
    const tx = spending(first.transactions[0]!.txid, [Uint8Array.of(1), KEY]);
    const { rejection, ...rest } = json(explain('tx', hexOf(tx), '--json'));
    assert.deepEqual([rest.kind, rest.accepted], ['transaction', false]);
    assert.equal(rejection.reason, 'mempool-script-verify-flag-failed (Script failed an OP_EQUALVERIFY operation)');
    assert.deepEqual([rejection.script.error, rejection.script.value, rejection.validInBlock], ['EQUALVERIFY', '5000000000', false]);
    const last = rejection.script.steps.at(-1);
    assert.deepEqual([last.role, last.opcode, last.offset, last.stack.count], ['witnessScript', 'OP_EQUALVERIFY', 23, 4]);
    assert.equal(last.stack.top[2].hex, toHex(hash160(KEY)));
    const refused = quoin('rpc', 'sendrawtransaction', hexOf(tx));
    assert.match(
      refused.err,
      /^error code: -26\nerror message:\nmempool-script-verify-flag-failed \(Script failed an OP_EQUALVERIFY operation\), input 0 of /,
    );

    const answer = await fetch(`${http}/api/v1/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tx: hexOf(tx) }),
    });
    assert.deepEqual([answer.status, await answer.json()], [200, { ...rest, rejection }]);

    const lost = json(explain('tx', hexOf(spending(new Uint8Array(32).fill(9), [])), '--json'));
    assert.deepEqual([lost.rejection.kind, lost.rejection.reason], ['missing-inputs', 'bad-txns-inputs-missingorspent']);
    assert.equal(json(explain('block', toHex(encodeBlock(first)), '--json')).accepted, true);
    const page = explain('tx', hexOf(tx));
    assert.match(
      page.out,
      /^refused: mempool-script-verify-flag-failed .*\n {2}rule {5}A script fails\.\n {2}source {3}CheckInputScripts/m,
    );
    assert.match(page.out, /^✗ witnessScript +23 +OP_EQUALVERIFY +01 02010101\S+ \S+ 751e76e8199196d4…$/m);
    assert.ok(!page.out.includes('\u001b'));
    await command.stop();
  });

  it('explains blocks, from files and standard input', async (t) => {
    const { command, explain, folder, quoin } = await withNode(t);
    const greedy = buildBlock({ parent: genesisParent(regtest), params: regtest, reward: 5_000_000_001n });
    const file = join(folder, 'greedy.bin');
    await writeFile(file, encodeBlock(greedy));
    const { rejection } = json(explain('block', file, '--json'));
    assert.deepEqual(
      [rejection.reason, rejection.rule, rejection.detail, rejection.blame],
      ['bad-cb-amount', 'The coinbase pays more than subsidy and fees.', { paid: '5000000001', reward: '5000000000' }, 'maker'],
    );
    const mutated = makeBlock(greedy.header, [...greedy.transactions, ...greedy.transactions]);
    const input = `${toHex(encodeBlock(mutated))}\n`;
    const { out } = runQuoin(['explain', 'block', '--network', 'regtest', '--data-dir', folder, '-'], { input });
    assert.match(out, /^refused: bad-txnmrklroot \(mutated\)$/m);
    assert.match(out, /blame +whoever sent these bytes/);
    assert.equal(quoin('rpc', 'getblockcount').out, '0\n');
    assert.equal(quoin('rpc', 'getchaintips').out.match(/"height"/g)?.length, 1);
    await command.stop();
  });
});

describe('quoin explain without a node', () => {
  it('judges what needs no chain', async (t) => {
    const explain = explainIn(join(await tempFolder(t), 'none'));
    const tx = spending(new Uint8Array(32).fill(9), []);
    const alone = json(explain('tx', hexOf(tx), '--json'));
    assert.deepEqual([alone.accepted, alone.checked], [true, ['alone']]);
    assert.match(explain('tx', hexOf(tx)).out, /^breaks no rule that was looked at\n {2}rules that hold: alone\n/m);
    const double = makeTransaction({ ...tx, inputs: [tx.inputs[0]!, tx.inputs[0]!] });
    assert.equal(json(explain('tx', hexOf(double), '--json')).rejection.reason, 'bad-txns-inputs-duplicate');
    const block = buildBlock({ parent: genesisParent(regtest), params: regtest });
    assert.deepEqual(json(explain('block', toHex(encodeBlock(block)), '--json')).checked, ['alone']);
  });

  it('runs scripts on outputs that are given', async (t) => {
    const explain = explainIn(join(await tempFolder(t), 'none'));
    const tx = hexOf(spending(new Uint8Array(32).fill(9), [Uint8Array.of(1), KEY]));
    const { rejection } = json(explain('tx', tx, '--prevout', `100000:0014${'09'.repeat(20)}`, '--json'));
    assert.deepEqual([rejection.script.error, rejection.script.steps.length], ['EQUALVERIFY', 6]);
    const poor = json(explain('tx', tx, '--prevout', `80000:0014${'09'.repeat(20)}`, '--json'));
    assert.equal(poor.rejection.reason, 'bad-txns-in-belowout');
  });

  it('refuses what it cannot read in one line', async (t) => {
    const explain = explainIn(join(await tempFolder(t), 'none'));
    const tx = hexOf(spending(new Uint8Array(32).fill(9), []));
    for (const [run, code, err] of [
      [explain('tx', 'nothing'), 2, /^quoin: "nothing" is neither hexadecimal nor a file\n$/],
      [explain('tx', 'abcd'), 1, /^quoin: the 2 bytes are no transaction: [^\n]*\n$/],
      [explain('block', tx), 1, /^quoin: the \d+ bytes are no block: [^\n]*\n$/],
      [explain('tx', tx, '--prevout', 'x'), 2, /^quoin: --prevout "x": takes base units, [^\n]*\n$/],
      [explain('tx', tx, '--prevout', '1:51', '--prevout', '1:51'), 2, /^quoin: --prevout is given 2 times, [^\n]*has 1 inputs[^\n]*\n$/],
      [runQuoin(['explain']), 2, /^quoin: explain what\? [^\n]*\n$/],
    ] as const) {
      assert.match(run.err, err);
      assert.deepEqual([run.code, run.out], [code, '']);
    }
  });
});
