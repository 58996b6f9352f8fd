/**
 * Node's test runner, as far as tests that run in a page too need it: collects tests, and runs them one after another when it is told to.
 *
 * @module
 */

type Body = (context: TestContext) => unknown;
type Options = { readonly skip?: boolean | string };

/** What a test is given. */
interface TestContext {
  /** Runs something when the test has ended. */
  after(end: () => unknown): void;
}

/** How a test went. */
export interface PageResult {
  readonly title: string;
  /** What it failed with; empty where it passed. */
  readonly error: string;
}

const collected: { readonly title: string; readonly body: Body }[] = [];
const path: string[] = [];

/** Notes a test under the titles that it stands in. */
export function it(title: string, options: Options | Body, body?: Body): void {
  const run = typeof options === 'function' ? options : body;
  const isSkipped = typeof options !== 'function' && options.skip !== undefined && options.skip !== false;
  if (run === undefined || isSkipped) return;
  collected.push({ title: [...path, title].join(' › '), body: run });
}

/** The same by its other name. */
export const test: typeof it = it;

/** Notes the tests of a group. */
export function describe(title: string, body: () => void): void {
  path.push(title);
  body();
  path.pop();
}

async function runOne(title: string, body: Body): Promise<PageResult> {
  const ends: (() => unknown)[] = [];
  try {
    await body({ after: (end) => ends.push(end) });
    for (const end of ends.reverse()) await end();
    return { title, error: '' };
  } catch (error) {
    return { title, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Runs every test that was collected. */
export async function runCollected(): Promise<readonly PageResult[]> {
  const results: PageResult[] = [];
  for (const { title, body } of collected) results.push(await runOne(title, body));
  return results;
}
