/**
 * Descriptors of every kind at and beside what they may be, and arguments of the methods that take them.
 *
 * @module
 */

const G = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const TWO_G = '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5';
const ODD = '03fff97bd5755eeea420453a14355235d382f6472f8568a18b2f057a1460297556';
const LONG =
  '0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8';
const HYBRID = `06${LONG.slice(2)}`;
const X = G.slice(2);
const WIF = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';
const WIF_LONG = '91avARGdfge8E4tZfYLoxeJ5sGBdNJQH4kvjJoQFacbgwmaKkrx';
const XPUB = 'tpubD6NzVbkrYhZ4XgiXtGrdW5XDAPFCL9h7we1vwNCpn8tGbBcgfVYjXyhWo4E1xkh56hjod1RhGjxbaTLV3X4FyWuejifB9jusQ46QzG87VKp';
const XPRV = 'tprv8ZgxMBicQKsPeDgjzdC36fs6bMjGApWDNLR9erAXMs5skhMv36j9MV5ecvfavji5khqjWaWSFhN3YcCUUdiKH6isR4Pwy3U5y5egddBr16m';
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Descriptors without their checksum. */
const SOUND: readonly string[] = [
  ...[G, LONG, WIF, WIF_LONG, `[deadbeef]${G}`, `[DEADBEEF/1'/2h/3]${G}`, `[deadbeef/1h/2'/3]${XPUB}/4/*`, ODD].flatMap((key) => [
    `pk(${key})`,
    `pkh(${key})`,
    `combo(${key})`,
    `sh(pkh(${key}))`,
  ]),
  ...[G, WIF, XPUB, `${XPUB}/0`, `${XPUB}/0/*`, `${XPRV}/0h/*h`, `${XPRV}/0'/*'`, `${XPRV}/1h/*`, `[00000000/1]${XPUB}/2147483647`].flatMap(
    (key) => [`wpkh(${key})`, `sh(wpkh(${key}))`, `wsh(pk(${key}))`, `sh(wsh(pkh(${key})))`, `tr(${key})`, `rawtr(${key})`],
  ),
  `multi(1,${G})`,
  `multi(2,${G},${TWO_G},${LONG})`,
  `sortedmulti(2,${TWO_G},${ODD},${G})`,
  `sh(multi(2,${G},${XPUB}/*))`,
  `sh(sortedmulti(15,${Array(15).fill(TWO_G).join()}))`,
  `wsh(multi(20,${Array(20).fill(G).join()}))`,
  `sh(wsh(sortedmulti(1,${XPUB}/1/*,${G})))`,
  `tr(${X})`,
  `tr(${WIF})`,
  `tr(${ODD},pk(${X}))`,
  `tr(${X},{pk(${G}),pk(${WIF})})`,
  `tr(${X},{{pk(${TWO_G}),pk(${ODD})},multi_a(1,${G},${XPUB}/*)})`,
  `tr(${XPUB}/*,sortedmulti_a(2,${TWO_G},${X},${ODD}))`,
  `rawtr(${X})`,
  `wpkh(${XPUB}/<0;1>/*)`,
  `wsh(multi(2,${XPUB}/<0;1;2'>/*,${G},${XPUB}/<3;4;5>))`,
  `tr(${XPUB}/<0;1>,{pk(${XPUB}/<2;3>/*),pk(${G})})`,
  `tr(${X},{pk(${G}),pk(${XPUB}/<7;8>)})`,
  'raw(51)',
  'raw(6a01FF)',
  `raw(5121${G}51ae)`,
  `raw(5120${X})`,
  `raw(0014${'12'.repeat(20)})`,
  `raw(21${G}ac)`,
  `addr(${ADDRESS})`,
  `addr(${ADDRESS.toUpperCase()})`,
  'addr(mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8)',
];

/** Texts that are none. */
const UNSOUND: readonly string[] = [
  ...['', ' ', 'x', '()', 'pk', 'pk(', 'pk)', 'pk()', `pk(${G}`, `pk(${G}))`, `pk(${G})x`, `pk(${G}),`, `PK(${G})`, 'é', `pk(é)`],
  ...[
    '00',
    G.slice(2),
    `${G}00`,
    HYBRID,
    G.toUpperCase(),
    `0${G.slice(1)}0`,
    `04${G.slice(2)}`,
    'q',
    ` ${G}`,
    `${G} `,
    `02${'f'.repeat(64)}`,
  ].map((key) => `pk(${key})`),
  ...[`${G}/0`, `${WIF}/0`, '/0', XPUB.slice(0, -1), `${XPUB}/`, `${XPUB}/x`, `${XPUB}/-1`, `${XPUB}/2147483648`, `${XPUB}/4294967296`].map(
    (key) => `pkh(${key})`,
  ),
  ...[`${XPUB}/**`, `${XPUB}/*/0`, `${XPUB}/1''`, `${XPUB}/h`, `${XPUB}/<0>`, `${XPUB}/<0;0>`, `${XPUB}/<0;1>/<2;3>`, `${XPUB}/<;>`].map(
    (key) => `wpkh(${key})`,
  ),
  ...['<0;1', '0;1>', '<0;x>', "<0';0h>", '<>', '<'].map((step) => `wpkh(${XPUB}/${step})`),
  ...[
    '[',
    ']',
    '[]',
    '[deadbeef',
    'deadbeef]',
    '[deadbee]',
    '[deadbeefx]',
    '[deadbeeg]',
    '[deadbeef/]',
    '[deadbeef/x]',
    '[deadbeef/<0;1>]',
  ].map((origin) => `wpkh(${origin}${G})`),
  `wpkh([deadbeef]]${G})`,
  `wpkh([deadbeef][deadbeef]${G})`,
  ...[LONG, WIF_LONG].flatMap((key) => [`wpkh(${key})`, `wsh(pk(${key}))`, `tr(${key})`, `sh(wpkh(${key}))`, `wsh(multi(1,${key}))`]),
  ...['', 'x', '0', '-1', '3', '4294967296', '1 '].map((threshold) => `multi(${threshold},${G},${TWO_G})`),
  'multi()',
  'multi(1)',
  'multi(1,)',
  `multi(1,${G},)`,
  `multi(1,${G}`,
  `multi(1,${G})x)`,
  `multi(1,${G}){)`,
  `multi(1,${Array(4).fill(G).join()})`,
  `sh(multi(1,${Array(16).fill(G).join()}))`,
  `sh(multi(1,${Array(8).fill(LONG).join()}))`,
  `wsh(multi(1,${Array(21).fill(G).join()}))`,
  `multi_a(1,${G})`,
  `tr(${X},multi(1,${G}))`,
  `tr(${X},sortedmulti_a(0,${G}))`,
  `wsh(multi(1,${XPUB}/<0;1>,${XPUB}/<0;1;2>))`,
  `tr(${XPUB}/<0;1>,{pk(${XPUB}/<0;1;2>),pk(${G})})`,
  `tr(${X},{pk(${XPUB}/<0;1>),pk(${XPUB}/<0;1;2>)})`,
  `tr(${XPUB}/<0;1>,pk(${XPUB}/<0;1;2>))`,
  ...['combo', 'sh', 'addr', 'tr', 'rawtr', 'raw'].map((name) => `sh(${name}(${G}))`),
  `wsh(wsh(pk(${G})))`,
  `wsh(wpkh(${G}))`,
  `wpkh(pk(${G}))`,
  `sh(${G})`,
  `wsh(${G})`,
  `sh(pk(${G})`,
  `sh(pk(${G}),pk(${G}))`,
  ...['', ',', '{', '{}', '{,}', `{pk(${G})}`, `{pk(${G}),}`, `{pk(${G}),pk(${G})`, `pk(${G}),pk(${G})`, `{pk(${G}),pk(${G})}}`, G].map(
    (tree) => `tr(${X},${tree})`,
  ),
  `tr(${X},${'{'.repeat(129)}`,
  'tr()',
  'rawtr()',
  `rawtr(${X},${X})`,
  'raw()',
  'raw(5)',
  'raw(xx)',
  'addr()',
  'addr(x)',
  'addr(bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4)',
  ...['raw(51)#', 'raw(51)#8lvh9jx', 'raw(51)#8lvh9jxkk', 'raw(51)#8lvh9jxq', 'raw(51)#8lvh9jxk#', '#', '##', 'raw(51)#éééé'],
];

const SOUND_WITH_CHECKSUM = 'raw(51)#8lvh9jxk';
const RANGED = `wpkh(${XPUB}/0/*)`;
const RANGES: readonly unknown[] = [
  ...[0, 2, -1, 1_000_000, 2_147_483_647, 2_147_483_648, 1e12, 1.5, '1', true, null, {}, []],
  ...[[0], [0, 2], [2, 0], [-1, 2], [0, 1, 2], ['0', 1], [0, 1_000_000], [2_147_483_646, 2_147_483_647], [5, 5], [0, 1.5]],
];

/** Scan objects that a scan refuses, and what is no list of them. */
const SCAN_OBJECTS: readonly unknown[] = [
  ...[null, 'raw(51)', 1, {}, [1], [null], [[]], [{}], ['x'], [{ desc: 1 }], [{ desc: 'x' }], [{ range: 1 }]],
  ...[[{ desc: RANGED, range: -1 }], [{ desc: RANGED, range: [2, 1] }], [{ desc: RANGED, range: 'x' }], [`wpkh(${XPUB}/1h)`]],
];

const OTHERS: Readonly<Record<string, readonly unknown[][]>> = {
  createmultisig: [
    ...[[], [1], ['1', []], [1, 'x'], [1, []], [0, [G]], [-1, [G]], [2, [G]], [1, [1]], [1, [G], 1], [1, [G], 'x'], [1, [G], 'bech32m']],
    ...['', 'x', '00', G.slice(2), `${G}0`, HYBRID, `02${'f'.repeat(64)}`].map((key) => [1, [key]]),
    ...[null, 'legacy', 'p2sh-segwit', 'bech32'].flatMap((kind) => [
      [2, [G, TWO_G, ODD], kind],
      [1, [G, LONG], kind],
      [1, Array(16).fill(G), kind],
      [1, Array(20).fill(G), kind],
      [1, Array(21).fill(G), kind],
    ]),
    [1, [G], 'legacy', 1],
  ],
  generatetodescriptor: [
    ...[[], [1], ['1', 'raw(51)'], [1, 1], [1, 'x'], [0, 'raw(51)'], [-1, 'raw(51)'], [1.5, 'raw(51)'], [1, 'raw(51)', 'x']],
    ...[
      [1, RANGED],
      [1, `wpkh(${XPUB}/<0;1>)`],
      [1, `wpkh(${XPUB}/1h)`],
      [1, 'raw(51)', 0],
      [1, 'raw(51)', 1, 1],
      [1, 'raw(51)#'],
    ],
    ...[1.5, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e20].map((tries) => [0, 'raw(51)', tries]),
  ],
  scantxoutset: [
    [],
    [1],
    ['x'],
    ['start'],
    ['status'],
    ['abort'],
    ['abort', 1],
    ['start', [], 1],
    ...SCAN_OBJECTS.map((each) => ['start', each]),
  ],
  getdescriptoractivity: [
    ...[
      [],
      [[]],
      ['x', []],
      [[], 'x'],
      [[1], []],
      [['x'], []],
      [['00'.repeat(32)], []],
      [[], [], 'x'],
      [[], []],
      [[], [], false],
      [[], [], true, 1],
    ],
    ...SCAN_OBJECTS.map((each) => [[], each]),
  ],
};

/** Arguments of the methods that take descriptors. None of them changes anything. */
export function descriptorCases(): Readonly<Record<string, readonly unknown[][]>> {
  return {
    getdescriptorinfo: [[], [1], [SOUND_WITH_CHECKSUM, 1], [SOUND_WITH_CHECKSUM], ...[...SOUND, ...UNSOUND].map((text) => [text])],
    deriveaddresses: [[], [1], ['raw(51)'], [SOUND_WITH_CHECKSUM], [SOUND_WITH_CHECKSUM, 1], [SOUND_WITH_CHECKSUM, 'x']],
    ...OTHERS,
  };
}

/** Descriptors that are to be derived, whose checksums the caller adds, and the ranges to try. */
export const DERIVED = { sound: SOUND, ranged: RANGED, ranges: RANGES } as const;
