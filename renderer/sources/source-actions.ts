import { type CharacterRecord, recordOf } from '../../core/document/document.ts';
import { fitMotion, isEdited, unfitMotion } from '../../core/pose-edit/fit-motion.ts';
import type { ImportedPicture } from '../../preload/contract/project.ts';
import { notify } from '../app/notices.ts';
import { put } from '../document/project-store.ts';
import { type JobContext, startJob } from '../inspector/start-job.ts';
import { type DroppedFile, meaningOfDrop } from './file-kinds.ts';
import { builtInMotion } from './motion-edits.ts';

/** Takes a picture as the character's: the file, or one that a dialog asks for. */
export async function takePicture(context: JobContext, file?: File): Promise<void> {
  const { client, project } = context;
  const found = await client.project.importPicture(
    { project: project.id, use: 'character' },
    file ? [file] : undefined,
  );
  if (found) await becomeCharacter(context, found);
}

export async function pastePicture(context: JobContext, picture: Blob): Promise<void> {
  const { client, project } = context;
  const bytes = new Uint8Array(await picture.arrayBuffer());
  await becomeCharacter(context, await client.project.pastePicture({ project: project.id, picture: bytes }));
}

/** What was known of an earlier picture does not hold for this one; its joints are looked for at once. */
async function becomeCharacter(
  context: JobContext,
  { asset, fileName, width, height }: ImportedPicture,
): Promise<void> {
  const character: CharacterRecord = {
    ...{ id: 'character', type: 'character', picture: asset, pictureName: fileName, width, height },
    ...{ mask: null, restPose: null, views: null },
  };
  context.project.change('Choose picture', put(character));
  await startJob(context, { kind: 'rest-pose' });
}

const characterOf = ({ project }: JobContext): CharacterRecord | undefined =>
  recordOf(project.getState().document, 'character');

/** The artist's own cut-out. */
export async function takeMask(context: JobContext, file?: File): Promise<void> {
  const { client, project } = context;
  const found = await client.project.importPicture({ project: project.id, use: 'mask' }, file ? [file] : undefined);
  const character = characterOf(context);
  if (found && character) project.change('Use a mask', put({ ...character, mask: found.asset }));
}

/** The 21 pictures of the views, from a folder. */
export async function takeViews(context: JobContext, files?: readonly File[]): Promise<void> {
  const { client, project } = context;
  const views = await client.project.importViews({ project: project.id }, files);
  const character = characterOf(context);
  if (views && character) project.change('Import view pictures', put({ ...character, views }));
}

/** A picture of the artist's for one view, of the character at rest. */
export async function takeView(context: JobContext, view: number, file?: File): Promise<void> {
  const { client, project } = context;
  const found = await client.project.importPicture({ project: project.id, use: 'view' }, file ? [file] : undefined);
  if (found) setView(context, view, found.asset);
}

/** Puts a picture in a view's place, or takes it away again. */
export function setView(context: JobContext, view: number, asset: string | null): void {
  const character = characterOf(context);
  if (!character) {
    notify({ kind: 'error', text: 'Choose the picture of the character before pictures of its views.' });
    return;
  }
  const views = Array.from({ length: 21 }, (_, each) => (each === view ? asset : (character.views?.[each] ?? null)));
  const isEmpty = views.every((each) => each === null);
  const label = asset === null ? `Give view ${view} back` : `Replace view ${view}`;
  context.project.change(label, (document) => {
    const clip = recordOf(document, 'clip');
    const changed = put({ ...character, views: isEmpty ? null : views })(document);
    // A view that is marked as the artist's without a picture of theirs would stay as it is when views are generated again.
    if (asset !== null || !clip?.replaced.includes(view)) return changed;
    return put({ ...clip, replaced: clip.replaced.filter((each) => each !== view) })(changed);
  });
}

/** Poses of a video, a motion file or pose files; a job reads them. */
export async function takeMotion(context: JobContext, files?: readonly File[]): Promise<void> {
  await startJob(context, { kind: 'poses' }, files);
}

export async function chooseMotion({ client, project }: JobContext, name: string): Promise<void> {
  project.change(`Choose motion: ${name}`, builtInMotion(await client.project.motion({ name })));
}

/** Lays the motion over the character, or lays it there again after either has changed. */
export function fitToCharacter({ project }: JobContext): void {
  project.change('Fit the motion to the character', fitMotion);
}

/** Gives the motion back the frame and the proportions that it came with. */
export function leaveInOwnFrame({ project }: JobContext): void {
  const wasEdited = isEdited(project.getState().document);
  project.change('Leave the motion in its own frame', unfitMotion);
  if (!wasEdited) return;
  notify({
    kind: 'info',
    text: 'The motion is as it came; what you changed in its poses went with the fit.',
    action: {
      label: 'Undo',
      run: () => {
        project.undo();
      },
    },
  });
}

/** Takes what was dropped on the sources for what it seems to be. */
export async function takeDropped(
  context: JobContext,
  files: readonly File[],
  about: readonly DroppedFile[],
): Promise<void> {
  switch (meaningOfDrop(about)) {
    case 'character':
      return takePicture(context, files[0]);
    case 'views':
      return takeViews(context, files);
    case 'motion':
      return takeMotion(context, files);
    case 'nothing':
      notify({
        kind: 'error',
        text: 'That is no picture, video or motion file; drop a PNG, JPEG or WebP, an MP4 or MOV, a BVH or pose JSON.',
      });
      return;
    case 'project':
      // The window opens project files wherever they are dropped.
      return;
  }
}
