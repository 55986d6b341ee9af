// The deformation network, its regularisers and Adam as single synchronous calls: for tests against golden data.
#include "bind_hexplane.h"

#include <chrono>
#include <cmath>

#include "bind.h"
#include "gaussian_planes.h"
#include "kernels.h"
#include "splat_renderer.h"

namespace charactershot {

namespace {

constexpr int kMaxPoints = 20'000'000;
constexpr const char* kHeadFields[kHexHeads] = {"position", "scale", "rotation", "opacity", "sh"};
constexpr const char* kValueFields[kHexHeads] = {"positions", "logScales", "quats", "opacityLogits", "sh"};

std::vector<double> numbersField(const Napi::Object& object, const char* name) {
  const Napi::Value value = field(object, name);
  if (!value.IsArray()) throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected an array of numbers");
  const Napi::Array array = value.As<Napi::Array>();
  std::vector<double> out;
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value item = array.Get(i);
    if (!item.IsNumber())
      throw Napi::TypeError::New(object.Env(), std::string(name) + ": expected an array of numbers");
    out.push_back(item.As<Napi::Number>().DoubleValue());
  }
  return out;
}

int toInt(Napi::Env env, const char* name, double number) {
  if (number != std::floor(number) || std::abs(number) > 1e9) {
    std::ostringstream text;
    text << name << ": expected integers, got " << number;
    throw Napi::RangeError::New(env, text.str());
  }
  return static_cast<int>(number);
}

// Planar copies of the five Gaussian parameters of an object of row-major arrays.
struct Values {
  int count, stride, coefficients;
  AlignedVector<float> planes;

  int components(int h) const {
    constexpr int kComponents[kHexHeads] = {3, 3, 4, 1, 0};
    return h == kHeadSh ? 3 * coefficients : kComponents[h];
  }
  float* head(int h) {
    float* at = planes.data();
    for (int i = 0; i < h; i++) at += static_cast<size_t>(components(i)) * stride;
    return at;
  }
  HexPlaneValues<float> all() { return {head(0), head(1), head(2), head(3), head(4)}; }
  HexPlaneValues<const float> inputs() { return {head(0), head(1), head(2), head(3), head(4)}; }

  Values(int n, int k) : count(n), stride(paddedCount(n)), coefficients(k) {
    planes.assign(static_cast<size_t>(11 + 3 * k) * stride, 0.0f);
  }
  void read(const Napi::Object& object) {
    for (int h = 0; h < kHexHeads; h++)
      toPlanes(finiteField(object, kValueFields[h], {count, components(h)}).Data(), count, components(h), head(h),
               stride);
  }
  Napi::Object write(Napi::Env env) {
    Napi::Object out = Napi::Object::New(env);
    for (int h = 0; h < kHexHeads; h++) {
      Napi::Float32Array rows = Napi::Float32Array::New(env, static_cast<size_t>(count) * components(h));
      fromPlanes(head(h), stride, count, components(h), rows.Data());
      out.Set(kValueFields[h], rows);
    }
    return out;
  }
};

double milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

HexPlaneConfig hexPlaneConfigFrom(const Napi::Object& object) {
  const Napi::Env env = object.Env();
  HexPlaneConfig config;
  for (const double factor : numbersField(object, "multires"))
    config.multires.push_back(toInt(env, "multires", factor));
  config.channels = intField(object, "channels", 1, 1024);
  config.width = intField(object, "width", 1, 4096);
  config.depth = intField(object, "depth", 0, 64);
  const std::vector<double> resolution = numbersField(object, "resolution");
  if (resolution.size() != 4)
    throw Napi::RangeError::New(env, "resolution: expected 4 numbers, got " + std::to_string(resolution.size()));
  for (int axis = 0; axis < 4; axis++) config.resolution[axis] = toInt(env, "resolution", resolution[axis]);
  const Napi::Object heads = objectField(object, "heads");
  for (int h = 0; h < kHexHeads; h++) config.heads[h] = boolField(heads, kHeadFields[h], false);
  const Napi::Object box = objectField(object, "aabb");
  for (int row = 0; row < 2; row++) {
    const std::vector<double> corner = numbersField(box, row == 0 ? "0" : "1");
    if (corner.size() != 3) throw Napi::RangeError::New(env, "aabb: expected two corners of 3 numbers");
    for (int axis = 0; axis < 3; axis++)
      (row == 0 ? config.boxMax : config.boxMin)[axis] = static_cast<float>(corner[axis]);
  }
  return config;
}

void readHexPlaneParameters(const Napi::Object& parameters, HexPlane& network, bool gridOnly) {
  for (const HexPlaneTensor& t : network.tensors()) {
    if (gridOnly && !t.inGrid) continue;
    const std::vector<int64_t> shape(t.shape.begin(), t.shape.end());
    network.importTensor(t, finiteField(parameters, t.name.c_str(), shape).Data(), network.parameters());
  }
}

Napi::Object writeHexPlaneTensors(Napi::Env env, const HexPlane& network, const float* flat, bool gridOnly) {
  Napi::Object out = Napi::Object::New(env);
  for (const HexPlaneTensor& t : network.tensors()) {
    if (gridOnly && !t.inGrid) continue;
    Napi::Float32Array array = Napi::Float32Array::New(env, t.size());
    network.exportTensor(t, flat, array.Data());
    out.Set(t.name, array);
  }
  return out;
}

namespace {

// hexplaneInitialise({config, seed}): parameters by name.
Napi::Value hexplaneInitialise(const Napi::CallbackInfo& info) {
  const Napi::Object args = objectArgument(info, 0);
  ThreadPool pool(1);
  HexPlane network(pool, hexPlaneConfigFrom(objectField(args, "config")));
  network.initialise(static_cast<uint64_t>(intField(args, "seed", 0, INT32_MAX)));
  return writeHexPlaneTensors(info.Env(), network, network.parameters(), false);
}

// hexplaneForwardBackward({config, parameters, inputs, weights, threads, repeat?, rates?}): outputs, the trunk's inner
// values, and the gradients of sum(weights * outputs). `inputs` has count, shCoefficients, time ([count] or a number)
// and the five parameters. With rates {grid, linear} also the parameters after one Adam step.
Napi::Value hexplaneForwardBackward(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  ThreadPool pool(intField(args, "threads", 1, kMaxThreads));
  HexPlane network(pool, hexPlaneConfigFrom(objectField(args, "config")));
  readHexPlaneParameters(objectField(args, "parameters"), network, false);

  const Napi::Object inputs = objectField(args, "inputs");
  const int count = intField(inputs, "count", 0, kMaxPoints),
            k = intField(inputs, "shCoefficients", 1, kMaxShCoefficients);
  Values in(count, k), out(count, k), weights(count, k), grads(count, k);
  in.read(inputs);
  weights.read(objectField(args, "weights"));
  AlignedVector<float> times(in.stride, 0.0f);
  HexPlaneInput input{};
  input.count = count;
  input.stride = in.stride;
  input.shCoefficients = k;
  input.values = in.inputs();
  if (field(inputs, "time").IsNumber()) {
    input.time = static_cast<float>(numberField(inputs, "time"));
  } else {
    const Napi::Float32Array time = finiteField(inputs, "time", {count});
    std::copy(time.Data(), time.Data() + count, times.begin());
    input.times = times.data();
  }

  const int repeat = hasField(args, "repeat") ? intField(args, "repeat", 1, 10000) : 1;
  HexPlaneTrace trace;
  trace.keepHidden = repeat == 1;
  std::vector<float> timings;
  for (int r = 0; r < repeat; r++) {
    network.clearGradients();
    grads.planes = weights.planes;
    auto start = std::chrono::steady_clock::now();
    network.forward(input, out.all(), trace);
    timings.push_back(static_cast<float>(milliseconds(start)));
    start = std::chrono::steady_clock::now();
    network.backward(trace, grads.all());
    timings.push_back(static_cast<float>(milliseconds(start)));
  }

  Napi::Object outputs = out.write(env);
  const int levels = static_cast<int>(network.config().multires.size()), channels = network.config().channels;
  Napi::Float32Array features = Napi::Float32Array::New(env, static_cast<size_t>(count) * levels * channels);
  for (int i = 0; i < count; i++)
    for (int f = 0; f < levels * channels; f++)
      features[static_cast<size_t>(i) * levels * channels + f] =
          trace.features[static_cast<size_t>(i) * network.featurePitch() + f / channels * network.planePitch() +
                         f % channels];
  outputs.Set("hexplaneFeatures", features);
  if (trace.keepHidden) {
    const int width = network.config().width;
    Napi::Float32Array hidden = Napi::Float32Array::New(env, static_cast<size_t>(count) * width);
    for (int i = 0; i < count; i++)
      std::copy_n(trace.hidden.data() + static_cast<size_t>(i) * network.layerPitch(), width,
                  hidden.Data() + static_cast<size_t>(i) * width);
    outputs.Set("hidden", hidden);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("outputs", outputs);
  result.Set("inputGradients", grads.write(env));
  result.Set("parameterGradients", writeHexPlaneTensors(env, network, network.gradients(), false));
  result.Set("timings", newFloats(env, timings.data(), timings.size()));
  if (hasField(args, "rates")) {
    const Napi::Object rates = objectField(args, "rates");
    network.adamStep(1, numberField(rates, "grid"), numberField(rates, "linear"));
    result.Set("parameters", writeHexPlaneTensors(env, network, network.parameters(), false));
  }
  return result;
}

// hexplaneRegularise({config, parameters, weights, threads}): value and gradients of the planes.
Napi::Value hexplaneRegularise(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  ThreadPool pool(intField(args, "threads", 1, kMaxThreads));
  HexPlane network(pool, hexPlaneConfigFrom(objectField(args, "config")));
  readHexPlaneParameters(objectField(args, "parameters"), network, true);
  const Napi::Object w = objectField(args, "weights");
  PlaneWeights weights;
  weights.spaceSmooth = numberField(w, "spaceSmooth", 0);
  weights.timeSmooth = numberField(w, "timeSmooth", 0);
  weights.timeL1 = numberField(w, "timeL1", 0);
  weights.spaceVariation = numberField(w, "spaceVariation", 0);
  weights.timeVariation = numberField(w, "timeVariation", 0);
  Napi::Object result = Napi::Object::New(env);
  result.Set("value", network.regularise(weights));
  result.Set("gradients", writeHexPlaneTensors(env, network, network.gradients(), true));
  return result;
}

// adamStep({values, gradients, firstMoments, secondMoments, step, rate}): the three buffers after the step.
Napi::Value adamStep(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  const Napi::Value given = field(args, "values");
  if (!given.IsTypedArray()) throw Napi::TypeError::New(env, "values: expected a Float32Array");
  const int64_t n = given.As<Napi::TypedArray>().ElementLength();
  const int step = intField(args, "step", 1, INT32_MAX);
  const double rate = numberField(args, "rate");
  const auto copy = [&](const char* name) {
    const Napi::Float32Array array = finiteField(args, name, {n});
    return AlignedVector<float>(array.Data(), array.Data() + n);
  };
  AlignedVector<float> values = copy("values"), m = copy("firstMoments"), v = copy("secondMoments");
  const AlignedVector<float> gradients = copy("gradients");
  const AdamArgs a{values.data(),
                   gradients.data(),
                   m.data(),
                   v.data(),
                   static_cast<float>(rate / (1 - std::pow(0.9, step))),
                   static_cast<float>(1 / std::sqrt(1 - std::pow(0.999, step)))};
  kernels().adam(a, 0, static_cast<int>(n));
  Napi::Object result = Napi::Object::New(env);
  result.Set("values", newFloats(env, values.data(), values.size()));
  result.Set("firstMoments", newFloats(env, m.data(), m.size()));
  result.Set("secondMoments", newFloats(env, v.data(), v.size()));
  return result;
}

}  // namespace

void registerHexPlane(Napi::Env env, Napi::Object exports) {
  exports.Set("hexplaneInitialise", Napi::Function::New(env, guarded<hexplaneInitialise>, "hexplaneInitialise"));
  exports.Set("hexplaneForwardBackward",
              Napi::Function::New(env, guarded<hexplaneForwardBackward>, "hexplaneForwardBackward"));
  exports.Set("hexplaneRegularise", Napi::Function::New(env, guarded<hexplaneRegularise>, "hexplaneRegularise"));
  exports.Set("adamStep", Napi::Function::New(env, guarded<adamStep>, "adamStep"));
}

}  // namespace charactershot
