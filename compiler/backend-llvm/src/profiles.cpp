// Profiles as programs write them, merged to the one form that LLVM's passes read.
#include "llvm/ProfileData/InstrProfReader.h"
#include "llvm/ProfileData/InstrProfWriter.h"
#include "llvm-c/Core.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace llvm;

struct GalcBytes {
  const char *start;
  size_t len;
};

static Error add(InstrProfWriter &writer, GalcBytes file) {
  // Raw profiles are read as words.
  auto buffer = MemoryBuffer::getMemBufferCopy(StringRef(file.start, file.len));
  auto created = InstrProfReader::create(std::move(buffer));
  if (!created)
    return created.takeError();
  InstrProfReader &reader = **created;
  if (Error error = writer.mergeProfileKind(reader.getProfileKind()))
    return error;
  for (auto &record : reader) {
    // Of a function that is there with another hash, the records of both are kept, and the one is found that is asked for.
    Error failed = Error::success();
    writer.addRecord(std::move(record), 1, [&](Error error) {
      auto [kind, text] = InstrProfError::take(std::move(error));
      // Counts stop at their largest value.
      if (kind != instrprof_error::counter_overflow)
        failed = joinErrors(std::move(failed), make_error<InstrProfError>(kind, text));
    });
    if (failed)
      return failed;
  }
  if (reader.hasError())
    return reader.getError();
  // Last, because any text may be one of those until it is read.
  if (!reader.isIRLevelProfile())
    return make_error<StringError>("it is of a compiler's front end, not of LLVM's intermediate form",
                                   inconvertibleErrorCode());
  return Error::success();
}

// Merges `count` files, raw or indexed. Returns null and the profile in `merged`, or a message that `free` takes, and in `bad`
// which file it is about.
extern "C" char *galc_llvm_merge_profiles(const GalcBytes *files, size_t count, size_t *bad,
                                          LLVMMemoryBufferRef *merged) {
  InstrProfWriter writer;
  for (*bad = 0; *bad < count; ++*bad)
    if (Error error = add(writer, files[*bad]))
      return strdup(toString(std::move(error)).c_str());
  *merged = wrap(writer.writeBuffer().release());
  return nullptr;
}
