/**
 * Chance from a seed, for tests: the same that attacks have.
 *
 * @module
 */

export { SeededRandom } from '../../src/attacks/seeded-random.ts';
