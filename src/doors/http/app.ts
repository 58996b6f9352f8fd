/**
 * The REST interface as a Fastify application that is handed requests; it listens to nothing itself.
 *
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { AssertionError } from '../../core/base/assert.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import type { TSchema } from '../schema.ts';
import type { Authenticator } from './auth.ts';
import { addDocs, OPENAPI } from './docs.ts';
import { isLoopback } from './guard.ts';
import { addLightPage } from './light-page.ts';
import { BODY_SIZE_MAX, JSON_DEPTH_MAX } from './limits.ts';
import {
  HttpProblem,
  isAborted,
  PROBLEM_MEDIA_TYPE,
  type ProblemCode,
  type ProblemFacts,
  problemDocument,
  problemHeaders,
} from './problem.ts';
import type { Access, Route, RouteRequest } from './route.ts';
import { addressRoutes } from './routes/addresses.ts';
import { blockRoutes } from './routes/blocks.ts';
import { explainRoutes } from './routes/explain.ts';
import { healthRoutes } from './routes/health.ts';
import { mempoolRoutes } from './routes/mempool.ts';
import { miningRoutes } from './routes/mining.ts';
import { peerRoutes } from './routes/peers.ts';
import { statusRoutes } from './routes/status.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { walletRoutes } from './routes/wallet.ts';
import { validationFacts, withNumbers } from './validation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; reading the chain unless it says otherwise. */
    access?: Access;
  }
}

/** Every path under `/api/v1` and beside it. */
export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...statusRoutes,
  ...blockRoutes,
  ...transactionRoutes,
  ...explainRoutes,
  ...addressRoutes,
  ...mempoolRoutes,
  ...peerRoutes,
  ...miningRoutes,
  ...walletRoutes,
];

export interface RestApp {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

export interface RestContext {
  readonly node: NodePort;
  readonly auth: Authenticator;
}

/** Nesting of JSON text: how many brackets are open at once, those in strings left out. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of json.replace(/"(?:[^"\\]|\\.)*"/gs, '').match(/[[\]{}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function parseJsonBody(body: string): unknown {
  // Some programs announce JSON and send nothing where nothing is needed.
  if (body === '') return undefined;
  if (depthOf(body) > JSON_DEPTH_MAX) throw new HttpProblem('json-invalid', { detail: `JSON nested deeper than ${JSON_DEPTH_MAX}.` });
  try {
    return JSON.parse(body);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpProblem('json-invalid', { detail: `The body is no JSON: ${error.message}.` });
  }
}

function sendProblem(reply: FastifyReply, code: ProblemCode, facts?: ProblemFacts): void {
  const document = problemDocument(code, facts);
  void reply.code(document.status).headers(problemHeaders(code)).serializer(JSON.stringify).send(document);
}

/** Fastify's own refusals as problems. */
const FASTIFY_PROBLEMS: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_BAD_URL: 'not-found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request-invalid',
  FST_ERR_ASYNC_CONSTRAINT: 'not-found',
};

/** What an error is told as. */
function problemOf(error: FastifyError | HttpProblem): readonly [ProblemCode, ProblemFacts?] {
  if (error instanceof HttpProblem) return [error.code, error.facts];
  if (error instanceof NodeError)
    return [error.code === 'option-invalid' ? 'mining-unavailable' : 'node-failed', { detail: error.message }];
  if (error.validation !== undefined) return ['request-invalid', validationFacts(error)];
  return [FASTIFY_PROBLEMS[error.code] ?? 'internal-error'];
}

function handleError(node: NodePort, error: FastifyError | HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  if (isAborted(error)) return;
  const [code, facts] = problemOf(error);
  if (code === 'internal-error') node.log.error('http-failed', { path: request.url, error: error.stack ?? error.message });
  sendProblem(reply, code, facts);
  // A bug of ours goes on to stop the process.
  if (error instanceof AssertionError) void Promise.reject(error);
}

/** Lets through whoever may use the route. */
async function checkAccess(auth: Authenticator, request: FastifyRequest): Promise<void> {
  const { access = 'read' } = request.routeOptions.config;
  if (access === 'open' || (access === 'read' && isLoopback(request.socket.remoteAddress))) return;
  const login = await auth.login(request.headers.authorization);
  if (login === 'too-many') throw new HttpProblem('too-many-attempts');
  if (login !== 'right') throw new HttpProblem('login-required');
}

/** Two kinds of bodies, each with its schema. */
function bodyKinds(json: TSchema, text: TSchema) {
  return { content: { 'application/json': { schema: json }, 'text/plain': { schema: text } } };
}

/** Schemas of a route with those of its problems, as Fastify and the description want them. */
function schemaOf(route: Route) {
  const { access = 'read', body, params, query, summary, tag, textBody } = route;
  return {
    summary,
    tags: [tag],
    operationId: route.id,
    ...(body === undefined ? {} : { body: textBody === undefined ? body : bodyKinds(body, textBody) }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    response: {
      [route.status ?? 200]: route.result,
      default: { description: 'A problem.', content: { [PROBLEM_MEDIA_TYPE]: { schema: route.problem } } },
    },
    ...(access === 'login' ? { security: [{ basic: [] }, { bearer: [] }] } : {}),
  };
}

function addRoute(app: FastifyInstance, node: NodePort, route: Route): void {
  app.route({
    method: route.method,
    url: route.path,
    schema: schemaOf(route),
    config: { access: route.access ?? 'read' },
    bodyLimit: route.bodySizeMax ?? BODY_SIZE_MAX,
    handler: async (request, reply) => {
      const { body, params, query } = request as unknown as RouteRequest<never, never, never>;
      // Fastify holds no schema against a body that is not there, where there is one for each media type.
      if (route.textBody !== undefined && body === undefined) {
        throw new HttpProblem('request-invalid', { field: 'body', detail: 'The body is missing.' });
      }
      const result = await route.run(node, { body, params, query });
      return reply.code(route.status ?? 200).send(result);
    },
  });
}

async function buildApp({ auth, node }: RestContext): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_SIZE_MAX,
    // Requests are handed in; this server never listens.
    serverFactory: (handler) => createServer(handler),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    frameworkErrors: (error, request, reply) => handleError(node, error, request, reply),
  });
  // Answers are written as they are: what Fastify would compile of each schema takes longer than all answers of a small node.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error: FastifyError, request, reply) => handleError(node, error, request, reply));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not-found'));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    parseJsonBody(body),
  );
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => body);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    await checkAccess(auth, request);
  });
  app.addHook('preValidation', async (request) => withNumbers(request));
  await app.register(swagger, { openapi: OPENAPI(node) });
  app.get('/', { config: { access: 'open' }, schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'));
  for (const route of ROUTES) addRoute(app, node, route);
  await addDocs(app);
  addLightPage(app, node.params);
  await app.ready();
  return app;
}

/** Builds the application. */
export async function createRestApp(context: RestContext): Promise<RestApp> {
  const app = await buildApp(context);
  return { handle: (request, response) => app.routing(request, response), close: () => app.close() };
}
