import type { Command } from 'commander';
import { examineMachine, type Finding } from '../diagnostics/machine.ts';
import { defineCommand } from './command.ts';

export function doctorCommand(command: Command): void {
  command.description('Say what this machine offers, what is missing, and what to do about it.');
  defineCommand(command, async () => {
    const findings = await examineMachine();
    const ready = findings.every(({ state, required }) => state === 'ok' || !required);
    return { text: findings.map(describe).join('\n'), json: { ready, findings } };
  });
}

const describe = ({ name, state, detail, remedy }: Finding): string =>
  `${state.padEnd(8)} ${name}: ${detail}${remedy ? `; ${remedy}` : ''}`;
