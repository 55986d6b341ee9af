/** Where the focus goes in a grid that is read in rows; undefined for keys that do not move it. */
export function gridMove(key: string, at: number, count: number, columns: number): number | undefined {
  const within = (place: number): number => (place >= 0 && place < count ? place : at);
  switch (key) {
    case 'ArrowRight':
      return within(at + 1);
    case 'ArrowLeft':
      return within(at - 1);
    case 'ArrowDown':
      return within(at + columns);
    case 'ArrowUp':
      return within(at - columns);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
