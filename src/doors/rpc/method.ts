/**
 * What an RPC method is: one file in `methods/` describes it and answers it.
 *
 * @module
 */

import type { Secp256k1 } from '../../core/crypto/index.ts';
import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { TSchema } from '../schema.ts';
import type { Arguments } from './arguments.ts';
import type { JsonOutput } from './json-write.ts';
import type { SpareBytes } from './spare-bytes.ts';

/** Headings of the help, as Core's. */
export type RpcCategory = 'Blockchain' | 'Control' | 'Mining' | 'Network' | 'Rawtransactions' | 'Util';

/** One parameter. */
export interface RpcParameter {
  /** Its name; other names that it may be called by follow after `|`. */
  readonly name: string;
  /** What it may be. A schema with one `type` is held against the argument; one without is the method's to check. */
  readonly schema: TSchema;
  /** Must be given; then all before it must. */
  readonly required?: boolean;
  /** What counts where it is left out, for the help. */
  readonly fallback?: string;
  readonly description: string;
  /** Its members, which its schema names, may be given by name beside the other arguments. Core's `OBJ_NAMED_PARAMS`. */
  readonly namedMembers?: boolean;
  /** Is not shown in the help: for programs that pass it out of habit. */
  readonly hidden?: boolean;
}

/** A request that is being answered. */
export interface ActiveCommand {
  readonly method: string;
  readonly startedMs: number;
}

/** What a method is answered with. */
export interface RpcContext {
  readonly node: NodePort;
  /** Says whether a key is a point, which `desc` depends on, works out the keys of descriptors, and signs. */
  readonly curve: Secp256k1;
  /** Every method, for `help`. */
  readonly methods: ReadonlyMap<string, RpcMethod>;
  readonly activeCommands: () => readonly ActiveCommand[];
  /** Ends long work when the node stops. */
  readonly signal: CancelSignal;
  /** Memory for a long answer; new memory without it. */
  readonly spare?: SpareBytes;
}

export interface RpcMethod {
  readonly name: string;
  readonly category: RpcCategory;
  /** What it does, in full sentences, for the help. */
  readonly description: string;
  readonly params: readonly RpcParameter[];
  /** What it answers. Amounts are numbers here. */
  readonly result: TSchema;
  /** Is not listed by `help`, as Core's methods for tests. */
  readonly hidden?: boolean;
  readonly run: (context: RpcContext, args: Arguments) => JsonOutput | Promise<JsonOutput>;
}
