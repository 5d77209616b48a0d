#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "executor/line_runner.h"
#include "http/exchange.h"
#include "proxy/loop_context.h"

namespace penstock::proxy {

// Makes the requests of batches that are executed here through the pipeline, as if the key that
// made the batch had come with each of them now. They are spread over the loops.
class BatchLines final : public executor::LineRunner {
 public:
  // The loops' contexts outlive it.
  explicit BatchLines(std::vector<LoopContext*> loops);

  void run(std::shared_ptr<const executor::LineOrigin> origin, std::string body,
           Done done) override;
  void hangUp() override;

 private:
  // A loop, and what is under way on it. Used on that loop's thread, but for its context.
  struct Lane {
    LoopContext* context = nullptr;
    bool closed = false;  // by hangUp()
    std::map<const http::Exchange*, std::weak_ptr<http::Exchange>> under_way;
    std::unordered_map<std::string, Sha256> keys;  // by id, where each was found last
  };
  static void begin(const std::shared_ptr<Lane>& lane, const executor::LineOrigin& origin,
                    std::string body, const Done& done);

  const std::vector<std::shared_ptr<Lane>> lanes_;
  std::atomic<size_t> next_{0};
};

}  // namespace penstock::proxy
