import { lookup } from 'node:dns/promises';
import type { Resolver } from '../../engine/ports/resolver.ts';

/** Names as this machine looks them up: its own list first, then its name servers, as every program here. */
export const systemResolver: Resolver = {
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
};
