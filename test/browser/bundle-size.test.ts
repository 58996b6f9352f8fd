/**
 * What a page loads that uses the light client: all of it, made small as a reader would load it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { repositoryRoot } from '../support/vectors.ts';
import { bundlePublished } from './bundle.ts';

/** What issue 6 promises of `quoin/light`, compressed. */
const CLIENT_BYTES_MAX = 300_000;

/** What it takes now, and some room: who makes it larger should know. */
const CLIENT_BYTES_EXPECTED = 120_000;

/** Bytes of the consensus engine's WebAssembly, in any of the forms in which a script could hold them. */
const ENGINE = readFileSync(join(repositoryRoot(), 'node_modules/tiny-secp256k1/lib/secp256k1.wasm')).subarray(5_000, 5_300);

function assertLight(name: string, bytes: Uint8Array, t: { diagnostic(text: string): void }): void {
  const packed = gzipSync(bytes, { level: 9 }).length;
  t.diagnostic(`${name}: ${bytes.length} bytes, ${packed} compressed`);
  assert.ok(packed < CLIENT_BYTES_MAX, `${packed} bytes compressed`);
  assert.ok(packed < CLIENT_BYTES_EXPECTED, `${packed} bytes compressed: it has grown`);
  const text = Buffer.from(bytes).toString('latin1');
  assert.ok(!text.includes(ENGINE.toString('base64').slice(8, -8)) && !text.includes('tiny-secp256k1'));
  assert.doesNotMatch(text, /from\s*"node:|require\("/);
}

describe('the light client as a browser loads it', () => {
  it('takes less than 300 kB compressed with everything that its door exports, and no consensus engine', async (t) => {
    assertLight('quoin/light', await bundlePublished("import * as light from 'quoin/light'; globalThis.light = light;"), t);
  });

  it('takes as little as a page that shows each of its steps', (t) => {
    assertLight('the page', readFileSync(join(repositoryRoot(), 'dist/pages/light/main.js')), t);
  });
});
