/** The few lines of JSON-RPC that tests need, apart from the product's own client so that the two cannot share a fault. */

/** An answer that is an error. */
export class RpcFailure extends Error {
  readonly code: number;

  constructor(method: string, error: { readonly code: number; readonly message: string }) {
    super(`${method}: ${error.message}`);
    this.code = error.code;
  }
}

/** Calls a method of a node at `url` with `user:password`; the result is any JSON, as tests read it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
export async function callRpc(url: string, login: string, method: string, params: unknown = []): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    body: JSON.stringify({ jsonrpc: '1.0', id: 1, method, params }),
  });
  const answer = (await response.json()) as { result: unknown; error: { code: number; message: string } | null };
  if (answer.error !== null && answer.error !== undefined) throw new RpcFailure(method, answer.error);
  return answer.result;
}
