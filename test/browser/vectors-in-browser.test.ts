/**
 * The published vectors, by the very tests that Node runs, in a browser: what is pure gives the same answers there.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Browser } from '../support/browser.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { describeVectors, repositoryRoot, vectorsFolder } from '../support/vectors.ts';
import { bundleTests } from './bundle.ts';
import { reportPage, servePage } from './page-server.ts';

const root = repositoryRoot();

/** The tests of vectors of all pure rooms. */
function vectorTests(): string[] {
  return ['src/core', 'src/engine'].flatMap((wing) =>
    readdirSync(join(root, wing), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.vectors.test.ts'))
      .map((path) => `${wing}/${path.replaceAll('\\', '/')}`),
  );
}

describeVectors('the published vectors in a browser', () => {
  it('say what they say in Node, with the engine of WebAssembly loaded beside the script', { skip: chromiumMissing() }, async (t) => {
    const files = vectorTests();
    assert.ok(files.length >= 13, 'the tests of vectors are there');
    const server = await servePage(await bundleTests(files), {
      folders: { '/vectors/': vectorsFolder()!, '/node_modules/': join(root, 'node_modules') },
      files: { '/engine.wasm': join(root, 'node_modules/tiny-secp256k1/lib/secp256k1.wasm') },
    });
    const browser = await Browser.open();
    try {
      const page = await browser.page(server.url);
      assert.ok((await reportPage(t, page)) > files.length);
      assert.equal(page.requests.filter((url) => url.endsWith('/engine.wasm')).length, 1);
      assert.deepEqual(page.complaints, []);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
