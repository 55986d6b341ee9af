import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { nativeAddon } from '../../native/addon/index.ts';

/** What the numbers were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly kernels: string;
  readonly compiler: string;
  readonly node: string;
  /** Programs that wanted a core in the minute before: what other work was going on. */
  readonly load: number;
  readonly commit: string;
  readonly date: string;
}

function firstLine(program: string, ...args: readonly string[]): string | undefined {
  try {
    const output = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return output.split('\n', 1)[0];
  } catch {
    return undefined;
  }
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernels: nativeAddon().kernels(),
    compiler: firstLine('c++', '--version') ?? 'unknown compiler',
    node: process.version,
    load: loadavg()[0] ?? 0,
    commit: firstLine('git', '-C', import.meta.dirname, 'rev-parse', '--short', 'HEAD') ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
  };
}

export function machineText(machine: Machine): string {
  const { processor, cores, memoryGigabytes, kernels, compiler, node, load, commit, date } = machine;
  const hardware = `${processor}, ${cores} cores, ${memoryGigabytes} GB, ${kernels} kernels`;
  return `Measured on ${hardware}; ${compiler}; Node ${node}; load before ${load.toFixed(1)}; commit ${commit}, ${date}.`;
}
