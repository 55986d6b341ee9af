import { resolve } from 'node:path';
import { app } from 'electron';

/** Project files that the system asks this program to open, from whichever side they come. */
export interface Instance {
  /** From now on, and once for what came before. */
  readonly onOpen: (open: (paths: readonly string[]) => void) => void;
}

/** Undefined where another studio runs: it has been told what this one was to open, and this one ends. */
export function refuseSecondInstance(): Instance | undefined {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return undefined;
  }
  let waiting: string[] = projectPaths(process.argv, process.cwd());
  let tell = (paths: readonly string[]): void => {
    waiting = [...waiting, ...paths];
  };
  app.on('second-instance', (_event, argv, cwd) => {
    tell(projectPaths(argv, cwd));
  });
  // macOS hands files over this way, before and after the start.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    tell([path]);
  });
  return {
    onOpen: (open) => {
      tell = open;
      if (waiting.length > 0) open(waiting);
      waiting = [];
    },
  };
}

/** Arguments to start the program with once more, without the files that it was started with. */
export const withoutProjects = (args: readonly string[]): string[] => args.filter((argument) => !isProject(argument));

const isProject = (argument: string): boolean => argument.endsWith('.cshot') && !argument.startsWith('-');

/** The first arguments are the program and its script; options are Chromium's. */
function projectPaths(argv: readonly string[], cwd: string): string[] {
  return argv
    .slice(1)
    .filter(isProject)
    .map((path) => resolve(cwd, path));
}
