import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the screens go: an ignored folder, to be looked at. */
export const SCREENS = fileURLToPath(new URL('../../dist/screens/', import.meta.url));

/** Keeps a picture of the window. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' });
}
