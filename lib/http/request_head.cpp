#include "http/request_head.h"

#include <algorithm>

#include "base/text.h"
#include "http/message.h"

namespace penstock::http {
namespace {

// Whether a header is the client's own, which the caller may not set.
bool isOwn(std::string_view name) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"host", "content-length", "connection",
                                              "transfer-encoding", "accept-encoding", "expect"},
      [name](std::string_view own) { return equalsIgnoreCase(name, own); });
}

// The request target, with whatever would end it early escaped.
void appendPath(std::string& head, std::string_view path) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '#') {
      head += c;
    } else {
      head.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
}

}  // namespace

uint64_t bytesOf(const std::vector<std::string_view>& pieces) {
  uint64_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  return size;
}

std::string requestHead(const ClientRequest& request) {
  const uint64_t length = request.body_bytes.value_or(bytesOf(request.body));
  std::string head;
  head.reserve(512);
  head.append(request.method).append(" ");
  appendPath(head, request.path);
  head.append(" HTTP/1.1\r\nHost: ");
  head.append(request.origin.host_header).append("\r\n");
  for (const auto& [name, value] : request.headers) {
    if (!isOwn(name)) head.append(name).append(": ").append(value).append("\r\n");
  }
  head.append("Accept-Encoding: identity\r\n");
  if (length > 0 || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    head.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
  }
  return head.append("\r\n");
}

}  // namespace penstock::http
