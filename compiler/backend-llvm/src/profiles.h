// What the pass pipeline has to do with profiles. Must match `Profiling` in passes.rs.
#pragma once
#include <cstddef>
#include <cstdint>

struct GalcProfiling {
  enum Action : uint32_t { Nothing, Write, Use } action;
  // To write: the name of the file. To use: a profile in LLVM's indexed form.
  const char *start;
  size_t len;
  // Results of use, by function: how many there are, for how many the profile has counts, and how many have changed since.
  uint64_t functions, described, mismatched;
  // Null, or why the profile cannot be used; `free` takes it.
  char *error;
};
