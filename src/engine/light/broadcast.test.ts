import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LightParts } from '../../../test/support/light-parts.ts';
import { regtest } from '../../core/params/regtest.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { ANNOUNCE_INTERVAL_MS, Broadcast } from './broadcast.ts';
import { LightLedger } from './light-ledger.ts';

const tx = makeTransaction({
  ...{ version: 2, lockTime: 0, outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }] },
  inputs: [
    {
      prevout: { txid: regtest.genesis.transactions[0]!.txid, vout: 0 },
      scriptSig: new Uint8Array(),
      sequence: 0,
      witness: [Uint8Array.of(1)],
    },
  ],
});
const byTxid = { kind: INVENTORY.tx, hash: tx.txid };
const byWtxid = { kind: INVENTORY.wtx, hash: tx.wtxid };

function sending() {
  const parts = new LightParts();
  const ledger = new LightLedger({ has: () => true });
  const broadcast = new Broadcast(parts.context, ledger);
  ledger.addWaiting(tx);
  const relayed = () =>
    parts.take('tell').flatMap(({ event }) => (event.kind === 'transaction-relayed' ? [[event.asked, event.named]] : []));
  return { parts, ledger, broadcast, relayed };
}

describe('a transaction that is sent', () => {
  it('is told to peers by the id that they speak of, and to none that wants no transactions', () => {
    const { parts, broadcast } = sending();
    const [old, modern, deaf] = [parts.peer('10.0.0.1'), parts.peer('10.0.0.2'), parts.peer('10.0.0.3', { relay: false })];
    modern.wtxidRelay = true;
    broadcast.announce(tx);
    for (const peer of [old, modern, deaf]) broadcast.ready(peer);
    const told = parts.take('send').map(({ peer, message }) => [peer, message.type === 'inv' ? message.items : []]);
    assert.deepEqual(told, [
      [old.id, [byTxid]],
      [modern.id, [byWtxid]],
      [old.id, [byTxid]],
      [modern.id, [byWtxid]],
    ]);
  });

  it('is given to whoever asks for it, without witnesses where those are not asked for; nothing else is here', () => {
    const { parts, broadcast } = sending();
    const peer = parts.peer('10.0.0.1');
    const other = { kind: INVENTORY.wtx, hash: tx.txid };
    broadcast.requested(peer, [byTxid, byWtxid, { ...byTxid, kind: INVENTORY.witnessTx }, other, { kind: INVENTORY.block, hash: tx.txid }]);
    const sent = parts.take('send').map(({ message }) => (message.type === 'tx' ? message.stripped : message));
    assert.deepEqual(sent, [true, false, false, { type: 'notfound', items: [other, { kind: INVENTORY.block, hash: tx.txid }] }]);
  });

  it('counts each node once that asked for it or named it, also one that comes back; who asked has it from us', () => {
    const { parts, broadcast, relayed } = sending();
    broadcast.requested(parts.peer('10.0.0.1'), [byTxid]);
    broadcast.requested(parts.peer('10.0.0.1'), [byTxid]);
    broadcast.named(parts.peer('10.0.0.1'), [byTxid]);
    broadcast.named(parts.peer('10.0.0.2'), [byWtxid]);
    broadcast.named(parts.peer('10.0.0.2'), [byTxid, { kind: INVENTORY.tx, hash: tx.wtxid }]);
    assert.deepEqual(relayed(), [
      [1, 0],
      [1, 1],
    ]);
  });

  it('is told again every ten minutes, until it waits no more', async () => {
    const { parts, ledger, broadcast } = sending();
    parts.peer('10.0.0.1');
    const told = (): number => {
      broadcast.tick();
      return parts.take('send').length;
    };
    assert.equal(told(), 1);
    await parts.clock.advance(ANNOUNCE_INTERVAL_MS - 1);
    assert.equal(told(), 0);
    await parts.clock.advance(1);
    assert.equal(told(), 1);
    ledger.forget(tx.txid);
    await parts.clock.advance(ANNOUNCE_INTERVAL_MS);
    assert.equal(told(), 0);
  });
});
