#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/log.h"
#include "executor/line_runner.h"
#include "executor/shelf.h"
#include "store/store.h"

namespace penstock::executor {

struct Options {
  size_t lines_at_once = 4;          // of one batch
  size_t lines_in_all = 16;          // of all batches together
  size_t max_line = 32 << 20;        // bytes of a request with what is around it
  int64_t keep_days = 30;            // files, and batches with their outputs
  uint64_t max_bytes = 10ULL << 30;  // of files in all; outputs may go beyond
};

// What files and batches that are kept here need of the gateway. All of it outlives them.
struct Services {
  store::Store& store;
  Shelf& shelf;
  const Clock& clock;
  Logger& log;
  Options options = {};
};

// In which a batch is to be over: OpenAI's and Anthropic's own.
constexpr UnixMillis kWindow = 24LL * 3'600'000;

}  // namespace penstock::executor
