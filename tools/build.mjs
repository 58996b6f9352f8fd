/**
 * Builds the package: the WebAssembly kernels first, since the sources import their bytes, then TypeScript into `dist/`, then the command
 * as a few files into `dist/bin/` and the pages into `dist/pages/`. Plain JavaScript, because it runs before anything is compiled. `--kernels` builds the kernels alone.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fieldProductSource } from './field-product.mjs';

const root = new URL('..', import.meta.url).pathname;
const kernels = join(root, 'src/core/crypto/kernels');
const bin = (name) => join(root, 'node_modules/.bin', name);
const run = (name, ...args) => execFileSync(bin(name), args, { cwd: root, stdio: 'inherit' });

/** Vectors as arguments: a warning about calls from outside, which there are none of. */
const DISABLED = ['--disableWarning', '112'];

/** One `NAME.wasm.ts` beside `assembly/NAME.ts` for each kernel: its bytes as base64, so that a bundle needs no file beside it. */
function buildKernels() {
  const sources = join(kernels, 'assembly');
  if (!existsSync(sources)) return;
  const generated = join(sources, 'field-product.ts');
  const source = fieldProductSource();
  if (!existsSync(generated) || readFileSync(generated, 'utf8') !== source) writeFileSync(generated, source);
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.kernel.ts'))) {
    const name = file.slice(0, -'.kernel.ts'.length);
    const target = join(kernels, `${name}.wasm.ts`);
    const newest = Math.max(...readdirSync(sources).map((each) => statSync(join(sources, each)).mtimeMs));
    if (existsSync(target) && statSync(target).mtimeMs > newest) continue;
    const folder = mkdtempSync(join(tmpdir(), 'quoin-kernel-'));
    try {
      const wasm = join(folder, `${name}.wasm`);
      run('asc', join(sources, file), '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', ...DISABLED, '-o', wasm);
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

/**
 * The command out of a few files instead of some 300 modules, each of which Node takes a third of a millisecond to find, read and compile.
 * A worker's file stands where the module that starts it looks: beside the parts.
 */
function bundleCommand() {
  rmSync(join(root, 'dist/bin'), { recursive: true, force: true });
  const workers = ['mining-worker', 'verify-worker'].map((name) => `parts/${name}=dist/src/platform/workers/${name}.js`);
  const format = ['--bundle', '--splitting', '--format=esm', '--platform=node', '--packages=external', '--legal-comments=none'];
  const places = ['--chunk-names=parts/[name]-[hash]', '--outdir=dist/bin', '--log-level=warning'];
  run('esbuild', 'main=dist/src/cli/main.js', ...workers, ...format, ...places);
}

/** What a browser loads: each page as one script, with the files beside it as they are. */
function bundlePages() {
  const pages = join(root, 'dist/pages');
  rmSync(pages, { recursive: true, force: true });
  for (const name of ['light']) {
    const format = ['--bundle', '--minify', '--format=esm', '--target=es2022', '--conditions=browser', '--legal-comments=none'];
    run('esbuild', `dist/web/${name}/main.js`, ...format, `--outfile=dist/pages/${name}/main.js`, '--log-level=warning');
    const files = readdirSync(join(root, 'web', name)).filter((file) => /\.(html|css|svg)$/.test(file));
    for (const file of files) copyFileSync(join(root, 'web', name, file), join(pages, name, file));
  }
}

buildKernels();
if (!process.argv.includes('--kernels')) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  run('tsc', '-p', 'tsconfig.json');
  run('tsc', '-p', 'tsconfig.browser.json');
  bundleCommand();
  bundlePages();
}
