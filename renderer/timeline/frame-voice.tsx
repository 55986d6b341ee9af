import { useEffect, useState } from 'react';
import { frameSpeech } from './lanes.tsx';
import type { TimelineModel } from './timeline-model.ts';

/** Steps that follow one another faster than this are one: only where they end is said. */
const REST_MS = 400;

/**
 * Says where the playhead came to rest, for who does not see it: after a step, a jump, a pause. Not while it plays, and not
 * while it has the focus itself, when its value is read out anyway.
 */
export function FrameVoice({ model }: { readonly model: TimelineModel }) {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let said = Math.round(model.playhead());
    const say = (): void => {
      const [facts, frame] = [model.facts(), Math.round(model.playhead())];
      if (!facts || frame === said) return;
      said = frame;
      if (document.activeElement?.getAttribute('role') !== 'slider') setText(`Now ${frameSpeech(frame, facts)}`);
    };
    const unsubscribe = model.playback.subscribe(({ playing }) => {
      clearTimeout(timer);
      if (!playing) timer = setTimeout(say, REST_MS);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [model]);
  return (
    <p className="visually-hidden" aria-live="polite" data-voice="frame">
      {text}
    </p>
  );
}
