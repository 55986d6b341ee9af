import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** A module of this folder as plain statements, without its imports and exports. */
const statements = (name: string): string =>
  stripTypeScriptTypes(readFileSync(new URL(name, import.meta.url), 'utf8'))
    .replace(/^import .*$/gm, '')
    .replace(/^export /gm, '');

/** The script that gives a page the studio's bridge: the real preload bundle around the stand-in for `electron`. */
export const preloadScript = (bundlePath: string, window: number): string =>
  `(() => {
    ${statements('wire-codec.ts')}
    ${statements('page-electron.ts')}
    const preload = function (require, exports) {
      ${readFileSync(bundlePath, 'utf8')}
    };
    const electron = pageElectron(${window});
    preload(() => electron, {});
  })();`;
