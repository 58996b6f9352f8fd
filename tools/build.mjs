/**
 * Builds the package: the WebAssembly kernels first, since the sources import their bytes, then TypeScript into `dist/`.
 * Plain JavaScript, because it runs before anything is compiled. `--kernels` builds the kernels alone.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const kernels = join(root, 'src/core/crypto/kernels');
const bin = (name) => join(root, 'node_modules/.bin', name);
const run = (name, ...args) => execFileSync(bin(name), args, { cwd: root, stdio: 'inherit' });

/** One `NAME.wasm.ts` beside `assembly/NAME.ts` for each kernel: its bytes as base64, so that a bundle needs no file beside it. */
function buildKernels() {
  const sources = join(kernels, 'assembly');
  if (!existsSync(sources)) return;
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.kernel.ts'))) {
    const name = file.slice(0, -'.kernel.ts'.length);
    const target = join(kernels, `${name}.wasm.ts`);
    const newest = Math.max(...readdirSync(sources).map((each) => statSync(join(sources, each)).mtimeMs));
    if (existsSync(target) && statSync(target).mtimeMs > newest) continue;
    const folder = mkdtempSync(join(tmpdir(), 'quoin-kernel-'));
    try {
      const wasm = join(folder, `${name}.wasm`);
      run('asc', join(sources, file), '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '-o', wasm);
      const text = readFileSync(wasm).toString('base64');
      writeFileSync(
        target,
        `/** Generated from assembly/${file} by tools/build.mjs; not in the repository. */\nexport const WASM_BASE64: string =\n  '${text}';\n`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

buildKernels();
if (!process.argv.includes('--kernels')) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  run('tsc', '-p', 'tsconfig.json');
}
