import { request } from 'node:http';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { CommandError } from '../failure.ts';
import { formatSocketAddress } from '../options/values.ts';

/** Largest answer taken: the JSON of a full block is a tenth of it. */
const ANSWER_SIZE_MAX = 256 * 1024 * 1024;

/** One request to a node. */
export interface HttpRequest {
  readonly address: SocketAddress;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Value of the `Authorization` header, where one is sent. */
  readonly authorization: string | undefined;
  /** JSON. */
  readonly body?: string;
  /** Gives up when nothing comes for so long; 0 waits for ever. */
  readonly idleMsMax: number;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** No node answers there. */
export class UnreachableError extends CommandError {}

/** Sends a request. @throws UnreachableError where nobody listens or the answer ends early */
export function sendRequest(what: HttpRequest): Promise<HttpAnswer> {
  const { host, port } = what.address;
  const where = formatSocketAddress(what.address);
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void =>
      reject(new UnreachableError(`the node at ${where} cannot be reached: ${why}; is it running?`, { cause }));
    const headers: Record<string, string | number> = { accept: 'application/json' };
    if (what.authorization !== undefined) headers.authorization = what.authorization;
    if (what.body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(what.body);
    }
    const outgoing = request({ host, port, method: what.method, path: what.path, headers, agent: false, timeout: what.idleMsMax });
    outgoing.on('timeout', () => outgoing.destroy(new Error('it does not answer')));
    outgoing.on('error', (error) =>
      fail('code' in error && error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message, error),
    );
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_SIZE_MAX) outgoing.destroy(new Error(`its answer has more than ${ANSWER_SIZE_MAX} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', (error) => fail(error.message, error));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    outgoing.end(what.body);
  });
}
