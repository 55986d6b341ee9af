// The pictures of a clip in memory: planar 8-bit, at full size and, for the early iterations, at halved sizes.
#pragma once

#include <vector>

#include "image_loss.h"

namespace charactershot {

class ClipStore {
 public:
  // `levels` counts the sizes kept: level l is the picture averaged over 2^l x 2^l pixels (sizes round down).
  ClipStore(int width, int height, int views, int frames, int levels, const float background[3]);

  // `rgb` is 8-bit, height x width x 3.
  void set(int view, int frame, const uint8_t* rgb);
  // The picture at full size in floats, height x width x 3 in 0..1, kept as it is (comparisons with other programs).
  void setExact(int view, int frame, const float* rgb);
  // Throws when the picture was never set.
  TargetImage target(int view, int frame, int level) const;
  int width(int level) const { return width_ >> level; }
  int height(int level) const { return height_ >> level; }
  int views() const { return views_; }
  int frames() const { return frames_; }
  int levels() const { return levels_; }
  size_t bytes() const;

 private:
  struct Picture {
    std::vector<uint8_t> pixels;
    std::vector<float> exact;
    Rect content{};
  };
  void store(Picture& picture, int level, const std::vector<uint8_t>& rgb);

  int width_, height_, views_, frames_, levels_;
  uint8_t background_[3];
  std::vector<Picture> pictures_;  // [view][frame][level]
};

}  // namespace charactershot
