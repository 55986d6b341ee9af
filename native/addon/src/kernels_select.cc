#include <cstring>

#include "kernels.h"

namespace charactershot {

namespace {

const Kernels* best() {
#ifdef CS_X64_VARIANTS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return &avx512::table();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::table();
#endif
  return &baseline::table();
}

const Kernels*& current() {
  static const Kernels* table = best();
  return table;
}

}  // namespace

const Kernels& kernels() { return *current(); }

bool chooseKernels(const char* name) {
  // The variants are ordered: what runs the fastest one runs those below it.
  const Kernels* fastest = best();
  if (!*name) {
    current() = fastest;
    return true;
  }
  const Kernels* all[] = {
      &baseline::table(),
#ifdef CS_X64_VARIANTS
      &avx2::table(),
      &avx512::table(),
#endif
  };
  for (const Kernels* table : all) {
    if (!std::strcmp(table->name, name)) {
      current() = table;
      return true;
    }
    if (table == fastest) break;
  }
  return false;
}

}  // namespace charactershot
