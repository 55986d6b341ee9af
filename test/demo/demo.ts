// From one picture and one motion, both of which come with the studio, to everything the studio makes of them.
import { asset, runDemo } from './run-demo.ts';

await runDemo('demo-output', {
  image: asset('characters/cyborg.png'),
  poses: { type: 'built-in', name: 'dance' },
  size: 256,
});
