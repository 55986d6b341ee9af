#include "clip_store.h"

#include <algorithm>
#include <stdexcept>

namespace charactershot {

ClipStore::ClipStore(int width, int height, int views, int frames, int levels, const float background[3])
    : width_(width), height_(height), views_(views), frames_(frames), levels_(levels) {
  for (int c = 0; c < 3; c++)
    background_[c] = static_cast<uint8_t>(std::clamp(background[c], 0.0f, 1.0f) * 255.0f + 0.5f);
  pictures_.resize(static_cast<size_t>(views) * frames * levels);
}

void ClipStore::store(Picture& picture, int level, const std::vector<uint8_t>& rgb) {
  const int w = width(level), h = height(level);
  picture.pixels.assign(static_cast<size_t>(3) * w * h + kLossPad, 0);
  Rect& r = picture.content;
  r = {w, h, 0, 0};
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      const uint8_t* p = rgb.data() + (static_cast<size_t>(y) * w + x) * 3;
      for (int c = 0; c < 3; c++) picture.pixels[(static_cast<size_t>(c) * h + y) * w + x] = p[c];
      if (std::equal(p, p + 3, background_)) continue;
      r = {std::min(r.x0, x), std::min(r.y0, y), std::max(r.x1, x + 1), std::max(r.y1, y + 1)};
    }
  if (r.x1 <= r.x0) r = {0, 0, 0, 0};
}

void ClipStore::set(int view, int frame, const uint8_t* rgb) {
  std::vector<uint8_t> picture(rgb, rgb + static_cast<size_t>(width_) * height_ * 3);
  for (int level = 0; level < levels_; level++) {
    store(pictures_[(static_cast<size_t>(view) * frames_ + frame) * levels_ + level], level, picture);
    if (level + 1 == levels_) break;
    const int w = width(level), nw = width(level + 1), nh = height(level + 1);
    std::vector<uint8_t> half(static_cast<size_t>(nw) * nh * 3);
    for (int y = 0; y < nh; y++)
      for (int x = 0; x < nw; x++)
        for (int c = 0; c < 3; c++) {
          auto at = [&](int dx, int dy) { return picture[(static_cast<size_t>(2 * y + dy) * w + 2 * x + dx) * 3 + c]; };
          half[(static_cast<size_t>(y) * nw + x) * 3 + c] =
              static_cast<uint8_t>((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4);
        }
    picture = std::move(half);
  }
}

void ClipStore::setExact(int view, int frame, const float* rgb) {
  const size_t plane = static_cast<size_t>(width_) * height_;
  std::vector<uint8_t> rounded(3 * plane);
  for (size_t i = 0; i < 3 * plane; i++)
    rounded[i] = static_cast<uint8_t>(std::clamp(rgb[i], 0.0f, 1.0f) * 255.0f + 0.5f);
  set(view, frame, rounded.data());
  Picture& picture = pictures_[(static_cast<size_t>(view) * frames_ + frame) * levels_];
  picture.exact.assign(3 * plane + kLossPad, 0);
  for (size_t i = 0; i < plane; i++)
    for (size_t c = 0; c < 3; c++) picture.exact[c * plane + i] = rgb[i * 3 + c];
  picture.content = {0, 0, width_, height_};
}

TargetImage ClipStore::target(int view, int frame, int level) const {
  const Picture& picture = pictures_[(static_cast<size_t>(view) * frames_ + frame) * levels_ + level];
  if (picture.pixels.empty())
    throw std::runtime_error("view " + std::to_string(view) + ", frame " + std::to_string(frame) + " has no picture");
  const int w = width(level), h = height(level);
  return {
      picture.pixels.data(), w, w * h, w, h, picture.content, picture.exact.empty() ? nullptr : picture.exact.data()};
}

size_t ClipStore::bytes() const {
  size_t total = 0;
  for (const Picture& picture : pictures_) total += picture.pixels.capacity() + 4 * picture.exact.capacity();
  return total;
}

}  // namespace charactershot
