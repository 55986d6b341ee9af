import type { PoseDetector } from '../poses/detect/detector.ts';

export interface Sightings {
  /** The largest number of people seen at once. */
  readonly people: number;
  /** Mean of how far the poses can be trusted, 0..1; 1 before anything was seen. */
  readonly agreement: number;
}

/** A detector that also remembers what it came across. */
export function watchedDetector(detector: PoseDetector): { detector: PoseDetector; sightings: () => Sightings } {
  let [people, sum, count] = [0, 0, 0];
  const watched: PoseDetector = {
    name: detector.name,
    detect: async (picture) => {
      const detection = await detector.detect(picture);
      if (detection) {
        people = Math.max(people, detection.people);
        sum += detection.agreement;
        count++;
      }
      return detection;
    },
    personMask: (picture, pose) => detector.personMask(picture, pose),
    reset: () => {
      detector.reset();
    },
    dispose: () => detector.dispose(),
  };
  return { detector: watched, sightings: () => ({ people, agreement: count > 0 ? sum / count : 1 }) };
}
