import type { Settings } from '../../preload/contract/studio.ts';

const light = window.matchMedia('(prefers-color-scheme: light)');
let current: Pick<Settings, 'theme'> | undefined;

function applyTheme(): void {
  const isLight = current?.theme === 'light' || (current?.theme === 'system' && light.matches);
  document.documentElement.dataset.theme = isLight ? 'light' : 'dark';
}

light.addEventListener('change', applyTheme);

/** Theme and text size, on the whole page. */
export function applyAppearance(settings: Pick<Settings, 'theme' | 'textSize'>): void {
  current = settings;
  document.documentElement.style.fontSize = `${settings.textSize}%`;
  applyTheme();
}
