/**
 * What a path of the REST interface is.
 *
 * @module
 */

import type { NodePort } from '../../engine/ports/node-port.ts';
import type { Static, TSchema } from '../schema.ts';
import { PROBLEM } from './problem.ts';

/** Who may use it. `open`: anyone; `read`: from this machine without a login; `login`: only with one. */
export type Access = 'open' | 'read' | 'login';

/** Headings of the description. */
export type RouteTag = 'chain' | 'transactions' | 'addresses' | 'peers' | 'mining' | 'wallet';

/** A request taken apart and held against its schemas. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** One path. */
export interface Route {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly tag: RouteTag;
  readonly summary: string;
  readonly access?: Access;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** What the body may be as `text/plain`, besides JSON. */
  readonly textBody?: TSchema;
  readonly bodySizeMax?: number;
  /** Status of success, 200 unless given. */
  readonly status?: number;
  readonly result: TSchema;
  readonly problem: TSchema;
  readonly run: (node: NodePort, request: RouteRequest<never, never, never>) => unknown;
}

type StaticOr<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** Checks that a route's function takes what its schemas describe and gives what they promise. */
export function defineRoute<
  Result extends TSchema,
  Params extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Body extends TSchema | undefined = undefined,
>(
  route: Omit<Route, 'params' | 'query' | 'body' | 'result' | 'run' | 'problem'> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly result: Result;
    readonly run: (
      node: NodePort,
      request: RouteRequest<StaticOr<Params>, StaticOr<Query>, StaticOr<Body>>,
    ) => Static<Result> | Promise<Static<Result>>;
  },
): Route {
  return { ...route, problem: PROBLEM } as unknown as Route;
}
