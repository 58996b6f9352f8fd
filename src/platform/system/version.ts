import { createRequire } from 'node:module';

/** The package's version, from its own manifest. */
export function packageVersion(): string {
  const manifest = createRequire(import.meta.url)('quoin/package.json') as { readonly version: string };
  return manifest.version;
}
