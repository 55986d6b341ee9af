// Types, lint rules and format, all at the same time: each of them keeps one core busy, and none needs another's result.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const CHECKS: Readonly<Record<string, readonly [script: string, ...args: string[]]>> = {
  types: ['typescript/bin/tsc', '--build'],
  lint: ['eslint/bin/eslint.js', '--max-warnings', '0', '.'],
  format: ['prettier/bin/prettier.cjs', '--check', '.'],
};

/** Runs a script of a package; what it says comes in one piece, when it is done. */
function passes(name: string, [script, ...args]: readonly [script: string, ...args: string[]]): Promise<boolean> {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(process.execPath, [`${ROOT}node_modules/${script}`, ...args], {
      ...{ cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => said.push(data));
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      process.stdout.write(`${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(Object.entries(CHECKS).map(([name, command]) => passes(name, command)));
if (results.includes(false)) process.exitCode = 1;
