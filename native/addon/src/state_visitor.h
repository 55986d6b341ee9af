// Checkpoints: every part of the trainer names its arrays once, and the same walk saves and restores them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace charactershot {

class StateVisitor {
 public:
  virtual ~StateVisitor() = default;
  virtual void floats(const std::string& name, std::vector<float>& values) = 0;
  virtual void ints(const std::string& name, std::vector<int32_t>& values) = 0;
};

// For what was read back: a damaged checkpoint must fail with a sentence, not with the process.
inline void expectState(const char* name, bool isSound) {
  if (!isSound) throw std::runtime_error(std::string("the checkpoint is damaged at ") + name);
}

}  // namespace charactershot
