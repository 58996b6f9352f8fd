import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { classifyOutput } from './output-template.ts';
import { scriptToAsm } from './script-asm.ts';

/** A signature in the form of DER: r and s are 1. */
const SIGNATURE = '3006020101020101';

describe('scriptToAsm', () => {
  it('shows up to four bytes as a number and more in hexadecimal', () => {
    assert.equal(scriptToAsm(scriptOfText('0 1 16 -1 17 -255 DUP')), '0 1 16 -1 17 -255 OP_DUP');
    assert.equal(scriptToAsm(hex('04ffffffff')), '-2147483647');
    assert.equal(scriptToAsm(hex('050000000001')), '0000000001');
    assert.equal(scriptToAsm(hex('0180')), '0');
    assert.equal(scriptToAsm(hex('')), '');
  });

  it('says where a script cannot be read on, and which codes have no name', () => {
    assert.equal(scriptToAsm(hex('5102aa')), '1 [error]');
    assert.equal(scriptToAsm(hex('4c')), '[error]');
    assert.equal(scriptToAsm(hex('bbff50')), 'OP_UNKNOWN OP_INVALIDOPCODE OP_RESERVED');
  });

  it('writes hash types in words if asked to, where bytes are a signature', () => {
    const script = (type: string) => hex(`09${SIGNATURE}${type}`);
    const named = {
      '01': 'ALL',
      '02': 'NONE',
      '03': 'SINGLE',
      '81': 'ALL|ANYONECANPAY',
      '82': 'NONE|ANYONECANPAY',
      '83': 'SINGLE|ANYONECANPAY',
    };
    for (const [type, name] of Object.entries(named)) {
      assert.equal(scriptToAsm(script(type), { decodeSighash: true }), `${SIGNATURE}[${name}]`);
      assert.equal(scriptToAsm(script(type)), `${SIGNATURE}${type}`);
    }
    assert.equal(scriptToAsm(script('04'), { decodeSighash: true }), `${SIGNATURE}04`);
    assert.equal(scriptToAsm(hex(`093106020101020101${'01'}`), { decodeSighash: true }), '310602010102010101');
  });

  it('finds no signatures in what OP_RETURN carries', () => {
    assert.equal(scriptToAsm(hex(`6a09${SIGNATURE}01`), { decodeSighash: true }), `OP_RETURN ${SIGNATURE}01`);
  });
});

describeVectors('core rpc_decodescript.json', () => {
  it('gives the text and the type of each of 10 scripts', () => {
    const rows = readVectorJson<[string, { asm: string; type: string }][]>('core/rpc_decodescript.json');
    assert.equal(rows.length, 10);
    for (const [script, { asm, type }] of rows) {
      assert.equal(scriptToAsm(hex(script)), asm);
      assert.equal(classifyOutput(hex(script)).type, type);
    }
  });
});
