// Builds the native addon at `npm ci`. Node-gyp would fetch Node's headers from the network; the `node` development
// dependency already carries them, and Node-API is stable across versions, so that folder is used where it exists.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));

function bundledHeaders() {
  let nodePackage;
  try {
    nodePackage = dirname(require.resolve('node/package.json'));
  } catch {
    return undefined;
  }
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  return names
    .flatMap((name) => [join(nodePackage, 'node_modules', name), join(nodePackage, '..', name)])
    .find((folder) => existsSync(join(folder, 'include/node/node_api.h')));
}

const nodedir = bundledHeaders();
const result = spawnSync(
  process.execPath,
  [
    require.resolve('node-gyp/bin/node-gyp.js'),
    'rebuild',
    '--loglevel=warn',
    `--jobs=${availableParallelism()}`,
    ...(nodedir ? [`--nodedir=${nodedir}`] : []),
    ...process.argv.slice(2),
  ],
  { cwd: here, stdio: 'inherit' },
);
if (result.status !== 0) {
  console.error(
    'The native engine did not build. It needs a C++17 compiler, make and python3 (Debian: apt install g++ make python3).',
  );
}
process.exit(result.status ?? 1);
