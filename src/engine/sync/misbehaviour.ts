import type { RejectionKind } from '../../core/consensus/rejection.ts';

/**
 * Every reason to end a connection, and whether it is held against the address. As in Core, that is only for what no honest node of any version
 * sends; Core passes over some that end a connection here (what comes before or beside a handshake), and ends none for `malformed-message`,
 * which here stands for lists over their limits too. `noban` and those whom a user named are let go for nothing that is discouraged.
 *
 * `discourage`: the address is not called, and is the first to be turned away, for a day.
 */
export const DISCONNECT_REASONS = {
  'malformed-message': { discourage: true, meaning: 'A message cannot be read or is over one of its limits.' },
  'oversized-message': { discourage: false, meaning: 'A message says it is longer than 4,000,000 bytes.' },
  'wrong-network': { discourage: false, meaning: 'The bytes do not begin with our message start.' },
  'encryption-handshake': {
    discourage: false,
    meaning: 'The handshake of the encrypted transport has too much garbage or too many decoys.',
  },
  'encryption-broken': { discourage: false, meaning: 'An encrypted packet is not what the other side sent.' },
  'message-before-version': { discourage: false, meaning: 'Something came before the version message.' },
  'version-repeated': { discourage: false, meaning: 'A second version message came.' },
  'feature-after-verack': { discourage: false, meaning: 'What is agreed on during the handshake came after it.' },
  'obsolete-version': { discourage: false, meaning: 'The protocol version is too old.' },
  'self-connection': { discourage: false, meaning: 'It is our own node.' },
  'services-missing': { discourage: false, meaning: 'We called it, and it does not offer the blocks that we need.' },
  'handshake-timeout': { discourage: false, meaning: 'The handshake took more than a minute.' },
  'ping-timeout': { discourage: false, meaning: 'A ping was not answered for 20 minutes.' },
  'headers-not-continuous': { discourage: true, meaning: 'A header does not follow the one before it.' },
  'header-invalid': { discourage: true, meaning: 'A header breaks a rule.' },
  'headers-not-proven': { discourage: false, meaning: 'Headers that were asked for a second time were not the same.' },
  'block-invalid': { discourage: true, meaning: 'A block breaks a rule.' },
  'block-mutated': { discourage: true, meaning: 'A block has other contents than its header stands for.' },
  'compact-block-invalid': { discourage: true, meaning: 'A compact block, or what was sent to complete it, makes no sense.' },
  'transaction-index-invalid': { discourage: true, meaning: 'It asked for a transaction at a place that the block does not have.' },
  'transaction-invalid': { discourage: true, meaning: 'A transaction breaks a rule that has always held.' },
  'block-stalling': { discourage: false, meaning: 'It held up the download of blocks while others waited.' },
  'block-timeout': { discourage: false, meaning: 'A block that was asked for did not come.' },
  'headers-timeout': { discourage: false, meaning: 'Headers that were asked for did not come while others could send them.' },
  'block-not-served': { discourage: false, meaning: 'It asked for a block deeper than a node serves that keeps only the last ones.' },
  'bloom-not-served': { discourage: false, meaning: 'It gave a filter for transactions, which we do not look through.' },
  'filter-missing': { discourage: true, meaning: 'It added to a filter that it had not given.' },
  'filters-not-served': {
    discourage: false,
    meaning: 'It asked for filters that we do not offer, or of a block that nobody needs to know of.',
  },
  'filters-out-of-range': { discourage: false, meaning: 'It asked for the filters of no block, or of more than one may ask for at once.' },
  'filters-timeout': { discourage: false, meaning: 'Filters, or what they are known by, were asked for and did not come in time.' },
  'filter-false': { discourage: true, meaning: 'It stood for a filter that the block itself proves wrong.' },
  'filter-headers-broken': { discourage: true, meaning: 'What it said of filters contradicts what it said of them before.' },
  'filter-checkpoint': { discourage: true, meaning: 'Its filter headers contradict one that is known.' },
  'upload-limit': { discourage: false, meaning: 'It asked for an old block when we had sent as much in a day as we may.' },
  'mempool-not-served': { discourage: false, meaning: 'It asked for the waiting transactions, which we do not offer.' },
  'connection-limit': { discourage: false, meaning: 'There is no room for another connection.' },
  'chain-behind': { discourage: false, meaning: 'We called it, and it has shown no chain of as much work as ours in time.' },
  'outbound-surplus': { discourage: false, meaning: 'It was one more than we hold, and of least use.' },
  evicted: { discourage: false, meaning: 'It made room for another caller.' },
  'transaction-unwanted': { discourage: false, meaning: 'It told of transactions where blocks alone are wanted.' },
  'feeler-done': { discourage: false, meaning: 'It has shown that it is there, which was all that was asked.' },
  'probe-done': { discourage: false, meaning: 'It has shown that it is on our subnet and answers, which was all that was asked.' },
  'probe-timeout': { discourage: false, meaning: 'It is on our subnet, and took too long to show that it answers.' },
  'subnet-silent': { discourage: false, meaning: 'It is on our subnet, and did not answer a ping for a minute.' },
  'addresses-fetched': { discourage: false, meaning: 'It has told the addresses that it was asked for.' },
  'addresses-timeout': { discourage: false, meaning: 'It was asked for addresses and told none.' },
  banned: { discourage: false, meaning: 'A user has banned its address.' },
  'not-reading': { discourage: false, meaning: 'It takes too little of what it asked for.' },
  'network-off': { discourage: false, meaning: 'A user has switched the network off.' },
  requested: { discourage: false, meaning: 'A user asked for it.' },
  stopping: { discourage: false, meaning: 'The node stops.' },
} as const;

/** One of `DISCONNECT_REASONS`. */
export type DisconnectReason = keyof typeof DISCONNECT_REASONS;

type Verdicts = Readonly<Record<RejectionKind, DisconnectReason | undefined>>;

const HARMLESS = {
  'time-future': undefined,
  'missing-prev': undefined,
  'missing-inputs': undefined,
  premature: undefined,
  conflict: undefined,
  policy: undefined,
  'policy-reconsiderable': undefined,
} as const;

/** What a refused header says of its sender. One from the future may hold later; one on an invalid block is as bad as that block. */
export const HEADER_VERDICTS: Verdicts = {
  ...HARMLESS,
  consensus: 'header-invalid',
  header: 'header-invalid',
  'invalid-prev': 'header-invalid',
  mutated: 'header-invalid',
};

/** What a refused block says of its sender. A mutated one says nothing of others who may have the honest bytes. */
export const BLOCK_VERDICTS: Verdicts = {
  ...HARMLESS,
  consensus: 'block-invalid',
  header: 'header-invalid',
  'invalid-prev': 'block-invalid',
  mutated: 'block-mutated',
};

/**
 * The same of one that came as a compact block. BIP-152 lets those be passed on before they are judged in full, so what is wrong with the
 * block itself says nothing of who sent it; on an invalid block no honest node builds.
 */
export const COMPACT_BLOCK_VERDICTS: Verdicts = { ...BLOCK_VERDICTS, consensus: undefined, mutated: undefined };

/** What a refused transaction says of its sender: only what no version ever allowed is held against it. */
export const TRANSACTION_VERDICTS: Verdicts = {
  ...HARMLESS,
  consensus: 'transaction-invalid',
  header: undefined,
  'invalid-prev': undefined,
  mutated: undefined,
};
