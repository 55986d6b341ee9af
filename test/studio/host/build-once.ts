import { buildStudio } from '../../../main/build/build.ts';

/** The bundles that all tests of the studio run: made once, before them. */
export default async function setup(): Promise<void> {
  await buildStudio();
}
