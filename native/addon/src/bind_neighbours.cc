// The neighbour graph and constraint as single synchronous calls: for tests against golden data.
#include <chrono>

#include "bind.h"
#include "gaussian_planes.h"
#include "napi_args.h"
#include "neighbours.h"

namespace charactershot {

namespace {

constexpr int kMaxPoints = 20'000'000;

std::vector<float> planesField(const Napi::Object& args, const char* name, int count) {
  const Napi::Float32Array rows = finiteField(args, name, {count, 3});
  std::vector<float> planes(static_cast<size_t>(3) * count);
  toPlanes(rows.Data(), count, 3, planes.data(), count);
  return planes;
}

// A row-major copy of planar triples.
Napi::Float32Array rowsOf(Napi::Env env, const std::vector<float>& planes, int count) {
  Napi::Float32Array rows = Napi::Float32Array::New(env, planes.size());
  fromPlanes(planes.data(), count, count, 3, rows.Data());
  return rows;
}

Napi::Int32Array newInts(Napi::Env env, const std::vector<int32_t>& values) {
  Napi::Int32Array array = Napi::Int32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

// neighbourGraph({positions, count, k, threads}): the graph in rows, {offsets, indices}.
Napi::Value neighbourGraph(const Napi::CallbackInfo& info) {
  const Napi::Object args = objectArgument(info, 0);
  const int count = intField(args, "count", 0, kMaxPoints), k = intField(args, "k", 1, 1000);
  ThreadPool pool(intField(args, "threads", 1, kMaxThreads));
  const std::vector<float> positions = planesField(args, "positions", count);
  const NeighbourGraph graph = buildNeighbourGraph(pool, positions.data(), count, count, k);
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("offsets", newInts(info.Env(), graph.offsets));
  out.Set("indices", newInts(info.Env(), graph.indices));
  return out;
}

NeighbourGraph graphFrom(const Napi::Object& args, int count) {
  NeighbourGraph graph;
  const Napi::Int32Array offsets = intsField(args, "offsets", {count + 1});
  graph.offsets.assign(offsets.Data(), offsets.Data() + count + 1);
  for (int i = 0; i <= count; i++)
    if (graph.offsets[i] < (i ? graph.offsets[i - 1] : 0))
      throw Napi::RangeError::New(args.Env(), "offsets: must not descend, but entry " + std::to_string(i) + " does");
  const int edges = graph.offsets[count];
  const Napi::Int32Array indices = intsField(args, "indices", {edges});
  graph.indices.assign(indices.Data(), indices.Data() + edges);
  for (int e = 0; e < edges; e++)
    if (graph.indices[e] < 0 || graph.indices[e] >= count)
      throw Napi::RangeError::New(args.Env(), "indices: entry " + std::to_string(e) + " is " +
                                                  std::to_string(graph.indices[e]) + ", but there are " +
                                                  std::to_string(count) + " points");
  return graph;
}

// neighbourLoss({count, offsets, indices, earlier, later, gated, threshold, minWeight, weightGradient, earlierTime,
// laterTime, baseWeight, threads, repeat?}): value, gradients, displacements, who moved, and the time weight.
Napi::Value neighbourLoss(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object args = objectArgument(info, 0);
  const int count = intField(args, "count", 0, kMaxPoints);
  const NeighbourGraph graph = graphFrom(args, count);
  const std::vector<float> earlier = planesField(args, "earlier", count), later = planesField(args, "later", count);
  NeighbourOptions options;
  options.gated = boolField(args, "gated", options.gated);
  options.threshold = static_cast<float>(numberField(args, "threshold", options.threshold));
  options.minWeight = static_cast<float>(numberField(args, "minWeight", options.minWeight));
  options.weightGradient = boolField(args, "weightGradient", options.weightGradient);
  const int repeat = hasField(args, "repeat") ? intField(args, "repeat", 1, 10000) : 1;

  ThreadPool pool(intField(args, "threads", 1, kMaxThreads));
  NeighbourConstraint constraint(pool);
  NeighbourTerm term;
  std::vector<float> earlierGrads, laterGrads, timings;
  for (int r = 0; r < repeat; r++) {
    earlierGrads.assign(earlier.size(), 0.0f);
    laterGrads.assign(later.size(), 0.0f);
    const auto start = std::chrono::steady_clock::now();
    term = constraint.evaluate(graph, earlier.data(), later.data(), count, options, earlierGrads.data(),
                               laterGrads.data());
    timings.push_back(std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  Napi::Float32Array displacement = Napi::Float32Array::New(env, count);
  Napi::Uint8Array moved = Napi::Uint8Array::New(env, count);
  for (int i = 0; i < count; i++) {
    displacement[i] = constraint.displacement(i);
    moved[i] = constraint.moved(i);
  }
  Napi::Object out = Napi::Object::New(env);
  out.Set("value", term.value);
  out.Set("activeEdges", static_cast<double>(term.activeEdges));
  out.Set("timeWeight", neighbourTimeWeight(numberField(args, "baseWeight", 1), numberField(args, "earlierTime", 0),
                                            numberField(args, "laterTime", 0), term));
  out.Set("earlierGradients", rowsOf(env, earlierGrads, count));
  out.Set("laterGradients", rowsOf(env, laterGrads, count));
  out.Set("displacement", displacement);
  out.Set("moved", moved);
  out.Set("timings", newFloats(env, timings.data(), timings.size()));
  return out;
}

}  // namespace

void registerNeighbours(Napi::Env env, Napi::Object exports) {
  exports.Set("neighbourGraph", Napi::Function::New(env, guarded<neighbourGraph>, "neighbourGraph"));
  exports.Set("neighbourLoss", Napi::Function::New(env, guarded<neighbourLoss>, "neighbourLoss"));
}

}  // namespace charactershot
