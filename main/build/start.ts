import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { APP, buildStudio } from './build.ts';

const require = createRequire(import.meta.url);

/** Path of Electron's program. It comes at the first start, from the network; undefined where it cannot be had. */
function electronProgram(): string | undefined {
  const installer = join(require.resolve('electron/package.json'), '../install.js');
  const { status } = spawnSync(process.execPath, [installer], { stdio: 'ignore' });
  return status === 0 ? (require('electron') as string) : undefined;
}

const program = electronProgram();
if (program === undefined) {
  process.stderr.write(
    "Electron's program is not on this machine and could not be downloaded; connect to the network and run `npm start` again.\n",
  );
  process.exitCode = 1;
} else {
  await buildStudio();
  const child = spawn(program, [APP, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
