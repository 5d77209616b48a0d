#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialect/crc32.h"

namespace penstock::test {

inline void appendNumber(std::string& out, uint32_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift & 0xFF);
}

// A message of an AWS event stream, with headers that are texts.
inline std::string frameOf(
    const std::vector<std::pair<std::string_view, std::string_view>>& headers,
    std::string_view payload) {
  std::string block;
  for (const auto& [name, value] : headers) {
    appendNumber(block, static_cast<uint32_t>(name.size()), 1);
    block.append(name) += '\7';
    appendNumber(block, static_cast<uint32_t>(value.size()), 2);
    block.append(value);
  }
  std::string frame;
  appendNumber(frame, static_cast<uint32_t>(16 + block.size() + payload.size()), 4);
  appendNumber(frame, static_cast<uint32_t>(block.size()), 4);
  appendNumber(frame, dialect::crc32(frame), 4);
  frame.append(block).append(payload);
  appendNumber(frame, dialect::crc32(frame), 4);
  return frame;
}

// "event messageStart {…}" and "exception throttlingException {…}", a message a line.
inline std::string framesOf(std::string_view lines) {
  std::string frames;
  split(lines, '\n', [&frames](std::string_view line) {
    const size_t first = line.find(' ');
    if (first == std::string_view::npos) return;
    const size_t second = line.find(' ', first + 1);
    const std::string_view message = line.substr(0, first);
    const std::string_view type = line.substr(first + 1, second - first - 1);
    frames += frameOf({{message == "event" ? ":event-type" : ":exception-type", type},
                       {":content-type", "application/json"},
                       {":message-type", message}},
                      line.substr(second + 1));
  });
  return frames;
}

}  // namespace penstock::test
