import { type RunReport, reproduction, runScenario, SCENARIOS, type Scenario, type Simulation, viewOf } from '../../sim/index.ts';
import { CommandError, UsageError } from '../failure.ts';
import { formatCount, formatDuration } from '../output/format.ts';
import { loadingBar } from '../output/progress.ts';
import { isLive, LiveLines, paintFor } from '../output/terminal.ts';
import { type FrameHead, simulationFrame } from './sim-frame.ts';
import { reportLines } from './sim-report.ts';

/** Between two pictures, by the real clock. */
const REDRAW_MS = 100;

/** Events between two looks at the real clock. */
const EVENTS_PER_LOOK = 64;

/** What is to be played. */
export interface SimPlan {
  readonly scenario: string;
  readonly seed: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly json: boolean;
}

/** `quoin sim list`. */
export function listScenarios({ json }: { readonly json: boolean }): void {
  if (json) {
    console.log(JSON.stringify(SCENARIOS.map(({ name, about, parameters }) => ({ name, about, parameters }))));
    return;
  }
  const paint = paintFor(process.stdout, process.env);
  for (const { name, about, parameters } of SCENARIOS) {
    console.log(`${paint('strong', name)}\n  ${about}`);
    for (const [key, { value, min, max, about: what }] of Object.entries(parameters)) {
      const flag = key === 'nodes' ? '--nodes' : `--set ${key}=`;
      console.log(paint('dim', `  ${`${flag}`.padEnd(18)} ${what}: ${value}, from ${min} to ${max}`));
    }
  }
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new UsageError(`"${name}" is no scenario: there are ${SCENARIOS.map((each) => each.name).join(', ')}`);
  return scenario;
}

/** Draws again and again while a scenario is played. */
async function play(plan: SimPlan, draw: (simulation: Simulation, head: FrameHead) => void): Promise<RunReport> {
  const scenario = scenarioOf(plan.scenario);
  let head: FrameHead = { scenario: scenario.name, seed: plan.seed, step: 0, steps: 1, name: '' };
  let events = 0;
  let drawnAtMs = 0;
  try {
    return await runScenario({
      ...{ scenario, seed: plan.seed, parameters: plan.parameters },
      onStep: (progress, simulation) => {
        head = { ...head, ...progress };
        draw(simulation, head);
      },
      listener: {
        moved: (simulation) => {
          if (++events % EVENTS_PER_LOOK !== 0 || performance.now() - drawnAtMs < REDRAW_MS) return;
          draw(simulation, head);
          drawnAtMs = performance.now();
        },
      },
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Says what came of it; a broken invariant is a failure of the command. */
function conclude(report: RunReport, { json }: SimPlan): void {
  const again = reproduction(report.scenario, report.seed, report.parameters);
  if (json) console.log(JSON.stringify({ ...report, broken: report.broken ?? null, reproduce: again }));
  else for (const line of reportLines(report, paintFor(process.stdout, process.env))) console.log(line);
  if (report.broken !== undefined) throw new CommandError(`the invariant "${report.broken.invariant}" broke; to see it again: ${again}`);
}

/** `quoin sim run`. */
export async function runSimulation(plan: SimPlan): Promise<void> {
  const live = isLive(process.stderr, process.env) && !plan.json ? new LiveLines(process.stderr) : undefined;
  const report = await play(plan, (simulation, { step, steps, name }) => {
    const bar = loadingBar({ doneBytes: step, totalBytes: steps });
    const facts = `seed ${plan.seed}, ${formatDuration(simulation.seconds)}, height ${formatCount(simulation.best().height)}`;
    live?.show([`${bar} ${name} (${facts})`]);
  });
  live?.clear();
  conclude(report, plan);
}

/** `quoin sim watch`. */
export async function watchSimulation(plan: SimPlan): Promise<void> {
  const { stdout, env } = process;
  const paint = paintFor(stdout, env);
  const live = isLive(stdout, env) ? new LiveLines(stdout) : undefined;
  let shown = '';
  const report = await play(plan, (simulation, head) => {
    // Elsewhere than on a terminal there is a picture a step.
    if (live === undefined && head.name === shown) return;
    shown = head.name;
    const frame = simulationFrame(viewOf(simulation), head, paint);
    if (live === undefined) console.log(`${frame.join('\n')}\n`);
    else live.show(frame);
  });
  live?.clear();
  conclude(report, plan);
}
