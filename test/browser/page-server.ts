/**
 * A server of pages for tests: one script in an empty page, and files beside it.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { TestContext } from 'node:test';
import type { BrowserPage } from '../support/browser.ts';
import type { PageResult } from './pages/node-test.ts';

const TYPES: Readonly<Record<string, string>> = { '.wasm': 'application/wasm', '.json': 'application/json' };

/** Longest that all tests of a page may take: on a busy machine the vectors take a minute. */
const RUN_MS_MAX = 280_000;

/** Opens the server. Paths that begin with one of `folders` are files of that folder, those of `files` the files themselves. */
export async function servePage(
  script: Uint8Array,
  places: { readonly folders?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly url: string; close(): void }> {
  const { folders = {}, files = {} } = places;
  const fileOf = (path: string): string | undefined => {
    const prefix = Object.keys(folders).find((each) => path.startsWith(each));
    return prefix === undefined ? files[path] : join(folders[prefix]!, normalize(path.slice(prefix.length)));
  };
  const server: Server = createServer(async (request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?', 1)[0]!);
    if (path === '/') {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><link rel="icon" href="data:,"><main></main><script type="module" src="/script.js"></script>');
    } else if (path === '/script.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    } else {
      const file = fileOf(path);
      const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
      response
        .writeHead(bytes === undefined ? 404 : 200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' })
        .end(bytes);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

/** Runs the tests that a page has collected, each as a test of its own here. @returns how many there were */
export async function reportPage(t: TestContext, page: BrowserPage): Promise<number> {
  await page.until('the script of the page has run', "typeof runTests === 'function'");
  const results = await page.evaluate<readonly PageResult[]>('runTests()', RUN_MS_MAX);
  for (const { title, error } of results) {
    await t.test(title, () => {
      if (error !== '') throw new Error(error);
    });
  }
  return results.length;
}
