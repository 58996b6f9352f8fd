/**
 * The networks that are built in, by name, and a user's file beside them.
 *
 * @module
 */

import { main } from './main.ts';
import { canonicalJson } from './message-start.ts';
import { isReservedName, NetworkFileError, networkFromFile, parseNetworkJson, reservedName } from './network-file.ts';
import { networkToFile } from './network-json.ts';
import { quoin } from './quoin.ts';
import { regtest, regtestWithHeights } from './regtest.ts';
import { signet } from './signet.ts';
import { testnet4 } from './testnet4.ts';
import type { NetworkParams } from './types.ts';

/** Every built-in network, the default one first. */
export const builtInNetworks: readonly NetworkParams[] = Object.freeze([quoin, regtest, signet, testnet4, main]);

/** The built-in network of this name, or undefined. */
export function findNetwork(name: string): NetworkParams | undefined {
  return builtInNetworks.find((network) => network.name === name);
}

/**
 * The network that a file's text says. It may be a built-in one written out, but no other may carry such a name.
 *
 * @throws NetworkFileError for a text that is too long, not JSON, or wrong in any field
 */
export function loadNetworkFile(text: string): NetworkParams {
  const params = networkFromFile(parseNetworkJson(text));
  // Only the network for tests may have its rules at other heights under its own name, as Core's option has it.
  const builtIn = params.name === regtest.name ? regtestWithHeights(params.consensus.heights) : findNetwork(params.name);
  const same = builtIn !== undefined && canonicalJson(networkToFile(builtIn)) === canonicalJson(networkToFile(params));
  if (isReservedName(params.name) && !same) throw new NetworkFileError(reservedName(params.name));
  return params;
}
