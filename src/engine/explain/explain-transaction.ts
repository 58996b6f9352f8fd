import { checkTxInputs } from '../../core/consensus/check-tx-inputs.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { scriptFlagsAt } from '../../core/consensus/script-flags.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { STANDARD_FLAGS } from '../../core/script/flags.ts';
import { transactionSigopsCost } from '../../core/script/sigops.ts';
import type { Chain } from '../chain/chain.ts';
import { checkAlone } from '../mempool/acceptance.ts';
import { checkScripts } from '../mempool/check-scripts.ts';
import type { Mempool } from '../mempool/mempool.ts';
import { checkInputsStandard, checkWitnessStandard } from '../policy/check-inputs-standard.ts';
import { DEFAULT_POLICY, type PolicyOptions, STANDARD_SIGOPS_COST_MAX } from '../policy/options.ts';
import type { Verdict } from '../ports/explanation.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import { traceScript } from './trace-script.ts';
import { acceptedAfter, refusedFor } from './verdict.ts';

/** What runs scripts, and what shows how they fail. */
export interface ScriptEngines {
  readonly verifier: ScriptVerifier;
  readonly secp256k1: Secp256k1;
}

/** A height at which every rule of the network holds, so far as it ever will. */
const LATEST_HEIGHT = 0x7ffffffe;

/** The verdict on a refusal; where a script is the reason, its trace, and whether it fails in a block too. */
async function refusal(
  rejection: Rejection,
  tx: Transaction,
  spent: readonly TxOutput[] | undefined,
  engines: ScriptEngines & { readonly blockFlags: number },
): Promise<Verdict> {
  const inputIndex = rejection.detail?.inputIndex;
  if (typeof inputIndex !== 'number' || spent === undefined) return refusedFor(rejection, { tx });
  const { verifier, secp256k1, blockFlags } = engines;
  const script = traceScript({ tx, inputIndex, spentOutputs: spent, flags: STANDARD_FLAGS, secp256k1 });
  const validInBlock = (await verifier.verify([{ tx, spentOutputs: spent, flags: blockFlags }])) === undefined;
  return refusedFor(rejection, { tx }, { script, validInBlock });
}

/** What each input spends now; undefined where any of it is not there. */
async function spentNow(tx: Transaction, chain: Chain, mempool: Mempool): Promise<readonly TxOutput[] | undefined> {
  const confirmed = await chain.coinsOf(tx.inputs.map(({ prevout }) => prevout));
  const spent = tx.inputs.map(({ prevout }, index) => mempool.coin(prevout) ?? confirmed[index]);
  return spent.some((coin) => coin === undefined) ? undefined : (spent as Coin[]);
}

/** Why the mempool would refuse a transaction now. Nothing is kept. */
export async function explainTransaction(
  tx: Transaction,
  world: ScriptEngines & { readonly chain: Chain; readonly mempool: Mempool },
): Promise<Verdict> {
  const { chain, mempool } = world;
  const { rejection } = await mempool.accept(tx, { test: true });
  if (rejection === undefined) return acceptedAfter(['alone', 'context', 'coins', 'scripts']);
  const spent = rejection.detail?.inputIndex === undefined ? undefined : await spentNow(tx, chain, mempool);
  const blockFlags = scriptFlagsAt(chain.tip.height + 1, chain.params.consensus);
  return refusal(rejection, tx, spent, { ...world, blockFlags });
}

/** What can be said of a transaction without its coins, by the rules and by policy. */
export function explainAlone(tx: Transaction, params: ConsensusParams, policy: PolicyOptions = DEFAULT_POLICY): Verdict {
  const rejection = checkAlone(tx, params, policy);
  if (rejection !== undefined) return refusedFor(rejection, { tx });
  return acceptedAfter(['alone'], 'Lock times, amounts, scripts and fees need the coins that it spends.');
}

/** Rules and policy on a transaction and what it spends, scripts apart. */
function checkWithOutputs(tx: Transaction, spent: readonly Coin[], params: ConsensusParams, policy: PolicyOptions): Rejection | undefined {
  const amounts = checkTxInputs(tx, spent, LATEST_HEIGHT, params);
  if (amounts.rejection !== undefined) return amounts.rejection;
  if (policy.requireStandard) {
    const unusual = checkInputsStandard(tx, spent) ?? checkWitnessStandard(tx, spent);
    if (unusual !== undefined) return unusual;
  }
  const sigopsCost = transactionSigopsCost(tx, spent, STANDARD_FLAGS);
  return sigopsCost > STANDARD_SIGOPS_COST_MAX ? reject('policy', 'bad-txns-too-many-sigops', { sigopsCost }) : undefined;
}

/**
 * What can be said of a transaction whose spent outputs are given: they count as there, old enough and no coinbase's.
 *
 * @param spentOutputs - one for each input, in order
 */
export async function explainWithOutputs(
  tx: Transaction,
  spentOutputs: readonly TxOutput[],
  world: ScriptEngines & { readonly params: ConsensusParams; readonly policy?: PolicyOptions },
): Promise<Verdict> {
  const { params, policy = DEFAULT_POLICY, verifier } = world;
  const spent = spentOutputs.map(({ value, scriptPubKey }): Coin => ({ value, scriptPubKey, height: 0, coinbase: false }));
  const blockFlags = scriptFlagsAt(LATEST_HEIGHT, params);
  const rejection =
    checkAlone(tx, params, policy) ??
    checkWithOutputs(tx, spent, params, policy) ??
    (await checkScripts({ entry: { tx }, spent }, blockFlags, verifier));
  if (rejection === undefined) {
    return acceptedAfter(['alone', 'coins', 'scripts'], 'Lock times, fees and the mempool were not looked at: the outputs were given.');
  }
  return refusal(rejection, tx, spent, { ...world, blockFlags });
}
