#include "thread_pool.h"

#include <algorithm>

namespace charactershot {

namespace {
// An iteration has a dozen passes of well under a millisecond each. Sleeping between them costs more than they do, so
// an idle worker spins for about 50 microseconds before it goes to sleep.
constexpr int kSpins = 4000;

inline void pauseCpu() {
#if defined(__x86_64__) || defined(_M_X64)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}
}  // namespace

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; i++) workers_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    generation_++;
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::drain() {
  for (int i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
    try {
      (*task_)(i);
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_ = count_;
    }
  }
}

void ThreadPool::work() {
  uint64_t seen = 0;
  for (;;) {
    for (int spin = 0; spin < kSpins && generation_.load(std::memory_order_acquire) == seen; spin++) pauseCpu();
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return generation_ != seen; });
      seen = generation_;
      if (stopping_) return;
      if (!task_) continue;  // woke after the round had ended
      active_++;
    }
    drain();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      active_--;
    }
    finished_.notify_one();
  }
}

void ThreadPool::each(int count, const std::function<void(int)>& task) {
  if (count <= 0) return;
  if (workers_.empty() || count == 1) {
    for (int i = 0; i < count; i++) task(i);
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    task_ = &task;
    count_ = count;
    next_ = 0;
    failure_ = nullptr;
    generation_++;
  }
  wake_.notify_all();
  drain();
  // The others are within one task of their end: to be woken would take longer than that.
  for (int spin = 0; spin < kSpins && active_.load(std::memory_order_acquire) > 0; spin++) pauseCpu();
  std::unique_lock<std::mutex> lock(mutex_);
  finished_.wait(lock, [&] { return active_ == 0; });
  task_ = nullptr;
  if (failure_) std::rethrow_exception(failure_);
}

void ThreadPool::ranges(int count, int grain, const std::function<void(int, int)>& task) {
  each((count + grain - 1) / grain, [&](int i) { task(i * grain, std::min(count, (i + 1) * grain)); });
}

}  // namespace charactershot
