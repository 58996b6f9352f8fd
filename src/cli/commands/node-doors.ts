/**
 * The doors of a node: its HTTP port, and who may log in there.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { createHttpServer, type HttpServer } from '../../doors/http/server.ts';
import type { RpcHandler } from '../../doors/rpc/handler.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import type { NodePlan } from './node-settings.ts';

/** Bytes of chance in a cookie and in a token. */
const SECRET_SIZE_BYTES = 32;

/** Name that a cookie logs in with; Core's. */
const COOKIE_USER = '__cookie__';

/** What is open. */
export interface Doors {
  /** `http://host:port`; undefined where no HTTP is served. */
  readonly url: string | undefined;
  /** The documentation with a login for the page, for whoever started the node. */
  readonly link: string | undefined;
  /** Loads what the first request would wait for. */
  warm(): void;
  close(): Promise<void>;
}

/** JSON-RPC whose methods are loaded when they are first wanted: they take a third of the time that a node may take to start. */
function lazyRpc(node: NodePort, curve: Secp256k1): { readonly handle: RpcHandler; readonly warm: () => void } {
  let loaded: Promise<RpcHandler> | undefined;
  const load = (): Promise<RpcHandler> => {
    loaded ??= import('../../doors/rpc/handler.ts').then(({ createRpcHandler }) => createRpcHandler(node, { curve }));
    return loaded;
  };
  return { handle: async (call) => (await load())(call), warm: () => void load() };
}

/** A new cookie in the data folder, its owner's alone from its first byte on. */
async function writeCookie(folder: string): Promise<string> {
  const cookie = `${COOKIE_USER}:${randomBytes(SECRET_SIZE_BYTES).toString('hex')}`;
  const path = join(folder, '.cookie');
  const draft = `${path}.new`;
  try {
    await rm(draft, { force: true });
    await writeFile(draft, cookie, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
    return cookie;
  } catch (error) {
    throw toNodeError(error, path);
  }
}

/**
 * Opens what the plan says. With a login of its own the node has no cookie, as Core's.
 *
 * @throws NodeError `port-in-use`, `listen-failed`
 */
export async function openDoors(node: NodePort, plan: NodePlan): Promise<Doors> {
  const { http, login } = plan;
  if (http === undefined) return { url: undefined, link: undefined, warm: () => undefined, close: async () => undefined };
  const { dataDir, secp256k1 } = plan.node;
  const token = randomBytes(SECRET_SIZE_BYTES).toString('hex');
  const rpc = lazyRpc(node, chooseSecp256k1(secp256k1));
  const keepsCookie = login === undefined && dataDir !== undefined;
  const cookie = keepsCookie ? { cookie: await writeCookie(dataDir) } : {};
  const user = login === undefined ? {} : { user: { name: login.user, password: login.password } };
  const dropCookie = async (): Promise<void> => {
    if (keepsCookie) await rm(join(dataDir, '.cookie'), { force: true });
  };
  let server: HttpServer;
  try {
    server = await createHttpServer({ node, rpc: rpc.handle, auth: { ...cookie, ...user, token }, listen: http });
  } catch (error) {
    await dropCookie();
    throw error;
  }
  return {
    url: server.url,
    link: `${server.url}/docs#token=${token}`,
    warm: rpc.warm,
    async close(): Promise<void> {
      await server.close();
      await dropCookie();
    },
  };
}
