import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build as viteBuild, type InlineConfig } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folder of the studio as it runs and is packaged: the tree of the sources, so that paths between files stay as they are. */
export const APP = join(ROOT, 'dist/app');

/** What the running studio reads besides its code. */
const COPIED = [
  'LICENSE',
  'NOTICE',
  'assets/characters',
  'assets/motions',
  'assets/icons',
  'docs/USER_GUIDE.md',
  'docs/images',
  'native/addon/build/Release/charactershot.node',
] as const;

/** Builds the studio into `APP`. */
export async function buildStudio(): Promise<void> {
  await rm(APP, { recursive: true, force: true });
  await Promise.all(['core', 'native', 'main', 'preload/contract'].map(stripFolder));
  await Promise.all(
    COPIED.map((path) => cp(join(ROOT, path), join(APP, path), { recursive: true, filter: isShipped })),
  );
  // With an ending, since Windows opens no file without one.
  await cp(join(ROOT, 'NOTICE'), join(APP, 'docs/NOTICE.txt'));
  await writePackage();
  await viteBuild(preloadConfig);
  await viteBuild(rendererConfig);
}

/** Electron and Node look into it for where to begin and for what kind of modules these are. */
async function writePackage(): Promise<void> {
  const { name, version, description, license, author, type } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, string>>;
  const main = 'main/electron/main.js';
  await writeFile(
    join(APP, 'package.json'),
    `${JSON.stringify({ name, version, description, license, author, type, main }, null, 2)}\n`,
  );
}

const isShipped = (path: string): boolean => !/\.test\.ts$|tsconfig|\.tsbuildinfo$/.test(path);

/** TypeScript without its types is JavaScript here: the compiler allows nothing that would need more. */
async function stripFolder(folder: string): Promise<void> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  const sources = names.filter(
    (name) => name.endsWith('.ts') && isShipped(name) && !/^addon.build|^build[/\\]/.test(name),
  );
  for (const name of sources) {
    const target = join(APP, folder, name.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, javaScript(await readFile(join(ROOT, folder, name), 'utf8')));
  }
}

/** Names of neighbouring files, in imports and in addresses of workers and child processes, follow the renaming. */
const javaScript = (source: string): string =>
  stripTypeScriptTypes(source).replace(/'((?:\.{1,2}\/)?[\w./-]+)\.ts'/g, "'$1.js'");

/** One file: a sandboxed preload script can load nothing but `electron`. */
const preloadConfig: InlineConfig = {
  root: join(ROOT, 'preload'),
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: join(APP, 'preload'),
    emptyOutDir: false,
    minify: false,
    target: 'chrome140',
    lib: { entry: 'preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
};

const rendererConfig: InlineConfig = {
  root: join(ROOT, 'renderer'),
  base: '/',
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: join(APP, 'renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    // Data addresses would need a hole in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    license: { fileName: 'licences.md' },
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStudio();
