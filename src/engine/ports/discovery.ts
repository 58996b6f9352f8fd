import type { SocketAddress } from './transport.ts';

/** What a node says of itself to its subnet. */
export interface OwnService {
  /** Where it accepts peers; the host may stand for every address of this machine. */
  readonly address: SocketAddress;
  /** Its network: the message start bytes in hexadecimal. */
  readonly net: string;
}

/** A node that says it is on the subnet. Nothing of it is proved but where its words came from. */
export interface Sighting {
  /** Its network, as it says. */
  readonly net: string;
  /** The host that the words came from, on a link of this machine, and the port that they name. An IPv6 host may have a zone (`%eth0`). */
  readonly address: SocketAddress;
  /** How long they hold; 0: the node says that it goes. */
  readonly ttlSeconds: number;
}

/** Words on the subnet: ours to others, theirs to us. */
export interface Discovery {
  /**
   * Begins to tell of ourselves, if there is something to tell, and to listen. Where that is impossible nothing is ever seen.
   *
   * @param seen - told of every sighting, again each time that a node repeats itself; of any number of them
   */
  start(own: OwnService | undefined, seen: (sighting: Sighting) => void): Promise<void>;
  /** Says good-bye and is silent. */
  stop(): Promise<void>;
}
