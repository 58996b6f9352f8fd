import type { Clock, Timer } from '../../engine/ports/clock.ts';
import type { Random } from '../../engine/ports/random.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import type { DnsMessage, DnsQuestion, DnsRecord } from './dns-message.ts';
import { encodeDnsMessage, nameKey, RECORD_TYPES } from './dns-message.ts';
import type { ServiceRecords } from './quoin-service.ts';

/** Where multicast DNS is spoken (RFC 6762, section 3). Who asks from another port knows nothing of it and is answered alone. */
export const MDNS_PORT = 5_353;

/** A record goes to all no more often (RFC 6762, section 6). */
export const MULTICAST_INTERVAL_MS = 1_000;

/** Answers to one asker alone in one second: nobody can make us send many to somebody. */
export const UNICAST_PER_SECOND = 10;

/** An announcement is repeated after this time, once (RFC 6762, section 8.3). */
const ANNOUNCE_AGAIN_MS = 1_000;

/** Others may answer too: we wait a little, and longer where the asker has more to say (RFC 6762, sections 6 and 7.2). */
const SHARED_DELAY_MS = 20;
const SHARED_SPREAD_MS = 100;
const TRUNCATED_DELAY_MS = 400;

/** Most that one who does not know multicast DNS is told to keep an answer (RFC 6762, section 6.7). */
const LEGACY_TTL_SECONDS = 10;

/** What a responder is made with. */
export interface ResponderOptions {
  readonly records: ServiceRecords;
  readonly clock: Clock;
  readonly random: Random;
  /** Sends to all on the link, or to one. */
  readonly send: (bytes: Uint8Array, to?: SocketAddress) => void;
}

/**
 * Answers about our own service on one link. What it sends does not grow with what it is asked: each record goes to all at most once a second,
 * all together in one message.
 */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #records: readonly DnsRecord[];
  /** When each record last went to all. */
  readonly #sentAtMs = new Map<DnsRecord, number>();
  /** Records to be sent to all, and who asked: undefined for several. */
  readonly #pending = new Map<DnsRecord, string | undefined>();
  readonly #unicast = { second: -1, count: 0 };
  #timer: Timer | undefined;
  #repeat: Timer | undefined;

  constructor(options: ResponderOptions) {
    this.#options = options;
    const { type, pointer, srv, txt, addresses } = options.records;
    this.#records = [pointer, srv, txt, ...addresses, type];
  }

  /** Tells all, twice. */
  announce(): void {
    this.#multicast(this.#records);
    this.#repeat = this.#options.clock.after(ANNOUNCE_AGAIN_MS, () => this.#multicast(this.#records));
  }

  /** Tells all that the service is no more, and is silent. Services of this type may go on elsewhere. */
  goodbye(): void {
    this.stop();
    const gone = this.#records.filter((record) => record !== this.#options.records.type);
    this.#send({ answers: gone.map((record) => ({ ...record, ttlSeconds: 0 })) });
  }

  /** Is silent. */
  stop(): void {
    for (const timer of [this.#timer, this.#repeat]) if (timer !== undefined) this.#options.clock.cancel(timer);
    this.#pending.clear();
  }

  /** Somebody asks, or says what it knows. */
  asked(message: DnsMessage, from: SocketAddress): void {
    const known = message.answers;
    const isKnown = (record: DnsRecord): boolean => known.some((each) => isSame(each, record) && each.ttlSeconds * 2 >= record.ttlSeconds);
    for (const [record, asker] of this.#pending) if (asker === from.host && isKnown(record)) this.#pending.delete(record);
    const questions = message.questions.filter((question) => this.#records.some((record) => isAsked(record, question)));
    const wanted = this.#records.filter((record) => questions.some((question) => isAsked(record, question)) && !isKnown(record));
    if (wanted.length === 0) return;
    if (from.port !== MDNS_PORT) this.#answerLegacy(message.id, questions, wanted, from);
    else if (questions.every(({ unicast }) => unicast) && this.#wereSentLately(wanted)) this.#answerAlone(wanted, from);
    else this.#answerAll(wanted, message.truncated, from);
  }

  #answerAll(wanted: readonly DnsRecord[], truncated: boolean, { host }: SocketAddress): void {
    const { clock, random } = this.#options;
    for (const record of wanted)
      this.#pending.set(record, !this.#pending.has(record) || this.#pending.get(record) === host ? host : undefined);
    const isShared = wanted.some(({ unique }) => !unique);
    if (!truncated && !isShared) {
      this.#flush();
    } else if (this.#timer === undefined) {
      const delayMs = (truncated ? TRUNCATED_DELAY_MS : SHARED_DELAY_MS) + random.below(SHARED_SPREAD_MS + 1);
      this.#timer = clock.after(delayMs, () => this.#flush());
    }
  }

  /** Sends what waits, as far as it was not sent within the last second; the rest then. */
  #flush(): void {
    const { clock } = this.#options;
    if (this.#timer !== undefined) clock.cancel(this.#timer);
    this.#timer = undefined;
    const now = clock.monotonicMs();
    const dueAtMs = (record: DnsRecord): number => (this.#sentAtMs.get(record) ?? Number.NEGATIVE_INFINITY) + MULTICAST_INTERVAL_MS;
    const due = [...this.#pending.keys()].filter((record) => dueAtMs(record) <= now);
    for (const record of due) this.#pending.delete(record);
    const further = this.#belongingTo(due).filter((record) => dueAtMs(record) <= now);
    if (due.length > 0) this.#multicast(due, further);
    if (this.#pending.size === 0) return;
    const nextAtMs = Math.min(...Array.from(this.#pending.keys(), dueAtMs));
    this.#timer = clock.after(nextAtMs - now, () => this.#flush());
  }

  #answerAlone(wanted: readonly DnsRecord[], to: SocketAddress): void {
    if (this.#mayUnicast()) this.#send({ answers: wanted, additionals: this.#belongingTo(wanted) }, to);
  }

  /** As a plain name server would: with the question, and nothing that only multicast DNS knows. */
  #answerLegacy(id: number, questions: readonly DnsQuestion[], wanted: readonly DnsRecord[], to: SocketAddress): void {
    if (!this.#mayUnicast()) return;
    const plain = (record: DnsRecord): DnsRecord => ({ ...record, unique: false, ttlSeconds: LEGACY_TTL_SECONDS });
    const asked = questions.map((question) => ({ ...question, unicast: false }));
    this.#send({ id, questions: asked, answers: wanted.map(plain), additionals: this.#belongingTo(wanted).map(plain) }, to);
  }

  /** What an asker will want to know next (RFC 6763, section 12). */
  #belongingTo(answers: readonly DnsRecord[]): DnsRecord[] {
    const { pointer, srv, txt, addresses } = this.#options.records;
    const further: DnsRecord[] = [];
    if (answers.includes(pointer)) further.push(srv, txt);
    if (answers.includes(pointer) || answers.includes(srv)) further.push(...addresses);
    return further.filter((record) => !answers.includes(record));
  }

  /** Whether all of them went to all within a quarter of their time (RFC 6762, section 5.4). */
  #wereSentLately(records: readonly DnsRecord[]): boolean {
    const now = this.#options.clock.monotonicMs();
    return records.every((record) => now - (this.#sentAtMs.get(record) ?? Number.NEGATIVE_INFINITY) < record.ttlSeconds * 250);
  }

  #mayUnicast(): boolean {
    const second = Math.floor(this.#options.clock.monotonicMs() / 1000);
    if (second !== this.#unicast.second) Object.assign(this.#unicast, { second, count: 0 });
    return this.#unicast.count++ < UNICAST_PER_SECOND;
  }

  #multicast(answers: readonly DnsRecord[], additionals: readonly DnsRecord[] = []): void {
    const now = this.#options.clock.monotonicMs();
    for (const record of [...answers, ...additionals]) this.#sentAtMs.set(record, now);
    this.#send({ answers, additionals });
  }

  #send(parts: Partial<DnsMessage>, to?: SocketAddress): void {
    const message = { id: 0, isResponse: true, truncated: false, questions: [], answers: [], additionals: [], ...parts };
    this.#options.send(encodeDnsMessage(message), to);
  }
}

function isAsked(record: DnsRecord, { name, type }: DnsQuestion): boolean {
  return (type === RECORD_TYPES.any || type === RECORD_TYPES[record.data.type]) && nameKey(name) === nameKey(record.name);
}

/** Whether two are the same pointer. Of other records nobody lists what it knows: there is one, and who has it does not ask. */
function isSame(a: DnsRecord, b: DnsRecord): boolean {
  if (a.data.type !== 'ptr' || b.data.type !== 'ptr') return false;
  return nameKey(a.name) === nameKey(b.name) && nameKey(a.data.target) === nameKey(b.data.target);
}
