import type { SocketAddress } from '../../engine/ports/transport.ts';

/** A link that this machine is on, by one of its interfaces. */
export interface Link {
  /** The interface. */
  readonly name: string;
  /** Our address there. */
  readonly host: string;
  /** Our addresses there that are announced, 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
}

/** What is told of links. */
export interface MulticastHandlers {
  /** Only the link of this address of ours, unless it stands for all of them; undefined: all. */
  readonly only: string | undefined;
  up(link: Link): void;
  down(link: Link): void;
  /** A message came that was sent by a host on the link. */
  received(link: Link, bytes: Uint8Array, from: SocketAddress): void;
  /** Nothing can be received, or not any more. */
  failed(why: string): void;
}

/** Multicast DNS as packets: on links with private and link-local addresses alone. */
export interface Multicast {
  /** Begins. What goes wrong is told by `failed`. */
  open(handlers: MulticastHandlers): Promise<void>;
  /** Sends to all on a link, or to one host there. What cannot be sent is lost, as any packet can be. */
  send(link: Link, bytes: Uint8Array, to?: SocketAddress): void;
  /** Ends, when what was sent before is on its way. */
  close(): Promise<void>;
}
