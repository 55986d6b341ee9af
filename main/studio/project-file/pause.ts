/** Lets everything else that waits run; between the steps of long work, so that no window freezes. */
export const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
