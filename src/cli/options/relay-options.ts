import { single, switchOption } from './option.ts';
import { parseSwitch, parseWhole } from './values.ts';

/** Limits of fee rates, in base units per 1,000 virtual bytes: up to one coin. */
const FEE_RATE = { min: 0, max: 100_000_000 };

/** Bytes of OP_RETURN outputs: up to what a block holds. */
const DATA_CARRIER_BYTES = { min: 0, max: 4_000_000 };

const BYTES_PER_SIGOP = { min: 0, max: 100_000 };

/** Limits of `--max-mempool` in millions of bytes; 5 is Core's least. */
const MAX_MEMPOOL_MB = { min: 5, max: 1_000_000 };

const MEMPOOL_EXPIRY_HOURS = { min: 1, max: 1_000_000 };

function feeRate(name: string, help: string) {
  const takes = `base units per 1,000 virtual bytes, ${FEE_RATE.min} to ${FEE_RATE.max}`;
  return single({ name, placeholder: 'RATE', takes, help, parse: (text) => parseWhole(text, FEE_RATE) });
}

/** What a node relays and mines, and how much of it waits. The defaults are those of src/engine/policy/options.ts. */
export const RELAY_OPTIONS = {
  minRelayFeeRate: feeRate('min-relay-fee-rate', 'relay nothing that pays less, in base units per 1,000 virtual bytes; default 100'),
  incrementalFeeRate: feeRate('incremental-fee-rate', 'what a replacement pays more, in base units per 1,000 virtual bytes; default 100'),
  dustFeeRate: feeRate('dust-fee-rate', 'fee rate at which an output must be worth spending; default 3000'),
  dataCarrier: single({
    name: 'data-carrier',
    placeholder: 'BYTES',
    takes: `a number of bytes, ${DATA_CARRIER_BYTES.min} to ${DATA_CARRIER_BYTES.max}`,
    help: 'relay so many bytes of OP_RETURN outputs in a transaction; 0 for none; default 100000',
    parse: (text) => parseWhole(text, DATA_CARRIER_BYTES),
  }),
  bytesPerSigop: single({
    name: 'bytes-per-sigop',
    placeholder: 'N',
    takes: `a number of bytes, ${BYTES_PER_SIGOP.min} to ${BYTES_PER_SIGOP.max}`,
    help: 'bytes that a signature operation counts at least; default 20',
    parse: (text) => parseWhole(text, BYTES_PER_SIGOP),
  }),
  noBareMultisig: switchOption({
    name: 'no-bare-multisig',
    help: 'relay no multisignature outputs that are not hashed',
    parse: parseSwitch,
  }),
  acceptNonStandard: switchOption({
    name: 'accept-non-standard',
    help: 'relay what is valid in any form; for tests, not on main',
    parse: parseSwitch,
  }),
  maxMempool: single({
    name: 'max-mempool',
    placeholder: 'MB',
    takes: `a size in millions of bytes, ${MAX_MEMPOOL_MB.min} to ${MAX_MEMPOOL_MB.max}`,
    help: 'memory for waiting transactions; default 300',
    parse: (text) => parseWhole(text, MAX_MEMPOOL_MB),
  }),
  mempoolExpiry: single({
    name: 'mempool-expiry',
    placeholder: 'HOURS',
    takes: `a number of hours, ${MEMPOOL_EXPIRY_HOURS.min} to ${MEMPOOL_EXPIRY_HOURS.max}`,
    help: 'how long a transaction may wait; default 336',
    parse: (text) => parseWhole(text, MEMPOOL_EXPIRY_HOURS),
  }),
  blocksOnly: switchOption({
    name: 'blocks-only',
    help: 'take blocks from peers, and no transactions; those that are submitted here are announced all the same',
    parse: parseSwitch,
  }),
  noPersistMempool: switchOption({
    name: 'no-persist-mempool',
    help: 'forget the waiting transactions when the node stops',
    parse: parseSwitch,
  }),
};
