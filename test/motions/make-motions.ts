// Writes assets/motions/*.json from the sources beside this file: npx node test/motions/make-motions.ts
import { writeFile } from 'node:fs/promises';
import { writePoses } from '../../core/formats/poses.ts';
import { posesOf } from './motion-source.ts';
import { MOTIONS } from './motions.ts';

for (const [name, source] of Object.entries(MOTIONS)) {
  await writeFile(new URL(`../../assets/motions/${name}.json`, import.meta.url), writePoses(posesOf(source)));
}
