import type { Clock } from '../../engine/ports/clock.ts';
import type { Sighting } from '../../engine/ports/discovery.ts';
import type { DnsMessage, DnsRecord } from './dns-message.ts';
import { nameKey } from './dns-message.ts';
import { isServiceType, labelOfInstance, networkOfText, OTHER_TTL_SECONDS, pointerTo } from './quoin-service.ts';

/** Instances that are remembered, so that what is said of one in several messages comes together; the one not heard of longest makes room. */
export const INSTANCES_MAX = 128;

/** The same of one host: nobody fills the table from one place. */
export const INSTANCES_PER_HOST = 4;

/** Questions in one second about instances of which only a part is known. */
export const ASKS_PER_SECOND = 10;

/** What is known of an instance, as one host says it. */
interface Instance {
  readonly label: string;
  readonly host: string;
  pointer: { readonly ttlSeconds: number; readonly untilMs: number } | undefined;
  srv: { readonly port: number; readonly ttlSeconds: number } | undefined;
  txt: { readonly net: string | undefined; readonly ttlSeconds: number } | undefined;
}

/** What one message says of one instance. */
type Said = { pointer?: DnsRecord; srv?: DnsRecord; txt?: DnsRecord };

/** What a browser is made with. */
export interface BrowserOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Our own instance, which is not looked at. */
  readonly ownLabel: string | undefined;
  readonly seen: (sighting: Sighting) => void;
}

/**
 * Makes sightings out of answers. A host is believed of nothing but itself: the address of a sighting is where the answer came from, whatever
 * addresses its records name, so that nobody can make us call somebody else.
 */
export class Browser {
  readonly #options: BrowserOptions;
  /** By host and label, the one heard of longest ago first. */
  readonly #instances = new Map<string, Instance>();
  readonly #asked = { second: -1, count: 0 };

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  /** Instances that are remembered. */
  get size(): number {
    return this.#instances.size;
  }

  /**
   * An answer came.
   *
   * @param host - where from: it is on the link that it came by
   * @param ask - asks the link about an instance, of which something is missing
   */
  answered(message: DnsMessage, host: string, ask: (label: string) => void): void {
    for (const [label, said] of this.#saidOf(message)) {
      const key = `${host} ${nameKey([label])}`;
      const isGoodbye = said.pointer?.ttlSeconds === 0 || said.srv?.ttlSeconds === 0;
      const instance = this.#instances.get(key) ?? (isGoodbye ? undefined : this.#newInstance(label, host));
      if (instance === undefined) continue;
      this.#instances.delete(key);
      if (isGoodbye) {
        this.#tell(instance, 0);
        continue;
      }
      this.#instances.set(key, instance);
      this.#take(instance, said);
      if (instance.srv !== undefined && instance.txt !== undefined) this.#tell(instance, heldSeconds(instance));
      else if (this.#mayAsk()) ask(label);
    }
  }

  /** Instances that need not be told to us again, for as many as fit: those whose time is not half over (RFC 6762, section 7.1). */
  knownAnswers(max: number): DnsRecord[] {
    const now = this.#options.clock.monotonicMs();
    const known: DnsRecord[] = [];
    for (const { label, pointer } of this.#instances.values()) {
      const leftSeconds = pointer === undefined ? 0 : Math.floor((pointer.untilMs - now) / 1000);
      if (pointer === undefined || known.length >= max || leftSeconds * 2 <= pointer.ttlSeconds) continue;
      known.push(pointerTo(label, leftSeconds));
    }
    return known;
  }

  /** What a message says, by instance. */
  #saidOf({ answers, additionals }: DnsMessage): Map<string, Said> {
    const all = new Map<string, Said>();
    for (const record of [...answers, ...additionals]) {
      const { data, name } = record;
      const isPointer = data.type === 'ptr' && isServiceType(name);
      const label = data.type === 'ptr' ? (isPointer ? labelOfInstance(data.target) : undefined) : labelOfInstance(name);
      if (label === undefined || label === this.#options.ownLabel) continue;
      const said = all.get(label) ?? {};
      if (data.type === 'ptr') said.pointer = record;
      else if (data.type === 'srv') said.srv = record;
      else if (data.type === 'txt') said.txt = record;
      all.set(label, said);
    }
    return all;
  }

  #newInstance(label: string, host: string): Instance | undefined {
    let ofHost = 0;
    for (const each of this.#instances.values()) if (each.host === host) ofHost++;
    if (ofHost >= INSTANCES_PER_HOST) return undefined;
    const [oldest] = this.#instances.keys();
    if (this.#instances.size >= INSTANCES_MAX && oldest !== undefined) this.#instances.delete(oldest);
    return { label, host, pointer: undefined, srv: undefined, txt: undefined };
  }

  #take(instance: Instance, { pointer, srv, txt }: Said): void {
    const seconds = (record: DnsRecord): number => Math.min(record.ttlSeconds, OTHER_TTL_SECONDS);
    if (pointer !== undefined) {
      const ttlSeconds = seconds(pointer);
      instance.pointer = { ttlSeconds, untilMs: this.#options.clock.monotonicMs() + ttlSeconds * 1000 };
    }
    if (srv?.data.type === 'srv') instance.srv = { port: srv.data.port, ttlSeconds: seconds(srv) };
    if (txt?.data.type === 'txt') instance.txt = { net: networkOfText(txt.data.strings), ttlSeconds: seconds(txt) };
  }

  #tell({ host, srv, txt }: Instance, ttlSeconds: number): void {
    if (srv === undefined || txt?.net === undefined || srv.port === 0) return;
    this.#options.seen({ net: txt.net, address: { host, port: srv.port }, ttlSeconds });
  }

  #mayAsk(): boolean {
    const second = Math.floor(this.#options.clock.monotonicMs() / 1000);
    if (second !== this.#asked.second) Object.assign(this.#asked, { second, count: 0 });
    return this.#asked.count++ < ASKS_PER_SECOND;
  }
}

/** How long the shortest of what is known holds, at least a second. */
function heldSeconds({ pointer, srv, txt }: Instance): number {
  const held = [pointer, srv, txt].flatMap((each) => each?.ttlSeconds ?? []);
  return Math.max(1, Math.min(...held));
}
