// From the input that the authors of the method publish: 21 pictures of a character at rest and 26 pose pictures.
import { asset, runDemo } from './run-demo.ts';

await runDemo('demo-output-views', {
  image: asset('examples/charactershot/views/view0.png'),
  views: asset('examples/charactershot/views'),
  poses: { type: 'pictures', path: asset('examples/charactershot/poses') },
  size: 256,
});
