import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeError } from '../../engine/ports/node-error.ts';
import { parsePeerUrls } from './peer-url.ts';

function parse(text: string): readonly [url: string, host: string, port: number] {
  const [{ url, address }] = parsePeerUrls([text]) as [ReturnType<typeof parsePeerUrls>[number]];
  return [url, address.host, address.port];
}

function refuses(texts: readonly string[], words: RegExp): void {
  assert.throws(
    () => parsePeerUrls(texts),
    (error: unknown) => error instanceof NodeError && error.code === 'option-invalid' && words.test(error.message),
    texts.join(' '),
  );
}

describe('addresses of nodes that a browser calls', () => {
  it('are WebSocket URLs, those of an HTTP port, or host and port', () => {
    assert.deepEqual(parse('ws://10.0.0.1:7332/p2p'), ['ws://10.0.0.1:7332/p2p', '10.0.0.1', 7332]);
    assert.deepEqual(parse('  wss://node.example  '), ['wss://node.example/p2p', 'node.example', 443]);
    assert.deepEqual(parse('wss://node.example/quoin/p2p?a=1#b'), ['wss://node.example/quoin/p2p?a=1', 'node.example', 443]);
    assert.deepEqual(parse('http://10.0.0.1:7332/'), ['ws://10.0.0.1:7332/p2p', '10.0.0.1', 7332]);
    assert.deepEqual(parse('https://node.example'), ['wss://node.example/p2p', 'node.example', 443]);
    assert.deepEqual(parse('localhost:1234'), ['ws://localhost:1234/p2p', 'localhost', 1234]);
    assert.deepEqual(parse('10.0.0.1'), ['ws://10.0.0.1/p2p', '10.0.0.1', 80]);
    assert.deepEqual(parse('ws://[fe80::1]:7332'), ['ws://[fe80::1]:7332/p2p', 'fe80::1', 7332]);
  });

  it('are nothing else, and carry no login', () => {
    refuses([''], /write it as ws:\/\//);
    refuses(['ws://'], /write it as ws:\/\//);
    refuses(['10.0.0.1:65536'], /write it as ws:\/\//);
    refuses(['ftp://10.0.0.1'], /by ws:\/\/ or wss:\/\//);
    refuses(['ws://name:secret@10.0.0.1/p2p'], /no name and no password/);
  });

  it('are one where they are the same, and refused where two could not be told apart', () => {
    assert.equal(parsePeerUrls(['ws://10.0.0.1:80/p2p', '10.0.0.1', 'http://10.0.0.1/']).length, 1);
    assert.equal(parsePeerUrls(['ws://10.0.0.1:81', 'ws://10.0.0.1:82', 'ws://10.0.0.2:81']).length, 3);
    refuses(['ws://10.0.0.1/a', 'ws://10.0.0.1/b'], /have the same host and port/);
  });
});
