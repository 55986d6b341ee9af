import { FolderInput, ImagePlus, ImageUp } from 'lucide-react';
import { assetUrl } from '../../preload/contract/contract.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { useRecord } from '../inspector/use-record.ts';
import { Button } from '../ui/button.tsx';
import { takeViews } from './source-actions.ts';
import styles from './sources.module.css';

/** The character's picture, or where it will be. */
export function CharacterSource({ onChoose }: { readonly onChoose: () => void }) {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const character = useRecord('character');
  const views = character?.views?.filter((view) => view !== null).length ?? 0;
  return (
    <section className={styles.section} aria-labelledby="source-character">
      <h2 id="source-character">Character</h2>
      {character ? (
        <figure className={styles.picture}>
          <img
            className={styles.image}
            src={assetUrl(project.id, character.picture)}
            alt={`The character: ${character.pictureName}`}
          />
          <figcaption className={styles.caption}>
            <span className={styles.file}>{character.pictureName}</span>
            <span>
              {character.width} × {character.height}
            </span>
          </figcaption>
        </figure>
      ) : (
        <button type="button" className={styles.drop} onClick={onChoose}>
          <ImagePlus size="1.8rem" strokeWidth={1.4} aria-hidden />
          <strong>Choose picture</strong>
          <span>or drop or paste one here: PNG, JPEG, WebP</span>
        </button>
      )}
      {character && (
        <div className={styles.buttons}>
          <Button icon={ImageUp} onClick={onChoose}>
            Replace…
          </Button>
          <Button
            icon={FolderInput}
            title="Pictures from the 21 cameras around the character, where you have them"
            onClick={() => {
              attempt(() => takeViews({ client, project }));
            }}
          >
            {views > 0 ? `${views} views…` : '21 views…'}
          </Button>
        </div>
      )}
    </section>
  );
}
