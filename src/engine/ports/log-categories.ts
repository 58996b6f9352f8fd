/**
 * What lines of the level `debug` are about, by the names that Core has for it, so that they can be asked for by group.
 *
 * @module
 */

/** Core's categories, those too of which this node has nothing to say. */
export const LOG_CATEGORIES = [
  'addrman',
  'bench',
  'blockstorage',
  'cmpctblock',
  'coindb',
  'estimatefee',
  'http',
  'i2p',
  'ipc',
  'kernel',
  'leveldb',
  'libevent',
  'mempool',
  'mempoolrej',
  'net',
  'privatebroadcast',
  'proxy',
  'prune',
  'qt',
  'rand',
  'reindex',
  'rpc',
  'scan',
  'selectcoins',
  'tor',
  'txpackages',
  'txreconciliation',
  'validation',
  'walletdb',
  'zmq',
] as const;

/** One of them. */
export type LogCategory = (typeof LOG_CATEGORIES)[number];

/** An event of the level `debug`. */
export type DebugEvent =
  | 'block-refused'
  | 'coins-written'
  | 'dial-failed'
  | 'fee-estimates-written'
  | 'header-presync'
  | 'header-presync-over'
  | 'header-refused'
  | 'message-dropped'
  | 'message-malformed'
  | 'message-received'
  | 'payment-not-sent-again'
  | 'peer-disconnected'
  | 'peer-evicted'
  | 'resolve-failed'
  | 'rpc-asked'
  | 'transaction-accepted'
  | 'transaction-not-returned'
  | 'transaction-refused';

/** What each of them is about. */
export const DEBUG_EVENTS: Readonly<Record<DebugEvent, LogCategory>> = {
  'block-refused': 'validation',
  'coins-written': 'coindb',
  'dial-failed': 'net',
  'fee-estimates-written': 'estimatefee',
  'header-presync': 'net',
  'header-presync-over': 'net',
  'header-refused': 'validation',
  'message-dropped': 'net',
  'message-malformed': 'net',
  'message-received': 'net',
  'payment-not-sent-again': 'walletdb',
  'peer-disconnected': 'net',
  'peer-evicted': 'net',
  'resolve-failed': 'net',
  'rpc-asked': 'rpc',
  'transaction-accepted': 'mempool',
  'transaction-not-returned': 'mempool',
  'transaction-refused': 'mempoolrej',
};

/** Which categories' lines are written. */
export interface LogSwitches {
  isOn(category: LogCategory): boolean;
  set(category: LogCategory, on: boolean): void;
}

/** The categories that a word stands for: itself, or all for `all`, `1` and nothing; undefined for another word. */
export function categoriesOf(word: string): readonly LogCategory[] | undefined {
  if (word === '' || word === '1' || word === 'all') return LOG_CATEGORIES;
  const named = LOG_CATEGORIES.find((each) => each === word);
  return named === undefined ? undefined : [named];
}
