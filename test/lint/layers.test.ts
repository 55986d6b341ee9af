import { ESLint, Linter } from 'eslint';
import { expect, test } from 'vitest';
import { layers } from './layers.ts';

function messages(filename: string, code: string): string[] {
  const config = { files: ['**/*.ts'], plugins: { local: { rules: { layers } } }, rules: { 'local/layers': 'error' } };
  const linter = new Linter({ cwd: '/studio' });
  return linter.verify(code, config as Linter.Config, `/studio/${filename}`).map((found) => found.message);
}

test.each([
  ['core/a.ts', "import '../native/b.ts';"],
  ['core/a.ts', "import { readFileSync } from 'node:fs';"],
  ['core/deep/a.ts', "export * from '../../main/b.ts';"],
  ['native/a.ts', "export { b } from '../main/b.ts';"],
  ['native/a.ts', "import { app } from 'electron';"],
  ['main/a.ts', "import '../preload/bridge.ts';"],
  ['main/a.ts', "import '../core-of-something-else/a.ts';"],
  ['preload/a.ts', "await import('../native/b.ts');"],
  ['renderer/a.ts', "import '../main/b.ts';"],
  ['renderer/a.ts', "import 'electron/renderer';"],
])('%s may not say %s', (file, code) => {
  expect(messages(file, code)).toHaveLength(1);
});

test('a forbidden import is reported with the allowed ones', () => {
  expect(messages('renderer/a.ts', "import '../native/b.ts';")).toEqual([
    "renderer/ may not import 'native/b.ts'; allowed: renderer, preload/contract, core.",
  ]);
});

test.each([
  ['core/formats/a.ts', "import '../camera.ts';"],
  ['native/a.ts', "import 'node:fs'; import '../core/b.ts'; import 'electrons';"],
  ['main/a.ts', "import 'electron'; import '../preload/contract.ts'; import '../preload/contract/jobs.ts';"],
  ['renderer/a.ts', "import 'react'; import '../preload/contract.ts'; import '../core/b.ts';"],
  ['core/a.test.ts', "import 'node:fs'; import '../test/helpers/random.ts';"],
  ['test/a.ts', "import 'electron'; import '../renderer/b.ts';"],
])('%s may say %s', (file, code) => {
  expect(messages(file, code)).toEqual([]);
});

test('the rule is switched on for the tree', async () => {
  const config: unknown = await new ESLint().calculateConfigForFile('core/camera.ts');
  expect(config).toMatchObject({ rules: { 'local/layers': [2] } });
});
