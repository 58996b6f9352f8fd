import { startKernel } from './kernel.ts';
import { WASM_BASE64 } from './kernels/hex.wasm.ts';

/** Exports of kernels/assembly/hex.kernel.ts; their meaning is told there. */
interface HexKernelExports {
  readonly memory: WebAssemblyMemory;
  pieceBytes(): number;
  inputOffset(): number;
  outputOffset(): number;
  digits(length: number): void;
}

/** The kernel, and views of its two places. */
interface HexKernel {
  readonly exports: HexKernelExports;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
}

function start(): HexKernel {
  const exports = startKernel<HexKernelExports>(WASM_BASE64);
  const { buffer } = exports.memory;
  const size = exports.pieceBytes();
  return {
    exports,
    input: new Uint8Array(buffer, exports.inputOffset(), size),
    output: new Uint8Array(buffer, exports.outputOffset(), 2 * size),
  };
}

let kernel: HexKernel | undefined;

/**
 * Writes bytes in hexadecimal, lower case, as ASCII: for long ones, a fifth of a nanosecond a byte where a table takes four times as long.
 *
 * @param target - has room for two digits a byte from `at` on
 */
export function writeHexDigits(target: Uint8Array, at: number, bytes: Uint8Array): void {
  kernel ??= start();
  const { exports, input, output } = kernel;
  for (let from = 0; from < bytes.length; from += input.length) {
    const piece = bytes.subarray(from, from + input.length);
    input.set(piece);
    exports.digits(piece.length);
    target.set(piece.length === input.length ? output : output.subarray(0, 2 * piece.length), at + 2 * from);
  }
}
