import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { inspectCheckpoint, type CheckpointReport } from '../../native/inference/checkpoint/inspect.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { requireInput } from './paths.ts';

interface Options {
  readonly hash?: boolean;
}

/** Findings that a sentence lists. */
const MOST_TOLD = 40;

export function modelsCommand(command: Command): void {
  command.description('Look at checkpoints of the networks.').helpCommand(false);
  const check = command
    .command('check <folder>')
    .description('Say whether a folder holds a whole checkpoint, which tensors are amiss, and how it would run here.')
    .option('--hash', 'read all files, and compare their hashes with those that the download left behind');
  // Commander hands arguments over before options; every other command has options alone.
  const folder = (): string => check.args[0] ?? '';
  defineCommand(check, (options: Options, session) => run(folder(), options, session));
}

async function run(folder: string, { hash = false }: Options, { signal, onProgress }: Session): Promise<Outcome> {
  requireInput('models check', folder);
  const report = await inspectCheckpoint(folder, { hash, signal, onProgress });
  return { text: describe(report), json: report, ...(report.ok ? {} : { failure: failureOf(report) }) };
}

function failureOf({ folder, findings }: CheckpointReport): AppError {
  const [first = ''] = findings;
  // What cannot be opened at all is told in a sentence that stands for itself.
  if (findings.length === 1 && first.endsWith('.')) return new AppError('bad-input', first);
  const list = findings.slice(0, MOST_TOLD).map((finding) => finding.replace(/\.$/, ''));
  const more = findings.length > MOST_TOLD ? `; and ${findings.length - MOST_TOLD} more (--json lists them all)` : '';
  return new AppError(
    'bad-input',
    `${folder} is not as it was published: ${list.join('; ')}${more}; fetch the published checkpoint again.`,
  );
}

function describe({ folder, kind, modules, plan, rays, hashes }: CheckpointReport): string {
  const model = kind === '4d' ? 'the 4D model, 21 views' : 'the 2D model, one view';
  const lines = modules.map(
    ({ name, tensors, parameters, bytes, dtypes }) =>
      `${name}: ${tensors} tensors, ${(parameters / 1e6).toFixed(1)} million numbers, ${(bytes / 1e9).toFixed(2)} GB as ${dtypes.join(', ')}`,
  );
  const told = [rays, hashes && hashLine(hashes), plan].filter((line) => line !== undefined);
  return [`${folder}: ${model}`, ...lines, ...told].join('\n');
}

function hashLine(hashes: NonNullable<CheckpointReport['hashes']>): string {
  const files = hashes.length;
  const known = hashes.filter(({ expected }) => expected !== null).length;
  if (known === files) return `Hashes: all ${files} files are what the hub has.`;
  const others = 'no hash is known (--json gives what they have)';
  if (known === 0) return `Hashes: of all ${files} files ${others}, so that nothing was compared.`;
  return `Hashes: ${known} of ${files} files are what the hub has; of the others ${others}.`;
}
