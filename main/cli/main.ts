import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { AppError } from '../../core/errors.ts';
import { ArgumentError } from './argument-error.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { INTERRUPTED } from './interruption.ts';

const FAILED = 1;
const WRONG_ARGUMENTS = 2;

/**
 * Runs the command line and ends the process: 0 done, 1 failed, 2 wrong arguments, 130 interrupted. `argv` is that of
 * the process, with program and script first.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // Output to a reader that went away is no failure, and the work goes on: its result is a file.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  keepCompiledCode();
  const program = await describeProgram(argv[2]);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = tellError(error, program);
  }
  // Worker threads of the engine may still wind down; nothing of the result depends on them.
  process.exit();
}

/** Each command's module is loaded when it is needed: most of them bring an engine along. */
const COMMANDS: Readonly<Record<string, () => Promise<(command: Command) => void>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  poses: async () => (await import('./poses.ts')).posesCommand,
  generate: async () => (await import('./generate.ts')).generateCommand,
  optimize: async () => (await import('./optimize.ts')).optimizeCommand,
  render: async () => (await import('./render.ts')).renderCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
};

/** The program with the command called `wanted`, or with all where there is none of that name: help lists them. */
async function describeProgram(wanted: string | undefined): Promise<Command> {
  const program = new Command('charactershot')
    .description('From one picture of a character and poses to that character in 4D: an animated cloud of Gaussians.')
    .version(readVersion(), '--version')
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const names = wanted !== undefined && Object.hasOwn(COMMANDS, wanted) ? [wanted] : Object.keys(COMMANDS);
  for (const name of names) (await COMMANDS[name]?.())?.(program.command(name));
  return program;
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}

/** Prints what went wrong as one sentence and returns the exit code. */
function tellError(error: unknown, program: Command): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== 'commander.help') tell(commanderSentence(error, program));
    return WRONG_ARGUMENTS;
  }
  if (error instanceof ArgumentError) {
    tell(error.message);
    return WRONG_ARGUMENTS;
  }
  if (isCancelled(error)) {
    tell(error instanceof AppError ? error.message : 'Stopped; nothing was written.');
    return INTERRUPTED;
  }
  tell(error instanceof Error ? error.message : String(error));
  if (process.env.CHARACTERSHOT_DEBUG === '1') tell(stackOf(error));
  return FAILED;
}

/** An `AppError` of ours, or what an AbortSignal throws. */
const isCancelled = (error: unknown): boolean =>
  error instanceof AppError ? error.code === 'cancelled' : error instanceof Error && error.name === 'AbortError';

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The stack of an error and of everything that caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}

function commanderSentence(error: CommanderError, program: Command): string {
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  if (error.code === 'commander.unknownCommand') {
    const commands = program.commands.map((command) => command.name()).join(', ');
    return `${sentence}; the commands are ${commands}.`;
  }
  return `${sentence}; see --help.`;
}
