import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { inspectCheckpoint, type CheckpointReport } from '../../native/inference/checkpoint/inspect.ts';
import { defineCommand, type Outcome } from './command.ts';
import { requireInput } from './paths.ts';

/** Findings that a sentence lists. */
const MOST_TOLD = 40;

export function modelsCommand(command: Command): void {
  command.description('Look at checkpoints of the networks.').helpCommand(false);
  const check = command
    .command('check <folder>')
    .description('Say whether a folder holds a whole checkpoint, which tensors are amiss, and how it would run here.');
  // Commander hands arguments over before options; every other command has options alone.
  const folder = (): string => check.args[0] ?? '';
  defineCommand(check, () => run(folder()));
}

async function run(folder: string): Promise<Outcome> {
  requireInput('models check', folder);
  const report = await inspectCheckpoint(folder);
  const findings = report.modules.flatMap(({ name, findings: found }) => found.map((finding) => `${name}: ${finding}`));
  if (findings.length > 0) {
    const list = findings.slice(0, MOST_TOLD).join('; ');
    const more = findings.length > MOST_TOLD ? `; and ${findings.length - MOST_TOLD} more` : '';
    throw new AppError(
      'bad-input',
      `${report.folder} cannot be run: ${list}${more}; fetch the published checkpoint again.`,
    );
  }
  return { text: describe(report), json: report };
}

function describe({ folder, kind, modules, plan, rays }: CheckpointReport): string {
  const model = kind === '4d' ? 'the 4D model, 21 views' : 'the 2D model, one view';
  const lines = modules.map(
    ({ name, tensors, parameters, bytes, dtypes }) =>
      `${name}: ${tensors} tensors, ${(parameters / 1e6).toFixed(1)} million numbers, ${(bytes / 1e9).toFixed(2)} GB as ${dtypes.join(', ')}`,
  );
  return [`${folder}: ${model}`, ...lines, ...(rays === undefined ? [] : [rays]), plan].join('\n');
}
