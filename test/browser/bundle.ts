/**
 * Bundles for a browser: of what is published, as any user's bundler would make them, and of tests that run in a page.
 *
 * @module
 */

import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { repositoryRoot } from '../support/vectors.ts';

const root = repositoryRoot();
const pages = join(root, 'test/browser/pages');

/** A script for a page that uses what is published: one that a reader loads, so it is made small. */
export async function bundlePublished(source: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    ...{ bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent' },
  });
  return outputFiles[0]!.contents;
}

/** What stands in a page for modules that are Node's alone. */
const STAND_INS: readonly (readonly [pattern: RegExp, file: string])[] = [
  [/^node:test$/, 'node-test.ts'],
  [/^node:(fs|module|path|zlib)$/, 'page-node.ts'],
  [/support\/vectors\.ts$/, 'page-vectors.ts'],
  [/node\/choose-transport-engine\.ts$/, 'page-transport.ts'],
  [/support\/secp256k1-engines\.ts$|node\/choose-secp256k1\.ts$/, 'page-engines.ts'],
];

/** The engine's loader: its WebAssembly comes from the server as a file of its own. */
const ENGINE_LOADER = `
  import * as rand from './rand.browser.js';
  import * as failures from './validate_error.js';
  const engine = WebAssembly.instantiateStreaming(fetch('/engine.wasm'), { './rand.js': rand, './validate_error.js': failures });
  export default (await engine).instance.exports;
`;

const standIns: Plugin = {
  name: 'stand-ins',
  setup: (context) => {
    for (const [filter, file] of STAND_INS) context.onResolve({ filter }, () => ({ path: join(pages, file) }));
    // Only the stand-in of the assertions has no default export: the house has none.
    context.onResolve({ filter: /^node:assert\/strict$/ }, () => ({ path: 'assert', namespace: 'stand-in' }));
    context.onLoad({ filter: /^assert$/, namespace: 'stand-in' }, () => {
      return { contents: "export { assert as default } from './assert.ts';", resolveDir: pages };
    });
    context.onLoad({ filter: /wasm_loader(\.browser)?\.js$/ }, () => ({ contents: ENGINE_LOADER }));
  },
};

/** A script for a page that collects the tests of these files, by their paths in the repository, and runs them for who calls `runTests()`. */
export async function bundleTests(paths: readonly string[]): Promise<Uint8Array> {
  const imports = paths.map((path) => `import './${path}';`).join('\n');
  const contents = `${imports}\nimport { runCollected } from './test/browser/pages/node-test.ts';\nglobalThis.runTests = runCollected;`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent', plugins: [standIns] },
    // The package says that importing does nothing of itself; importing a test does.
    ignoreAnnotations: true,
  });
  return outputFiles[0]!.contents;
}
