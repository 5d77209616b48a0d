#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/request_log.h"
#include "storage/statement.h"
#include "store/log_dictionary.h"

// How a model::RequestLog lies in the table request_log.
namespace penstock::store {

// id = arrival in milliseconds << 20 | a sequence number.
constexpr int kSequenceBits = 20;
constexpr int64_t kSequenceMask = (int64_t{1} << kSequenceBits) - 1;
constexpr int64_t logIdAt(UnixMillis time) { return time << kSequenceBits; }
constexpr UnixMillis logTimeOf(int64_t id) { return id >> kSequenceBits; }

// A UUID's 16 bytes. Of another text, the first 16 of its SHA-256: still found, under a changed
// name.
using RequestKey = std::array<uint8_t, 16>;
RequestKey requestKey(std::string_view request_id);
std::string requestIdOf(std::string_view key_bytes);

// The columns in the order of readRow() and of LogRowWriter's INSERT.
extern const std::string_view kLogColumns;

model::RequestLog readRow(const storage::Rows& row, LogDictionary& dictionary);

// Tags as a JSON object, in order; and back.
std::string tagsToJson(const std::vector<std::pair<std::string, std::string>>& tags);
std::vector<std::pair<std::string, std::string>> tagsFromJson(std::string_view json);

// Inserts rows on the writing connection, in a transaction of the caller's.
class LogRowWriter {
 public:
  LogRowWriter(storage::Database& db, LogDictionary& dictionary);
  // False when the id is taken.
  bool insert(int64_t id, const model::RequestLog& row);

 private:
  // A decision as it is stored: the id of its first line, where that is in the dictionary, and the
  // rest.
  struct Decision {
    int64_t head = 0;
    std::string_view text;
  };
  Decision shortened(std::string_view decision);

  LogDictionary& dictionary_;
  size_t heads_ = 0;  // put into the dictionary since start
  storage::Statement insert_;
  storage::Statement insert_payload_;
};

}  // namespace penstock::store
