/**
 * Opens a menu once the mouse is let go. Some systems ask for it when the button goes down; a popover that is open when the
 * button comes up counts that as a click beside it, and closes.
 */
export function afterRelease({ buttons }: { readonly buttons: number }, open: () => void): void {
  if (buttons === 0) {
    open();
    return;
  }
  const release = (): void => {
    setTimeout(open);
  };
  window.addEventListener('pointerup', release, { once: true });
}
