/**
 * `quoin explain`: reads what it is given, asks the running node, or judges by itself where none runs.
 *
 * @module
 */

import { fromHex, toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import type { TxOutput } from '../../core/primitives/transaction.ts';
import { decodeTransaction } from '../../core/primitives/transaction.ts';
import { type ExplanationJson, explanationView } from '../../doors/http/explain-view.ts';
import { createInlineVerifier } from '../../engine/chain/inline-verifier.ts';
import { explainBlockAlone } from '../../engine/explain/explain-block.ts';
import { explainAlone, explainWithOutputs } from '../../engine/explain/explain-transaction.ts';
import type { Explanation } from '../../engine/ports/explanation.ts';
import { findNode, type NodeClient, NoNodeError } from '../client/node-client.ts';
import { UsageError } from '../failure.ts';
import { bytesOf, decoded } from '../options/input.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import { loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { paintFor } from '../output/terminal.ts';
import { explanationPage } from './explain-page.ts';

/** `VALUE:SCRIPT`. */
function outputOf(text: string): TxOutput {
  const [, value, script] = /^(\d{1,16}):([0-9a-fA-F]*)$/.exec(text) ?? [];
  const scriptPubKey = script === undefined ? undefined : fromHex(script);
  if (value === undefined || scriptPubKey === undefined) {
    throw new UsageError(`--prevout "${text.slice(0, 80)}": takes base units, a colon and a script in hexadecimal`);
  }
  return { value: BigInt(value), scriptPubKey };
}

/** A running node, where there is one. One that was named must be there. */
async function nodeIfAny(settings: Settings<typeof CLIENT_OPTIONS>): Promise<NodeClient | undefined> {
  try {
    return await findNode(settings);
  } catch (error) {
    if (error instanceof NoNodeError) return undefined;
    throw error;
  }
}

async function transactionAlone(bytes: Uint8Array, prevouts: readonly TxOutput[], params: NetworkParams): Promise<Explanation> {
  const tx = decoded(decodeTransaction, bytes, 'transaction');
  const { consensus } = params;
  if (prevouts.length === 0) return { kind: 'transaction', txid: tx.txid, verdict: explainAlone(tx, consensus) };
  if (prevouts.length !== tx.inputs.length) {
    throw new UsageError(
      `--prevout is given ${prevouts.length} times, and the transaction has ${tx.inputs.length} inputs: give one for each`,
    );
  }
  const secp256k1 = chooseSecp256k1('auto');
  const world = { params: consensus, secp256k1, verifier: createInlineVerifier({ secp256k1 }) };
  return { kind: 'transaction', txid: tx.txid, verdict: await explainWithOutputs(tx, prevouts, world) };
}

function blockAlone(bytes: Uint8Array, params: NetworkParams): Explanation {
  const block = decoded(decodeBlock, bytes, 'block');
  return { kind: 'block', hash: block.header.hash, verdict: explainBlockAlone(block, params.consensus) };
}

/** What the command was asked. */
export interface ExplainCall {
  readonly kind: 'tx' | 'block';
  readonly what: string;
  readonly prevouts: readonly string[];
  readonly json: boolean;
  readonly settings: Settings<typeof CLIENT_OPTIONS>;
}

async function explanationOf(call: ExplainCall): Promise<ExplanationJson> {
  const { kind, settings } = call;
  const prevouts = call.prevouts.map(outputOf);
  const bytes = await bytesOf(call.what);
  const node = prevouts.length === 0 ? await nodeIfAny(settings) : undefined;
  if (node !== undefined) return (await node.post('explain', { [kind]: toHex(bytes) })) as ExplanationJson;
  const params = await loadNetwork(settings.network);
  return explanationView(kind === 'tx' ? await transactionAlone(bytes, prevouts, params) : blockAlone(bytes, params));
}

/** `quoin explain`. */
export async function explain(call: ExplainCall): Promise<void> {
  const explanation = await explanationOf(call);
  const { stdout, env } = process;
  if (call.json) stdout.write(`${JSON.stringify(explanation)}\n`);
  else stdout.write(`${explanationPage(explanation, { paint: paintFor(stdout, env), columns: stdout.columns }).join('\n')}\n`);
}
