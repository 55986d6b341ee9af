import type { Client, Feature } from './feature.ts';
import { jobs } from './jobs.ts';
import { library } from './library.ts';
import { models } from './models.ts';
import { project } from './project.ts';
import { studio } from './studio.ts';

/** Everything that a window may ask of the main process. A new feature is one file here and one folder of handlers there. */
export const contract = { studio, library, project, jobs, models } satisfies Record<string, Feature>;

export type Contract = typeof contract;
export type StudioClient = { readonly [F in keyof Contract]: Client<Contract[F]> };

/** Address of an asset of an open project, relative to the page. */
export const assetUrl = (project: string, asset: string): string => `/asset/${project}/${asset}`;

/** Address of frame `index` of a project's moving thumbnail; `version` makes browsers forget older ones. */
export const thumbnailUrl = (project: string, index: number, version: string): string =>
  `/thumbnail/${project}/${index}?${encodeURIComponent(version)}`;
