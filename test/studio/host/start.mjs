// Runs the studio's main process on plain Node, with the stand-in where it imports `electron`.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const electron = new URL('electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context),
});
const [, , main] = process.argv;
process.argv.splice(2, 1);
await import(pathToFileURL(main).href);
(await import(electron)).mainHasRun();
