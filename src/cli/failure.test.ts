import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeError } from '../engine/ports/node-error.ts';
import { CommandError, endingOf, UsageError } from './failure.ts';

describe('the end of a command', () => {
  it('is 2 for wrong use and 1 for a failure, with one line each', () => {
    assert.deepEqual(endingOf(new UsageError('--x: takes y')), { exitCode: 2, text: 'quoin: --x: takes y' });
    assert.deepEqual(endingOf(new CommandError('cannot')), { exitCode: 1, text: 'quoin: cannot' });
    assert.deepEqual(endingOf(new NodeError('port-in-use', 'in use:\n  stop it')), { exitCode: 1, text: 'quoin: in use: stop it' });
  });

  it('gives no orders to a terminal, whatever was quoted', () => {
    const { text } = endingOf(new NodeError('network-file', 'not JSON: "\x1b]0;owned\x07\x9b2J"\r\nnor this\t'));
    assert.equal(text, 'quoin: not JSON: "\ufffd]0;owned\ufffd\ufffd2J" nor this\ufffd');
  });

  it('has the lines and the code of bitcoin-cli for the error of a call', () => {
    const error = new CommandError('error code: -8', { exitCode: 8, details: ['error message:', 'Block height out of range'] });
    assert.deepEqual(endingOf(error), { exitCode: 8, text: 'error code: -8\nerror message:\nBlock height out of range' });
  });

  it('says that anything else is our own fault, and where, in one line', () => {
    const { exitCode, text } = endingOf(new TypeError('x is not\na function'));
    assert.equal(exitCode, 1);
    assert.match(text, /^quoin: this is a fault of quoin, please report it: TypeError: x is not a function \(at .*failure\.test.*\)$/);
    assert.equal(endingOf('thrown text').text, 'quoin: this is a fault of quoin, please report it: thrown text');
  });
});
