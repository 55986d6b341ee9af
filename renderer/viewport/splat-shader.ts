/**
 * The rasteriser's formulas (native/addon/src/passes/project.h) in GLSL: EWA projection with the 0.3 px low-pass,
 * harmonics up to degree 3, alpha between 1/255 and 0.99. Each Gaussian is a quad that reaches exactly as far as its
 * alpha stays above 1/255. Colours are sRGB numbers all the way and premultiplied.
 */
export const SPLAT_VERTEX = /* glsl */ `
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
// Radius of a point in pixels; 0 draws Gaussians.
uniform float pointRadius;
// Nearest and farthest depth of the ramp; equal draws colours.
uniform vec2 depthRange;

out vec2 local;
flat out vec4 colour;

const float NEAR = 0.2;
const float LOW_PASS = 0.3;
const float FOV_MARGIN = 1.3;
const int WIDTH_BITS = 11;

ivec2 texel(int index) { return ivec2(index & ((1 << WIDTH_BITS) - 1), index >> WIDTH_BITS); }

vec3 viewDependent(int index, vec3 direction);

void skip() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  local = vec2(0.0);
  colour = vec4(0.0);
}

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
  int rank = gl_InstanceID * SPLATS_PER_INSTANCE + (gl_VertexID >> 2);
  if (rank >= count) { skip(); return; }
  int index = int(texelFetch(order, texel(rank), 0).x);
  vec2 corner = vec2((gl_VertexID & 1) == 0 ? -1.0 : 1.0, (gl_VertexID & 2) == 0 ? -1.0 : 1.0);
  uvec4 first = texelFetch(poses, texel(index * 2), 0);
  uvec4 second = texelFetch(poses, texel(index * 2 + 1), 0);
  vec4 shape = texelFetch(shapes, texel(index), 0);
  vec3 mean = uintBitsToFloat(first.xyz);
  vec3 p = (viewMatrix * vec4(mean, 1.0)).xyz;
  float z = -p.z;
  float reach2 = 2.0 * log(255.0 * shape.w);
  if (!(z > NEAR) || !(reach2 > 0.0)) { skip(); return; }

  vec3 q = uintBitsToFloat(second.xyz);
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
  if (!(minor > 0.0) || isinf(major)) { skip(); return; }
  vec2 axis = xx >= yy ? vec2(major - yy, xy) : vec2(xy, major - xx);
  axis = spread > 1e-6 * major ? normalize(axis) : vec2(1.0, 0.0);

  vec2 offset;
  if (pointRadius > 0.0) {
    local = corner;
    offset = corner * pointRadius;
  } else {
    local = corner * sqrt(reach2);
    offset = axis * local.x * sqrt(major) + vec2(-axis.y, axis.x) * local.y * sqrt(minor);
  }
  gl_Position = projectionMatrix * vec4(p, 1.0);
  gl_Position.xy += offset * 2.0 / viewport * gl_Position.w;

  if (depthRange.y > depthRange.x) {
    float near = 1.0 - clamp((z - depthRange.x) / (depthRange.y - depthRange.x), 0.0, 1.0);
    colour = vec4(vec3(0.08 + 0.92 * near), shape.w);
    return;
  }
  vec3 rgb = vec3(unpackHalf2x16(first.w), unpackHalf2x16(second.w).x);
  #if SH_DEGREE > 0
    rgb += viewDependent(index, normalize(mean - cameraPosition));
  #endif
  colour = vec4(max(rgb, 0.0), shape.w);
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

export const SPLAT_FRAGMENT = /* glsl */ `
precision highp float;

in vec2 local;
flat in vec4 colour;
uniform float pointRadius;
layout(location = 0) out vec4 result;

void main() {
  float r2 = dot(local, local);
  if (pointRadius > 0.0) {
    if (r2 > 1.0) discard;
    result = vec4(colour.rgb, 1.0);
    return;
  }
  float alpha = min(colour.a * exp(-0.5 * r2), 0.99);
  if (alpha < 1.0 / 255.0) discard;
  result = vec4(colour.rgb * alpha, alpha);
}
`;
