// What the engine takes: npm run bench -- [--only NAME]... [--quick] [--json FILE] [--write]. See docs/BENCHMARKS.md.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRESETS } from '../../native/training/contract.ts';
import { benchAblation } from './ablation.ts';
import type { Bench, BenchOptions } from './bench-options.ts';
import { clipFolders } from './clip-folders.ts';
import { benchConnecting } from './connecting.ts';
import { benchDetector } from './detector.ts';
import { writeSection } from './document.ts';
import { benchLibrary } from './library.ts';
import { benchLifting } from './lifting.ts';
import { machineText, thisMachine } from './machine.ts';
import { benchPasses } from './passes.ts';
import { benchPlanPeak } from './plan-peak.ts';
import { benchPuppet } from './puppet.ts';
import { benchQuality } from './quality.ts';
import { benchScaling } from './scaling.ts';
import { tableText, type Table } from './table.ts';
import { benchTransformerBlock } from './transformer-block.ts';
import { benchViewport } from './viewport.ts';
import { benchWindow } from './window.ts';
import { benchVaeDecoder } from './vae-decoder.ts';
import { benchWholeRun } from './whole-run.ts';
import { benchYardstick } from './yardstick.ts';

const SAMPLE = join(import.meta.dirname, '../../assets/sample');

/** Minutes each: run without being asked for. */
const SHORT: Readonly<Record<string, Bench>> = {
  passes: benchPasses,
  yardstick: benchYardstick,
  scaling: benchScaling,
  optimize: benchWholeRun,
};
/** Up to hours: run only by name. */
const LONG: Readonly<Record<string, Bench>> = {
  quality: benchQuality,
  connecting: benchConnecting,
  ablation: benchAblation,
  puppet: benchPuppet,
  library: benchLibrary,
  viewport: benchViewport,
  window: benchWindow,
  detector: ({ data }) => benchDetector(needed(data)),
  'transformer-block': benchTransformerBlock,
  'vae-decoder': benchVaeDecoder,
  'plan-peak': benchPlanPeak,
  lifting: async ({ data }) => [await benchLifting(needed(data))],
};
const ALL = { ...SHORT, ...LONG };

/** Clips, motions and videos with known truth, in the folders that test/bench/detector.ts and lifting.ts name. */
function needed(data: string | undefined): string {
  if (data !== undefined) return data;
  throw new Error('This bench needs --data DIR, a folder of clips, motions and videos with known truth.');
}

const USAGE = `npm run bench -- [options]
  --only NAME       ${Object.keys(SHORT).join(', ')}; by name only: ${Object.keys(LONG).join(', ')} (repeatable)
  --quick           few repetitions
  --json FILE       results as JSON
  --write           put the tables into docs/BENCHMARKS.md
  --clips DIR...    clip folders, or folders of clip folders, for quality, connecting, ablation
                    and puppet (default: the sample)
  --data DIR        clips, motions and videos for detector and lifting
  --presets LIST    for quality, separated by commas (default: draft)
  --seeds LIST      for quality and connecting, separated by commas (default: 0)
  --iterations N    in place of the preset's, for optimize, quality and ablation
  --threads N       worker threads of ablation (default: all cores)`;

async function readArguments(): Promise<{
  names: readonly string[];
  options: BenchOptions;
  json: string | undefined;
  write: boolean;
}> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ only: { type: 'string', multiple: true }, quick: { type: 'boolean' }, json: { type: 'string' } },
      ...{ write: { type: 'boolean' }, clips: { type: 'string', multiple: true }, presets: { type: 'string' } },
      ...{ seeds: { type: 'string' } },
      ...{
        iterations: { type: 'string' },
        threads: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean' },
      },
    },
  });
  const { only: names = Object.keys(SHORT), quick = false, clips = [], presets = 'draft', write = false } = values;
  const iterations = values.iterations === undefined ? undefined : Number(values.iterations);
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  const seeds = (values.seeds ?? '0').split(',').map(Number);
  const unknown = [
    ...names.filter((name) => !(name in ALL)),
    ...presets.split(',').filter((name) => !PRESETS.some((preset) => preset === name)),
    ...(seeds.every((seed) => Number.isInteger(seed) && seed >= 0) ? [] : [`list of seeds ${values.seeds}`]),
    ...(clips.length === 0 ? positionals : []),
    ...(iterations === undefined || (Number.isInteger(iterations) && iterations > 1)
      ? []
      : [`${iterations} iterations`]),
    ...(threads === undefined || (Number.isInteger(threads) && threads > 0) ? [] : [`number of threads ${threads}`]),
  ];
  if (values.help || unknown.length > 0) {
    console.error(`${unknown.map((name) => `There is no ${name}.\n`).join('')}${USAGE}`);
    process.exit(values.help ? 0 : 2);
  }
  const options: BenchOptions = {
    quick,
    clips: clips.length > 0 ? (await Promise.all([...clips, ...positionals].map(clipFolders))).flat() : [SAMPLE],
    presets: PRESETS.filter((preset) => presets.split(',').includes(preset)),
    seeds,
    ...(iterations === undefined ? {} : { iterations }),
    ...(threads === undefined ? {} : { threads }),
    ...(values.data === undefined ? {} : { data: values.data }),
    say: (message) => {
      console.error(`  ${message}`);
    },
  };
  return { names, options, json: values.json, write };
}

const { names, options, json, write } = await readArguments();
const machine = thisMachine();
console.log(machineText(machine));
const results: Record<string, readonly Table[]> = {};
for (const name of names) {
  console.error(name);
  const tables = (await ALL[name]?.(options)) ?? [];
  results[name] = tables;
  console.log(`\n## ${name}\n\n${tables.map(tableText).join('\n\n')}`);
  if (write) await writeSection(name, machine, tables);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
