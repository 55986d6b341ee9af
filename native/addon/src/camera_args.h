// A camera from JavaScript: {view: Float32Array or Float64Array [4, 4] (world to camera, OpenCV axes), fx, fy, cx, cy,
// width, height}.
#pragma once

#include "kernel_args.h"
#include "napi_args.h"

namespace charactershot {

constexpr int kMaxImageSide = 16384;

// `view` is 4x4 row-major; the camera's position is -R^T t.
inline CameraArgs makeCamera(const double view[16], double fx, double fy, double cx, double cy, int width, int height) {
  CameraArgs camera{};
  for (int i = 0; i < 12; i++) camera.view[i] = static_cast<float>(view[i]);
  for (int c = 0; c < 3; c++)
    camera.position[c] = static_cast<float>(-(view[c] * view[3] + view[4 + c] * view[7] + view[8 + c] * view[11]));
  camera.fx = static_cast<float>(fx);
  camera.fy = static_cast<float>(fy);
  camera.cx = static_cast<float>(cx);
  camera.cy = static_cast<float>(cy);
  camera.width = width;
  camera.height = height;
  return camera;
}

inline CameraArgs cameraFrom(const Napi::Object& object) {
  const Napi::Float64Array view =
      arrayField<Napi::Float64Array>(object, "view", {4, 4}, "a Float64Array", napi_float64_array);
  for (int i = 0; i < 16; i++)
    if (!std::isfinite(view[i])) throw Napi::RangeError::New(object.Env(), "view: not finite");
  const double fx = numberField(object, "fx"), fy = numberField(object, "fy");
  if (fx <= 0 || fy <= 0) throw Napi::RangeError::New(object.Env(), "fx, fy: focal lengths must be positive");
  return makeCamera(view.Data(), fx, fy, numberField(object, "cx"), numberField(object, "cy"),
                    intField(object, "width", 1, kMaxImageSide), intField(object, "height", 1, kMaxImageSide));
}

}  // namespace charactershot
