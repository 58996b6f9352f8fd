/**
 * The description of the interface at `/openapi.json` and the page to read and try it at `/docs`, all from this package.
 *
 * @module
 */

import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { PAGE } from './docs-page.ts';
import { REORG } from './event-view.ts';
import { PROBLEM, PROBLEM_MEDIA_TYPE } from './problem.ts';

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

const EVENTS_TEXT = [
  'Each event has an `id`, a name in `event` and JSON in `data`. Who comes back with the last id in `Last-Event-ID` (or `after`) gets what it',
  'missed, as far as it is kept; else the event `gap` says so first: `reason` is `expired`, or `restarted` where the id is of another run of the',
  'node, and `first` the number of the next event. The one kind of event so far is `reorg`: the active chain left a branch for another.',
].join(' ');

/** Streams have no place among the routes, which answer once. */
const EVENTS_PATH = {
  get: {
    operationId: 'streamEvents',
    tags: ['chain'],
    summary: 'What happens in the node, as server-sent events.',
    description: EVENTS_TEXT,
    parameters: [
      { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' }, description: 'Id of the last event that the client has.' },
      { name: 'after', in: 'query', schema: { type: 'string' }, description: 'The same, for who cannot set a header.' },
    ],
    responses: {
      200: {
        description: 'Events, for as long as both sides like; the data of `reorg` is described.',
        content: { 'text/event-stream': { schema: REORG } },
      },
      default: { description: 'A problem.', content: { [PROBLEM_MEDIA_TYPE]: { schema: PROBLEM } } },
    },
  },
} as const;

/** What stands above the paths, and the one path that is no route. */
export function OPENAPI(node: NodePort) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'quoin',
      version: node.version,
      description: [
        `The REST interface of a node of the network ${node.params.name}. Amounts are integers in base units, 10^8 a coin; totals over many outputs are decimal strings of them.`,
        'Hashes are hexadecimal as everywhere in Bitcoin, that is to say reversed. Errors are problem documents (RFC 9457) with a stable `code`.',
        "Bitcoin Core's JSON-RPC is answered at `POST /`. A [light client](/light) that believes no node runs in your browser.",
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
    paths: { '/events': EVENTS_PATH as object },
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
