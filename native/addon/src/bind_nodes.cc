// The deformation by control nodes as single synchronous calls: for tests against a plain reference.
#include "bind.h"
#include "napi_args.h"
#include "node_field.h"

namespace charactershot {

namespace {

constexpr int kMaxTestNodes = 65'536, kMaxTestGaussians = 1'000'000, kMaxTestFrames = 100'000;

// Puts the nodes' numbers into a field the way a checkpoint does.
class ValueSetter : public StateVisitor {
 public:
  explicit ValueSetter(std::vector<float> values) : values_(std::move(values)) {}
  void floats(const std::string& name, std::vector<float>& values) override {
    if (name == "nodes.value") values = values_;
  }
  void ints(const std::string&, std::vector<int32_t>&) override {}

 private:
  std::vector<float> values_;
};

struct Setup {
  ThreadPool pool;
  GaussianStore gaussians;
  NodeField nodes;
  int frame;

  explicit Setup(const Napi::Object& args)
      : pool(intField(args, "threads", 1, kMaxThreads)), nodes(pool, intField(args, "frames", 1, kMaxTestFrames)) {
    const int count = intField(args, "count", 1, kMaxTestNodes), frames = nodes.frames();
    frame = intField(args, "frame", 0, frames - 1);
    const Napi::Object g = objectField(args, "gaussians");
    const int n = intField(g, "count", 0, kMaxTestGaussians), degree = intField(g, "shDegree", 0, 3);
    gaussians.reset(n, degree, finiteField(g, "means", {n, 3}).Data(), finiteField(g, "logScales", {n, 3}).Data(),
                    finiteField(g, "quats", {n, 4}).Data(), finiteField(g, "opacityLogits", {n}).Data(),
                    finiteField(g, "sh", {n, shCoefficients(degree), 3}).Data());
    const Napi::Int32Array neighbours = intsField(args, "neighbours", {n, kNodesPerGaussian});
    for (size_t i = 0; i < neighbours.ElementLength(); i++)
      if (neighbours[i] < 0 || neighbours[i] >= count)
        throw Napi::RangeError::New(args.Env(), "neighbours: no such node");
    nodes.reset(count, finiteField(args, "nodes", {count, 3}).Data(), n, neighbours.Data(),
                finiteField(args, "logits", {n, kNodesPerGaussian}).Data());

    std::vector<float> values(static_cast<size_t>(frames) * NodeField::kValues * count);
    auto fill = [&](const char* name, int first, int components) {
      const Napi::Float32Array rows = finiteField(args, name, {frames, count, components});
      size_t from = 0;
      for (int f = 0; f < frames; f++)
        for (int node = 0; node < count; node++)
          for (int c = 0; c < components; c++)
            values[(static_cast<size_t>(f) * NodeField::kValues + first + c) * count + node] = rows[from++];
    };
    fill("rotations", NodeField::kRotation, 4);
    fill("translations", NodeField::kTranslation, 3);
    fill("colours", NodeField::kColor, 3);
    ValueSetter setter(std::move(values));
    nodes.visit(setter);
  }

  // Gradients of the nodes at every frame, in the shapes of the values.
  void exportGradients(Napi::Env env, Napi::Object out) const {
    auto rows = [&](const char* name, int first, int components) {
      Napi::Float32Array array =
          Napi::Float32Array::New(env, static_cast<size_t>(nodes.frames()) * nodes.count() * components);
      size_t to = 0;
      for (int f = 0; f < nodes.frames(); f++)
        for (int node = 0; node < nodes.count(); node++)
          for (int c = 0; c < components; c++) array[to++] = nodes.gradient(f, node, first + c);
      out.Set(name, array);
    };
    rows("rotations", NodeField::kRotation, 4);
    rows("translations", NodeField::kTranslation, 3);
    rows("colours", NodeField::kColor, 3);
    out.Set("logits", newFloats(env, nodes.logitGradients().data(), nodes.logitGradients().size()));
  }

  Napi::Float32Array rowsOf(Napi::Env env, const std::vector<float>& planes, int components) const {
    Napi::Float32Array rows = Napi::Float32Array::New(env, static_cast<size_t>(gaussians.count()) * components);
    fromPlanes(planes.data(), gaussians.stride(), gaussians.count(), components, rows.Data());
    return rows;
  }
};

// nodeBlend({gaussians, count, nodes, neighbours, logits, frames, rotations, translations, colours, frame, threads,
// gradMeans, gradQuats, gradColours}): the deformed values and the gradients of the sum of outputs times the given
// ones.
Napi::Value nodeBlend(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  Setup setup(args);
  const int count = setup.gaussians.count(), stride = setup.gaussians.stride();
  DeformedPlanes out;
  setup.nodes.forward(setup.gaussians, setup.frame, 0, out);
  auto planes = [&](const char* name, int components) {
    std::vector<float> values(static_cast<size_t>(components) * stride);
    toPlanes(finiteField(args, name, {count, components}).Data(), count, components, values.data(), stride);
    return values;
  };
  std::vector<float> means = planes("gradMeans", 3), quats = planes("gradQuats", 4), colours = planes("gradColours", 3);
  std::vector<float> logScales(static_cast<size_t>(3) * stride);
  setup.nodes.backward(setup.gaussians, 0, means.data(), logScales.data(), quats.data(), colours.data());

  Napi::Object result = Napi::Object::New(env), gradients = Napi::Object::New(env);
  result.Set("means", setup.rowsOf(env, out.means, 3));
  result.Set("logScales", setup.rowsOf(env, out.logScales, 3));
  result.Set("quats", setup.rowsOf(env, out.quats, 4));
  result.Set("colours", setup.rowsOf(env, out.colorOffset, 3));
  gradients.Set("means", setup.rowsOf(env, means, 3));
  gradients.Set("quats", setup.rowsOf(env, quats, 4));
  setup.exportGradients(env, gradients);
  result.Set("gradients", gradients);
  return result;
}

// nodeRegularise({...the same without gradients, low, high, weights}): value and gradients of the node regularisers.
Napi::Value nodeRegularise(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  Setup setup(args);
  const Napi::Object w = objectField(args, "weights");
  auto weight = [&](const char* name) { return static_cast<float>(numberField(w, name, 0)); };
  DeformWeights weights;
  weights.rigidity = weight("rigidity");
  weights.rotationSmooth = weight("rotationSmooth");
  weights.acceleration = weight("acceleration");
  weights.colorSmooth = weight("colorSmooth");
  const int last = setup.nodes.frames() - 1;
  const double value =
      setup.nodes.regularise(setup.frame, intField(args, "low", 0, last), intField(args, "high", 0, last), weights);
  Napi::Object result = Napi::Object::New(env), gradients = Napi::Object::New(env);
  setup.exportGradients(env, gradients);
  result.Set("value", value);
  result.Set("gradients", gradients);
  return result;
}

}  // namespace

void registerNodes(Napi::Env env, Napi::Object exports) {
  exports.Set("nodeBlend", Napi::Function::New(env, guarded<nodeBlend>, "nodeBlend"));
  exports.Set("nodeRegularise", Napi::Function::New(env, guarded<nodeRegularise>, "nodeRegularise"));
}

}  // namespace charactershot
