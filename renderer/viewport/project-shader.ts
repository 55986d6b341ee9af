/**
 * Gaussians as they lie on the picture: the rasteriser's formulas (native/addon/src/passes/project.h) in GLSL, EWA
 * projection with the 0.3 px low-pass and harmonics up to degree 3. A pixel a Gaussian, in the order of drawing, so that
 * the quads' four corners need not do it each. Colours are sRGB numbers all the way.
 *
 * Eight words: place x, y, z in clip space after the division (z = 2: not to be seen); the ellipse's longer half axis x, y
 * and the length of the shorter one, at one standard deviation in pixels; red, green, blue and opacity (halves).
 */
export const PROJECT_VERTEX = /* glsl */ `
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}
`;

export const PROJECT_FRAGMENT = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;

// Indices of the Gaussians, farthest first, and how many they are.
uniform usampler2D order;
uniform int count;

uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
uniform vec3 cameraPosition;
uniform vec2 viewport;
uniform usampler2D poses;
uniform sampler2D shapes;
uniform usampler2D harmonics;
// Nearest and farthest depth of the ramp; equal draws colours.
uniform vec2 depthRange;

layout(location = 0) out uvec4 first;
layout(location = 1) out uvec4 second;

const float NEAR = 0.2;
const float LOW_PASS = 0.3;
const float FOV_MARGIN = 1.3;

ivec2 texel(int index) { return ivec2(index & ((1 << WIDTH_BITS) - 1), index >> WIDTH_BITS); }

vec3 viewDependent(int index, vec3 direction);

mat3 rotation(vec4 q) {
  vec3 d = q.xyz * q.xyz;
  vec3 p = q.xyz * q.yzx; // xy, yz, zx
  vec3 w = q.w * q.xyz;
  // Columns.
  return mat3(
    1.0 - 2.0 * (d.y + d.z), 2.0 * (p.x + w.z), 2.0 * (p.z - w.y),
    2.0 * (p.x - w.z), 1.0 - 2.0 * (d.x + d.z), 2.0 * (p.y + w.x),
    2.0 * (p.z + w.y), 2.0 * (p.y - w.x), 1.0 - 2.0 * (d.x + d.y));
}

void main() {
  first = uvec4(0u, 0u, floatBitsToUint(2.0), 0u);
  second = uvec4(0u);
  ivec2 at = ivec2(gl_FragCoord.xy);
  if ((at.y << WIDTH_BITS) + at.x >= count) return;
  int index = int(texelFetch(order, at, 0).x);
  uvec4 near = texelFetch(poses, texel(index * 2), 0);
  uvec4 far = texelFetch(poses, texel(index * 2 + 1), 0);
  vec4 shape = texelFetch(shapes, texel(index), 0);
  vec3 mean = uintBitsToFloat(near.xyz);
  vec3 p = (viewMatrix * vec4(mean, 1.0)).xyz;
  float z = -p.z;
  if (!(z > NEAR) || !(shape.w * 255.0 > 1.0)) return;

  vec3 q = uintBitsToFloat(far.xyz);
  mat3 turn = rotation(vec4(q, sqrt(max(0.0, 1.0 - dot(q, q)))));
  vec2 focal = 0.5 * viewport * vec2(projectionMatrix[0][0], projectionMatrix[1][1]);
  vec2 limit = FOV_MARGIN * 0.5 * viewport / focal;
  vec2 slope = clamp(p.xy / z, -limit, limit);
  vec2 scale = focal / z;
  mat3 view = mat3(viewMatrix);
  // Rows of the Jacobian, turned into the world and then into the Gaussian's own axes.
  vec3 rowX = (scale.x * vec3(1.0, 0.0, slope.x) * view) * turn * shape.xyz;
  vec3 rowY = (scale.y * vec3(0.0, 1.0, slope.y) * view) * turn * shape.xyz;
  float bareX = dot(rowX, rowX);
  float bareY = dot(rowY, rowY);
  float xx = bareX + LOW_PASS;
  float yy = bareY + LOW_PASS;
  float xy = dot(rowX, rowY);
  // The textbook determinant loses all digits on long thin splats.
  vec3 across = cross(rowX, rowY);
  float det = dot(across, across) + LOW_PASS * (bareX + bareY + LOW_PASS);
  float spread = sqrt(0.25 * (xx - yy) * (xx - yy) + xy * xy);
  float major = 0.5 * (xx + yy) + spread;
  float minor = det / major;
  if (!(minor > 0.0) || isinf(major)) return;
  vec2 axis = xx >= yy ? vec2(major - yy, xy) : vec2(xy, major - xx);
  axis = (spread > 1e-6 * major ? normalize(axis) : vec2(1.0, 0.0)) * sqrt(major);

  vec3 rgb;
  if (depthRange.y > depthRange.x) {
    rgb = vec3(0.08 + 0.92 * (1.0 - clamp((z - depthRange.x) / (depthRange.y - depthRange.x), 0.0, 1.0)));
  } else {
    rgb = vec3(unpackHalf2x16(near.w), unpackHalf2x16(far.w).x);
    #if SH_DEGREE > 0
      rgb += viewDependent(index, normalize(mean - cameraPosition));
    #endif
  }
  vec4 clip = projectionMatrix * vec4(p, 1.0);
  first = floatBitsToUint(vec4(clip.xyz / clip.w, axis.x));
  rgb = max(rgb, 0.0);
  second = uvec4(
    floatBitsToUint(vec2(axis.y, sqrt(minor))),
    packHalf2x16(rgb.rg),
    packHalf2x16(vec2(rgb.b, shape.w)));
}

#if SH_DEGREE > 0
const int TEXELS = SH_DEGREE == 1 ? 2 : SH_DEGREE == 2 ? 3 : 6;

vec3 viewDependent(int index, vec3 d) {
  const int count = (SH_DEGREE + 1) * (SH_DEGREE + 1) - 1;
  float basis[count];
  basis[0] = -0.4886025119029199 * d.y;
  basis[1] = 0.4886025119029199 * d.z;
  basis[2] = -0.4886025119029199 * d.x;
  #if SH_DEGREE > 1
    vec3 s = d * d;
    basis[3] = 1.0925484305920792 * d.x * d.y;
    basis[4] = -1.0925484305920792 * d.y * d.z;
    basis[5] = 0.31539156525252005 * (2.0 * s.z - s.x - s.y);
    basis[6] = -1.0925484305920792 * d.x * d.z;
    basis[7] = 0.5462742152960396 * (s.x - s.y);
  #endif
  #if SH_DEGREE > 2
    float inner = 4.0 * s.z - s.x - s.y;
    basis[8] = -0.5900435899266435 * d.y * (3.0 * s.x - s.y);
    basis[9] = 2.890611442640554 * d.x * d.y * d.z;
    basis[10] = -0.4570457994644658 * d.y * inner;
    basis[11] = 0.3731763325901154 * d.z * (2.0 * s.z - 3.0 * s.x - 3.0 * s.y);
    basis[12] = -0.4570457994644658 * d.x * inner;
    basis[13] = 1.445305721320277 * d.z * (s.x - s.y);
    basis[14] = -0.5900435899266435 * d.x * (s.x - 3.0 * s.y);
  #endif
  float numbers[TEXELS * 8];
  for (int k = 0; k < TEXELS; k++) {
    uvec4 packed = texelFetch(harmonics, texel(index * TEXELS + k), 0);
    for (int w = 0; w < 4; w++) {
      vec2 pair = unpackHalf2x16(packed[w]);
      numbers[k * 8 + w * 2] = pair.x;
      numbers[k * 8 + w * 2 + 1] = pair.y;
    }
  }
  vec3 sum = vec3(0.0);
  for (int k = 0; k < count; k++) {
    sum += basis[k] * vec3(numbers[k * 3], numbers[k * 3 + 1], numbers[k * 3 + 2]);
  }
  return sum;
}
#endif
`;
