/**
 * Errors that a caller sees, with Bitcoin Core's codes (`src/rpc/protocol.h`).
 *
 * @module
 */

/** Core's names for its codes, as many as this node gives. */
export const RPC_ERROR = {
  /** Something failed that has no code of its own. */
  MISC_ERROR: -1,
  /** A value of a wrong JSON type. */
  TYPE_ERROR: -3,
  /** An unknown block or transaction, or an address that is none. */
  INVALID_ADDRESS_OR_KEY: -5,
  /** A value out of range, missing or too much. */
  INVALID_PARAMETER: -8,
  /** No peer is connected. */
  CLIENT_NOT_CONNECTED: -9,
  /** The chain is still being downloaded, or the waiting transactions of the last run are not all back. */
  CLIENT_IN_INITIAL_DOWNLOAD: -10,
  /** Bytes that do not decode. */
  DESERIALIZATION_ERROR: -22,
  CLIENT_NODE_ALREADY_ADDED: -23,
  CLIENT_NODE_NOT_ADDED: -24,
  /** A transaction or block that was refused for no rule of its own. */
  VERIFY_ERROR: -25,
  /** A transaction or block that breaks a rule. */
  VERIFY_REJECTED: -26,
  /** A transaction whose outputs are on the chain. */
  VERIFY_ALREADY_IN_UTXO_SET: -27,
  /** The node is still opening. */
  IN_WARMUP: -28,
  CLIENT_NODE_NOT_CONNECTED: -29,
  CLIENT_INVALID_IP_OR_SUBNET: -30,
  /** There are as many connections as there may be. */
  CLIENT_NODE_CAPACITY_REACHED: -34,
  /** JSON-RPC's own. */
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL_ERROR: -32603,
  PARSE_ERROR: -32700,
} as const;

export type RpcErrorName = keyof typeof RPC_ERROR;

/** A refusal with a code for programs and a message for people. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(kind: RpcErrorName, message: string) {
    super(message);
    this.code = RPC_ERROR[kind];
  }
}

/** HTTP status that a JSON-RPC 1 error comes with, as Core's `JSONErrorReply`. */
export function httpStatusOf(code: number): number {
  if (code === RPC_ERROR.INVALID_REQUEST) return 400;
  if (code === RPC_ERROR.METHOD_NOT_FOUND) return 404;
  return 500;
}
