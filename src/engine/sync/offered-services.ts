import { SERVICES } from '../../core/wire/services.ts';

/** What a node has for others, and whether it encrypts. */
interface Offer {
  /** It may change: a node that was begun with loaded coins has old blocks only later. */
  readonly services: bigint;
  readonly transportEngine?: unknown;
}

/** What peers are told now that we offer, bits of `SERVICES`. */
export function offeredServices({ services, transportEngine }: Offer): bigint {
  return transportEngine === undefined ? services : services | SERVICES.p2pV2;
}

/** The same options with others, and with the services that are offered each time that somebody asks. */
export function offering<O extends Offer, M extends object>(options: O, more: M): O & M {
  return {
    ...options,
    ...more,
    get services() {
      return offeredServices(options);
    },
  };
}
