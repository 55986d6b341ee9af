import { z } from 'zod';
import { call, event, type Feature } from './feature.ts';
import { LIMITS, name, onProject, projectId } from './ids.ts';

const tag = z.string().trim().min(1).max(40);

/** All projects that the studio knows. */
export const library = {
  calls: {
    list: call(
      z.strictObject({
        /** Words that occur in name, tags or source names; prefixes count. */
        search: z.string().max(LIMITS.search).default(''),
        tag: tag.nullable().default(null),
        trashed: z.boolean().default(false),
        sort: z.enum(['modified', 'name', 'created']).default('modified'),
      }),
    ).gives<readonly ProjectCard[]>(),
    /** The projects that were opened last, newest first, at most ten; opened by `project.open` as any other. */
    recent: call(z.undefined()).gives<readonly RecentProject[]>(),
    /** Forgets which were opened last, and nothing else of them. */
    clearRecent: call(z.undefined()).gives(),
    tags: call(z.undefined()).gives<readonly { readonly tag: string; readonly projects: number }[]>(),
    create: call(z.strictObject({ name: name.optional() })).gives<ProjectCard>(),
    /** Takes up project files: those dropped, or those chosen in a dialog. */
    add: call(z.undefined()).gives<readonly ProjectCard[]>(),
    rename: call(z.strictObject({ project: projectId, name })).gives<ProjectCard>(),
    setTags: call(z.strictObject({ project: projectId, tags: z.array(tag).max(LIMITS.tags) })).gives<ProjectCard>(),
    duplicate: call(onProject).gives<ProjectCard>(),
    trash: call(onProject).gives(),
    restore: call(onProject).gives<ProjectCard>(),
    /** Erases a project that is in the trash, for good. */
    erase: call(onProject).gives(),
    /** Asks where a project's file has gone; null when the user gave up. */
    locate: call(onProject).gives<ProjectCard | null>(),
  },
  events: {
    /** Something about the list changed; ask again. */
    changed: event<{ readonly projects: readonly string[] }>(),
  },
} satisfies Feature;

export interface RecentProject {
  readonly id: string;
  /** As a menu shows it: the project's name, with that of its file where two have the same one. */
  readonly label: string;
  /** The file is not where it was. */
  readonly missing: boolean;
}

export interface ProjectCard {
  readonly id: string;
  readonly name: string;
  /** Name of the file, without its folder. */
  readonly fileName: string;
  readonly tags: readonly string[];
  /** ISO 8601 */
  readonly created: string;
  readonly modified: string;
  readonly trashed: boolean;
  /** The file is not where it was. */
  readonly missing: boolean;
  /** How far the work is. */
  readonly stage: 'empty' | 'character' | 'clip' | 'scene';
  /** Number of small pictures at `thumbnailUrl(id, k, modified)`, k from 0; they are the frames of a turn. */
  readonly thumbnails: number;
  /** Bytes of the file. */
  readonly size: number;
}
