import type { Command } from 'commander';
import type { AppError } from '../../core/errors.ts';
import type { OnProgress } from '../../core/progress.ts';
import { ProgressPrinter } from './progress-printer.ts';
import { abortOnSignal } from './interruption.ts';

/** What a running command is given. */
export interface Session {
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Tells the user something on stderr, also when progress is not wanted. */
  readonly warn: (message: string) => void;
}

/** What a command has to say on stdout, for people and for programs. */
export interface Outcome {
  readonly text: string;
  /** Becomes the one JSON document of --json. */
  readonly json: unknown;
  /** Why the command fails nevertheless; then `text` is not printed, and `json` is. */
  readonly failure?: AppError;
}

interface CommonOptions {
  /** A path where the command reads from one, see `poses`. */
  readonly json?: true | string;
  readonly quiet?: true;
}

/**
 * Gives `command` the options that all commands have, and its work. What `run` returns goes to stdout; progress and warnings go to stderr. Errors pass through, to be told in one place.
 */
export function defineCommand(
  command: Command,
  // Commander knows the options only as declared with it; each command describes them as a type of its own.
  run: (options: never, session: Session) => Promise<Outcome>,
): void {
  if (!command.options.some(({ long }) => long === '--json')) {
    command.option('--json', 'print the result as one JSON document');
  }
  command.option('--quiet', 'print no progress').action(async (...handed: readonly unknown[]) => {
    // Arguments, options, command.
    const options = handed.at(-2) as CommonOptions;
    const printer = new ProgressPrinter(process.stderr);
    const session: Session = {
      signal: abortOnSignal(() => {
        printer.line('Stopping; press Ctrl+C again to end at once.');
      }),
      onProgress: (progress) => {
        if (!options.quiet) printer.handle(progress);
      },
      warn: (message) => {
        printer.line(message);
      },
    };
    try {
      const outcome = await run(options as never, session);
      printer.clear();
      if (options.json !== undefined) await print(JSON.stringify(outcome.json, null, 2));
      else if (!outcome.failure) await print(outcome.text);
      if (outcome.failure) throw outcome.failure;
    } finally {
      printer.clear();
    }
  });
}

/** Waits until the text has left the process, which a pipe may take its time for. */
const print = (text: string): Promise<void> =>
  new Promise((resolve) => {
    // A reader that went away (EPIPE) has seen what it wanted: no failure.
    process.stdout.write(`${text}\n`, () => {
      resolve();
    });
  });
