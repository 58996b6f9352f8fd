import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimRandom } from '../sim-random.ts';
import { SharedBytes } from './shared-bytes.ts';
import { VirtualFile } from './virtual-file.ts';

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

function content(file: VirtualFile): Uint8Array {
  const all = new Uint8Array(file.sizeBytes);
  assert.equal(file.read(all, 0), all.length);
  return all;
}

test('what is written is read, over one another, beyond the end and with holes of zeros', () => {
  const file = new VirtualFile(new SharedBytes());
  file.write(bytes(4, 1), 0);
  file.write(bytes(2, 2), 1);
  file.write(bytes(2, 3), 6);
  assert.deepEqual([...content(file)], [1, 2, 2, 1, 0, 0, 3, 3]);
  const part = bytes(4, 9);
  assert.equal(file.read(part, 5), 3);
  assert.deepEqual([...part], [0, 3, 3, 9]);
  file.truncate(2);
  assert.deepEqual([...content(file)], [1, 2]);
});

test('a file against a plain array, at random', () => {
  const random = new SimRandom(1);
  const file = new VirtualFile(new SharedBytes());
  let model = new Uint8Array(0);
  for (let step = 0; step < 500; step++) {
    if (random.chance(0.1)) {
      const size = random.below(model.length + 1);
      file.truncate(size);
      model = model.slice(0, size);
    } else {
      const at = random.below(model.length + 20);
      const piece = random.bytes(1 + random.below(600));
      const grown = new Uint8Array(Math.max(model.length, at + piece.length));
      grown.set(model);
      grown.set(piece, at);
      model = grown;
      file.write(piece, at);
    }
    if (random.chance(0.2)) file.sync();
  }
  assert.deepEqual(content(file), model);
});

test('a loss of power takes nothing that was synced, and of the rest keeps, loses or tears each piece at a sector', () => {
  const fates = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const file = new VirtualFile(new SharedBytes());
    file.write(bytes(1_000, 7), 0);
    file.syncName();
    file.sync();
    file.write(bytes(2_000, 8), 1_000);
    assert.equal(file.loseUnsynced(new SimRandom(seed)), true);
    const left = content(file);
    assert.deepEqual(left.subarray(0, 1_000), bytes(1_000, 7));
    const kept = left.length - 1_000;
    assert.ok(kept === 2_000 || kept % 512 === 0, `${kept} bytes are left of the second piece`);
    assert.ok(left.subarray(1_000).every((byte) => byte === 8));
    fates.add(kept === 0 ? 'lost' : kept === 2_000 ? 'kept' : 'torn');
  }
  assert.deepEqual([...fates].sort(), ['kept', 'lost', 'torn']);
});

test('a piece that is lost before one that is kept leaves zeros', () => {
  let holes = 0;
  for (let seed = 0; seed < 100; seed++) {
    const file = new VirtualFile(new SharedBytes());
    file.syncName();
    file.write(bytes(600, 1), 0);
    file.write(bytes(600, 2), 600);
    file.loseUnsynced(new SimRandom(seed));
    if (file.sizeBytes === 1_200 && content(file)[0] === 0) holes++;
  }
  assert.ok(holes > 5, `${holes} of 100`);
});

test('a file whose name was never synced may be gone as a whole', () => {
  const there = Array.from({ length: 100 }, (_, seed) => {
    const file = new VirtualFile(new SharedBytes());
    file.write(bytes(10, 1), 0);
    file.sync();
    return file.loseUnsynced(new SimRandom(seed));
  });
  assert.ok(there.includes(true) && there.includes(false));
});

test('what many write is kept once, and never changed by who wrote it', () => {
  const shared = new SharedBytes();
  const block = bytes(5_000, 4);
  const one = shared.share(block);
  const other = shared.share(bytes(5_000, 4));
  assert.equal(one, other);
  block[0] = 9;
  assert.equal(one[0], 4);
  assert.notEqual(shared.share(bytes(5_000, 5)), one);
});
