/**
 * The wallet of the C++ node: outputs of every kind, and transactions that a node must refuse.
 *
 * @module
 */

import type { PeerNode } from './peer-node.ts';

/** The peer's words for kinds of addresses: P2PKH, P2SH-P2WPKH, P2WPKH, P2TR. */
const KINDS = ['legacy', 'p2sh-segwit', 'bech32', 'bech32m'] as const;

type Kind = (typeof KINDS)[number];

/** A coin of the wallet. */
interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly amount: number;
  readonly desc: string;
}

/** Transactions that are handed in together, and how: with the peer's default limit of the fee rate, or with another. */
export type RefusedTransaction = readonly [what: string, hexes: readonly string[], rate: readonly number[]];

/** Coins with eight decimals, `less` taken away. */
function coins(amount: number, less = 0): string {
  return (Math.round((amount - less) * 1e8) / 1e8).toFixed(8);
}

/** The same hexadecimal with one digit changed. */
function flipped(hex: string, part: string): string {
  const at = 40;
  return hex.replace(part, `${part.slice(0, at)}${part[at] === '0' ? '1' : '0'}${part.slice(at + 1)}`);
}

/** Coins that every case here can be made of. */
const COIN_MIN = 2.1;

const UNKNOWN_TXID = '11'.repeat(32);

/** Bytes of the version, and of an input without a script, in hexadecimal digits. */
const VERSION_DIGITS = 8;
const BARE_INPUT_DIGITS = 82;

/** A wallet of the peer. */
export class PeerWallet {
  readonly #peer: PeerNode;
  readonly #addresses: Readonly<Record<Kind, string>>;
  #coins: Coin[] = [];

  private constructor(peer: PeerNode, addresses: Readonly<Record<Kind, string>>) {
    this.#peer = peer;
    this.#addresses = addresses;
  }

  static async create(peer: PeerNode): Promise<PeerWallet> {
    await peer.rpc('createwallet', 'w');
    const made = await Promise.all(KINDS.map(async (kind) => [kind, await peer.rpc('getnewaddress', '', kind)]));
    return new PeerWallet(peer, Object.fromEntries(made) as Record<Kind, string>);
  }

  address(kind: Kind): string {
    return this.#addresses[kind];
  }

  /** Mines so many blocks to an address of each kind. */
  async mineToEachKind(count: number): Promise<void> {
    for (const kind of KINDS) await this.#peer.rpc('generatetoaddress', count, this.#addresses[kind]);
  }

  /** Pays so much to a new address of each kind. */
  async payToEachKind(amount: number): Promise<void> {
    for (const kind of KINDS) await this.#peer.rpc('sendtoaddress', await this.#peer.rpc('getnewaddress', '', kind), amount);
  }

  /** A signed transaction that spends the first output that is the wallet's of a waiting one. */
  async childOf(txid: string): Promise<string> {
    const { vout } = (await this.#peer.rpc('gettransaction', txid, true, true)).decoded as { vout: { value: number; n: number }[] };
    const { n, value } = vout[0]!;
    return this.#sign(await this.#create([{ txid, vout: n }], coins(value, 0.001)));
  }

  #create(inputs: readonly object[], amount: string | number, lockTime = 0, others: readonly object[] = []): Promise<string> {
    return this.#peer.rpc('createrawtransaction', inputs, [{ [this.#addresses.legacy]: amount }, ...others], lockTime);
  }

  async #sign(hex: string, spent: readonly object[] = []): Promise<string> {
    return (await this.#peer.rpc('signrawtransactionwithwallet', hex, spent)).hex;
  }

  /** A confirmed coin that no other transaction here spends, of a kind if one is named. */
  #coin(kind = ''): Coin {
    const at = this.#coins.findIndex(({ amount, desc }) => amount > COIN_MIN && desc.startsWith(kind));
    const [coin] = this.#coins.splice(at, 1);
    if (at < 0 || coin === undefined) throw new Error(`the wallet has no coin ${kind}`);
    return coin;
  }

  /** A signed transaction that spends a coin and leaves a fee. */
  async #spend({ txid, vout, amount }: Coin, fee: number, changes: { lockTime?: number; sequence?: number; others?: object[] } = {}) {
    const { lockTime = 0, others = [], sequence } = changes;
    return this.#sign(
      await this.#create([{ txid, vout, ...(sequence === undefined ? {} : { sequence }) }], coins(amount, fee), lockTime, others),
    );
  }

  /** Transactions that break a rule of the fees. */
  async #wrongFees(): Promise<RefusedTransaction[]> {
    const dust = [{ [this.#addresses.bech32]: '0.00000100' }];
    const waiting = await this.#peer.rpc('getrawtransaction', (await this.#peer.rpc('getrawmempool'))[0], 1);
    const spent = (waiting.vin as { txid: string; vout: number }[]).map(({ txid, vout }) => ({ txid, vout }));
    let worth = 0;
    for (const { txid, vout } of spent) worth += (await this.#peer.rpc('gettxout', txid, vout, false)).value;
    return [
      ['no fee', [await this.#spend(this.#coin(), 0)], []],
      ['too small a fee', [await this.#spend(this.#coin(), 0.00000005)], []],
      ['more out than in', [await this.#spend(this.#coin(), -1)], []],
      ['too large a fee', [await this.#spend(this.#coin(), 2)], []],
      ['dust', [await this.#spend(this.#coin(), 0.001, { others: dust })], []],
      ['a replacement that pays too little', [await this.#sign(await this.#create(spent, coins(worth, 0.000002)))], []],
    ];
  }

  /** Transactions whose time has not come, or whose coins are not there. */
  async #tooEarly(): Promise<RefusedTransaction[]> {
    const height = (await this.#peer.rpc('getblockcount')) as number;
    const young = await this.#peer.rpc('getblock', await this.#peer.rpc('getblockhash', height - 30), 2);
    const coinbase = young.tx[0] as { txid: string; hex: string; vout: { value: number }[] };
    const confirmed = this.#coin('wpkh');
    const inBlock = (await this.#peer.rpc('gettransaction', confirmed.txid)).hex as string;
    return [
      ['a later lock time', [await this.#spend(this.#coin(), 0.001, { lockTime: 100_000 })], []],
      ['a later relative lock time', [await this.#spend(this.#coin(), 0.001, { sequence: 60_000 })], []],
      ['a young coinbase spent', [await this.#sign(await this.#create([{ txid: coinbase.txid, vout: 0 }], 1))], []],
      ['a coinbase', [coinbase.hex], [0]],
      ['coins that nobody has', [await this.#create([{ txid: UNKNOWN_TXID, vout: 0 }], 1)], []],
      ['one that is in a block', [inBlock], [0]],
    ];
  }

  /** Transactions whose signatures or form are wrong. */
  async #malformed(): Promise<RefusedTransaction[]> {
    const broken = async (kind: string): Promise<string> => {
      const hex = await this.#spend(this.#coin(kind), 0.001);
      const [input] = (await this.#peer.rpc('decoderawtransaction', hex)).vin;
      return flipped(hex, input.txinwitness?.[0] ?? input.scriptSig.hex);
    };
    const coin = this.#coin('wpkh');
    const bare = await this.#create([{ txid: coin.txid, vout: coin.vout }], coins(coin.amount, 0.001));
    const input = bare.slice(VERSION_DIGITS + 2, VERSION_DIGITS + 2 + BARE_INPUT_DIGITS);
    const none = await this.#peer.rpc('createrawtransaction', [{ txid: coin.txid, vout: coin.vout }], []);
    const signed = await this.#spend(coin, 0.001);
    return [
      ['a wrong signature, P2PKH', [await broken('pkh')], []],
      ['a wrong signature, P2SH-P2WPKH', [await broken('sh')], []],
      ['a wrong signature, P2WPKH', [await broken('wpkh')], []],
      ['a wrong signature, P2TR', [await broken('tr')], []],
      ['no signature', [bare], []],
      ['no outputs', [none], [0]],
      ['an input twice', [bare.replace(`01${input}`, `02${input}${input}`)], []],
      ['version 4', [signed.replace('02', '04')], []],
    ];
  }

  /** A signed transaction that spends the first output of one that nobody has seen. */
  async #childOfUnsent(parent: string, fee: number, version = 2): Promise<string> {
    const { txid, vout } = await this.#peer.rpc('decoderawtransaction', parent);
    const spent = [{ txid, vout: 0, scriptPubKey: vout[0].scriptPubKey.hex, amount: vout[0].value }];
    const bare = await this.#create([{ txid, vout: 0 }], coins(vout[0].value, fee));
    return this.#sign(bare.replace(/^02/, `0${version}`), spent);
  }

  /** Transactions to be tested together: what goes, and what is refused at one of them. None is to be handed in. */
  async packages(): Promise<RefusedTransaction[]> {
    this.#coins = await this.#peer.rpc('listunspent', 1);
    const parent = await this.#spend(this.#coin('wpkh'), 0.001);
    const child = await this.#childOfUnsent(parent, 0.001);
    const grandchild = await this.#childOfUnsent(child, 0.001);
    const dear = await this.#childOfUnsent(parent, 1.5);
    const [input] = (await this.#peer.rpc('decoderawtransaction', child)).vin;
    const other = await this.#spend(this.#coin(), 0.001);
    const waiting = (await this.#peer.rpc('getrawmempool'))[0] as string;
    const replaced = await this.#peer.rpc('getrawtransaction', waiting, 1);
    const { txid, vout } = replaced.vin[0];
    const rival = await this.#sign(await this.#create([{ txid, vout }], 0.5));
    const long = [parent];
    while (long.length < 25) long.push(await this.#childOfUnsent(long.at(-1) as string, 0.0001));
    return [
      ['a parent and its child', [parent, child], []],
      ['three generations', [parent, child, grandchild], []],
      ['25 generations', long, []],
      ['two that know nothing of one another', [parent, other], []],
      ['a child without a fee', [parent, await this.#childOfUnsent(parent, 0), other], []],
      ['a child with a wrong signature', [parent, flipped(child, input.scriptSig.hex), grandchild], []],
      ['a child that pays more than is allowed', [parent, dear, other], []],
      ['a child that may pay so much', [parent, dear, other], [0]],
      ['a parent that is not there', [other, child, grandchild], []],
      ['one that waits', [replaced.hex, other], []],
      ['one that would replace', [rival, other], []],
    ];
  }

  /** Several at once that do not go together. */
  async #packages(): Promise<RefusedTransaction[]> {
    const coin = this.#coin('wpkh');
    const parent = await this.#spend(coin, 0.001);
    const child = await this.#childOfUnsent(parent, 0.001);
    return [
      ['the same twice', [parent, parent], []],
      ['a child before its parent', [child, parent], []],
      ['two that spend the same', [parent, await this.#spend(coin, 0.003)], []],
      ['a child without its parent', [child], []],
    ];
  }

  /** Transactions that every node refuses, and why. Each spends other coins, so that they can be handed in one after another. */
  async refusedTransactions(): Promise<RefusedTransaction[]> {
    this.#coins = await this.#peer.rpc('listunspent', 1);
    return [...(await this.#wrongFees()), ...(await this.#tooEarly()), ...(await this.#malformed()), ...(await this.#packages())];
  }
}
