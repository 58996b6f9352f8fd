/**
 * The page at `/light`, which runs a light client in the reader's browser: its files, as the build has made them, and the network of this node.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { networkToFile } from '../../core/params/network-json.ts';
import type { NetworkParams } from '../../core/params/types.ts';

/**
 * The page runs its own scripts and the WebAssembly in them, and nothing else. It may call nodes anywhere, as its reader wishes; all else comes
 * from this server.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A file of the page: where it is asked for, its name, its type. */
const FILES = [
  { path: '/light', name: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/light/main.js', name: 'main.js', type: 'text/javascript; charset=utf-8' },
  { path: '/light/style.css', name: 'style.css', type: 'text/css; charset=utf-8' },
  { path: '/light/quoin.svg', name: 'quoin.svg', type: 'image/svg+xml' },
] as const;

/** Where the build puts them, in the package and in a working copy alike. */
function pageFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('quoin/package.json')), 'dist', 'pages', 'light');
}

interface LoadedFile {
  readonly plain: Buffer;
  readonly packed: Buffer;
  /** Tells whether a browser has it already. */
  readonly tag: string;
}

async function loadFile(name: string): Promise<LoadedFile> {
  const plain = await readFile(join(pageFolder(), name));
  const packed = await promisify(gzip)(plain, { level: 9 });
  return { plain, packed, tag: `"${createHash('sha256').update(plain).digest('base64url')}"` };
}

function sendFile({ headers }: FastifyRequest, reply: FastifyReply, { plain, packed, tag }: LoadedFile, type: string): FastifyReply {
  const isPacked = /(?:^|[\s,])gzip(?:$|[\s,;])/.test(headers['accept-encoding'] ?? '');
  void reply.headers({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache', vary: 'accept-encoding', etag: tag });
  if (headers['if-none-match'] === tag) return reply.code(304).send();
  if (isPacked) void reply.header('content-encoding', 'gzip');
  return reply.type(type).send(isPacked ? packed : plain);
}

/** Adds the page. It holds nothing that is not public: anyone may have it. */
export function addLightPage(app: FastifyInstance, params: NetworkParams): void {
  const open = { config: { access: 'open' }, schema: { hide: true } } as const;
  const network = JSON.stringify(networkToFile(params));
  const loaded = new Map<string, Promise<LoadedFile>>();
  for (const { path, name, type } of FILES) {
    app.get(path, open, async (request, reply) => {
      const file = loaded.get(name) ?? loadFile(name);
      loaded.set(name, file);
      return sendFile(request, reply, await file, type);
    });
  }
  app.get('/light/', open, async (_request, reply) => reply.redirect('../light'));
  app.get('/light/network.json', open, async (_request, reply) => reply.type('application/json').send(network));
}
