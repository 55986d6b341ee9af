// The trainer as a JavaScript class. Batches and measurements run on libuv's threads and resolve promises; one at a
// time.
#include <algorithm>
#include <limits>

#include "bind.h"
#include "bind_hexplane.h"
#include "camera_args.h"
#include "trainer.h"

namespace charactershot {

namespace {

constexpr int kMaxViews = 4096, kMaxFrames = 100'000, kMaxLevels = 4, kMaxNodes = 65'536, kMaxCount = 20'000'000;
// Points of a cloud to register with: the table of correspondences has a thousand numbers for each.
constexpr int kMaxCloud = 50'000, kMaxStarts = 4096;

float floatField(const Napi::Object& object, const char* name, double fallback) {
  return static_cast<float>(numberField(object, name, fallback));
}

TrainerConfig configFrom(const Napi::Object& object) {
  TrainerConfig config{};
  config.width = intField(object, "width", 1, kMaxImageSide);
  config.height = intField(object, "height", 1, kMaxImageSide);
  config.frames = intField(object, "frames", 1, kMaxFrames);
  config.threads = intField(object, "threads", 1, kMaxThreads);
  config.levels = intField(object, "levels", 1, kMaxLevels);
  config.seed = static_cast<uint64_t>(numberField(object, "seed", 0));
  const Napi::Float32Array background = finiteField(object, "background", {3});
  std::copy(background.Data(), background.Data() + 3, config.background);
  const Napi::Value cameras = field(object, "cameras");
  if (!cameras.IsArray()) throw Napi::TypeError::New(object.Env(), "cameras: expected an array");
  const Napi::Array list = cameras.As<Napi::Array>();
  if (list.Length() < 1 || list.Length() > kMaxViews)
    throw Napi::RangeError::New(object.Env(), "cameras: need 1 to 4096");
  for (uint32_t v = 0; v < list.Length(); v++) {
    const CameraArgs camera = cameraFrom(list.Get(v).As<Napi::Object>());
    if (camera.width != config.width || camera.height != config.height)
      throw Napi::RangeError::New(object.Env(),
                                  "cameras: camera " + std::to_string(v) + " is for another picture size");
    config.cameras.push_back(camera);
  }
  return config;
}

BatchPlan planFrom(const Napi::Object& object, const Trainer& trainer) {
  BatchPlan plan;
  const Napi::Value samples = field(object, "samples");
  if (!samples.IsTypedArray() || samples.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array)
    throw Napi::TypeError::New(object.Env(), "samples: expected an Int32Array");
  const Napi::Int32Array list = samples.As<Napi::Int32Array>();
  const int views = static_cast<int>(trainer.config().cameras.size()), frames = trainer.config().frames;
  for (size_t i = 0; i + 1 < list.ElementLength(); i += 2)
    if (list[i] < 0 || list[i] >= views || list[i + 1] < 0 || list[i + 1] >= frames)
      throw Napi::RangeError::New(object.Env(), "samples: view or frame out of range");
  plan.samples.assign(list.Data(), list.Data() + list.ElementLength());
  plan.first = intField(object, "first", 0, std::numeric_limits<int>::max());
  plan.level = intField(object, "level", 0, trainer.config().levels - 1);
  plan.lambda = floatField(object, "lambda", 0.2);
  plan.clearWeight = floatField(object, "clearWeight", 0);
  plan.activeDegree = intField(object, "activeDegree", 0, 3);
  plan.deform = boolField(object, "deform", false);
  plan.moveGaussians = boolField(object, "moveGaussians", true);
  plan.collect = boolField(object, "collect", false);
  plan.windowLow = intField(object, "windowLow", 0, frames - 1);
  plan.windowHigh = intField(object, "windowHigh", 0, frames - 1);
  const Napi::Object rates = objectField(object, "rates");
  plan.rates = {floatField(rates, "means", 0),   floatField(rates, "logScales", 0), floatField(rates, "quats", 0),
                floatField(rates, "opacity", 0), floatField(rates, "shBase", 0),    floatField(rates, "shRest", 0)};
  plan.deformRates.nodeRotation = floatField(rates, "nodeRotation", 0);
  plan.deformRates.nodeTranslation = floatField(rates, "nodeTranslation", 0);
  plan.deformRates.nodeColor = floatField(rates, "nodeColor", 0);
  plan.deformRates.blendWeight = floatField(rates, "blendWeight", 0);
  plan.deformRates.grid = floatField(rates, "grid", 0);
  plan.deformRates.network = floatField(rates, "network", 0);
  const Napi::Object weights = objectField(object, "weights");
  plan.deformWeights.rigidity = floatField(weights, "rigidity", 0);
  plan.deformWeights.rotationSmooth = floatField(weights, "rotationSmooth", 0);
  plan.deformWeights.acceleration = floatField(weights, "acceleration", 0);
  plan.deformWeights.colorSmooth = floatField(weights, "colorSmooth", 0);
  plan.deformWeights.planeSmooth = numberField(weights, "planeSmooth", 0);
  plan.deformWeights.timeSmooth = numberField(weights, "timeSmooth", 0);
  plan.deformWeights.timeL1 = numberField(weights, "timeL1", 0);
  if (hasField(object, "neighbour")) {
    const Napi::Object neighbour = objectField(object, "neighbour");
    plan.neighbourWeight = floatField(neighbour, "weight", 0);
    plan.neighbourInterval = intField(neighbour, "interval", 1, 1'000'000);
    plan.neighbour.gated = boolField(neighbour, "gated", true);
    plan.neighbour.threshold = floatField(neighbour, "threshold", 0.01);
  }
  return plan;
}

RegistrationOptions registrationFrom(const Napi::Object& object) {
  auto positive = [&](const char* name) {
    const float value = static_cast<float>(numberField(object, name));
    if (!(value > 0)) throw Napi::RangeError::New(object.Env(), std::string(name) + ": expected a positive number");
    return value;
  };
  RegistrationOptions options;
  options.sigmaStart = positive("sigmaStart");
  options.sigmaEnd = positive("sigmaEnd");
  options.steps = intField(object, "steps", 0, 1000);
  options.newton = intField(object, "newton", 1, 100);
  options.colorSigma = positive("colorSigma");
  options.rigidity = positive("rigidity");
  options.outliers = positive("outliers");
  options.balance = static_cast<float>(numberField(object, "balance"));
  if (options.balance < 0 || options.balance > 1)
    throw Napi::RangeError::New(object.Env(), "balance: expected a number between 0 and 1");
  options.tolerance = positive("tolerance");
  return options;
}

class StateWriter : public StateVisitor {
 public:
  explicit StateWriter(Napi::Env env) : env_(env), out_(Napi::Object::New(env)) {}
  void floats(const std::string& name, std::vector<float>& values) override {
    out_.Set(name, newFloats(env_, values.data(), values.size()));
  }
  void ints(const std::string& name, std::vector<int32_t>& values) override {
    Napi::Int32Array array = Napi::Int32Array::New(env_, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    out_.Set(name, array);
  }
  Napi::Object result() const { return out_; }

 private:
  Napi::Env env_;
  Napi::Object out_;
};

class StateReader : public StateVisitor {
 public:
  explicit StateReader(const Napi::Object& in) : in_(in) {}
  void floats(const std::string& name, std::vector<float>& values) override {
    read<Napi::Float32Array>(name, values, napi_float32_array);
  }
  void ints(const std::string& name, std::vector<int32_t>& values) override {
    read<Napi::Int32Array>(name, values, napi_int32_array);
  }

 private:
  template <typename Array, typename T>
  void read(const std::string& name, std::vector<T>& values, napi_typedarray_type type) {
    const Napi::Value value = field(in_, name.c_str());
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type)
      throw Napi::TypeError::New(in_.Env(), name + ": wrong type in the checkpoint");
    const Array array = value.As<Array>();
    values.assign(array.Data(), array.Data() + array.ElementLength());
  }
  Napi::Object in_;
};

class TrainerObject : public Napi::ObjectWrap<TrainerObject> {
 public:
  static void registerClass(Napi::Env env, Napi::Object exports) {
    exports.Set("Trainer", DefineClass(env, "Trainer",
                                       {method<&TrainerObject::setImage>("setImage"),
                                        method<&TrainerObject::setGaussians>("setGaussians"),
                                        method<&TrainerObject::gaussians>("gaussians"),
                                        method<&TrainerObject::setNodes>("setNodes"),
                                        method<&TrainerObject::nodes>("nodes"),
                                        method<&TrainerObject::extrapolateNodes>("extrapolateNodes"),
                                        method<&TrainerObject::nodeFrame>("nodeFrame"),
                                        method<&TrainerObject::setNodeFrame>("setNodeFrame"),
                                        method<&TrainerObject::registerFrame>("registerFrame"),
                                        method<&TrainerObject::startHexPlane>("startHexPlane"),
                                        method<&TrainerObject::hexplane>("hexplane"),
                                        method<&TrainerObject::run>("run"),
                                        method<&TrainerObject::measure>("measure"),
                                        method<&TrainerObject::densify>("densify"),
                                        method<&TrainerObject::bear>("bear"),
                                        method<&TrainerObject::resetOpacity>("resetOpacity"),
                                        method<&TrainerObject::cancel>("cancel"),
                                        method<&TrainerObject::state>("state"),
                                        method<&TrainerObject::restore>("restore"),
                                        method<&TrainerObject::bytes>("bytes")}));
  }

  explicit TrainerObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TrainerObject>(info) {
    trainer_ = throwingToJavaScript(info.Env(),
                                    [&] { return std::make_unique<Trainer>(configFrom(objectArgument(info, 0))); });
  }

 private:
  using Member = Napi::Value (TrainerObject::*)(const Napi::CallbackInfo&);

  // Refuses calls while a batch runs (its thread owns the trainer) and lets no C++ exception through.
  template <Member kMember>
  Napi::Value checked(const Napi::CallbackInfo& info) {
    if (busy_ && kMember != &TrainerObject::cancel)
      throw Napi::Error::New(info.Env(), "the trainer is busy with a batch");
    return throwingToJavaScript(info.Env(), [&] { return (this->*kMember)(info); });
  }

  template <Member kMember>
  static PropertyDescriptor method(const char* name) {
    return InstanceMethod<&TrainerObject::checked<kMember>>(name);
  }

  // setImage({view, frame, rgb}): 8-bit or float (0..1), height x width x 3.
  Napi::Value setImage(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const TrainerConfig& c = trainer_->config();
    const int view = intField(args, "view", 0, static_cast<int>(c.cameras.size()) - 1),
              frame = intField(args, "frame", 0, c.frames - 1);
    const Napi::Value rgb = field(args, "rgb");
    if (rgb.IsTypedArray() && rgb.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array)
      trainer_->clip().setExact(view, frame, finiteField(args, "rgb", {c.height, c.width, 3}).Data());
    else
      trainer_->clip().set(view, frame, bytesField(args, "rgb", {c.height, c.width, 3}).Data());
    return info.Env().Undefined();
  }

  // setGaussians(gaussians): starts over with these.
  Napi::Value setGaussians(const Napi::CallbackInfo& info) {
    const Napi::Object g = objectArgument(info, 0);
    const int count = intField(g, "count", 1, kMaxCount), degree = intField(g, "shDegree", 0, 3);
    trainer_->gaussians().reset(
        count, degree, finiteField(g, "means", {count, 3}).Data(), finiteField(g, "logScales", {count, 3}).Data(),
        finiteField(g, "quats", {count, 4}).Data(), finiteField(g, "opacityLogits", {count}).Data(),
        finiteField(g, "sh", {count, shCoefficients(degree), 3}).Data());
    return info.Env().Undefined();
  }

  Napi::Value gaussians(const Napi::CallbackInfo& info) {
    const GaussianStore& g = trainer_->gaussians();
    Napi::Object out = Napi::Object::New(info.Env());
    out.Set("count", g.count());
    out.Set("shDegree", g.shDegree());
    auto rows = [&](const char* name, int plane, int components) {
      Napi::Float32Array array = Napi::Float32Array::New(info.Env(), static_cast<size_t>(g.count()) * components);
      fromPlanes(g.plane(plane), g.stride(), g.count(), components, array.Data());
      out.Set(name, array);
    };
    rows("means", kMeans, 3);
    rows("logScales", kLogScales, 3);
    rows("quats", kQuats, 4);
    rows("opacityLogits", kOpacity, 1);
    rows("sh", kSh, 3 * shCoefficients(g.shDegree()));
    return out;
  }

  // setNodes({count, positions, neighbours, logits}): a field at rest.
  Napi::Value setNodes(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const int count = intField(args, "count", 1, kMaxNodes), gaussians = trainer_->gaussians().count();
    const Napi::Int32Array neighbours = intsField(args, "neighbours", {gaussians, kNodesPerGaussian});
    for (size_t i = 0; i < neighbours.ElementLength(); i++)
      if (neighbours[i] < 0 || neighbours[i] >= count)
        throw Napi::RangeError::New(info.Env(), "neighbours: no such node");
    trainer_->nodes().reset(count, finiteField(args, "positions", {count, 3}).Data(), gaussians, neighbours.Data(),
                            finiteField(args, "logits", {gaussians, kNodesPerGaussian}).Data());
    return info.Env().Undefined();
  }

  // The tensors of a NodeDeformation (core/deformation/deformation.ts).
  Napi::Value nodes(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const NodeField& n = trainer_->nodes();
    Napi::Object out = Napi::Object::New(env);
    out.Set("frames", n.frames());
    out.Set("nodes", newFloats(env, n.positions().data(), n.positions().size()));
    auto rows = [&](const char* name, int first, int components) {
      Napi::Float32Array array = Napi::Float32Array::New(env, static_cast<size_t>(n.frames()) * n.count() * components);
      size_t to = 0;
      for (int frame = 0; frame < n.frames(); frame++)
        for (int node = 0; node < n.count(); node++)
          for (int c = 0; c < components; c++) array[to++] = n.value(frame, node, first + c);
      out.Set(name, array);
    };
    rows("rotations", NodeField::kRotation, 4);
    rows("translations", NodeField::kTranslation, 3);
    rows("colours", NodeField::kColor, 3);
    Napi::Int32Array neighbours = Napi::Int32Array::New(env, n.neighbours().size());
    std::copy(n.neighbours().begin(), n.neighbours().end(), neighbours.Data());
    out.Set("neighbours", neighbours);
    out.Set("weights", newFloats(env, n.weights().data(), n.weights().size()));
    return out;
  }

  // extrapolateNodes({before, from, to, momentum})
  Napi::Value extrapolateNodes(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const int last = trainer_->config().frames - 1;
    trainer_->nodes().extrapolate(intField(args, "before", 0, last), intField(args, "from", 0, last),
                                  intField(args, "to", 0, last), floatField(args, "momentum", 0));
    return info.Env().Undefined();
  }

  // nodeFrame({frame}): all node values of one frame, to be handed to setNodeFrame({frame, values}).
  Napi::Value nodeFrame(const Napi::CallbackInfo& info) {
    const std::vector<float> values =
        trainer_->nodes().frameValues(intField(objectArgument(info, 0), "frame", 0, trainer_->config().frames - 1));
    return newFloats(info.Env(), values.data(), values.size());
  }
  Napi::Value setNodeFrame(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    NodeField& nodes = trainer_->nodes();
    nodes.setFrameValues(intField(args, "frame", 0, trainer_->config().frames - 1),
                         finiteField(args, "values", {NodeField::kValues, nodes.count()}).Data());
    return info.Env().Undefined();
  }

  // registerFrame({count, starts, points, target, ...options}): Promise of one {values, cost, uncovered, astray,
  // bending} a start.
  Napi::Value registerFrame(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const NodeField& nodes = trainer_->nodes();
    if (nodes.count() == 0) throw Napi::Error::New(info.Env(), "registerFrame: there are no nodes yet");
    const int points = intField(args, "points", 1, kMaxCloud);
    const Napi::Float32Array cloud = finiteField(args, "target", {points, kMatchFields});
    auto target = std::make_shared<std::vector<float>>(cloud.Data(), cloud.Data() + cloud.ElementLength());
    const int count = intField(args, "count", 1, kMaxStarts);
    const Napi::Float32Array rows = finiteField(args, "starts", {count, NodeField::kValues, nodes.count()});
    const size_t size = static_cast<size_t>(NodeField::kValues) * nodes.count();
    auto starts = std::make_shared<std::vector<std::vector<float>>>();
    for (int s = 0; s < count; s++) starts->emplace_back(rows.Data() + s * size, rows.Data() + (s + 1) * size);
    const RegistrationOptions options = registrationFrom(args);
    auto results = std::make_shared<std::vector<RegistrationResult>>();
    return start(
        info.Env(),
        [this, target, starts, options, results] { *results = trainer_->registerFrame(*target, *starts, options); },
        [starts, results](Napi::Env env) {
          Napi::Array out = Napi::Array::New(env, results->size());
          for (size_t s = 0; s < results->size(); s++) {
            const RegistrationResult& result = (*results)[s];
            Napi::Object one = Napi::Object::New(env);
            one.Set("values", newFloats(env, (*starts)[s].data(), (*starts)[s].size()));
            one.Set("cost", result.cost);
            one.Set("uncovered", result.uncovered);
            one.Set("astray", result.astray);
            one.Set("bending", result.bending);
            out.Set(static_cast<uint32_t>(s), one);
          }
          return Napi::Value(out);
        });
  }

  // startHexPlane(config): from now on the network deforms.
  Napi::Value startHexPlane(const Napi::CallbackInfo& info) {
    trainer_->startHexPlane(hexPlaneConfigFrom(objectArgument(info, 0)));
    return info.Env().Undefined();
  }

  // {name: {shape, data}} under the published names; undefined without a network.
  Napi::Value hexplane(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!trainer_->hexplane()) return env.Undefined();
    HexPlane& network = trainer_->hexplane()->network();
    Napi::Object out = Napi::Object::New(env);
    for (const HexPlaneTensor& t : network.tensors()) {
      Napi::Object tensor = Napi::Object::New(env);
      Napi::Array shape = Napi::Array::New(env, t.shape.size());
      for (size_t i = 0; i < t.shape.size(); i++) shape.Set(static_cast<uint32_t>(i), t.shape[i]);
      Napi::Float32Array data = Napi::Float32Array::New(env, t.size());
      network.exportTensor(t, network.parameters(), data.Data());
      tensor.Set("shape", shape);
      tensor.Set("data", data);
      out.Set(t.name, tensor);
    }
    return out;
  }

  // Work on a thread of libuv's pool.
  class Job : public Napi::AsyncWorker {
   public:
    Job(TrainerObject& owner, Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> result)
        : Napi::AsyncWorker(env), owner_(owner), deferred_(env), work_(std::move(work)), result_(std::move(result)) {
      owner.busy_ = true;
      owner.cancel_ = false;
      owner.Ref();
    }
    Napi::Promise promise() const { return deferred_.Promise(); }
    void Execute() override { work_(); }
    void OnOK() override {
      release();
      deferred_.Resolve(result_(Env()));
    }
    void OnError(const Napi::Error& error) override {
      release();
      deferred_.Reject(error.Value());
    }

   private:
    void release() {
      owner_.busy_ = false;
      owner_.Unref();
    }
    TrainerObject& owner_;
    Napi::Promise::Deferred deferred_;
    std::function<void()> work_;
    std::function<Napi::Value(Napi::Env)> result_;
  };

  Napi::Value start(Napi::Env env, std::function<void()> work, std::function<Napi::Value(Napi::Env)> result) {
    Job* job = new Job(*this, env, std::move(work), std::move(result));
    const Napi::Promise promise = job->promise();
    job->Queue();
    return promise;
  }

  // run(plan): Promise of the batch's means and milliseconds.
  Napi::Value run(const Napi::CallbackInfo& info) {
    auto plan = std::make_shared<BatchPlan>(planFrom(objectArgument(info, 0), *trainer_));
    if (plan->deform && !trainer_->canDeform())
      throw Napi::Error::New(info.Env(), "deform: there is no deformation yet");
    auto result = std::make_shared<BatchResult>();
    return start(
        info.Env(), [this, plan, result] { *result = trainer_->run(*plan, cancel_); },
        [this, result](Napi::Env env) {
          Napi::Object out = Napi::Object::New(env);
          out.Set("iterations", result->iterations);
          out.Set("loss", result->loss);
          out.Set("l1", result->l1);
          out.Set("ssim", result->ssim);
          out.Set("mse", result->mse);
          out.Set("neighbour", result->neighbour);
          out.Set("gaussians", trainer_->gaussians().count());
          Napi::Object ms = Napi::Object::New(env);
          ms.Set("deform", result->deformMs);
          ms.Set("render", result->renderMs);
          ms.Set("loss", result->lossMs);
          ms.Set("backward", result->backwardMs);
          ms.Set("neighbour", result->neighbourMs);
          ms.Set("optimise", result->optimiseMs);
          out.Set("milliseconds", ms);
          return Napi::Value(out);
        });
  }

  // measure({samples, deform}): Promise<Float64Array> of (mse, ssim, foreground mse or -1, silhouette IoU, uncovered
  // share) a sample.
  Napi::Value measure(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const Napi::Value list = field(args, "samples");
    if (!list.IsTypedArray() || list.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array)
      throw Napi::TypeError::New(info.Env(), "samples: expected an Int32Array");
    const Napi::Int32Array array = list.As<Napi::Int32Array>();
    auto samples = std::make_shared<std::vector<int32_t>>(array.Data(), array.Data() + array.ElementLength());
    const int views = static_cast<int>(trainer_->config().cameras.size()), frames = trainer_->config().frames;
    for (size_t i = 0; i + 1 < samples->size(); i += 2)
      if ((*samples)[i] < 0 || (*samples)[i] >= views || (*samples)[i + 1] < 0 || (*samples)[i + 1] >= frames)
        throw Napi::RangeError::New(info.Env(), "samples: view or frame out of range");
    const bool deform = boolField(args, "deform", false);
    auto out = std::make_shared<std::vector<double>>();
    return start(
        info.Env(),
        [this, samples, deform, out] {
          for (size_t i = 0; i + 1 < samples->size() && !cancel_; i += 2) {
            const PictureQuality q = trainer_->measure((*samples)[i], (*samples)[i + 1], deform);
            out->insert(out->end(), {q.mse, q.ssim, q.foregroundMse, q.iou, q.uncovered});
          }
        },
        [out](Napi::Env env) {
          Napi::Float64Array array = Napi::Float64Array::New(env, out->size());
          std::copy(out->begin(), out->end(), array.Data());
          return Napi::Value(array);
        });
  }

  // densify({gradientThreshold, splitScale, minOpacity, maxScale, maxGaussians}): {cloned, split, pruned, gaussians}
  Napi::Value densify(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const DensifyOptions options = {floatField(args, "gradientThreshold", 2e-4), floatField(args, "splitScale", 0.01),
                                    floatField(args, "minOpacity", 0.005),
                                    floatField(args, "maxScale", std::numeric_limits<float>::max()),
                                    intField(args, "maxGaussians", 1, kMaxCount)};
    const DensifyResult result = trainer_->densify(options);
    Napi::Object out = Napi::Object::New(info.Env());
    out.Set("cloned", result.cloned);
    out.Set("split", result.split);
    out.Set("pruned", result.pruned);
    out.Set("gaussians", trainer_->gaussians().count());
    return out;
  }

  // bear({frame, points, cloud, reach, limit}): the number of Gaussians added.
  Napi::Value bear(const Napi::CallbackInfo& info) {
    const Napi::Object args = objectArgument(info, 0);
    const int points = intField(args, "points", 1, kMaxCloud);
    const Napi::Float32Array rows = finiteField(args, "cloud", {points, kMatchFields});
    const std::vector<float> cloud(rows.Data(), rows.Data() + rows.ElementLength());
    const double reach = numberField(args, "reach");
    if (!(reach > 0)) throw Napi::RangeError::New(info.Env(), "reach: expected a positive number");
    const int frame = intField(args, "frame", 0, trainer_->config().frames - 1);
    const int limit = intField(args, "limit", 0, kMaxCount);
    return Napi::Number::New(info.Env(), trainer_->bear(frame, cloud, static_cast<float>(reach), limit));
  }

  Napi::Value resetOpacity(const Napi::CallbackInfo& info) {
    const double ceiling = numberField(objectArgument(info, 0), "ceiling");
    if (ceiling <= 0 || ceiling >= 1)
      throw Napi::RangeError::New(info.Env(), "ceiling: expected a number between 0 and 1");
    trainer_->gaussians().resetOpacity(static_cast<float>(ceiling));
    return info.Env().Undefined();
  }

  // Ends the running batch before its next iteration.
  Napi::Value cancel(const Napi::CallbackInfo& info) {
    cancel_ = true;
    return info.Env().Undefined();
  }

  Napi::Value state(const Napi::CallbackInfo& info) {
    StateWriter writer(info.Env());
    trainer_->visit(writer);
    return writer.result();
  }

  Napi::Value restore(const Napi::CallbackInfo& info) {
    StateReader reader(objectArgument(info, 0));
    trainer_->visit(reader);
    return info.Env().Undefined();
  }

  Napi::Value bytes(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(trainer_->bytes()));
  }

  std::unique_ptr<Trainer> trainer_;
  std::atomic<bool> cancel_{false};
  bool busy_ = false;
};

}  // namespace

void registerTrainer(Napi::Env env, Napi::Object exports) { TrainerObject::registerClass(env, exports); }

}  // namespace charactershot
