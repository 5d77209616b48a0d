#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/digest.h"
#include "base/result.h"
#include "model/relayed_object.h"

// The requests of a batch as they are kept: a line each, as OpenAI's files have them,
//
//   {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{…}}
//
// or, of Anthropic's batches, {"custom_id":"a","params":{…}}.
namespace penstock::executor {

struct Line {
  std::string custom_id;
  std::string_view body;  // raw JSON: an object, of the text that was read
};

// OpenAI's limits: its own of requests, and one that it does not tell of ids.
constexpr int64_t kMaxLines = 50'000;
constexpr size_t kMaxCustomId = 512;

// InvalidRequest, with what OpenAI says in a batch's errors: code, message and param. `endpoint` is
// what its requests are to be for.
Result<Line> readLine(model::ObjectSurface surface, std::string_view endpoint,
                      std::string_view text);

// Which custom_ids there were: by their hashes, so that long ones cost no more than others.
class CustomIds {
 public:
  // False when it was there before.
  bool add(std::string_view custom_id) { return ids_.insert(sha256(custom_id)).second; }
  bool contains(std::string_view custom_id) const { return ids_.contains(sha256(custom_id)); }
  bool empty() const { return ids_.empty(); }

 private:
  struct Hash {
    size_t operator()(const Sha256& digest) const {
      size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };
  std::unordered_set<Sha256, Hash> ids_;
};

// Whether OpenAI's batches may be of that path here.
bool isBatchEndpoint(std::string_view path);

// Makes lines of {"requests":[{"custom_id","params"}]}, in pieces that `sink` takes; their number.
// InvalidRequest naming the request that is none, or is longer than a line may be.
Result<int64_t> messageLines(std::string_view body, size_t max_line,
                             const std::function<Status(std::string_view)>& sink);

// JSON on one line: line feeds are space where they may be at all.
std::string onOneLine(std::string_view json);

}  // namespace penstock::executor
