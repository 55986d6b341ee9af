/**
 * Each Gaussian is a quad that reaches exactly as far as its alpha, which is between 1/255 and 0.99, stays above 1/255.
 * Colours are premultiplied.
 */
export const SPLAT_VERTEX = /* glsl */ `
precision highp float;
precision highp int;
precision highp usampler2D;

// What PROJECT_FRAGMENT has written.
uniform usampler2D first;
uniform usampler2D second;
uniform int count;
uniform vec2 viewport;
// Radius of a point in pixels; 0 draws Gaussians.
uniform float pointRadius;

out vec2 local;
flat out vec4 colour;

void main() {
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  local = vec2(0.0);
  colour = vec4(0.0);
  int rank = gl_InstanceID * SPLATS_PER_INSTANCE + (gl_VertexID >> 2);
  if (rank >= count) return;
  ivec2 at = ivec2(rank & ((1 << WIDTH_BITS) - 1), rank >> WIDTH_BITS);
  vec4 place = uintBitsToFloat(texelFetch(first, at, 0));
  if (place.z >= 2.0) return;
  uvec4 look = texelFetch(second, at, 0);
  vec2 blueAndOpacity = unpackHalf2x16(look.w);
  vec2 corner = vec2((gl_VertexID & 1) == 0 ? -1.0 : 1.0, (gl_VertexID & 2) == 0 ? -1.0 : 1.0);
  vec2 offset;
  if (pointRadius > 0.0) {
    local = corner;
    offset = corner * pointRadius;
  } else {
    local = corner * sqrt(2.0 * log(255.0 * blueAndOpacity.y));
    vec2 axis = vec2(place.w, uintBitsToFloat(look.x));
    offset = axis * local.x + normalize(vec2(-axis.y, axis.x)) * (local.y * uintBitsToFloat(look.y));
  }
  gl_Position = vec4(place.xy + offset * 2.0 / viewport, place.z, 1.0);
  colour = vec4(unpackHalf2x16(look.z), blueAndOpacity);
}
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
