import { basename } from 'node:path';
import type { RecentProject } from '../../../preload/contract/library.ts';
import type { ProjectRow } from './project-table.ts';

/** How many are offered. */
export const RECENT_PROJECTS = 10;
/** Characters of a name that fit into a menu. */
const LONGEST = 60;

/**
 * Projects as a menu names them: by their own name, with the file's where two have the same one.
 * @param isThere Whether a project's file is where it was.
 */
export function recentProjects(
  rows: readonly Pick<ProjectRow, 'id' | 'name' | 'path'>[],
  isThere: (row: { readonly path: string }) => boolean,
): readonly RecentProject[] {
  return rows.map((row) => {
    const isOne = rows.every((other) => other === row || other.name !== row.name);
    const file = isOne ? '' : ` (${shortened(basename(row.path))})`;
    return { id: row.id, label: shortened(row.name) + file, missing: !isThere(row) };
  });
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
