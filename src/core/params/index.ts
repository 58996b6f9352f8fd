/**
 * Networks as data: constants, rules and the genesis block of each, built in or read from a user's file.
 *
 * Owns what a network is and the check of a network file. Does not own what the rules do with it (consensus), nor where files lie.
 * Begin with types.ts; quoin.ts is a whole network, network-file.ts the check that all of them pass.
 *
 * @module
 */

export type { NetworkFact } from './explain-network.ts';
export { explainNetwork } from './explain-network.ts';
export type { FieldProblem } from './field-reader.ts';
export type { GenesisFields } from './genesis.ts';
export { genesisFieldsOf, makeGenesis } from './genesis.ts';
export { main } from './main.ts';
export type { GenesisChoices, GenesisPlan, NetworkChoices } from './network-definition.ts';
export { createNetworkDefinition, planGenesis } from './network-definition.ts';
export {
  bitsOfDifficulty,
  DIFFICULTY_BITS_MAX,
  NETWORK_FILE_LENGTH_MAX,
  NetworkFileError,
  networkFromFile,
  parseNetworkJson,
} from './network-file.ts';
export type { GenesisFile, NetworkFile } from './network-json.ts';
export { MINE_ONE, networkToFile } from './network-json.ts';
export { builtInNetworks, findNetwork, loadNetworkFile } from './networks.ts';
export { quoin } from './quoin.ts';
export { regtest, regtestWithHeights } from './regtest.ts';
export { signet, signetMessageStart, signetWithChallenge } from './signet.ts';
export { testnet4 } from './testnet4.ts';
export type {
  ActivationHeights,
  Base58Prefixes,
  Bip32Versions,
  ConsensusParams,
  Deployment,
  FilterCheckpoint,
  FutureTimeRule,
  NetworkHistory,
  NetworkParams,
  NetworkPorts,
  PowParams,
  RetargetRule,
  ScriptException,
  ScriptRule,
  SnapshotBase,
  SubsidyParams,
} from './types.ts';
export { ALWAYS_ACTIVE } from './types.ts';
