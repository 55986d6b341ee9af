import { useSyncExternalStore } from 'react';

/** The page's font size in pixels, also after the user changed it here or in the system. */
export const useFontSize = (): number => useSyncExternalStore(follow, fontSize);

const fontSize = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

function follow(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['style'] });
  window.addEventListener('resize', changed);
  return () => {
    observer.disconnect();
    window.removeEventListener('resize', changed);
  };
}
