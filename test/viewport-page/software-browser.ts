import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

/**
 * A real Chromium that draws without a graphics card. Pages are put together by the processor, four times as fast as by the
 * card that is played for WebGL; `cardComposites` leaves it to that one, as computers with a card do.
 */
export async function softwareBrowser({ webGl = true, webGpu = false, cardComposites = false } = {}): Promise<Browser> {
  const drawing = webGl
    ? ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
    : ['--disable-gpu', '--disable-3d-apis'];
  const computing = webGpu
    ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
    : [];
  const compositing = cardComposites ? [] : ['--disable-gpu-compositing', '--disable-gpu-rasterization'];
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: [...drawing, ...computing, ...compositing, '--no-sandbox'],
  });
}
