import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { machineText, type Machine } from './machine.ts';
import { tableText, type Table } from './table.ts';

const PATH = join(import.meta.dirname, '../../docs/BENCHMARKS.md');

/** Replaces what stands between a bench's markers in docs/BENCHMARKS.md. */
export async function writeSection(name: string, machine: Machine, tables: readonly Table[]): Promise<void> {
  const [begin, end] = [`<!-- ${name}: written by npm run bench -- --write -->`, `<!-- end of ${name} -->`];
  const text = await readFile(PATH, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/BENCHMARKS.md has no markers of ${name}`);
  const section = [begin, machineText(machine), ...tables.map(tableText), end].join('\n\n');
  const whole = text.slice(0, from) + section + text.slice(to + end.length);
  await writeFile(PATH, await format(whole, { ...(await resolveConfig(PATH)), filepath: PATH }));
}
