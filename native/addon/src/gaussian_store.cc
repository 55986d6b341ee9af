#include "gaussian_store.h"

#include <algorithm>
#include <cmath>

namespace charactershot {

namespace {
constexpr int kAdamGrain = 4096;
constexpr int kExtraGradPlanes = 5;
// Division of the standard deviations when one Gaussian becomes two (3DGS).
constexpr float kSplitShrink = 1.6f;

float logit(float p) { return std::log(p / (1 - p)); }
float sigmoidOf(float x) { return 1 / (1 + std::exp(-x)); }
}  // namespace

GaussianGradients GaussianStore::gradients() {
  return {gradPlane(kMeans), gradPlane(kLogScales), gradPlane(kQuats), gradPlane(kOpacity),
          gradPlane(kSh),    gradColorOffset(),     gradMean2d()};
}

void GaussianStore::resize(int count) {
  count_ = count;
  stride_ = paddedCount(count);
  const size_t planes = planeCount(shDegree_);
  value_.assign(planes * stride_, 0);
  m_.assign(planes * stride_, 0);
  v_.assign(planes * stride_, 0);
  grad_.assign((planes + kExtraGradPlanes) * stride_, 0);
  statistics_.assign(static_cast<size_t>(2) * stride_, 0);
}

void GaussianStore::reset(int count, int shDegree, const float* means, const float* logScales, const float* quats,
                          const float* opacity, const float* sh) {
  shDegree_ = shDegree;
  steps_ = 0;
  resize(count);
  toPlanes(means, count, 3, plane(kMeans), stride_);
  toPlanes(logScales, count, 3, plane(kLogScales), stride_);
  toPlanes(quats, count, 4, plane(kQuats), stride_);
  toPlanes(opacity, count, 1, plane(kOpacity), stride_);
  toPlanes(sh, count, 3 * shCoefficients(shDegree), plane(kSh), stride_);
}

void GaussianStore::step(ThreadPool& pool, const GaussianRates& rates, int activeDegree) {
  steps_++;
  const float correction1 = static_cast<float>(1 / (1 - std::pow(static_cast<double>(kAdamBeta1), steps_)));
  const float correction2 = static_cast<float>(1 / std::sqrt(1 - std::pow(static_cast<double>(kAdamBeta2), steps_)));
  auto rateOf = [&](int p) {
    if (p < kLogScales) return rates.means;
    if (p < kQuats) return rates.logScales;
    if (p < kOpacity) return rates.quats;
    if (p < kSh) return rates.opacity;
    return p < kSh + 3 ? rates.shBase : rates.shRest;
  };
  const int planes = kSh + 3 * shCoefficients(std::min(activeDegree, shDegree_));
  const int chunks = (count_ + kAdamGrain - 1) / kAdamGrain;
  const Kernels& k = kernels();
  pool.each(planes * chunks, [&](int task) {
    const int p = task / chunks, begin = task % chunks * kAdamGrain;
    const size_t offset = static_cast<size_t>(p) * stride_;
    k.adam({value_.data() + offset, grad_.data() + offset, m_.data() + offset, v_.data() + offset,
            rateOf(p) * correction1, correction2},
           begin, std::min(count_, begin + kAdamGrain));
  });
}

void GaussianStore::collect(const Splat* splats, int width, int height) {
  const float* gx = gradMean2d();
  const float* gy = gx + stride_;
  float* sum = statistics_.data();
  float* seen = sum + stride_;
  const float sx = 0.5f * width, sy = 0.5f * height;
  for (int i = 0; i < count_; i++) {
    if (splats[i].extentX < 0) continue;
    sum[i] += std::sqrt(sx * gx[i] * sx * gx[i] + sy * gy[i] * sy * gy[i]);
    seen[i] += 1;
  }
}

DensifyResult GaussianStore::densify(const DensifyOptions& options, const Random& random, uint32_t stream,
                                     const std::function<void(const std::vector<int32_t>&)>& inherit) {
  const float* sum = statistics_.data();
  const float* seen = sum + stride_;
  auto largestScale = [&](int i) {
    return std::exp(std::max({plane(kLogScales)[i], plane(kLogScales + 1)[i], plane(kLogScales + 2)[i]}));
  };
  auto isPruned = [&](int i) {
    return sigmoidOf(plane(kOpacity)[i]) < options.minOpacity || largestScale(i) > options.maxScale;
  };

  DensifyResult result{};
  std::vector<int32_t> kept, candidates;
  for (int i = 0; i < count_; i++) {
    if (isPruned(i))
      result.pruned++;
    else
      kept.push_back(i);
  }
  // Pictures that show nothing would remove the last one; a cloud without Gaussians can learn nothing any more.
  if (kept.empty()) {
    result.pruned = 0;
    for (int i = 0; i < count_; i++) kept.push_back(i);
  }
  for (const int32_t i : kept)
    if (seen[i] > 0 && sum[i] / seen[i] > options.gradientThreshold) candidates.push_back(i);
  // A clone or a split adds one; when there is no room for all, those that pull hardest go first.
  const size_t room =
      static_cast<size_t>(std::max<int64_t>(0, options.maxGaussians - static_cast<int64_t>(kept.size())));
  if (candidates.size() > room) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](int32_t a, int32_t b) { return sum[a] / seen[a] > sum[b] / seen[b]; });
    candidates.resize(room);
    std::sort(candidates.begin(), candidates.end());
  }
  std::vector<char> isSplit(count_, 0);
  for (const int32_t i : candidates) {
    isSplit[i] = largestScale(i) > options.splitScale;
    (isSplit[i] ? result.split : result.cloned)++;
  }

  // Order of the new cloud: the kept ones (a split one stays as its own first half), then one more for each candidate.
  std::vector<int32_t> source = kept;
  source.insert(source.end(), candidates.begin(), candidates.end());
  // The added ones start without momentum, and so does what was split.
  follow(source, [&](int i) { return i < static_cast<int>(kept.size()) && !isSplit[source[i]]; });
  for (int i = 0; i < count_; i++) {
    if (!isSplit[source[i]]) continue;
    float scale[3], q[4], norm = 0;
    for (int c = 0; c < 3; c++) scale[c] = std::exp(plane(kLogScales + c)[i]);
    for (int c = 0; c < 4; c++) norm += plane(kQuats + c)[i] * plane(kQuats + c)[i];
    norm = std::sqrt(std::max(norm, 1e-20f));
    for (int c = 0; c < 4; c++) q[c] = plane(kQuats + c)[i] / norm;
    float local[3];
    for (int c = 0; c < 3; c++) local[c] = scale[c] * random.normal(stream, static_cast<uint64_t>(i) * 3 + c);
    // Rotation of `local` by q: v + 2 w (u x v) + 2 u x (u x v).
    const float cross[3] = {q[2] * local[2] - q[3] * local[1], q[3] * local[0] - q[1] * local[2],
                            q[1] * local[1] - q[2] * local[0]};
    const float twice[3] = {q[2] * cross[2] - q[3] * cross[1], q[3] * cross[0] - q[1] * cross[2],
                            q[1] * cross[1] - q[2] * cross[0]};
    for (int c = 0; c < 3; c++) {
      plane(kMeans + c)[i] += local[c] + 2 * q[0] * cross[c] + 2 * twice[c];
      plane(kLogScales + c)[i] -= std::log(kSplitShrink);
    }
  }
  inherit(source);
  return result;
}

void GaussianStore::follow(const std::vector<int32_t>& source, const std::function<bool(int)>& keepsMoments) {
  const size_t planes = planeCount(shDegree_);
  std::vector<float> value, m, v;
  value.swap(value_);
  m.swap(m_);
  v.swap(v_);
  const int oldStride = stride_;
  resize(static_cast<int>(source.size()));
  std::vector<char> keeps(count_);
  for (int i = 0; i < count_; i++) keeps[i] = keepsMoments(i);
  for (size_t p = 0; p < planes; p++)
    for (int i = 0; i < count_; i++) {
      const size_t from = p * oldStride + source[i], to = p * stride_ + i;
      value_[to] = value[from];
      if (!keeps[i]) continue;
      m_[to] = m[from];
      v_[to] = v[from];
    }
}

void GaussianStore::append(const std::vector<int32_t>& source) {
  const int before = count_;
  std::vector<int32_t> all(before);
  for (int i = 0; i < before; i++) all[i] = i;
  all.insert(all.end(), source.begin(), source.end());
  follow(all, [&](int i) { return i < before; });
}

void GaussianStore::resetOpacity(float ceiling) {
  const float limit = logit(ceiling);
  const size_t offset = static_cast<size_t>(kOpacity) * stride_;
  for (int i = 0; i < count_; i++) value_[offset + i] = std::min(value_[offset + i], limit);
  std::fill_n(m_.begin() + offset, stride_, 0.0f);
  std::fill_n(v_.begin() + offset, stride_, 0.0f);
}

std::string GaussianStore::firstPoison() const {
  for (int p = 0; p < planeCount(shDegree_); p++)
    for (int i = 0; i < count_; i++) {
      if (std::isfinite(plane(p)[i])) continue;
      const char* name = p < kLogScales ? "means"
                         : p < kQuats   ? "logScales"
                         : p < kOpacity ? "quats"
                         : p < kSh      ? "opacityLogits"
                                        : "sh";
      return std::string(name) + " of Gaussian " + std::to_string(i);
    }
  return "";
}

void GaussianStore::visit(StateVisitor& visitor) {
  std::vector<int32_t> header = {count_, shDegree_, static_cast<int32_t>(steps_)};
  visitor.ints("gaussians.header", header);
  expectState("gaussians.header",
              header.size() == 3 && header[0] >= 0 && header[1] >= 0 && header[1] <= 3 && header[2] >= 0);
  if (header[0] != count_ || header[1] != shDegree_) {
    shDegree_ = header[1];
    resize(header[0]);
  }
  steps_ = header[2];
  visitor.floats("gaussians.value", value_);
  visitor.floats("gaussians.m", m_);
  visitor.floats("gaussians.v", v_);
  visitor.floats("gaussians.statistics", statistics_);
  const size_t parameters = static_cast<size_t>(planeCount(shDegree_)) * stride_;
  expectState("gaussians.value", value_.size() == parameters);
  expectState("gaussians.m", m_.size() == parameters);
  expectState("gaussians.v", v_.size() == parameters);
  expectState("gaussians.statistics", statistics_.size() == static_cast<size_t>(2) * stride_);
}

}  // namespace charactershot
