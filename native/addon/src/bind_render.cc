// render(gaussians, camera, options) and renderGradients(...): single passes for export, previews and the golden tests.
#include "bind.h"
#include "camera_args.h"
#include "gaussian_planes.h"
#include "image_loss.h"
#include "splat_renderer.h"

namespace charactershot {

namespace {

constexpr int kMaxGaussians = 20'000'000;

struct Cloud {
  int count, stride, degree;
  std::vector<float> planes;
  GaussianInput input() const { return {planesOf(planes.data(), stride, nullptr), count, stride, degree}; }
};

Cloud cloudFrom(const Napi::Object& object) {
  Cloud cloud;
  cloud.count = intField(object, "count", 0, kMaxGaussians);
  cloud.degree = intField(object, "shDegree", 0, 3);
  cloud.stride = paddedCount(cloud.count);
  cloud.planes.assign(static_cast<size_t>(planeCount(cloud.degree)) * cloud.stride, 0);
  const int64_t n = cloud.count, k = shCoefficients(cloud.degree);
  auto fill = [&](const char* name, std::vector<int64_t> shape, int plane, int components) {
    toPlanes(finiteField(object, name, shape).Data(), cloud.count, components,
             cloud.planes.data() + static_cast<size_t>(plane) * cloud.stride, cloud.stride);
  };
  fill("means", {n, 3}, kMeans, 3);
  fill("logScales", {n, 3}, kLogScales, 3);
  fill("quats", {n, 4}, kQuats, 4);
  fill("opacityLogits", {n}, kOpacity, 1);
  fill("sh", {n, k, 3}, kSh, static_cast<int>(3 * k));
  return cloud;
}

struct RenderOptions {
  float background[3];
  int threads;
};

RenderOptions optionsFrom(const Napi::Object& object) {
  RenderOptions options{};
  const Napi::Float32Array background = finiteField(object, "background", {3});
  std::copy(background.Data(), background.Data() + 3, options.background);
  options.threads = intField(object, "threads", 1, kMaxThreads);
  return options;
}

// Cuts the padding off planar images: [channels][height][width].
std::vector<float> unpad(const float* image, int channels, const SplatRenderer& r, int width, int height) {
  std::vector<float> out(static_cast<size_t>(channels) * width * height);
  for (int c = 0; c < channels; c++)
    for (int y = 0; y < height; y++)
      std::copy_n(image + static_cast<size_t>(c) * r.planeStride() + static_cast<size_t>(y) * r.rowStride(), width,
                  out.data() + (static_cast<size_t>(c) * height + y) * width);
  return out;
}

std::vector<float> pad(const float* image, int channels, const SplatRenderer& r, int width, int height) {
  std::vector<float> out(static_cast<size_t>(channels) * r.planeStride() + kPlaneAlign);
  for (int c = 0; c < channels; c++)
    for (int y = 0; y < height; y++)
      std::copy_n(image + (static_cast<size_t>(c) * height + y) * width, width,
                  out.data() + static_cast<size_t>(c) * r.planeStride() + static_cast<size_t>(y) * r.rowStride());
  return out;
}

uint8_t toByte(float value) { return static_cast<uint8_t>(std::min(std::max(value, 0.0f), 1.0f) * 255.0f + 0.5f); }

// Renders on a thread of libuv's pool; resolves to 8-bit RGB, height x width x 3, or to {rgb, alpha} with the opacity
// of each pixel, height x width.
class RenderWorker : public Napi::AsyncWorker {
 public:
  RenderWorker(Napi::Env env, Cloud cloud, CameraArgs camera, RenderOptions options, bool withAlpha)
      : Napi::AsyncWorker(env),
        deferred_(env),
        cloud_(std::move(cloud)),
        camera_(camera),
        options_(options),
        withAlpha_(withAlpha) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override {
    ThreadPool pool(options_.threads);
    SplatRenderer renderer(pool);
    renderer.forward(camera_, cloud_.input(), options_.background, false);
    const int width = camera_.width, height = camera_.height;
    pixels_.resize(static_cast<size_t>(width) * height * 3);
    if (withAlpha_) alpha_.resize(static_cast<size_t>(width) * height);
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        const size_t from = static_cast<size_t>(y) * renderer.rowStride() + x, to = static_cast<size_t>(y) * width + x;
        for (int c = 0; c < 3; c++)
          pixels_[to * 3 + c] = toByte(renderer.rgb()[static_cast<size_t>(c) * renderer.planeStride() + from]);
        if (withAlpha_) alpha_[to] = toByte(1 - renderer.transmittance()[from]);
      }
  }
  void OnOK() override {
    const Napi::Uint8Array rgb = bytes(pixels_);
    if (!withAlpha_) return deferred_.Resolve(rgb);
    Napi::Object out = Napi::Object::New(Env());
    out.Set("rgb", rgb);
    out.Set("alpha", bytes(alpha_));
    deferred_.Resolve(out);
  }
  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Uint8Array bytes(const std::vector<uint8_t>& values) const {
    Napi::Uint8Array out = Napi::Uint8Array::New(Env(), values.size());
    std::copy(values.begin(), values.end(), out.Data());
    return out;
  }

  Napi::Promise::Deferred deferred_;
  Cloud cloud_;
  CameraArgs camera_;
  RenderOptions options_;
  bool withAlpha_;
  std::vector<uint8_t> pixels_, alpha_;
};

// render({gaussians, camera, background, threads}): Promise<Uint8Array>; renderWithAlpha(...): Promise of {rgb, alpha}
template <bool kWithAlpha>
Napi::Value render(const Napi::CallbackInfo& info) {
  const Napi::Object args = objectArgument(info, 0);
  auto* worker = new RenderWorker(info.Env(), cloudFrom(objectField(args, "gaussians")),
                                  cameraFrom(objectField(args, "camera")), optionsFrom(args), kWithAlpha);
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

// renderGradients({gaussians, camera, background, threads, gradRgb, gradAlpha?, gradDepth?, repeat?}): images, splats
// and the gradients of sum(gradRgb * rgb) + ... ; floats throughout, synchronous. `timings` holds the milliseconds of
// each pass, one number a repetition.
Napi::Value renderGradients(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  const Cloud cloud = cloudFrom(objectField(args, "gaussians"));
  const CameraArgs camera = cameraFrom(objectField(args, "camera"));
  const RenderOptions options = optionsFrom(args);
  const int width = camera.width, height = camera.height;
  const bool extra = hasField(args, "gradAlpha") || hasField(args, "gradDepth");

  ThreadPool pool(options.threads);
  SplatRenderer renderer(pool);
  const bool depth = boolField(args, "depth", true);
  renderer.forward(camera, cloud.input(), options.background, depth);
  auto gradImage = [&](const char* name, int channels) {
    return pad(finiteField(args, name, {channels, height, width}).Data(), channels, renderer, width, height);
  };
  const std::vector<float> gradRgb = gradImage("gradRgb", 3);
  const std::vector<float> gradAlpha = extra ? gradImage("gradAlpha", 1) : std::vector<float>();
  const std::vector<float> gradDepth = extra ? gradImage("gradDepth", 1) : std::vector<float>();

  const int stride = cloud.stride, shPlanes = 3 * shCoefficients(cloud.degree);
  std::vector<float> grads(static_cast<size_t>(planeCount(cloud.degree) + 5) * stride);
  auto plane = [&](int p) { return grads.data() + static_cast<size_t>(p) * stride; };
  const int offsetPlane = planeCount(cloud.degree), mean2dPlane = offsetPlane + 3;
  const int repeat = hasField(args, "repeat") ? intField(args, "repeat", 1, 10000) : 1;
  std::vector<float> timings;
  for (int r = 0; r < repeat; r++) {
    if (r > 0) renderer.forward(camera, cloud.input(), options.background, depth);
    renderer.backward(gradRgb.data(), extra ? gradAlpha.data() : nullptr, extra ? gradDepth.data() : nullptr,
                      {plane(kMeans), plane(kLogScales), plane(kQuats), plane(kOpacity), plane(kSh), plane(offsetPlane),
                       plane(mean2dPlane)});
    const RenderTimings& t = renderer.timings();
    for (const double ms : {t.project, t.bin, t.rasterize, t.rasterizeBackward, t.projectBackward})
      timings.push_back(static_cast<float>(ms));
  }

  Napi::Object out = Napi::Object::New(env);
  auto setImage = [&](const char* name, const float* image, int channels) {
    const std::vector<float> values = unpad(image, channels, renderer, width, height);
    out.Set(name, newFloats(env, values.data(), values.size()));
  };
  setImage("rgb", renderer.rgb(), 3);
  setImage("transmittance", renderer.transmittance(), 1);
  if (depth) setImage("depth", renderer.depth(), 1);
  out.Set("timings", newFloats(env, timings.data(), timings.size()));
  auto setRows = [&](const char* name, int firstPlane, int components) {
    std::vector<float> rows(static_cast<size_t>(cloud.count) * components);
    fromPlanes(plane(firstPlane), stride, cloud.count, components, rows.data());
    out.Set(name, newFloats(env, rows.data(), rows.size()));
  };
  setRows("means", kMeans, 3);
  setRows("logScales", kLogScales, 3);
  setRows("quats", kQuats, 4);
  setRows("opacityLogits", kOpacity, 1);
  setRows("sh", kSh, shPlanes);
  setRows("means2d", mean2dPlane, 2);
  // The splats and their raw gradients, sixteen and kSplatGrad numbers a Gaussian (kernel_args.h).
  out.Set("splats",
          newFloats(env, reinterpret_cast<const float*>(renderer.splats()), static_cast<size_t>(cloud.count) * 16));
  out.Set("splatGradients", newFloats(env, renderer.splatGradients(), static_cast<size_t>(cloud.count) * kSplatGrad));
  return out;
}

// imageLoss({rgb, target, width, height, lambda, threads}): loss, l1, ssim, mse and the gradient of the loss.
// `rgb` is [3, height, width] floats, `target` height x width x 3, 8-bit or floats in 0..1.
Napi::Value imageLoss(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  const int width = intField(args, "width", 1, kMaxImageSide), height = intField(args, "height", 1, kMaxImageSide);
  const Napi::Float32Array rgb = finiteField(args, "rgb", {3, height, width});
  const Napi::Value given = field(args, "target");
  const bool exact = given.IsTypedArray() && given.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
  const float* exactTarget = exact ? finiteField(args, "target", {height, width, 3}).Data() : nullptr;
  const uint8_t* target = exact ? nullptr : bytesField(args, "target", {height, width, 3}).Data();
  const float lambda = static_cast<float>(numberField(args, "lambda"));
  ThreadPool pool(intField(args, "threads", 1, kMaxThreads));

  const int row = paddedCount(width), plane = row * height;
  std::vector<float> image(static_cast<size_t>(3) * plane + kPlaneAlign);
  std::vector<uint8_t> pixels(static_cast<size_t>(3) * plane + kLossPad);
  std::vector<float> floats(exact ? pixels.size() : 0);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        const size_t to = static_cast<size_t>(c) * plane + static_cast<size_t>(y) * row + x;
        image[to] = rgb[(static_cast<size_t>(c) * height + y) * width + x];
        const size_t from = (static_cast<size_t>(y) * width + x) * 3 + c;
        if (exact)
          floats[to] = exactTarget[from];
        else
          pixels[to] = target[from];
      }
  ImageLoss loss(pool);
  const Rect all = {0, 0, width, height};
  const TargetImage truth = {pixels.data(), row, plane, width, height, all, exact ? floats.data() : nullptr};
  const ImageLossResult result = loss.compute(image.data(), row, plane, truth, all, lambda);
  Napi::Float32Array grad = Napi::Float32Array::New(env, static_cast<size_t>(3) * width * height);
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < height; y++)
      std::copy_n(loss.gradient() + static_cast<size_t>(c) * plane + static_cast<size_t>(y) * row, width,
                  grad.Data() + (static_cast<size_t>(c) * height + y) * width);
  Napi::Object out = Napi::Object::New(env);
  out.Set("loss", result.loss);
  out.Set("l1", result.l1);
  out.Set("ssim", result.ssim);
  out.Set("mse", result.mse);
  out.Set("grad", grad);
  return out;
}

}  // namespace

void registerRender(Napi::Env env, Napi::Object exports) {
  exports.Set("render", Napi::Function::New(env, guarded<render<false>>, "render"));
  exports.Set("renderWithAlpha", Napi::Function::New(env, guarded<render<true>>, "renderWithAlpha"));
  exports.Set("renderGradients", Napi::Function::New(env, guarded<renderGradients>, "renderGradients"));
  exports.Set("imageLoss", Napi::Function::New(env, guarded<imageLoss>, "imageLoss"));
}

}  // namespace charactershot
