import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toDatabaseError } from './level-database.ts';
import { toNodeError } from './system-error.ts';

/** What each failure is, as Node tells it by its code and LevelDB by the system's text. */
const FAILURES: readonly (readonly [code: string, text: string, is: string, says: RegExp])[] = [
  ['ENOSPC', 'No space left on device', 'disk-full', /^the disk of \/x is full: free some room and start again$/],
  ['EDQUOT', 'Disk quota exceeded', 'disk-full', /^the disk of \/x is full: free some room and start again$/],
  [
    'EIO',
    'Input/output error',
    'data-dir-unusable',
    /^the disk of \/x fails \(input\/output error\): copy what can still be read to another/,
  ],
  ['EROFS', 'Read-only file system', 'data-dir-unusable', /^the disk of \/x can only be read: mount it so that it can be written/],
  [
    'EMFILE',
    'Too many open files',
    'data-dir-unusable',
    /^\/x cannot be opened, since this process has too many files open: raise its limit/,
  ],
  [
    'ENFILE',
    'Too many open files in system',
    'data-dir-unusable',
    /^\/x cannot be opened, since the system has too many files open: close some/,
  ],
  ['EACCES', 'Permission denied', 'data-dir-unusable', /^\/x is not for this user to read and write: change its owner or its mode/],
  ['EPERM', 'Operation not permitted', 'data-dir-unusable', /^\/x cannot be used, since the system does not permit it: look at its owner/],
];

describe('a failure of the system', () => {
  for (const [code, text, is, says] of FAILURES) {
    it(`is worded the same whoever tells of it: ${code}`, () => {
      const own = Object.assign(new Error(`${code}: ${text.toLowerCase()}, write`), { code });
      const levels = Object.assign(new Error(`IO error: /x/000003.log: ${text}`), { code: 'LEVEL_IO_ERROR' });
      for (const error of [toNodeError(own, '/x'), toDatabaseError(own, '/x', 'act'), toDatabaseError(levels, '/x', 'act')]) {
        assert.equal(error.code, is);
        assert.match(error.message, says);
      }
    });
  }

  it('that has no words of its own is quoted', () => {
    const error = toNodeError(Object.assign(new Error('ENOTDIR: not a directory, mkdir'), { code: 'ENOTDIR' }), '/x');
    assert.deepEqual([error.code, error.message], ['data-dir-unusable', '/x cannot be used: ENOTDIR: not a directory, mkdir']);
  });
});
