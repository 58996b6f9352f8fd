import { toHex } from '../../core/base/bytes.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { Clock, Timer } from '../../engine/ports/clock.ts';
import type { Discovery, OwnService, Sighting } from '../../engine/ports/discovery.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { Random } from '../../engine/ports/random.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { Browser } from './browser.ts';
import type { DnsMessage, DnsQuestion } from './dns-message.ts';
import { decodeDnsMessage, encodeDnsMessage, RECORD_TYPES } from './dns-message.ts';
import type { Link, Multicast } from './multicast.ts';
import type { OwnInstance } from './quoin-service.ts';
import { instanceName, OTHER_TTL_SECONDS, pointerTo, SERVICE_TYPE, serviceRecords } from './quoin-service.ts';
import { MDNS_PORT, Responder } from './responder.ts';

/** Messages that are read in a second, and at once after a pause; the others are dropped unread. */
export const MESSAGES_PER_SECOND = 200;

/** The first question waits a little, so that machines which start together do not ask at once (RFC 6762, section 5.2). */
const ASK_DELAY_MS = 20;
const ASK_SPREAD_MS = 100;

/** Time to the second question; it doubles from one to the next, up to an hour (RFC 6762, section 5.2). New nodes announce themselves. */
const ASK_AGAIN_MS = 1_000;
const ASK_AGAIN_MS_MAX = 3_600_000;

/** Instances that a question lists as known: with them it fits into one packet. */
const KNOWN_ANSWERS_MAX = 12;

const LABEL_RANDOM_BYTES = 8;

/** What DNS service discovery is made with. */
export interface DnsSdOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly multicast: Multicast;
}

/** One link while it is there. */
interface Spoken {
  readonly link: Link;
  readonly responder: Responder | undefined;
  timer: Timer | undefined;
}

/** DNS service discovery over multicast DNS (RFC 6763, RFC 6762), of the one service type that nodes of quoin have. */
class DnsSd implements Discovery {
  readonly #options: DnsSdOptions;
  readonly #spoken = new Map<Link, Spoken>();
  #own: OwnInstance | undefined;
  #browser: Browser | undefined;
  #budget = { count: MESSAGES_PER_SECOND, atMs: 0 };

  constructor(options: DnsSdOptions) {
    this.#options = options;
  }

  async start(own: OwnService | undefined, seen: (sighting: Sighting) => void): Promise<void> {
    const { clock, log, multicast, random } = this.#options;
    const label = `quoin-${toHex(random.bytes(LABEL_RANDOM_BYTES))}`;
    this.#own = own && { label, port: own.address.port, net: own.net };
    this.#browser = new Browser({ clock, ownLabel: this.#own?.label, seen });
    this.#budget.atMs = clock.monotonicMs();
    await multicast.open({
      only: own?.address.host,
      up: (link) => this.#up(link),
      down: (link) => this.#down(link),
      received: (link, bytes, from) => this.#received(link, bytes, from),
      failed: (why) => log.warn('discovery-failed', { why }),
    });
  }

  async stop(): Promise<void> {
    for (const spoken of this.#spoken.values()) {
      spoken.responder?.goodbye();
      if (spoken.timer !== undefined) this.#options.clock.cancel(spoken.timer);
    }
    this.#spoken.clear();
    await this.#options.multicast.close();
  }

  #up(link: Link): void {
    const { clock, log, multicast, random } = this.#options;
    const send = (bytes: Uint8Array, to?: SocketAddress): void => multicast.send(link, bytes, to);
    const responder = this.#own && new Responder({ records: serviceRecords(this.#own, link.addresses), clock, random, send });
    const spoken: Spoken = { link, responder, timer: undefined };
    this.#spoken.set(link, spoken);
    log.info('discovery-begins', { interface: link.name, address: link.host, announces: responder !== undefined });
    responder?.announce();
    spoken.timer = clock.after(ASK_DELAY_MS + random.below(ASK_SPREAD_MS + 1), () => this.#browse(spoken, ASK_AGAIN_MS));
  }

  #down(link: Link): void {
    const spoken = this.#spoken.get(link);
    spoken?.responder?.stop();
    if (spoken?.timer !== undefined) this.#options.clock.cancel(spoken.timer);
    this.#spoken.delete(link);
  }

  /** Asks who is there, and again later. */
  #browse(spoken: Spoken, againMs: number): void {
    const known = this.#browser?.knownAnswers(KNOWN_ANSWERS_MAX) ?? [];
    // What we send comes back to us: as a known answer our own instance makes us be silent about it.
    if (this.#own !== undefined) known.push(pointerTo(this.#own.label, OTHER_TTL_SECONDS));
    this.#ask(spoken.link, { questions: [{ name: SERVICE_TYPE, type: RECORD_TYPES.ptr, unicast: false }], answers: known });
    const nextMs = Math.min(againMs * 2, ASK_AGAIN_MS_MAX);
    spoken.timer = this.#options.clock.after(againMs, () => this.#browse(spoken, nextMs));
  }

  #ask(link: Link, parts: Pick<DnsMessage, 'questions'> & Partial<DnsMessage>): void {
    const message = { id: 0, isResponse: false, truncated: false, answers: [], additionals: [], ...parts };
    this.#options.multicast.send(link, encodeDnsMessage(message));
  }

  #askAbout(link: Link, label: string): void {
    const name = instanceName(label);
    const questions = [RECORD_TYPES.srv, RECORD_TYPES.txt].map((type): DnsQuestion => ({ name, type, unicast: false }));
    this.#ask(link, { questions });
  }

  #received(link: Link, bytes: Uint8Array, from: SocketAddress): void {
    // From port 0 nothing can be asked, since nothing can be sent there.
    if (from.port === 0 || !this.#mayRead()) return;
    let message: DnsMessage;
    try {
      message = decodeDnsMessage(bytes);
    } catch (error) {
      if (error instanceof DecodeError) return;
      throw error;
    }
    if (!message.isResponse) this.#spoken.get(link)?.responder?.asked(message, from);
    else if (from.port === MDNS_PORT) this.#browser?.answered(message, from.host, (label) => this.#askAbout(link, label));
  }

  #mayRead(): boolean {
    const now = this.#options.clock.monotonicMs();
    const { count, atMs } = this.#budget;
    const gained = ((now - atMs) / 1000) * MESSAGES_PER_SECOND;
    this.#budget = { count: Math.min(MESSAGES_PER_SECOND, count + gained), atMs: now };
    if (this.#budget.count < 1) return false;
    this.#budget.count--;
    return true;
  }
}

/** DNS service discovery on the links that `multicast` finds. */
export function createDnsSd(options: DnsSdOptions): Discovery {
  return new DnsSd(options);
}
