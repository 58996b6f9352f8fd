/**
 * The description of the interface at `/openapi.json` and the page to read and try it at `/docs`, all from this package.
 *
 * @module
 */

import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { PAGE } from './docs-page.ts';

/** The page may load nothing but its own files and talk to no one but this server. Swagger UI sets styles on its elements. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What stands above the paths. */
export function OPENAPI(node: NodePort) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'quoin',
      version: node.version,
      description: [
        `The REST interface of a node of the network ${node.params.name}. Amounts are integers in base units, 10^8 a coin; totals over many outputs are decimal strings of them.`,
        'Hashes are hexadecimal as everywhere in Bitcoin, that is to say reversed. Errors are problem documents (RFC 9457) with a stable `code`.',
        "Bitcoin Core's JSON-RPC is answered at `POST /`.",
      ].join('\n\n'),
    },
    tags: [
      { name: 'chain', description: 'Blocks and the state of the node.' },
      { name: 'transactions', description: 'Transactions and those that wait.' },
      { name: 'addresses', description: 'What addresses have; needs an index.' },
      { name: 'peers', description: 'Connections to other nodes.' },
      { name: 'mining', description: 'The miner of this node.' },
      { name: 'wallet', description: 'The wallet of this node.' },
    ],
    components: {
      securitySchemes: {
        basic: { type: 'http' as const, scheme: 'basic', description: 'The two halves of the cookie file, or a name and password.' },
        bearer: { type: 'http' as const, scheme: 'bearer', description: 'The token in the link that the node prints.' },
      },
    },
  };
}

/** Adds both paths. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, async () => app.swagger());
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      uiConfig: { docExpansion: 'list' },
      logo: PAGE.logo,
      theme: { title: PAGE.title, favicon: [...PAGE.favicon], js: [...PAGE.js] },
    });
  });
}
