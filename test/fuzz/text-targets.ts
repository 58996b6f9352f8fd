/**
 * Parsers of texts: JSON, the bodies of requests, addresses of nodes and of coins, descriptors.
 *
 * @module
 */

import { scriptOfAddress } from '../../src/core/address/address.ts';
import { decodeWif } from '../../src/core/address/wif.ts';
import { createWasmSecp256k1 } from '../../src/core/crypto/wasm-secp256k1.ts';
import { parseDescriptor } from '../../src/core/descriptors/descriptor.ts';
import { DescriptorError } from '../../src/core/descriptors/descriptor-error.ts';
import { main } from '../../src/core/params/main.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { formatHostPort, formatIp, parseHostPort, parseIp } from '../../src/core/wire/ip-text.ts';
import { formatSubnet, parseSubnet } from '../../src/core/wire/subnet.ts';
import { parseCoins } from '../../src/doors/rpc/amount.ts';
import { createRpcHandler } from '../../src/doors/rpc/handler.ts';
import { JsonError, parseJsonBytes } from '../../src/doors/rpc/json-parse.ts';
import { writeJson } from '../../src/doors/rpc/json-write.ts';
import { FakeNode } from '../support/fake-node.ts';
import { answerText } from '../support/rpc-caller.ts';
import { expect, type FuzzTargets, refusesNothing, textOf, texts } from './fuzz-target.ts';

const curve = createWasmSecp256k1();
const handler = createRpcHandler(new FakeNode(), { curve });
const XPUB = 'xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL';
const KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

/** Requests that change nothing, each with arguments that are read as texts, numbers, lists and objects. */
const REQUESTS = texts(
  '{"jsonrpc":"2.0","id":1,"method":"getblockhash","params":[0]}',
  '[{"id":"a","method":"getblock","params":{"blockhash":"00","verbosity":2}},{"method":"uptime"}]',
  `{"id":1,"method":"createrawtransaction","params":[[{"txid":"${'11'.repeat(32)}","vout":0}],[{"data":"00"}]]}`,
  '{"id":1,"method":"decodescript","params":["76a914"]}',
  `{"id":1,"method":"getdescriptorinfo","params":["wpkh(${KEY})"]}`,
  '{"id":1,"method":"estimatesmartfee","params":[6,"economical"]}',
  '{"id":1,"method":"getnodeaddresses","params":[0,"ipv4"]}',
  '{"id":1,"method":"help","params":["help"]}',
);

/** By what they are of. */
export const TEXT_TARGETS: FuzzTargets = {
  json: {
    samples: texts('{"a":[1,-0.5e+10,"\\u00e9\\n",true,null,{}],"b":"é"}', '[[[[]]]]', '"\\ud83d\\ude00"', '1e400', '-0'),
    read: (bytes) => {
      const written = writeJson(parseJsonBytes(bytes));
      expect(writeJson(parseJsonBytes(Buffer.from(written))) === written, 'what is written is read as the same');
    },
    refuses: (error) => error instanceof JsonError,
  },
  'JSON-RPC body': {
    samples: REQUESTS,
    read: async (body) => {
      const answer = await handler({ body, signal: { aborted: false } });
      expect([200, 204, 400, 401, 403, 404, 500].includes(answer.status), `status ${answer.status}`);
      const text = answerText(answer);
      if (text.length > 0) parseJsonBytes(Buffer.from(text));
    },
    refuses: refusesNothing,
    cost: 20,
  },
  'node address': {
    samples: texts(
      '127.0.0.1:8333',
      '[::1]:8333',
      '[fe80::1:2:3]',
      'example.org',
      '1.2.3.4/24',
      '10.0.0.0/255.0.0.0',
      'fc00::/7',
      '::ffff:1.2.3.4',
    ),
    read: (bytes) => {
      const text = textOf(bytes);
      const ip = parseIp(text);
      if (ip !== undefined) {
        const again = parseIp(formatIp(ip));
        // IPv4 in IPv6 is written as IPv4.
        expect(again !== undefined && formatIp(again) === formatIp(ip), 'an IP is read as it is written');
      }
      const node = parseHostPort(text, 1);
      if (node !== undefined) {
        expect(node.port >= 0 && node.port <= 65_535, 'a port has 16 bits');
        const again = parseHostPort(formatHostPort(node.host, node.port), 2);
        expect(again?.host === node.host && again.port === node.port, 'an address is read as it is written');
      }
      const subnet = parseSubnet(text);
      if (subnet === undefined) return;
      const written = formatSubnet(subnet);
      const again = parseSubnet(written);
      expect(again !== undefined && formatSubnet(again) === written, 'a subnet is read as it is written');
    },
    refuses: refusesNothing,
  },
  address: {
    samples: texts(
      'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6',
      'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
      'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA',
    ),
    read: (bytes) => {
      scriptOfAddress(textOf(bytes), regtest);
      decodeWif(textOf(bytes), regtest);
    },
    refuses: refusesNothing,
  },
  descriptor: {
    samples: texts(
      `wpkh(${KEY})`,
      `sh(wsh(multi(2,${KEY},${KEY})))`,
      `tr(${KEY.slice(2)},{pk(${KEY.slice(2)}),pk(${KEY.slice(2)})})`,
      'raw(6a)',
      `wpkh([00000000/84h/0h/0h]${XPUB}/<0;1>/*)`,
    ),
    read: (bytes) => {
      for (const descriptor of parseDescriptor(textOf(bytes), { curve, network: main }))
        expect(String(descriptor).length > 0, 'it has a text');
    },
    refuses: (error) => error instanceof DescriptorError,
    cost: 4,
  },
  amount: {
    samples: texts('21000000.00000000', '0.00000001', '-1', '1e-8', '.5'),
    read: (bytes) => {
      const amount = parseCoins(textOf(bytes));
      expect(amount === undefined || typeof amount === 'bigint', 'an amount is whole');
    },
    refuses: refusesNothing,
  },
};
