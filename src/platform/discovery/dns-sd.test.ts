import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import type { SentMessage } from '../../../test/support/memory-multicast.ts';
import { MemorySubnet } from '../../../test/support/memory-multicast.ts';
import { silentLog } from '../../../test/support/mempool-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { Discovery, Sighting } from '../../engine/ports/discovery.ts';
import { ASKS_PER_SECOND, INSTANCES_MAX, INSTANCES_PER_HOST } from './browser.ts';
import type { DnsMessage, DnsQuestion, DnsRecord } from './dns-message.ts';
import { encodeDnsMessage, RECORD_TYPES } from './dns-message.ts';
import { createDnsSd, MESSAGES_PER_SECOND } from './dns-sd.ts';
import { instanceName, networkOfText, pointerTo, SERVICE_TYPE, SERVICE_TYPES, serviceRecords } from './quoin-service.ts';
import { MULTICAST_INTERVAL_MS, UNICAST_PER_SECOND } from './responder.ts';

const NET = 'f171756e';
const A = '10.0.0.1';
const B = '10.0.0.2';
const HOSTILE = '10.0.0.66';
const PTR_QUESTION: DnsQuestion = { name: SERVICE_TYPE, type: RECORD_TYPES.ptr, unicast: false };

function message(parts: Partial<DnsMessage>): Uint8Array {
  return encodeDnsMessage({ id: 0, isResponse: true, truncated: false, questions: [], answers: [], additionals: [], ...parts });
}

/** All records of a service, as another program would announce it. */
function service(label: string, { port = 7_333, net = NET } = {}): DnsRecord[] {
  const { pointer, srv, txt, addresses } = serviceRecords({ label, port, net }, [Uint8Array.of(40, 1, 2, 3)]);
  return [pointer, srv, txt, ...addresses];
}

describe('DNS service discovery', () => {
  let clock: FakeClock;
  let subnet: MemorySubnet;
  let seeds: number;

  beforeEach(() => {
    clock = new FakeClock();
    subnet = new MemorySubnet(clock);
    seeds = 0;
  });

  /** A node on the subnet, and what it has seen. */
  async function node(host: string, announces = true): Promise<{ discovery: Discovery; seen: Sighting[] }> {
    const discovery = createDnsSd({ clock, random: new SeededRandom(++seeds), log: silentLog, multicast: subnet.host(host) });
    const seen: Sighting[] = [];
    await discovery.start(announces ? { address: { host: '::', port: 7_333 }, net: NET } : undefined, (sighting) => seen.push(sighting));
    return { discovery, seen };
  }

  const say = (parts: Partial<DnsMessage>, host = HOSTILE, port = 5_353): void => subnet.say(message(parts), { host, port });
  const ask = (questions: readonly DnsQuestion[], parts: Partial<DnsMessage> = {}, port = 5_353): void => {
    say({ isResponse: false, questions, ...parts }, HOSTILE, port);
  };
  const answersOf = (host: string): SentMessage[] => subnet.sent.filter(({ from, message: { isResponse } }) => from === host && isResponse);
  const questionsOf = (host: string): SentMessage[] =>
    subnet.sent.filter(({ from, message: { isResponse } }) => from === host && !isResponse);
  /** Lets the announcements pass and forgets them. */
  const quiet = async (): Promise<void> => {
    await clock.advance(10_000);
    subnet.sent.length = 0;
  };

  it('lets two nodes see each other, and each other go', async () => {
    const a = await node(A);
    await clock.advance(500);
    const b = await node(B);
    await clock.advance(1_000);
    assert.deepEqual(a.seen[0], { net: NET, address: { host: B, port: 7_333 }, ttlSeconds: 120 });
    assert.deepEqual(b.seen[0], { net: NET, address: { host: A, port: 7_333 }, ttlSeconds: 120 });
    await b.discovery.stop();
    await clock.advance(10);
    assert.deepEqual(a.seen.at(-1), { net: NET, address: { host: B, port: 7_333 }, ttlSeconds: 0 });
    assert.ok([...a.seen, ...b.seen].every(({ address }) => address.host !== HOSTILE));
  });

  it('announces a service twice, with all its records, in the words of the contract', async () => {
    await node(A);
    await clock.advance(5_000);
    const announced = answersOf(A).filter(({ message: { answers } }) => answers.length > 1);
    assert.deepEqual(
      announced.map(({ atMs }) => atMs),
      [0, 1_000],
    );
    const [first] = announced;
    const answers = first?.message.answers ?? [];
    const [pointer, srv, txt, address, type] = answers;
    assert.deepEqual(pointer?.name, ['_quoin', '_tcp', 'local']);
    const label = pointer?.data.type === 'ptr' ? pointer.data.target[0] : undefined;
    assert.match(label ?? '', /^quoin-[0-9a-f]{16}$/);
    assert.deepEqual([srv?.name, srv?.data], [instanceName(label ?? ''), { type: 'srv', port: 7_333, target: [label, 'local'] }]);
    assert.deepEqual(txt?.data, { type: 'txt', strings: [`net=${NET}`, 'v=1'] });
    assert.deepEqual(address?.data, { type: 'a', address: Uint8Array.of(10, 0, 0, 1) });
    assert.deepEqual([type?.name, type?.data], [SERVICE_TYPES, { type: 'ptr', target: SERVICE_TYPE }]);
    assert.deepEqual(
      answers.map(({ ttlSeconds }) => ttlSeconds),
      [4_500, 120, 4_500, 120, 4_500],
    );
    assert.deepEqual(
      answers.map(({ unique }) => unique),
      [false, true, true, true, false],
    );
    assert.ok((first?.sizeBytes ?? 0) < 512);
  });

  it('asks at once, after a second, and then at intervals that double', async () => {
    await node(A, false);
    await clock.advance(130_000);
    const times = questionsOf(A).map(({ atMs }) => atMs);
    assert.ok((times[0] ?? 0) >= 20 && (times[0] ?? 0) <= 120);
    assert.deepEqual(
      times.slice(1).map((time, i) => time - (times[i] ?? 0)),
      [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000],
    );
    await clock.advance(24 * 3_600_000);
    const gaps = questionsOf(A).map(({ atMs }) => atMs);
    assert.equal((gaps.at(-1) ?? 0) - (gaps.at(-2) ?? 0), 3_600_000, 'an hour at most');
  });

  it('lists what it knows when it asks, and is silent about what an asker knows', async () => {
    const a = await node(A);
    await node(B);
    await quiet();
    ask([PTR_QUESTION]);
    await clock.advance(2_000);
    const [known] = answersOf(A)[0]?.message.answers ?? [];
    assert.equal(answersOf(A).length, 1);
    subnet.sent.length = 0;
    ask([PTR_QUESTION], { answers: [{ ...known!, ttlSeconds: 2_250 }] });
    await clock.advance(2_000);
    assert.equal(answersOf(A).length, 0);
    assert.equal(answersOf(B).length, 1);
    ask([PTR_QUESTION], { answers: [{ ...known!, ttlSeconds: 2_249 }] });
    await clock.advance(2_000);
    assert.equal(answersOf(A).length, 1, 'it is known for less than half of its time');
    await clock.advance(60_000);
    assert.equal(questionsOf(A).at(-1)?.message.answers.length, 2, 'its own and the other');
    assert.ok(a.seen.length > 0);
  });

  it('waits for what else an asker knows where there is more to come', async () => {
    await node(A);
    await quiet();
    ask([PTR_QUESTION], { truncated: true });
    await clock.advance(100);
    assert.equal(answersOf(A).length, 0);
    await clock.advance(500);
    const [pointer] = answersOf(A)[0]?.message.answers ?? [];
    assert.ok(pointer, 'half a second later it has said nothing else');
    subnet.sent.length = 0;
    await clock.advance(2_000);
    ask([PTR_QUESTION], { truncated: true });
    await clock.advance(100);
    ask([], { answers: [pointer!] });
    await clock.advance(2_000);
    assert.equal(answersOf(A).length, 0);
  });

  it('answers one alone who asks for that, once all have heard of it', async () => {
    await node(A);
    await quiet();
    ask([{ ...PTR_QUESTION, unicast: true }]);
    await clock.advance(500);
    assert.deepEqual(
      answersOf(A).map(({ to }) => to),
      [{ host: HOSTILE, port: 5_353 }],
    );
    await clock.advance(4_500_000 / 4);
    subnet.sent.length = 0;
    ask([{ ...PTR_QUESTION, unicast: true }]);
    await clock.advance(500);
    assert.deepEqual(
      answersOf(A).map(({ to }) => to),
      [undefined],
      'all have not heard of it for a quarter of its time',
    );
  });

  it('answers who knows nothing of multicast DNS as a name server would', async () => {
    await node(A);
    await quiet();
    ask([PTR_QUESTION], { id: 4_711 }, 40_000);
    await clock.advance(10);
    const [answer] = answersOf(A);
    assert.deepEqual(answer?.to, { host: HOSTILE, port: 40_000 });
    assert.equal(answer?.message.id, 4_711);
    assert.deepEqual(answer?.message.questions, [PTR_QUESTION]);
    const records = [...(answer?.message.answers ?? []), ...(answer?.message.additionals ?? [])];
    assert.ok(records.every(({ ttlSeconds, unique }) => ttlSeconds === 10 && !unique));
    assert.deepEqual(
      records.map(({ data }) => data.type),
      ['ptr', 'srv', 'txt', 'a'],
    );
  });

  it('P13: answers nobody at port 0, to which nothing can be sent', async () => {
    await node(A);
    await quiet();
    ask([PTR_QUESTION], {}, 0);
    await clock.advance(2_000);
    assert.deepEqual(answersOf(A), []);
  });

  it('answers questions about its records of every type, in either case, and no others', async () => {
    await node(A);
    await quiet();
    const anyType = { name: ['_QUOIN', '_tcp', 'LOCAL'], type: RECORD_TYPES.any, unicast: false };
    ask([anyType]);
    await clock.advance(2_000);
    assert.equal(answersOf(A).length, 1);
    const target = answersOf(A)[0]?.message.answers[0]?.data;
    const label = target?.type === 'ptr' ? (target.target[0] ?? '') : '';
    subnet.sent.length = 0;
    for (const [name, type, count] of [
      [instanceName(label), RECORD_TYPES.srv, 1],
      [instanceName(label), RECORD_TYPES.txt, 1],
      [[label, 'local'], RECORD_TYPES.a, 1],
      [SERVICE_TYPES, RECORD_TYPES.ptr, 1],
      [[label, 'local'], RECORD_TYPES.aaaa, 0],
      [instanceName('other'), RECORD_TYPES.any, 0],
      [['_http', '_tcp', 'local'], RECORD_TYPES.ptr, 0],
    ] as const) {
      ask([{ name, type, unicast: false }]);
      await clock.advance(2_000);
      assert.equal(answersOf(A).length, count, name.join('.'));
      subnet.sent.length = 0;
    }
  });

  it('P13: sends no more than one message a second to all, and ten to single hosts, whatever it is asked', async () => {
    await node(A);
    await quiet();
    for (let i = 0; i < 100; i++) {
      ask(Array.from({ length: 200 }, () => PTR_QUESTION));
      ask([{ ...PTR_QUESTION, type: RECORD_TYPES.any }]);
      ask([PTR_QUESTION], {}, 1_000 + i);
      ask([{ ...PTR_QUESTION, unicast: true }]);
      await clock.advance(25);
    }
    await clock.advance(1_000);
    const toAll = answersOf(A).filter(({ to }) => to === undefined);
    assert.ok(toAll.length >= 2 && toAll.length <= 4, `${toAll.length} in three and a half seconds`);
    for (const [i, { atMs }] of toAll.entries()) assert.ok(i === 0 || atMs - (toAll[i - 1]?.atMs ?? 0) >= MULTICAST_INTERVAL_MS);
    const toOne = answersOf(A).filter(({ to }) => to !== undefined);
    assert.ok(toOne.length <= 4 * UNICAST_PER_SECOND, `${toOne.length} to single hosts`);
  });

  it('P13: believes a host of itself alone, whatever addresses its records name', async () => {
    const { seen } = await node(A, false);
    say({ answers: service('public') });
    say({
      answers: [
        ...service('other'),
        { name: ['other', 'local'], ttlSeconds: 120, unique: true, data: { type: 'a', address: Uint8Array.of(10, 0, 0, 2) } },
      ],
    });
    await clock.advance(10);
    assert.deepEqual(
      seen.map(({ address }) => address.host),
      [HOSTILE, HOSTILE],
    );
  });

  it('P13: tells a network that is another, and nothing of a service that names none, another version or no port', async () => {
    const { seen } = await node(A, false);
    say({ answers: service('a', { net: 'f9beb4d9' }) });
    say({ answers: service('b', { port: 0 }) });
    for (const [i, strings] of [
      ['net=f171756e'],
      ['v=1'],
      ['net=f171756e', 'v=2'],
      ['net=f171756', 'v=1'],
      ['net=f171756eff', 'v=1'],
      ['net=', 'v=1'],
      [],
    ].entries()) {
      const [pointer, srv] = service(`c${i}`) as [DnsRecord, DnsRecord];
      const txt: DnsRecord = { name: srv.name, ttlSeconds: 120, unique: true, data: { type: 'txt', strings } };
      say({ answers: [pointer, srv, txt] }, `10.0.1.${i}`);
    }
    await clock.advance(10);
    assert.deepEqual(
      seen.map(({ net }) => net),
      ['f9beb4d9'],
    );
    assert.equal(networkOfText(['V=1', 'NET=F171756E', 'net=00000000', 'other']), NET, 'keys in either case, the first of two');
  });

  it('P13: believes no answer that did not come from the port of multicast DNS', async () => {
    const { seen } = await node(A, false);
    say({ answers: service('a') }, HOSTILE, 5_354);
    await clock.advance(10);
    assert.deepEqual(seen, []);
  });

  it('asks for what is missing of a service that it hears of', async () => {
    const { seen } = await node(A, false);
    await quiet();
    const [pointer, srv, txt] = service('in parts') as [DnsRecord, DnsRecord, DnsRecord];
    say({ answers: [pointer] });
    await clock.advance(10);
    assert.deepEqual(
      questionsOf(A)[0]?.message.questions.map(({ name, type }) => [name[0], type]),
      [
        ['in parts', RECORD_TYPES.srv],
        ['in parts', RECORD_TYPES.txt],
      ],
    );
    say({ answers: [srv] });
    await clock.advance(10);
    assert.deepEqual(seen, []);
    say({ additionals: [txt] });
    await clock.advance(10);
    assert.deepEqual(seen, [{ net: NET, address: { host: HOSTILE, port: 7_333 }, ttlSeconds: 120 }]);
  });

  it('P13: asks no more than a number of questions a second about services of which it hears a part', async () => {
    await node(A, false);
    await quiet();
    for (let i = 0; i < 150; i++) say({ answers: [pointerTo(`part ${i}`, 4_500)] }, `10.0.1.${i}`);
    await clock.advance(10);
    assert.equal(questionsOf(A).length, ASKS_PER_SECOND);
  });

  it('P13: remembers a bounded number of services, of one host a few, and reads a bounded number of messages', async () => {
    const { seen } = await node(A, false);
    await quiet();
    for (let i = 0; i < 10_000; i++) say({ answers: service(`flood ${i}`, { port: 1 + i }) });
    await clock.advance(10);
    assert.equal(seen.length, INSTANCES_PER_HOST);
    await clock.advance(1_000);
    say({ answers: service('honest') }, B);
    await clock.advance(10);
    assert.equal(seen.at(-1)?.address.host, B);
    seen.length = 0;
    await clock.advance(1_000);
    for (let i = 0; i < 10_000; i++) say({ answers: service(`spoofed ${i}`) }, `10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`);
    await clock.advance(10);
    assert.ok(seen.length <= MESSAGES_PER_SECOND + 2, `${seen.length} messages were read`);
    await clock.advance(60_000);
    const known = questionsOf(A).at(-1)?.message.answers ?? [];
    assert.ok(known.length > 0 && known.length <= INSTANCES_MAX);
    assert.ok(Math.max(...questionsOf(A).map(({ sizeBytes }) => sizeBytes)) < 1_400, 'a question fits into one packet');
  });

  it('P13: takes any bytes and any records without harm', async () => {
    const { seen } = await node(A);
    const strange = fc.record(
      {
        name: fc.oneof(
          fc.constant(SERVICE_TYPE),
          fc.constant(instanceName('x')),
          fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 5 }),
        ),
        ttlSeconds: fc.nat(0xffffffff),
        unique: fc.boolean(),
        data: fc.oneof(
          fc
            .constantFrom(SERVICE_TYPE, instanceName('x'), instanceName('__proto__'), [])
            .map((target) => ({ type: 'ptr' as const, target })),
          fc.record({ type: fc.constant('srv' as const), port: fc.nat(65_535), target: fc.constant(['x', 'local']) }),
          fc
            .array(fc.constantFrom('net=f171756e', 'v=1', '=', '', 'net'), { maxLength: 4 })
            .map((strings) => ({ type: 'txt' as const, strings })),
        ),
      },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(strange, { maxLength: 6 }),
        fc.uint8Array({ maxLength: 80 }),
        fc.boolean(),
        async (answers, bytes, isResponse) => {
          say({ answers, isResponse, questions: isResponse ? [] : [PTR_QUESTION] });
          subnet.say(bytes, { host: HOSTILE, port: 5_353 });
          await clock.advance(50);
        },
      ),
      { numRuns: 300 },
    );
    for (const { ttlSeconds, address } of seen) assert.ok(ttlSeconds >= 0 && ttlSeconds <= 4_500 && address.host === HOSTILE);
  });

  it('forgets a link that is lost, and says nothing more there', async () => {
    const a = await node(A);
    subnet.lose(A);
    await quiet();
    ask([PTR_QUESTION]);
    await clock.advance(100_000);
    assert.deepEqual([answersOf(A), questionsOf(A)], [[], []]);
    await a.discovery.stop();
    assert.deepEqual(answersOf(A), []);
  });
});
