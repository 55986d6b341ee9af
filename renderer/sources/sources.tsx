import { type DragEvent, useEffect, useMemo, useState } from 'react';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { useCommands } from '../commands/registry.ts';
import { classes } from '../ui/button.tsx';
import { CharacterSource } from './character-source.tsx';
import { MotionSource } from './motion-source.tsx';
import { pastePicture, takeDropped, takePicture } from './source-actions.ts';
import { sourceCommands } from './source-commands.ts';
import styles from './sources.module.css';

/** Where the character and its motion come from. Everything can be dropped anywhere here. */
export function Sources() {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const context = useMemo(() => ({ client, project }), [client, project]);
  const [input, setInput] = useState<HTMLInputElement | null>(null);
  const [isOver, setIsOver] = useState(false);
  useCommands(
    useMemo(
      () =>
        sourceCommands(context, () => {
          input?.click();
        }),
      [context, input],
    ),
  );
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const picture = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
      if (!picture || isTyping(event.target)) return;
      event.preventDefault();
      attempt(() => pastePicture(context, picture));
    };
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('paste', onPaste);
    };
  }, [context]);
  const drop = (event: DragEvent<HTMLDivElement>): void => {
    setIsOver(false);
    const files = [...event.dataTransfer.files];
    const folders = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()?.isDirectory ?? false);
    if (files.length === 0) return;
    event.preventDefault();
    const about = files.map(({ name }, i) => ({ name, isFolder: folders[i] ?? false }));
    attempt(() => takeDropped(context, files, about));
  };
  return (
    <div
      className={classes(styles.sources, isOver && styles.over)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={drop}
    >
      <input
        ref={setInput}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-label="Picture of the character"
        hidden
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          // The same file again is a choice, too.
          event.currentTarget.value = '';
          if (file) attempt(() => takePicture(context, file));
        }}
      />
      <CharacterSource
        onChoose={() => {
          input?.click();
        }}
      />
      <MotionSource />
    </div>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, [contenteditable]');
