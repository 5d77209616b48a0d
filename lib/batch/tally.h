#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "model/relayed_object.h"
#include "model/usage.h"

namespace penstock::batch {

// One request of a batch that was answered.
struct AnsweredLine {
  std::string model;  // as the provider says
  model::Usage usage;
};

// Reads a batch's output as it comes, in pieces of any size, and tells of each request that was
// answered. What failed cost nothing and is passed over. One line is in memory at a time.
class Tally {
 public:
  using Take = std::function<void(const AnsweredLine&)>;
  Tally(model::ObjectSurface surface, Take take) : surface_(surface), take_(std::move(take)) {}

  // False when a line is longer than any answer can be: then nothing more may be fed.
  bool feed(std::string_view bytes);
  void finish();

 private:
  void readLine(std::string_view line);

  const model::ObjectSurface surface_;
  const Take take_;
  std::string line_;  // the beginning of one that is not complete
};

}  // namespace penstock::batch
