// message := total:u32 headers:u32 crc32(first 8 bytes):u32 header* payload crc32(all before):u32
// header  := size:u8 name type:u8 value    ; numbers are big-endian
// value   := by type: 0, 1 (true, false) nothing; 2 one byte; 3 two; 4 four; 5, 8 eight; 9 sixteen;
//            6, 7 (bytes, text) size:u16 and as many
#include "dialect/aws_event_stream.h"

#include <iterator>
#include <optional>

#include "dialect/crc32.h"

namespace penstock::dialect {
namespace {

constexpr size_t kPreludeBytes = 12;
constexpr size_t kCrcBytes = 4;
constexpr uint8_t kBytesType = 6, kTextType = 7;

uint32_t numberAt(std::string_view bytes, size_t at, size_t size) {
  uint32_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

// Takes bytes off the front of what is left; nothing when there are fewer.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> take(size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::optional<uint32_t> number(size_t size) {
    const auto bytes = take(size);
    return bytes ? std::optional(numberAt(*bytes, 0, size)) : std::nullopt;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<size_t> fixedSize(uint8_t type) {
  constexpr size_t kSizes[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};
  if (type >= std::size(kSizes)) return std::nullopt;
  return kSizes[type];
}

// The value of a header, of any type.
std::optional<std::string_view> takeValue(Cursor& cursor, uint8_t type) {
  if (type != kBytesType && type != kTextType) {
    const auto size = fixedSize(type);
    return size ? cursor.take(*size) : std::nullopt;
  }
  const auto size = cursor.number(2);
  return size ? cursor.take(*size) : std::nullopt;
}

void setHeader(AwsFrame& frame, std::string_view name, std::string_view value) {
  if (name == ":message-type")
    frame.message_type = value;
  else if (name == ":event-type")
    frame.event_type = value;
  else if (name == ":exception-type")
    frame.exception_type = value;
  else if (name == ":error-code")
    frame.error_code = value;
  else if (name == ":error-message")
    frame.error_message = value;
}

bool readHeaders(std::string_view bytes, AwsFrame& frame) {
  Cursor cursor(bytes);
  while (!cursor.done()) {
    const auto size = cursor.number(1);
    const auto name = size ? cursor.take(*size) : std::nullopt;
    const auto type = name ? cursor.number(1) : std::nullopt;
    const auto value = type ? takeValue(cursor, static_cast<uint8_t>(*type)) : std::nullopt;
    if (!value) return false;
    if (*type == kTextType) setHeader(frame, *name, *value);
  }
  return true;
}

}  // namespace

bool AwsEventStream::feed(std::string_view bytes, const Callback& each) {
  if (failed_) return false;
  size_t used = 0;
  if (pending_.empty()) {
    failed_ = !consume(bytes, used, each);
    pending_.assign(bytes.substr(used));
  } else {
    pending_.append(bytes);
    failed_ = !consume(pending_, used, each);
    pending_.erase(0, used);
  }
  return !failed_;
}

bool AwsEventStream::consume(std::string_view input, size_t& used, const Callback& each) {
  while (input.size() - used >= kPreludeBytes) {
    const std::string_view rest = input.substr(used);
    const size_t total = numberAt(rest, 0, 4), headers = numberAt(rest, 4, 4);
    if (crc32(rest.substr(0, 8)) != numberAt(rest, 8, 4)) return false;
    if (total > kMaxFrameBytes || total < kPreludeBytes + kCrcBytes ||
        headers > total - kPreludeBytes - kCrcBytes)
      return false;
    if (rest.size() < total) return true;
    const std::string_view body = rest.substr(0, total - kCrcBytes);
    if (crc32(body) != numberAt(rest, total - kCrcBytes, 4)) return false;
    AwsFrame frame;
    if (!readHeaders(body.substr(kPreludeBytes, headers), frame)) return false;
    frame.payload = body.substr(kPreludeBytes + headers);
    used += total;
    each(frame);
  }
  return true;
}

}  // namespace penstock::dialect
