/**
 * The HTTP port: our own REST interface with its description and a page to try it, and the way in for JSON-RPC.
 *
 * Owns logins, the checks of Host and Origin, limits, the paths under `/api/v1` and their shapes. Does not own what JSON-RPC's methods
 * say (a handler is handed in), nor the node (a port), nor where the cookie lies (node). Begin with server.ts for what happens to a
 * request, app.ts for the paths; a group of paths is a file in `routes/`.
 *
 * @module
 */

export type { HttpCredentials } from './auth.ts';
export type { CoreRestHandler } from './core-rest.ts';
export type { JsonRpcHandler } from './json-rpc.ts';
export { PROBLEMS, type ProblemCode } from './problem.ts';
export { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';
