#!/usr/bin/env node
// Starts the command line. Its sources are TypeScript that Node runs as it is from 22.18 on; an older Node hands over to
// the one that the `node` development dependency brings. This file itself must run on any Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NEEDED = [22, 18];

function runsTypeScript() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function bundledNode() {
  const root = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  return [`${root}.bin/node`, `${root}node/bin/node.exe`, `${root}node/bin/node`].find((path) => existsSync(path));
}

/** Runs this file on another Node; signals are passed on, and its end becomes ours. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel carries nothing: its closing tells the child that this process was killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${node} does not start (${error.message}); run npm ci again.`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (runsTypeScript()) {
  // Node 22 calls running TypeScript an experiment, in a warning that is of no use to whoever reads stderr.
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (rest[0] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  const { main } = await import('./main.ts');
  await main(process.argv);
} else {
  const node = bundledNode();
  if (node) {
    handOver(node);
  } else {
    console.error(
      `CharacterShot Studio needs Node ${NEEDED.join('.')} or newer, and this is ${process.versions.node}; ` +
        'install a newer Node, or run npm ci in its folder, which brings one.',
    );
    process.exitCode = 1;
  }
}
