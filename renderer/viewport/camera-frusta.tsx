import { useEffect, useMemo, useState } from 'react';
import { BufferGeometry, DoubleSide, Float32BufferAttribute, Matrix4 } from 'three';
import type { Camera } from '../../core/camera.ts';

/** How far before the camera its picture is drawn, world units. */
const DEPTH = 0.3;

type Sixteen = Parameters<Matrix4['set']>;

/** The corners of the picture, DEPTH before the camera, in the camera's axes: upper left, upper right, lower right, lower left. */
function corners({ fx, fy, cx, cy, width, height }: Camera): readonly (readonly [number, number, number])[] {
  const at = (u: number, v: number) => [((u - cx) / fx) * DEPTH, ((cy - v) / fy) * DEPTH, -DEPTH] as const;
  return [at(0, 0), at(width, 0), at(width, height), at(0, height)];
}

function edges(camera: Camera): BufferGeometry {
  const picture = corners(camera);
  const points = picture.flatMap((corner, k) => [[0, 0, 0], corner, corner, picture[(k + 1) % 4] ?? corner].flat());
  return new BufferGeometry().setAttribute('position', new Float32BufferAttribute(points, 3));
}

function pane(camera: Camera): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(corners(camera).flat(), 3));
  return geometry.setIndex([0, 1, 2, 0, 2, 3]);
}

interface FrustumProps {
  readonly camera: Camera;
  readonly colour: readonly [number, number, number];
  readonly onChoose: () => void;
}

function Frustum({ camera, colour, onChoose }: FrustumProps) {
  const [isHovered, setHovered] = useState(false);
  const shapes = useMemo(() => ({ edges: edges(camera), pane: pane(camera) }), [camera]);
  useEffect(
    () => () => {
      shapes.edges.dispose();
      shapes.pane.dispose();
    },
    [shapes],
  );
  const matrix = useMemo(
    () => new Matrix4().set(...(Array.from(camera.cameraToWorld) as unknown as Sixteen)),
    [camera],
  );
  return (
    <group matrix={matrix} matrixAutoUpdate={false}>
      <lineSegments geometry={shapes.edges}>
        <lineBasicMaterial color={colour} transparent opacity={isHovered ? 1 : 0.55} toneMapped={false} />
      </lineSegments>
      <mesh
        geometry={shapes.pane}
        onPointerOver={() => {
          setHovered(true);
        }}
        onPointerOut={() => {
          setHovered(false);
        }}
        onClick={(event) => {
          // A drag that ends here turned the view.
          if (event.delta > 4) return;
          event.stopPropagation();
          onChoose();
        }}
      >
        <meshBasicMaterial
          color={colour}
          transparent
          opacity={isHovered ? 0.35 : 0.06}
          side={DoubleSide}
          depthWrite={false}
          toneMapped={false}
        />
      </mesh>
    </group>
  );
}

export interface CameraFrustaProps {
  readonly cameras: readonly Camera[];
  /** sRGB 0..1 */
  readonly colour: readonly [number, number, number];
  /** The one that is looked through is not drawn. */
  readonly lookThrough: number | null;
  readonly onChoose: (view: number) => void;
}

/** The clip's cameras as small pyramids; a click on one looks through it. */
export function CameraFrusta({ cameras, colour, lookThrough, onChoose }: CameraFrustaProps) {
  return cameras.map(
    (camera, view) =>
      view !== lookThrough && (
        <Frustum
          key={view}
          {...{ camera, colour }}
          onChoose={() => {
            onChoose(view);
          }}
        />
      ),
  );
}
