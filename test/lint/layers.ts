import { dirname, relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';

/** What each top folder may import: other top folders (or a path in one), and which packages. */
const LAYERS: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: RegExp }>> = {
  core: { folders: [], packages: /^$/ },
  native: { folders: ['core'], packages: /^(?!electron(\/|$))/ },
  main: { folders: ['native', 'core', 'preload/contract'], packages: /^/ },
  preload: { folders: ['core'], packages: /^/ },
  renderer: { folders: ['preload/contract', 'core'], packages: /^(?!electron(\/|$)|node:)/ },
};

const within = (path: string, prefix: string): boolean => path === prefix || /^[/.]/.test(path.slice(prefix.length));

function problem(file: string, source: string, cwd: string): string | undefined {
  const name = relative(cwd, file).split(sep).join('/');
  const layer = name.split('/')[0] ?? '';
  const allowed = LAYERS[layer];
  // Tests may look at everything; a package file outside the layers (configuration) belongs to nobody.
  if (!allowed || name.endsWith('.test.ts')) return undefined;
  if (!source.startsWith('.')) {
    return allowed.packages.test(source) ? undefined : `${layer}/ may not import the package '${source}'.`;
  }
  const target = relative(cwd, resolve(dirname(file), source))
    .split(sep)
    .join('/');
  const fits = [layer, ...allowed.folders].some((prefix) => target.startsWith(prefix) && within(target, prefix));
  return fits ? undefined : `${layer}/ may not import '${target}'; allowed: ${[layer, ...allowed.folders].join(', ')}.`;
}

/** Arrows between the top folders point one way; a forbidden import is reported with the allowed ones. */
export const layers: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{problem}}' } },
  create(context) {
    const check = (node: Rule.Node): void => {
      const source = 'source' in node ? node.source : undefined;
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const found = problem(context.filename, source.value, context.cwd);
      if (found !== undefined) context.report({ node: source, messageId: 'forbidden', data: { problem: found } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};
