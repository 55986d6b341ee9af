// A pool of its own: macOS ships no OpenMP runtime, and V8's threads must not be borrowed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace charactershot {

class ThreadPool {
 public:
  // `threads` counts the calling thread; at least 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(i) once for each i in [0, count), on all threads, in any order, and returns when all are done. Results
  // stay the same for any number of threads as long as task i writes only what belongs to i. The first exception
  // thrown by a task is rethrown here. One call at a time; not from inside a task.
  void each(int count, const std::function<void(int)>& task);

  // Splits [0, count) into ranges of at most `grain` items at fixed borders (multiples of `grain`) and calls
  // task(begin, end) for each.
  void ranges(int count, int grain, const std::function<void(int, int)>& task);

 private:
  void work();
  void drain();

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_, finished_;
  const std::function<void(int)>* task_ = nullptr;
  int count_ = 0;
  std::atomic<int> next_{0};
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> active_{0};
  bool stopping_ = false;
  std::exception_ptr failure_;
};

}  // namespace charactershot
