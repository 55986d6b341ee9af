import { useEffect } from 'react';
import { recordOf } from '../../core/document/document.ts';
import { assetUrl } from '../../preload/contract/contract.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import type { ViewportHandle } from '../viewport/viewport.tsx';
import { arrange } from './workspace.ts';

const FRAMES = 12;
const SIZE = 320;

/** Keeps the project's small pictures for the library: of the scene in motion, before that of the picture. */
export function useThumbnails(viewport: ViewportHandle | null, shownAsset: string | null, isOpen: boolean): void {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const picture = useDocument((document) => recordOf(document, 'character')?.picture ?? null);
  const hasScene = useDocument((document) => document.has('scene'));
  const known = useDocument((document) => recordOf(document, 'workspace')?.thumbnailOf ?? null);
  const source = hasScene ? (isOpen ? shownAsset : null) : picture;

  useEffect(() => {
    if (source === null || source === known) return;
    let isWanted = true;
    const keep = async (): Promise<void> => {
      const pictures = hasScene
        ? ((await viewport?.thumbnailFrames(FRAMES, SIZE)) ?? [])
        : [await smallPicture(assetUrl(project.id, source))];
      if (!isWanted || pictures.length === 0) return;
      for (const [index, small] of pictures.entries()) {
        await client.project.setThumbnail({ project: project.id, index, picture: small });
      }
      arrange(project, { thumbnailOf: source });
    };
    keep().catch((error: unknown) => {
      // A view that is gone before its pictures were taken is asked again when it is back.
      if (isWanted) tellFailure(error);
    });
    return () => {
      isWanted = false;
    };
  }, [client, project, viewport, hasScene, source, known]);
}

async function smallPicture(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const scale = Math.min(1, SIZE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(image.naturalWidth * scale)),
    Math.max(1, Math.round(image.naturalHeight * scale)),
  );
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  return new Uint8Array(await blob.arrayBuffer());
}
