#include "http/head_parser.h"

#include <array>
#include <cstring>

#include "base/text.h"

namespace penstock::http {
namespace {

// RFC 9110 5.6.2.
constexpr std::array<bool, 256> kTokenChars = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool isToken(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!kTokenChars[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

bool isFieldValue(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool isTarget(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '#') return false;
  }
  return true;
}

ApiError refuse(ErrorKind kind, const char* code, const char* message, const char* param = "") {
  return {kind, code, message, param};
}
ApiError malformed(const char* message, const char* param = "") {
  return refuse(ErrorKind::InvalidRequest, "malformed_request", message, param);
}

// Takes the next line without its CRLF; the caller knows that every line of a head ends so.
std::string_view takeLine(std::string_view& rest) {
  const size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

// Header fields up to the blank line. Null on success, else what is wrong.
const char* parseFields(std::string_view rest, HeaderList& headers) {
  headers.clear();
  while (true) {
    const std::string_view line = takeLine(rest);
    if (line.empty()) return nullptr;
    if (line.front() == ' ' || line.front() == '\t') return "folded header lines are not accepted";
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "a header line has no colon";
    if (!isToken(line.substr(0, colon))) return "a header name has an invalid character";
    const std::string_view value = trim(line.substr(colon + 1));
    if (!isFieldValue(value)) return "a header value has a control character";
    headers.add(line.substr(0, colon), value);
  }
}

bool hasListToken(std::string_view list, std::string_view token) {
  bool found = false;
  split(list, ',',
        [&](std::string_view part) { found = found || equalsIgnoreCase(trim(part), token); });
  return found;
}

struct FramingHeaders {
  std::string_view transfer_encoding, content_length, expect;
  int transfer_encodings = 0, content_lengths = 0, hosts = 0;
  bool encoded = false;                    // a content coding other than identity
  bool close = false, keep_alive = false;  // Connection options
};

// One pass over all fields instead of a search for each.
FramingHeaders collect(const HeaderList& headers) {
  FramingHeaders found;
  for (const HeaderView& header : headers) {
    switch (header.name.size()) {
      case 4:
        if (equalsIgnoreCase(header.name, "host")) ++found.hosts;
        break;
      case 6:
        if (equalsIgnoreCase(header.name, "expect")) found.expect = header.value;
        break;
      case 10:
        if (!equalsIgnoreCase(header.name, "connection")) break;
        found.close = found.close || hasListToken(header.value, "close");
        found.keep_alive = found.keep_alive || hasListToken(header.value, "keep-alive");
        break;
      case 14:
        if (equalsIgnoreCase(header.name, "content-length")) {
          found.content_length = header.value;
          ++found.content_lengths;
        }
        break;
      case 16:
        if (!equalsIgnoreCase(header.name, "content-encoding")) break;
        found.encoded =
            found.encoded || !(header.value.empty() || equalsIgnoreCase(header.value, "identity"));
        break;
      case 17:
        if (equalsIgnoreCase(header.name, "transfer-encoding")) {
          found.transfer_encoding = header.value;
          ++found.transfer_encodings;
        }
        break;
      default: break;
    }
  }
  return found;
}

Result<Framing> requestFraming(const FramingHeaders& h, std::string_view method, bool http10) {
  if (h.transfer_encodings > 0 && h.content_lengths > 0) {
    return malformed("Content-Length and Transfer-Encoding exclude each other",
                     "Transfer-Encoding");
  }
  if (h.content_lengths > 1) return malformed("Content-Length occurs twice", "Content-Length");
  if (h.transfer_encodings > 1)
    return malformed("Transfer-Encoding occurs twice", "Transfer-Encoding");
  Framing framing;
  if (h.transfer_encodings == 1) {
    if (http10 || !equalsIgnoreCase(h.transfer_encoding, "chunked")) {
      return malformed("the only transfer coding accepted is chunked, with HTTP/1.1",
                       "Transfer-Encoding");
    }
    framing.kind = Framing::Kind::Chunked;
  } else if (h.content_lengths == 1) {
    const auto length = parseUnsigned(h.content_length);
    if (!length || h.content_length.size() > 18) {
      return malformed("Content-Length is not a plain number", "Content-Length");
    }
    framing = {*length > 0 ? Framing::Kind::Length : Framing::Kind::None, *length};
  } else if (method == "POST" || method == "PUT" || method == "PATCH") {
    return refuse(ErrorKind::LengthRequired, "length_required",
                  "a request with a body needs Content-Length or Transfer-Encoding: chunked",
                  "Content-Length");
  }
  if (framing.kind != Framing::Kind::None &&
      (method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE")) {
    return malformed("this method takes no body", "Content-Length");
  }
  return framing;
}

bool wantsKeepAlive(const FramingHeaders& h, bool http10) {
  return !h.close && (!http10 || h.keep_alive);
}

// METHOD SP target SP HTTP/1.x. Null on success.
std::optional<ApiError> parseRequestLine(std::string_view line, const HeadLimits& limits,
                                         Request& request, bool& http10) {
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end) {
    return malformed("the request line is not METHOD SP TARGET SP VERSION");
  }
  request.method = line.substr(0, method_end);
  request.target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!isToken(request.method) || request.method.size() > 16) return malformed("invalid method");
  if (request.target.size() > limits.target_bytes) {
    return refuse(ErrorKind::HeadersTooLarge, "target_too_long", "the request target is too long");
  }
  const bool asterisk = request.target == "*" && request.method == "OPTIONS";
  if (!isTarget(request.target) || (!asterisk && !request.target.starts_with('/'))) {
    return malformed("the request target must be an absolute path");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return malformed("only HTTP/1.0 and HTTP/1.1 are spoken");
  http10 = version == "HTTP/1.0";
  const size_t question = request.target.find('?');
  request.path = request.target.substr(0, question);
  request.query =
      question == std::string_view::npos ? std::string_view() : request.target.substr(question + 1);
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      return State::NeedMore;
    }
    const auto at = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == 0 || bytes[at - 1] != '\r') return State::BareLineFeed;
    scanned_ = at + 1;
    const bool blank = at - 1 == line_start_;
    line_start_ = scanned_;
    if (blank) {
      head_bytes_ = scanned_;
      return State::Complete;
    }
  }
  return State::NeedMore;
}

Result<RequestHead> parseRequestHead(std::string_view head, const HeadLimits& limits,
                                     Request& request) {
  RequestHead result;
  std::string_view rest = head;
  if (auto error = parseRequestLine(takeLine(rest), limits, request, result.http10)) return *error;
  if (const char* problem = parseFields(rest, request.headers)) return malformed(problem);
  if (request.headers.size() > limits.header_count) {
    return refuse(ErrorKind::HeadersTooLarge, "too_many_headers",
                  "the request has too many headers");
  }
  const FramingHeaders found = collect(request.headers);
  if (found.hosts > 1 || (found.hosts == 0 && !result.http10)) {
    return malformed("exactly one Host header is required", "Host");
  }
  auto framing = requestFraming(found, request.method, result.http10);
  if (!framing) return std::move(framing).error();
  result.framing = *framing;
  if (found.encoded) {
    return refuse(ErrorKind::UnsupportedMediaType, "unsupported_content_encoding",
                  "compressed request bodies are not accepted", "Content-Encoding");
  }
  if (!found.expect.empty()) {
    if (!equalsIgnoreCase(found.expect, "100-continue"))
      return malformed("unknown expectation", "Expect");
    result.expect_continue = !result.http10;
  }
  result.keep_alive = wantsKeepAlive(found, result.http10);
  return result;
}

std::optional<ResponseHeadInfo> parseResponseHead(std::string_view head, const HeadLimits& limits,
                                                  HeaderList& headers) {
  std::string_view rest = head;
  const std::string_view line = takeLine(rest);
  const bool http10 = line.starts_with("HTTP/1.0 ");
  if (!http10 && !line.starts_with("HTTP/1.1 ")) return std::nullopt;
  const auto status = parseUnsigned(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599 || (line.size() > 12 && line[12] != ' '))
    return std::nullopt;
  if (parseFields(rest, headers) != nullptr || headers.size() > limits.header_count)
    return std::nullopt;
  const FramingHeaders found = collect(headers);
  if (found.transfer_encodings > 1 || found.content_lengths > 1 ||
      (found.transfer_encodings > 0 && found.content_lengths > 0)) {
    return std::nullopt;
  }
  ResponseHeadInfo info{static_cast<int>(*status), {}, wantsKeepAlive(found, http10)};
  if (info.status < 200 || info.status == 204 || info.status == 304) return info;
  if (found.transfer_encodings == 1) {
    if (http10 || !equalsIgnoreCase(found.transfer_encoding, "chunked")) return std::nullopt;
    info.framing.kind = Framing::Kind::Chunked;
  } else if (found.content_lengths == 1) {
    const auto length = parseUnsigned(found.content_length);
    if (!length) return std::nullopt;
    info.framing = {*length > 0 ? Framing::Kind::Length : Framing::Kind::None, *length};
  } else {
    info.framing.kind = Framing::Kind::UntilClose;
    info.keep_alive = false;
  }
  return info;
}

}  // namespace penstock::http
