/**
 * Bitcoin Core's REST: the routes below `/rest/`, their formats, status codes and words, for programs that read a bitcoind so.
 *
 * Owns what each address means and how its answer is written. Does not own how JSON shows blocks, headers and transactions (rpc, which
 * answers the same), HTTP itself with its logins and limits (http), nor the node (a port). Begin with handler.ts, which lists the routes.
 *
 * @module
 */

export type { RestAnswer, RestCall } from './answer.ts';
export { createRestHandler, type RestHandler } from './handler.ts';
