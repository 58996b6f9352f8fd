/**
 * Writes docs/rpc-differences.md anew out of the tables of the comparison: `node dist/tools/rpc-differences.js`.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { DIFFERENCES_DOCUMENT, differencesText } from '../test/support/rpc-differences.ts';

writeFileSync(DIFFERENCES_DOCUMENT, differencesText());
