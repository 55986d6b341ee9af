import { useEffect, useRef } from 'react';
import { recordOf } from '../../core/document/document.ts';
import { assetUrl } from '../../preload/contract/contract.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import type { ViewportHandle } from '../viewport/viewport.tsx';

const FRAMES = 12;
const SIZE = 320;

/** Keeps the project's small pictures for the library: of the scene in motion, before that of the picture. */
export function useThumbnails(viewport: ViewportHandle | null, shownAsset: string | null, isOpen: boolean): void {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const picture = useDocument((document) => recordOf(document, 'character')?.picture ?? null);
  const hasScene = useDocument((document) => document.has('scene'));
  // What was there when the project was opened has its small pictures already.
  const kept = useRef<{ picture: string | null; scene: string | null }>(undefined);
  kept.current ??= { picture, scene: recordOf(project.getState().document, 'scene')?.asset ?? null };

  useEffect(() => {
    if (!kept.current || picture === null || hasScene || kept.current.picture === picture) return;
    kept.current.picture = picture;
    const keep = async (): Promise<void> => {
      const small = await smallPicture(assetUrl(project.id, picture));
      await client.project.setThumbnail({ project: project.id, index: 0, picture: small });
    };
    keep().catch(tellFailure);
  }, [client, project, picture, hasScene]);

  useEffect(() => {
    if (!kept.current || !isOpen || shownAsset === null || kept.current.scene === shownAsset) return;
    kept.current.scene = shownAsset;
    const keep = async (): Promise<void> => {
      const pictures = (await viewport?.thumbnailFrames(FRAMES, SIZE)) ?? [];
      for (const [index, small] of pictures.entries()) {
        await client.project.setThumbnail({ project: project.id, index, picture: small });
      }
    };
    keep().catch(tellFailure);
  }, [client, project, viewport, shownAsset, isOpen]);
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
