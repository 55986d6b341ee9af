import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

/** A real Chromium that draws without a graphics card. */
export async function softwareBrowser({ webGl = true, webGpu = false } = {}): Promise<Browser> {
  const drawing = webGl
    ? ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']
    : ['--disable-gpu', '--disable-3d-apis'];
  const computing = webGpu
    ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
    : [];
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: [...drawing, ...computing, '--no-sandbox'],
  });
}
